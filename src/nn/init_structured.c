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

static double polynomial(const double *c, int n, double x) {
  double y = c[0];
  for (int i = 1; i < n; i++) y = y * x + c[i];
  return y;
}

/* The x with normal_below(x) = p to nine digits, 0 < p < 1: P. J. Acklam's rational approximations (2003). */
static double quantile_about(double p) {
  static const double middle[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                                  1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  static const double middle_below[] = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                                        6.680131188771972e+01,  -1.328068155288572e+01, 1};
  static const double tail[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  static const double tail_below[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                      3.754408661907416e+00, 1};
  const double from_middle = p - 0.5, r = from_middle * from_middle;
  if (fabs(from_middle) <= 0.47575) return from_middle * polynomial(middle, 6, r) / polynomial(middle_below, 6, r);
  const double q = sqrt(-2 * log(p < 0.5 ? p : 1 - p)), x = polynomial(tail, 6, q) / polynomial(tail_below, 5, q);
  return p < 0.5 ? x : -x;
}

static double within(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }

/* The x between lo and hi with normal_below(x) = p: an approximation and one step of Halley's method. */
static double quantile(double p, double lo, double hi) {
  if (p <= 0) return lo;
  if (p >= 1) return hi;
  const double x = within(quantile_about(p), lo, hi), density = exp(-0.5 * x * x) / sqrt(2 * M_PI);
  const double step = (normal_below(x) - p) / density, next = x - step / (1 + 0.5 * x * step);
  return isfinite(next) ? within(next, lo, hi) : x;
}

#define FARTHEST 38.0 /* standard deviations: below, normal_below is 0 */

/* Above the mean, where normal_below is next to 1, numbers are drawn on the other side, where it is exact. */
int init_trunc_normal(Tensor *t, const double *x) {
  const double mean = x[0], std = x[1], a = x[2], b = x[3];
  if (a > b) return err_set("a = %g is greater than b = %g", a, b);
  const double sign = a > mean ? -1 : 1, from = (a - mean) / std, to = (b - mean) / std;
  const double lo = within(sign < 0 ? -to : from, -FARTHEST, FARTHEST);
  const double hi = within(sign < 0 ? -from : to, -FARTHEST, FARTHEST);
  const double first = normal_below(lo), last = normal_below(hi);
  rng_fill_uniform(rng_for(RNG_INIT), t, 0, 1);
  for (int64_t i = 0; i < t->numel; i++) {
    const double p = first + tensor_get(t, i) * (last - first);
    tensor_set(t, i, within(mean + sign * std * quantile(p, lo, hi), a, b));
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
