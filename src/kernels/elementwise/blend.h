/*
 * blend.h - sums of a tensor and what others weigh, in one pass; each step is rounded as it would be alone.
 */
#ifndef OPTLAB_KERNELS_ELEMENTWISE_BLEND_H
#define OPTLAB_KERNELS_ELEMENTWISE_BLEND_H

#include "core/tensor.h"

typedef enum BlendWay {
  BLEND_ADDCMUL, /* x + (w a) b */
  BLEND_ADDCDIV, /* x + (w a) / b */
  BLEND_START,   /* x + w (b - x) */
  BLEND_END,     /* b - (b - x) (1 - w) */
  BLEND_WAYS
} BlendWay;

/* All of one shape and dtype, float32 or float64. a: NULL where the formula has none. */
void blend(Tensor *out, BlendWay way, double w, const Tensor *x, const Tensor *a, const Tensor *b);

#endif
