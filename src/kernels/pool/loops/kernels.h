/*
 * kernels.h - the loops of pools and resizes: one row of outputs, for many planes side by side.
 *
 * A pixel is a run of `lanes` numbers, those of different planes (images, or channels of images); `lanes` is at least a
 * vector. Rows and columns lead from pixel to pixel by any distances. So the loops are vector code whatever the windows.
 * Where `lanes` is no multiple of a vector, the last vector overlaps the one before it; nothing is computed from outputs,
 * so it writes the same numbers again.
 *
 * pool_f32.c and pool_f64.c are compiled once for each instruction set.
 */
#ifndef OPTLAB_KERNELS_POOL_LOOPS_KERNELS_H
#define OPTLAB_KERNELS_POOL_LOOPS_KERNELS_H

#include "core/dtype.h"

/* An output sees place `at`, by its tap `tap`. In turned lists the place is an output. */
typedef struct Seen {
  int64_t at, tap;
  double weight;
} Seen;

/* Pixel (y, x), plane l, at data[y row + x column + l]. */
typedef struct View {
  void *data;
  int64_t row, column; /* elements */
} View;

/* What one row of outputs sees: the product of a list of rows and of each output's list of columns. */
typedef struct Sight {
  const Seen *rows;
  int64_t nrows;
  const Seen *columns;
  const int64_t *first; /* of output j: columns[first[j]] .. columns[first[j + 1] - 1] */
  int64_t outputs;
} Sight;

/* Winners are numbers of taps, row tap kw + column tap: bytes where windows have at most 256, else 32-bit integers. */
#define POOL_BYTE_TAPS 256

/* max: y[j] = the largest of output j's window, or its last NaN; winners[j] the tap of its first place of that size.
 * unmax: x is the output's gradient; y[j] = the sum over the windows that see place j of those whose winner it is. */
typedef struct MaxRow {
  Sight sight;
  View x;
  int64_t kw;
  void *winners; /* max: of the row; unmax: of output (0, 0); `lanes` for each output */
  int64_t winner_row;
  bool wide; /* winners are 32-bit integers */
  void *y;
  int64_t y_column, lanes;
} MaxRow;

/* y[j] = the sum over output j's places of x, by their weights; then divided by row_divisor divisor[j]. */
typedef struct SumRow {
  Sight sight;
  View x;
  bool weighted;
  double row_divisor;
  const double *divisor; /* NULL: 1 */
  void *y;
  int64_t y_column, lanes;
} SumRow;

/* n numbers of each of `planes` <= lanes planes, `step` apart; plane l begins at plane[l]. In lanes: numbers[i][lane];
 * lanes without a plane are 0. */
typedef struct Squares {
  char *const *plane;
  int64_t planes, n, step;
  void *numbers;
} Squares;

typedef struct PoolKernels {
  int64_t lanes; /* of a vector */
  void (*max)(const MaxRow *r);
  void (*unmax)(const MaxRow *r);
  void (*sum)(const SumRow *r);
  void (*into_lanes)(const Squares *s);
  void (*from_lanes)(const Squares *s);
} PoolKernels;

/* The kernels for this processor. */
const PoolKernels *pool_kernels(DType dt);

#endif
