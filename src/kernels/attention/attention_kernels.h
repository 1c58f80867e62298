/*
 * attention_kernels.h - the loops over one row of a block of scores; compiled once for each instruction set.
 *
 * A row has room for ATTENTION_KEYS scores; what lies behind the n-th is overwritten.
 */
#ifndef OPTLAB_KERNELS_ATTENTION_ATTENTION_KERNELS_H
#define OPTLAB_KERNELS_ATTENTION_ATTENTION_KERNELS_H

#include <stdint.h>

#define ATTENTION_ROWS 64  /* queries of a block */
#define ATTENTION_KEYS 128 /* keys of a block */

typedef struct AttentionKernels {
  /* s becomes e^(s - top), where *top is the largest score so far, these n included; *sum: of all exponentials so far.
   * Returns the factor for what was summed with the old *top. */
  float (*step_f32)(float *s, int64_t n, float *top, double *sum);
  double (*step_f64)(double *s, int64_t n, double *top, double *sum);
  /* s becomes p = e^(s - lse), dp becomes scale p (dp - dot). */
  void (*grad_f32)(float *s, float *dp, int64_t n, float lse, float dot, float scale);
  void (*grad_f64)(double *s, double *dp, int64_t n, double lse, double dot, double scale);
} AttentionKernels;

extern const AttentionKernels attention_kernels_baseline, attention_kernels_avx2, attention_kernels_avx512;

#endif
