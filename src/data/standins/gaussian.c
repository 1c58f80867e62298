/*
 * gaussian.c - whitening and colouring a normal sample with two Cholesky factors.
 */
#include "data/standins/gaussian.h"

#include <math.h>
#include <string.h>

#include "base/err.h"

typedef double Matrix[GAUSSIAN_MAX_DIM][GAUSSIAN_MAX_DIM];

/* a (d x d, symmetric) = l l^T with l lower triangular; -1 if a is not positive definite. */
static int cholesky(int d, Matrix a, Matrix l) {
  for (int i = 0; i < d; i++) {
    for (int j = 0; j <= i; j++) {
      double s = a[i][j];
      for (int k = 0; k < j; k++) s -= l[i][k] * l[j][k];
      if (i == j && !(s > 0)) return err_set("the covariance is not positive definite");
      l[i][j] = i == j ? sqrt(s) : s / l[j][j];
    }
  }
  return 0;
}

/* m = l a^-1 for lower triangular l and a: row by row, m[i][j] from the right end, m a = l. */
static void divide(int d, Matrix l, Matrix a, Matrix m) {
  for (int i = 0; i < d; i++) {
    for (int j = i; j >= 0; j--) {
      double s = l[i][j];
      for (int k = j + 1; k <= i; k++) s -= m[i][k] * a[k][j];
      m[i][j] = s / a[j][j];
    }
  }
}

/* Subtracts each column's mean. x: (n, d). */
static void centre(int64_t n, int d, double *x) {
  for (int j = 0; j < d; j++) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i * d + j];
    for (int64_t i = 0; i < n; i++) x[i * d + j] -= sum / (double)n;
  }
}

/* s = x^T x / n. x: (n, d), centred. */
static void covariance(int64_t n, int d, const double *x, Matrix s) {
  for (int a = 0; a < d; a++) {
    for (int b = 0; b < d; b++) {
      double sum = 0;
      for (int64_t i = 0; i < n; i++) sum += x[i * d + a] * x[i * d + b];
      s[a][b] = sum / (double)n;
    }
  }
}

/* x[i] = mean + m x[i] for each row; m lower triangular, so the last entry goes first. */
static void colour(int64_t n, int d, double *x, Matrix m, const double *mean) {
  for (int64_t i = 0; i < n; i++) {
    double *row = x + i * d;
    for (int a = d - 1; a >= 0; a--) {
      double sum = 0;
      for (int b = 0; b <= a; b++) sum += m[a][b] * row[b];
      row[a] = mean[a] + sum;
    }
  }
}

static int set_moments(Tensor *table, const Tensor *mean, const Tensor *cov) {
  Matrix target = {{0}}, sample = {{0}}, l = {{0}}, a = {{0}}, m = {{0}};
  int64_t n = table->shape[0];
  int d = (int)table->shape[1];
  double *x = tensor_f64(table);
  for (int i = 0; i < d; i++) memcpy(target[i], tensor_f64(cov) + i * d, (size_t)d * sizeof(double));
  centre(n, d, x);
  covariance(n, d, x, sample);
  if (cholesky(d, target, l) < 0 || cholesky(d, sample, a) < 0) return -1;
  divide(d, l, a, m);
  colour(n, d, x, m, tensor_f64(mean));
  return 0;
}

static bool good_arguments(int64_t n, const Tensor *mean, const Tensor *cov) {
  int64_t d = mean->ndim == 1 ? mean->shape[0] : 0;
  int64_t square[2] = {d, d};
  return mean->dtype == DT_F64 && cov->dtype == DT_F64 && mean->contiguous && cov->contiguous && d >= 1 &&
         d <= GAUSSIAN_MAX_DIM && shape_equal(cov->ndim, cov->shape, 2, square) && n > d;
}

Tensor *gaussian_table(Rng *rng, int64_t n, Tensor *mean, Tensor *cov) {
  if (!good_arguments(n, mean, cov)) {
    return err_null("expected float64 tensors mean (d) and cov (d, d) with d <= %d and n > d; got %s, %s and n = %lld",
                    GAUSSIAN_MAX_DIM, tensor_shape_str(mean), tensor_shape_str(cov), (long long)n);
  }
  int64_t shape[2] = {n, mean->shape[0]};
  Tensor *table = tensor_new(DT_F64, 2, shape);
  if (!table) return NULL;
  rng_fill_normal(rng, table, 0, 1);
  if (set_moments(table, mean, cov) == 0) return table;
  tensor_release(table);
  return NULL;
}
