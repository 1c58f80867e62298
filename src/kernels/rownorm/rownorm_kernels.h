/*
 * rownorm_kernels.h - the loops of layer and RMS normalisation over rows, compiled once for each instruction set.
 */
#ifndef OPTLAB_KERNELS_ROWNORM_ROWNORM_KERNELS_H
#define OPTLAB_KERNELS_ROWNORM_ROWNORM_KERNELS_H

#include "kernels/rownorm/rownorm.h"

/* Rows begin .. end - 1 of y, or of dx. */
typedef void RowNormRows(const RowNorm *r, int64_t begin, int64_t end);

/* dw (n), then db (n), of rows begin .. end - 1; and dx of these, unless y is NULL. */
typedef void RowNormParams(const RowNorm *r, int64_t begin, int64_t end, void *dw);

typedef struct RowNormKernels {
  RowNormRows *forward[2], *backward[2]; /* of floats, of doubles */
  RowNormParams *params[2];
} RowNormKernels;

extern const RowNormKernels rownorm_kernels_baseline, rownorm_kernels_avx2, rownorm_kernels_avx512;

#endif
