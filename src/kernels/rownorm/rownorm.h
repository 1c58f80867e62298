/*
 * rownorm.h - layer normalisation and RMS normalisation of rows of n numbers, and their gradients.
 *
 *   h = (x - m) s,  y = h w + b,  s = 1 / sqrt(mean (x - m)^2 + eps),  m = mean x; of RMS: m = 0
 *
 * With g = d w: dx = s (g - mean g - h mean g h), of RMS without mean g; dw = sum over rows of d h, db = of d.
 */
#ifndef OPTLAB_KERNELS_ROWNORM_ROWNORM_H
#define OPTLAB_KERNELS_ROWNORM_ROWNORM_H

#include <stdbool.h>

#include "core/dtype.h"

typedef struct RowNorm {
  DType dtype;
  int64_t rows, n;
  bool rms;
  double eps;
  const void *x, *w, *b, *d; /* (rows, n), (n) or NULL, (n) or NULL, (rows, n) */
  void *y;                   /* forward: y; gradient: dx, or NULL */
  void *dw;                  /* gradient of the parameters: dw (n), then db (n) */
} RowNorm;

void row_norm(const RowNorm *r);
void row_norm_grad(const RowNorm *r); /* dx */

/* dw, db, and dx unless y is NULL; -1 without memory. */
int row_norm_param_grad(const RowNorm *r);

/* Whether that gives dx sooner than row_norm_grad beside it: there are rows for many threads, or little to do. */
bool row_norm_grad_together(const RowNorm *r);

#endif
