/*
 * init_structured.c - first values with a structure.
 */
#include "nn/init_structured.h"

#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/size.h"
#include "core/rng.h"
#include "kernels/linalg/decompositions.h"

/* --- normal numbers between bounds: the quantile of a uniform number ------------------------------------------------- */

static double normal_below(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }

/* The x with normal_below(x) = p, between lo and hi, by bisection and then Newton's method. */
static double quantile(double p, double lo, double hi) {
  double x = 0.5 * (lo + hi);
  for (int i = 0; i < 20; i++) {
    if (normal_below(x) < p) {
      lo = x;
    } else {
      hi = x;
    }
    x = 0.5 * (lo + hi);
  }
  for (int i = 0; i < 3; i++) {
    const double density = exp(-0.5 * x * x) / sqrt(2 * M_PI), next = x - (normal_below(x) - p) / density;
    if (!(next >= lo && next <= hi)) break;
    x = next;
  }
  return x;
}

#define FARTHEST 38.0 /* standard deviations: beyond them normal_below is 0 or 1 */

static double within(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }

int init_trunc_normal(Tensor *t, const double *x) {
  const double mean = x[0], std = x[1], a = x[2], b = x[3];
  if (a > b) return err_set("a = %g is greater than b = %g", a, b);
  const double lo = within((a - mean) / std, -FARTHEST, FARTHEST), hi = within((b - mean) / std, -FARTHEST, FARTHEST);
  const double first = normal_below(lo), last = normal_below(hi);
  rng_fill_uniform(rng_for(RNG_INIT), t, 0, 1);
  for (int64_t i = 0; i < t->numel; i++) {
    const double p = first + tensor_get(t, i) * (last - first);
    tensor_set(t, i, within(mean + std * quantile(p, lo, hi), a, b));
  }
  return 0;
}

/* --- orthonormal rows or columns ------------------------------------------------------------------------------------- */

/* Writes gain Q sign(diag R), or its transpose, into t. qr: Q (m, n) and R (n, n) of a tall matrix. */
static void store_orthogonal(Tensor *t, const Tensor *qr, int64_t m, int64_t n, bool transposed, double gain) {
  for (int64_t j = 0; j < n; j++) {
    const double factor = tensor_get(qr, m * n + j * n + j) < 0 ? -gain : gain;
    for (int64_t i = 0; i < m; i++) {
      tensor_set(t, transposed ? j * m + i : i * n + j, factor * tensor_get(qr, i * n + j));
    }
  }
}

int init_orthogonal(Tensor *t, const double *x) {
  if (t->ndim < 2) {
    return err_set("a tensor of shape %s is no matrix; it needs two dimensions", tensor_shape_str(t));
  }
  if (t->numel == 0) return 0;
  const int64_t rows = t->shape[0], columns = t->numel / rows;
  const int64_t m = rows < columns ? columns : rows, n = rows < columns ? rows : columns;
  Tensor *a = tensor_new((DType)t->dtype, 2, (int64_t[]){rows, columns});
  Tensor *tall = a ? tensor_view(a, 3, (int64_t[]){1, m, n},
                                 (int64_t[]){0, rows < columns ? 1 : columns, rows < columns ? columns : 1}, 0)
                   : NULL;
  Tensor *qr = tall ? tensor_new((DType)t->dtype, 2, (int64_t[]){1, m * n + n * n}) : NULL;
  int status = -1;
  if (qr) {
    rng_fill_normal(rng_for(RNG_INIT), a, 0, 1);
    status = linalg_qr(qr, tall, n);
    if (status == 0) store_orthogonal(t, qr, m, n, rows < columns, x[0]);
  }
  tensor_release(qr);
  tensor_release(tall);
  tensor_release(a);
  return status;
}

/* --- the identity as a convolution ----------------------------------------------------------------------------------- */

int init_dirac(Tensor *t, const double *x) {
  const int64_t groups = (int64_t)x[0];
  if (t->ndim < 3 || t->ndim > 5) {
    return err_set("only the weight of a convolution, with 3 to 5 dimensions, can be this; the tensor has shape %s",
                   tensor_shape_str(t));
  }
  if (t->shape[0] % groups != 0) {
    return err_set("dimension 1 of shape %s cannot be divided into %lld groups", tensor_shape_str(t),
                   (long long)groups);
  }
  const int64_t each = t->shape[0] / groups, copied = each < t->shape[1] ? each : t->shape[1];
  tensor_fill_(t, 0);
  if (t->numel == 0) return 0;
  for (int64_t g = 0; g < groups; g++) {
    for (int64_t d = 0; d < copied; d++) {
      int64_t at = (g * each + d) * t->shape[1] + d;
      for (int k = 2; k < t->ndim; k++) at = at * t->shape[k] + t->shape[k] / 2;
      tensor_set(t, at, 1);
    }
  }
  return 0;
}

/* --- sparse columns -------------------------------------------------------------------------------------------------- */

int init_sparse(Tensor *t, const double *x) {
  if (t->ndim != 2) return err_set("only a matrix can be sparse, this tensor has shape %s", tensor_shape_str(t));
  const int64_t rows = t->shape[0], columns = t->shape[1], zeros = (int64_t)ceil(x[0] * (double)rows);
  int64_t *order = alloc_get(SIZE_BYTES(sizeof *order, rows));
  if (!order) return -1;
  rng_fill_normal(rng_for(RNG_INIT), t, 0, x[1]);
  tensor_touch(t);
  for (int64_t j = 0; j < columns; j++) {
    rng_permutation(rng_for(RNG_INIT), order, rows);
    for (int64_t i = 0; i < zeros; i++) tensor_set(t, order[i] * columns + j, 0);
  }
  alloc_put(order, SIZE_BYTES(sizeof *order, rows));
  return 0;
}
