/*
 * spread.c - what a rule makes of rows, columns and matrices of a parameter.
 *
 * Rows are summed as kernels/reduce sums, columns row by row, on the caller's thread: the bits depend on the shape alone.
 */
#include <math.h>
#include <string.h>

#include "optim/rule/rule.h"

RuleShape rule_shape(const Tensor *p) {
  if (p->ndim < 2) return (RuleShape){1, 1, p->numel};
  const int64_t rows = p->shape[p->ndim - 2], cols = p->shape[p->ndim - 1];
  return (RuleShape){rows * cols > 0 ? p->numel / (rows * cols) : 0, rows, cols};
}

static double get(DType dtype, const void *x, int64_t i) {
  return dtype == DT_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static void fill(DType dtype, char *out, int64_t n, double x) {
  if (dtype == DT_F32) {
    for (int64_t i = 0; i < n; i++) ((float *)(void *)out)[i] = (float)x;
  } else {
    for (int64_t i = 0; i < n; i++) ((double *)(void *)out)[i] = x;
  }
}

/* --- runs of elements --------------------------------------------------------------------------------------------- */

static double reduced(int how, DType dtype, const char *x, int64_t n) {
  BlocksPartialSum sum;
  blocks_sum_begin(&sum, how == RULE_AMAX ? &reduce_max_ops[dtype] : &reduce_sum_ops[dtype]);
  for (int64_t at = 0; at < n; at += REDUCE_BLOCK) {
    blocks_sum_push(&sum, n - at < REDUCE_BLOCK ? n - at : REDUCE_BLOCK, x + (size_t)at * dtype_size(dtype));
  }
  const double all = blocks_sum_end(&sum).d;
  return how == RULE_MEAN ? all / (double)n : all;
}

static void spread_runs(int how, DType dtype, int64_t count, int64_t length, const char *from, char *to) {
  const size_t bytes = (size_t)length * dtype_size(dtype);
  for (int64_t i = 0; i < count; i++) {
    fill(dtype, to + (size_t)i * bytes, length, reduced(how, dtype, from + (size_t)i * bytes, length));
  }
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

static void spread_columns(int how, DType dtype, int64_t rows, int64_t cols, const char *from, char *to) {
  const size_t bytes = (size_t)cols * dtype_size(dtype);
  Kern2 *join = how == RULE_AMAX ? (dtype == DT_F32 ? kern_maximum_f32 : kern_maximum_f64)
                                 : (dtype == DT_F32 ? kern_add_f32 : kern_add_f64);
  memcpy(to, from, bytes);
  for (int64_t i = 1; i < rows; i++) join(cols, to, 1, to, 1, from + (size_t)i * bytes, 1);
  if (how == RULE_MEAN) {
    char number[sizeof(double)];
    fill(dtype, number, 1, (double)rows);
    (dtype == DT_F32 ? kern_div_f32 : kern_div_f64)(cols, to, 1, to, 1, number, 0);
  }
  for (int64_t i = 1; i < rows; i++) memcpy(to + (size_t)i * bytes, to, bytes);
}

void rule_spread(const RuleSpread *s, RuleShape shape, DType dtype, const void *from, void *to) {
  if (shape.count * shape.rows * shape.cols == 0) return;
  if (s->axis == RULE_ROW) {
    spread_runs(s->how, dtype, shape.count * shape.rows, shape.cols, from, to);
  } else if (s->axis == RULE_MATRIX) {
    spread_runs(s->how, dtype, shape.count, shape.rows * shape.cols, from, to);
  } else {
    const size_t bytes = (size_t)(shape.rows * shape.cols) * dtype_size(dtype);
    for (int64_t i = 0; i < shape.count; i++) {
      const size_t at = (size_t)i * bytes;
      spread_columns(s->how, dtype, shape.rows, shape.cols, (const char *)from + at, (char *)to + at);
    }
  }
}

/* --- state -------------------------------------------------------------------------------------------------------- */

void rule_expand(int axis, RuleShape shape, DType dtype, const void *state, void *all) {
  const size_t size = dtype_size(dtype), row = (size_t)shape.cols * size;
  char *to = all;
  for (int64_t i = 0; i < shape.count * shape.rows; i++) {
    if (axis == RULE_ROW) {
      fill(dtype, to + (size_t)i * row, shape.cols, get(dtype, state, i));
    } else {
      memcpy(to + (size_t)i * row, (const char *)state + (size_t)(i / shape.rows) * row, row);
    }
  }
}

void rule_collapse(int axis, RuleShape shape, DType dtype, const void *all, void *state) {
  const size_t size = dtype_size(dtype), row = (size_t)shape.cols * size;
  const char *from = all;
  if (shape.cols == 0) return;
  for (int64_t i = 0; i < shape.count * shape.rows; i++) {
    if (axis == RULE_ROW) {
      memcpy((char *)state + (size_t)i * size, from + (size_t)i * row, size);
    } else if (i % shape.rows == 0) {
      memcpy((char *)state + (size_t)(i / shape.rows) * row, from + (size_t)i * row, row);
    }
  }
}
