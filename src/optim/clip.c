/*
 * clip.c - norms over several gradients and their limits.
 *
 * The norm is summed in double, in a fixed order: eight lanes over each gradient, the lanes added pairwise, then one
 * gradient after the other.
 */
#include "optim/clip.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/simd.h"
#include "core/recorder.h"

#define LANES 8

/* How a norm is computed: the sum (or the largest) of f(x) over a run of elements, in both float types. */
typedef struct Norm {
  double (*sum_f32)(int64_t n, const float *x, double power);
  double (*sum_f64)(int64_t n, const double *x, double power);
  bool largest; /* the largest value instead of the sum */
} Norm;

/* lane[i % 8] collects element i. */
#define CLIP_SUM(NAME, T, ADD)                                                            \
  static VECTORIZED(double, NAME, (int64_t n, const T *x, double power), (n, x, power)) { \
    (void)power;                                                                          \
    double lane[LANES] = {0};                                                             \
    int64_t whole = n - n % LANES;                                                        \
    for (int64_t i = 0; i < whole; i += LANES) {                                          \
      for (int k = 0; k < LANES; k++) ADD(lane[k], (double)x[i + k]);                     \
    }                                                                                     \
    for (int64_t i = whole; i < n; i++) ADD(lane[i - whole], (double)x[i]);               \
    for (int width = LANES / 2; width; width /= 2) {                                      \
      for (int k = 0; k < width; k++) lane[k] += lane[k + width];                         \
    }                                                                                     \
    return lane[0];                                                                       \
  }
#define ADD_SQUARE(sum, v) ((sum) += (v) * (v))
#define ADD_ABS(sum, v) ((sum) += fabs(v))
#define ADD_POWER(sum, v) ((sum) += pow(fabs(v), power))
CLIP_SUM(squares_f32, float, ADD_SQUARE)
CLIP_SUM(squares_f64, double, ADD_SQUARE)
CLIP_SUM(abs_f32, float, ADD_ABS)
CLIP_SUM(abs_f64, double, ADD_ABS)
CLIP_SUM(powers_f32, float, ADD_POWER)
CLIP_SUM(powers_f64, double, ADD_POWER)

#define CLIP_LARGEST(NAME, T)                               \
  static double NAME(int64_t n, const T *x, double power) { \
    (void)power;                                            \
    double most = 0;                                        \
    for (int64_t i = 0; i < n; i++) {                       \
      double v = fabs((double)x[i]);                        \
      most = v <= most ? most : v; /* NaN wins ... */       \
      if (isnan(most)) break;      /* ... and stays */      \
    }                                                       \
    return most;                                            \
  }
CLIP_LARGEST(largest_f32, float)
CLIP_LARGEST(largest_f64, double)

static const Norm norm_squares = {squares_f32, squares_f64, false}, norm_abs = {abs_f32, abs_f64, false},
                  norm_powers = {powers_f32, powers_f64, false}, norm_largest = {largest_f32, largest_f64, true};

static const Norm *norm_for(double norm_type) {
  if (isinf(norm_type)) return &norm_largest;
  return norm_type == 2 ? &norm_squares : norm_type == 1 ? &norm_abs : &norm_powers;
}

/* A gradient row-major and in a float type; the caller's reference. NULL: no memory. */
static Tensor *flat_grad(Tensor *g) {
  return dtype_is_float((DType)g->dtype) ? tensor_contiguous(g) : tensor_cast(g, DT_F64);
}

static int add_up(const Norm *norm, Tensor *grad, double power, double *total) {
  Tensor *g = flat_grad(grad);
  if (!g) return -1;
  double part = g->dtype == DT_F32 ? norm->sum_f32(g->numel, tensor_f32(g), power)
                                   : norm->sum_f64(g->numel, tensor_f64(g), power);
  tensor_release(g);
  if (!norm->largest) {
    *total += part;
  } else if (!(part <= *total)) {
    *total = part;
  }
  return 0;
}

/* Here and below grads[0..n-1] may hold NULL: no gradient. */
static int total_norm(Tensor *const *grads, int n, double norm_type, double *total) {
  const Norm *norm = norm_for(norm_type);
  *total = 0;
  for (int i = 0; i < n && !isnan(*total); i++) {
    if (grads[i] && add_up(norm, grads[i], norm_type, total) < 0) return -1;
  }
  if (norm == &norm_squares) {
    *total = sqrt(*total);
  } else if (norm == &norm_powers) {
    *total = pow(*total, 1 / norm_type);
  }
  return 0;
}

