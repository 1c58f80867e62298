/*
 * pad.h - a tensor with more positions, or fewer, before and behind each dimension, and the gradient of that.
 *
 * Position j of a dimension of n is that of x at s = j - before, for
 *
 *   constant    0 <= s < n; elsewhere it is a value        replicate   s limited to 0 .. n - 1
 *   reflect     -s, or 2 (n - 1) - s beyond the end        circular    s modulo n
 *
 * A gradient's element is the sum over all positions that show it, in their order: threads do not change the bits.
 */
#ifndef OPTLAB_KERNELS_PAD_PAD_H
#define OPTLAB_KERNELS_PAD_PAD_H

#include "core/tensor.h"

typedef enum PadMode { PAD_CONSTANT, PAD_REFLECT, PAD_REPLICATE, PAD_CIRCULAR } PadMode;

typedef struct Padding {
  PadMode mode;
  double value;
  const int32_t *before; /* for each dimension of x; out's sizes say how much there is behind */
} Padding;

/* out, of x's dtype, row-major or batch-innermost. -1 without memory. */
int pad_forward(Tensor *out, Tensor *x, const Padding *p);

/* dx from out's gradient d; floats. */
int pad_backward(Tensor *dx, Tensor *d, const Padding *p);

#endif
