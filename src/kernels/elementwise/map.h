/*
 * map.h - runs an element-wise kernel over whole tensors of any strides.
 *
 * Inputs are broadcast to out's shape; dimensions that lie one after the other in every operand are merged first, so
 * that contiguous operands become one run. Long runs are cut among threads; the result does not depend on how
 * many. out must have its final shape and dtype and must not partly overlap an input. Each call marks out as written.
 */
#ifndef OPTLAB_KERNELS_ELEMENTWISE_MAP_H
#define OPTLAB_KERNELS_ELEMENTWISE_MAP_H

#include "core/recorder.h"
#include "core/tensor.h"
#include "kernels/elementwise/kernels.h"

/* How a call is reported to a recorder of steps (core/recorder.h): run is map_rerun, args a MapCall, as many inputs as
 * the kernel has. */
typedef union MapCall {
  Kern1 *unary;
  Kern2 *binary;
  Kern3 *ternary;
} MapCall;
Recompute map_rerun;

void map1(Tensor *out, const Tensor *a, Kern1 *kern);
void map2(Tensor *out, const Tensor *a, const Tensor *b, Kern2 *kern);
void map3(Tensor *out, const Tensor *a, const Tensor *b, const Tensor *c, Kern3 *kern);

#endif
