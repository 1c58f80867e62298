/*
 * pool.h - maxima and means over windows of images.
 *
 *   planes (count, h, w, inner) -> (count, oh, ow, inner); all row-major; dt is DT_F32 or DT_F64
 *
 * `inner` images lie interleaved: 1 for row-major tensors (n, c, h, w) with n c planes, n where the batch is innermost.
 *
 * The winner of a window is its first largest element in row-major order, or its last NaN if it has one; padding never
 * wins, so the window must reach into the image everywhere (padding at most half the window). A mean counts padding as
 * zeros. Planes are shared among threads; no sum crosses them.
 */
#ifndef OPTLAB_KERNELS_CONV_POOL_H
#define OPTLAB_KERNELS_CONV_POOL_H

#include "core/tensor.h"
#include "kernels/conv/window.h"

/* y = the elements of `from` (like x) that stand where x's windows have their winners; from = x: the maxima. */
void max_pool2d_pick(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *x, const void *from,
                     void *y);

/* dx = dy added where x's windows have their winners, zeros elsewhere */
void max_pool2d_grad(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *x, const void *dy,
                     void *dx);

void avg_pool2d(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *x, void *y);
void avg_pool2d_grad(DType dt, const Window2d *win, int64_t count, int64_t inner, const void *dy, void *dx);

#endif
