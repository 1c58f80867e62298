/*
 * standardize.c - two passes over the columns in double: the mean, then the deviation from it.
 */
#include "data/standardize.h"

#include <math.h>

#include "base/err.h"

/* x: (n, d) row-major; element i as a double. */
static double element(const Tensor *x, int64_t i) {
  return x->dtype == DT_F64 ? tensor_f64(x)[i] : (double)tensor_f32(x)[i];
}

static void put(Tensor *t, int64_t i, double v) {
  if (t->dtype == DT_F64) {
    tensor_f64(t)[i] = v;
  } else {
    tensor_f32(t)[i] = (float)v;
  }
}

/* Column j of x into column j of z; -1 if it is constant. */
static int column(const Tensor *x, int64_t j, Tensor *z, Tensor *mean, Tensor *std) {
  int64_t n = x->shape[0], d = x->shape[1];
  double sum = 0, squares = 0, first = element(x, j);
  bool constant = true;
  for (int64_t i = 0; i < n; i++) {
    sum += element(x, i * d + j);
    constant = constant && element(x, i * d + j) == first;
  }
  if (constant) {
    return err_set("column %lld is constant (%g): its standard deviation is 0, so it cannot be scaled",
                   (long long)j + 1, first);
  }
  double m = sum / (double)n;
  for (int64_t i = 0; i < n; i++) {
    double dev = element(x, i * d + j) - m;
    squares += dev * dev;
  }
  double s = sqrt(squares / (double)n);
  for (int64_t i = 0; i < n; i++) put(z, i * d + j, (element(x, i * d + j) - m) / s);
  put(mean, j, m);
  put(std, j, s);
  return 0;
}

static int all_columns(Tensor *x, Tensor *z, Tensor *mean, Tensor *std) {
  if (!z || !mean || !std) return -1;
  for (int64_t j = 0; j < x->shape[1]; j++) {
    if (column(x, j, z, mean, std) < 0) return -1;
  }
  return 0;
}

int standardize(Tensor *x, Tensor **z, Tensor **mean, Tensor **std) {
  if (x->ndim != 2 || x->shape[0] < 1 || !dtype_is_float(x->dtype)) {
    return err_set("expected a float tensor of shape (rows, columns), got %s of shape %s", dtype_name(x->dtype),
                   tensor_shape_str(x));
  }
  Tensor *rows = tensor_contiguous(x);
  if (!rows) return -1;
  *z = tensor_new_like(rows);
  *mean = tensor_new(x->dtype, 1, &x->shape[1]);
  *std = tensor_new(x->dtype, 1, &x->shape[1]);
  int status = all_columns(rows, *z, *mean, *std);
  tensor_release(rows);
  if (status == 0) return 0;
  tensor_release(*z);
  tensor_release(*mean);
  tensor_release(*std);
  *z = *mean = *std = NULL;
  return -1;
}
