/*
 * cross_entropy.h - the cross entropy of rows of scores with class labels, and its gradient.
 *
 * With lse = log sum_c exp(x[r, c]), C classes, label y and label smoothing e, row r costs
 *
 *   loss[r]  = lse - (1 - e) x[r, y] - e mean_c x[r, c]
 *   dx[r, c] = (exp(x[r, c] - lse) - (1 - e) [c = y] - e / C) d[r]
 *
 * The largest score is taken out first, so nothing overflows. A row's result does not depend on the rows around it.
 */
#ifndef OPTLAB_KERNELS_LOSS_CROSS_ENTROPY_H
#define OPTLAB_KERNELS_LOSS_CROSS_ENTROPY_H

#include <stdint.h>

typedef struct ScoreRows {
  const void *x;        /* (rows, classes), floats or doubles */
  int64_t classes;      /* at least 1 */
  int64_t row, column;  /* strides of x, in elements */
  const int64_t *label; /* (rows), 0 .. classes - 1 */
  double smoothing;     /* e, 0 .. 1 */
} ScoreRows;

/* Fills loss[begin .. end - 1]. */
void cross_entropy_f32(const ScoreRows *s, int64_t begin, int64_t end, float *loss);
void cross_entropy_f64(const ScoreRows *s, int64_t begin, int64_t end, double *loss);

/* Fills rows begin .. end - 1 of dx (rows, classes), row-major; d[r * stride] is the gradient of row r's loss. */
void cross_entropy_grad_f32(const ScoreRows *s, int64_t begin, int64_t end, const float *d, int64_t stride, float *dx);
void cross_entropy_grad_f64(const ScoreRows *s, int64_t begin, int64_t end, const double *d, int64_t stride,
                            double *dx);

#endif
