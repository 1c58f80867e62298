/*
 * channelnorm_kernels.h - the loops of channelnorm.c and columns.c, compiled once for each instruction set.
 */
#ifndef OPTLAB_KERNELS_CHANNELNORM_CHANNELNORM_KERNELS_H
#define OPTLAB_KERNELS_CHANNELNORM_CHANNELNORM_KERNELS_H

#include "kernels/channelnorm/channelnorm.h"

#define CHANNEL_LEAST 16 /* elements of a piece, at least: a vector of any instruction set */

/* `pieces` runs of n elements, each `stride` elements behind the one before, of all arrays alike. */
typedef struct Pieces {
  int64_t pieces, stride, n;
  const void *x, *d, *add, *z;
  void *y, *masked;
} Pieces;

/* n elements with that mean; m2: their squared distances from it, summed. */
typedef struct Moments {
  double n, mean, m2;
} Moments;

static inline void moments_add(Moments *all, Moments more) {
  const double n = all->n + more.n, apart = more.mean - all->mean;
  all->mean += apart * (more.n / n);
  all->m2 += more.m2 + apart * apart * (all->n * more.n / n);
  all->n = n;
}

/* What a channel's elements become: (x - mean) factor + shift, or factor (d - all - (x - mean) along). */
typedef struct Factors {
  double mean, factor, shift, all, along;
} Factors;

/* Rows begin .. end - 1 of matrices with `width` columns. factors: an array for each of Factors' members, in order. */
typedef struct Columns {
  int64_t width, begin, end;
  const void *x, *d;
  void *y;
  const void *factors;
} Columns;

typedef struct ChannelNormKernels {
  Moments (*moments[2])(const Pieces *p); /* of floats, of doubles */
  void (*apply[2])(const Pieces *p, const Factors *f);
  void (*apply_relu[2])(const Pieces *p, const Factors *f); /* of the sum with `add`, if there is one */
  void (*sums[2])(
      const Pieces *p, double mean, double *dot,
      double *sum); /* adds sum d (x - mean), sum d; with z: of d where z is not 0, which becomes `masked` */
  void (*grad[2])(const Pieces *p, const Factors *f); /* y may be d */
  /* The same by columns; those with results for each column set them. */
  void (*column_moments[2])(const Columns *c, double *mean, double *m2);
  void (*column_apply[2])(const Columns *c);
  void (*column_sums[2])(const Columns *c, double *dot, double *sum);
  void (*column_grad[2])(const Columns *c);
} ChannelNormKernels;

extern const ChannelNormKernels channelnorm_kernels_baseline, channelnorm_kernels_avx2, channelnorm_kernels_avx512;

const ChannelNormKernels *channelnorm_kernels(void);

/* --- columns.c: channelnorm.h's functions where pieces are shorter than CHANNEL_LEAST ------------------------------ */

int columns_norm(const ChannelNorm *c);
int columns_sums(const ChannelNorm *c);
int columns_moments(const ChannelNorm *c);
int columns_grad(const ChannelNorm *c);

/* The factors of a channel: forward, and of the gradient. */
Factors channel_factors(const ChannelNorm *c, int64_t channel);
Factors channel_grad_factors(const ChannelNorm *c, int64_t channel);

#endif