/* x <- min(max(x scale, -limit), limit) */
#define CLIP_APPLY(NAME, T)                                                                             \
  static VECTORIZED(void, NAME, (int64_t n, T x[], double scale, double limit), (n, x, scale, limit)) { \
    const T s = (T)scale, hi = (T)limit;                                                                \
    for (int64_t i = 0; i < n; i++) {                                                                   \
      T v = x[i] * s;                                                                                   \
      v = v > hi ? hi : v;                                                                              \
      x[i] = v < -hi ? -hi : v;                                                                         \
    }                                                                                                   \
  }
CLIP_APPLY(apply_f32, float)
CLIP_APPLY(apply_f64, double)

static int apply(Tensor *g, double scale, double limit) {
  Tensor *flat = flat_grad(g);
  if (!flat) return -1;
  if (flat->dtype == DT_F32) {
    apply_f32(flat->numel, tensor_f32(flat), scale, limit);
  } else {
    apply_f64(flat->numel, tensor_f64(flat), scale, limit);
  }
  int status = flat == g ? 0 : tensor_copy_(g, flat);
  tensor_touch(g);
  tensor_release(flat);
  return status;
}

static int scale_to_norm(Tensor *const *grads, int n, double max_norm, double norm_type, bool error_if_nonfinite,
                         double *total) {
  if (total_norm(grads, n, norm_type, total) < 0) return -1;
  if (error_if_nonfinite && !isfinite(*total)) {
    return err_set("optim.clip_grad_norm_: the total norm of the gradients is %g, so they cannot be clipped", *total);
  }
  double scale = max_norm / (*total + 1e-6);
  if (scale >= 1) return 0;
  for (int i = 0; i < n; i++) {
    if (grads[i] && apply(grads[i], scale, (double)INFINITY) < 0) return -1;
  }
  return 0;
}

/* --- as computations that are reported to a recorder: args {limit[, norm_type, error_if_nonfinite]} --------------- */

/* t: the norm (), the gradients; then the gradients again, as what is read */
static int run_norm(const Computation *c, Context *own) {
  double a[3], total;
  (void)own;
  memcpy(a, c->args, sizeof a);
  if (scale_to_norm(c->t + 1, c->nout - 1, a[0], a[1], a[2] != 0, &total) < 0) return -1;
  tensor_set(c->t[0], 0, total);
  return 0;
}

static int run_value(const Computation *c, Context *own) {
  double limit;
  (void)own;
  memcpy(&limit, c->args, sizeof limit);
  for (int i = 0; i < c->nout; i++) {
    if (c->t[i] && apply(c->t[i], 1, limit) < 0) return -1;
  }
  return 0;
}

/* Runs `run` on {first, the gradients of params, these again}, without `first` where it is NULL. */
static int on_grads(const char *name, Recompute *run, Tensor *first, Tensor *const *params, int n, const double *args,
                    size_t size) {
  const int lead = first != NULL;
  size_t bytes = (size_t)(lead + 2 * n) * sizeof(Tensor *);
  Tensor **t = alloc_get(bytes);
  if (!t) return -1;
  if (first) t[0] = first;
  for (int i = 0; i < n; i++) {
    recorder_grad_read(params[i]);
    t[lead + i] = t[lead + n + i] = params[i]->grad;
  }
  int rc = recorder_run(&(Computation){
      .name = name, .run = run, .nout = lead + n, .n = lead + 2 * n, .t = t, .args = args, .size = size});
  alloc_put(t, bytes);
  return rc;
}

Tensor *clip_grad_norm_(Tensor *const *params, int n, double max_norm, double norm_type, bool error_if_nonfinite) {
  if (!(max_norm >= 0))
    return err_null("optim.clip_grad_norm_: max_norm must be a number of at least 0, got %.14g", max_norm);
  if (!(norm_type > 0))
    return err_null("optim.clip_grad_norm_: norm_type must be a number above 0 (or math.huge), got %.14g", norm_type);
  double args[] = {max_norm, norm_type, error_if_nonfinite};
  Tensor *total = tensor_new(DT_F64, 0, NULL);
  if (total && on_grads("clip_grad_norm_", run_norm, total, params, n, args, sizeof args) == 0) return total;
  tensor_release(total);
  return NULL;
}

int clip_grad_value_(Tensor *const *params, int n, double limit) {
  if (!(limit >= 0))
    return err_set("optim.clip_grad_value_: clip_value must be a number of at least 0, got %.14g", limit);
  return on_grads("clip_grad_value_", run_value, NULL, params, n, &limit, sizeof limit);
}
