/*
 * combine.h - sums of products with numbers: two steps in one pass, each rounded as it would be alone.
 */
#ifndef OPTLAB_KERNELS_ELEMENTWISE_COMBINE_H
#define OPTLAB_KERNELS_ELEMENTWISE_COMBINE_H

#include <stdint.h>

/* axpby: o[i] = a x[i] + b y[i];  xpby: o[i] = x[i] + b y[i], without a. All contiguous; o may be x or y. */
typedef void KernCombine(int64_t n, void *o, const void *a, const void *x, const void *b, const void *y);

KernCombine kern_axpby_f32, kern_axpby_f64, kern_xpby_f32, kern_xpby_f64;

#endif
