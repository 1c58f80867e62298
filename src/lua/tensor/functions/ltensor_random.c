/*
 * ltensor_random.c - random choices by probabilities that a tensor holds, from the run's generator.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/size.h"
#include "core/recorder.h"
#include "kernels/sort/sort.h"
#include "lua/tensor/functions/ltensor_functions.h"

/* --- bernoulli ---------------------------------------------------------------------------------------------------- */

/* t: out, the probabilities, of one shape. */
static int run_bernoulli(const Computation *c, Context *own) {
  Tensor *out = c->t[0], *p = tensor_cast(c->t[1], DT_F64), *u = p ? tensor_new_like(p) : NULL;
  if (!u) {
    tensor_release(p);
    return -1;
  }
  rng_fill_uniform(&own->random.of[RNG_USER], u, 0, 1);
  bool sane = true;
  for (int64_t i = 0; i < u->numel; i++) {
    const double q = tensor_f64(p)[i];
    sane = sane && q >= 0 && q <= 1;
    tensor_f64(u)[i] = tensor_f64(u)[i] < q;
  }
  const int rc = sane ? tensor_copy_(out, u) : err_set("the probabilities must be in [0, 1]");
  tensor_release(p);
  tensor_release(u);
  return rc;
}

static int draw(Tensor *out, const Tensor *p) {
  Tensor *t[] = {out, (Tensor *)p};
  return recorder_run(&(Computation){.name = "bernoulli", .run = run_bernoulli, .nout = 1, .n = 2, .t = t});
}

/*** 1 with the probability that stands at the same place, else 0; of x's dtype: `lab.bernoulli(p)`. @function bernoulli */
static int l_bernoulli(lua_State *L) {
  const char *callee = "Tensor:bernoulli";
  const Tensor *p = lb_checkself(L, callee);
  lb_atmost(L, callee, 1);
  if (!dtype_is_float((DType)p->dtype)) {
    return lb_error(L, "%s: the probabilities must be floats, got %s", callee, dtype_name((DType)p->dtype));
  }
  Tensor *out = tensor_new_like(p);
  if (out && draw(out, p) < 0) {
    tensor_release(out);
    return lb_calleeerror(L, callee);
  }
  lb_pushresult(L, callee, out);
  return 1;
}

/*** Fills with 1, with the given probability, and 0: `x:bernoulli_(0.5)`, or a probability for each element.
 * @function bernoulli_ */
int ltensor_bernoulli_(lua_State *L) {
  static const Arg args[] = {{.name = "p", .kind = ARG_VALUE}, {0}};
  static const Arg number = {.name = "p", .kind = ARG_NUMBER, .range = RANGE_0_TO_1};
  const char *callee = "Tensor:bernoulli_";
  double at = 0, p = 0.5;
  Tensor *t = lb_checkself(L, callee);
  ltensor_check_inplace(L, t, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = &at});
  const Tensor *each = at != 0 ? lb_testtensor(L, (int)at) : NULL;
  if (each && !tensor_same_shape(each, t)) {
    return lb_error(L, "%s: p must be a number or of shape %s, got shape %s", callee, tensor_shape_str(t),
                    tensor_shape_str(each));
  }
  if (at != 0 && !each) largs_value(L, (int)at, callee, &number, &p);
  if (each) {
    if (draw(t, each) < 0) return lb_calleeerror(L, callee);
  } else {
    rng_fill_bernoulli(rng_for(RNG_USER), t, p);
  }
  lua_settop(L, 1);
  return 1;
}

/* --- multinomial -------------------------------------------------------------------------------------------------- */

/* Places n of the k weights w, with repetition: where a uniform number falls among the running sums. */
static void draw_with(Rng *r, const double *sum, int64_t k, int64_t n, int64_t *out) {
  for (int64_t i = 0; i < n; i++) {
    const double u = rng_double(r) * sum[k - 1];
    int64_t lo = 0, hi = k - 1;
    while (lo < hi) {
      const int64_t mid = lo + (hi - lo) / 2;
      if (sum[mid] > u) {
        hi = mid;
      } else {
        lo = mid + 1;
      }
    }
    out[i] = lo + 1;
  }
}

/* Whether n positions can be drawn by the k weights w; sum: their running sums. */
static int check_row(const double *w, double *sum, int64_t k, int64_t n, bool replace) {
  double total = 0;
  int64_t there = 0;
  for (int64_t j = 0; j < k; j++) {
    if (!(w[j] >= 0) || isinf(w[j])) return err_set("the weights must be finite and not negative");
    there += w[j] > 0;
    sum[j] = total += w[j];
  }
  if (total == 0 || isinf(total)) return err_set("the sum of the weights must be positive and finite");
  if (replace || there >= n) return 0;
  return err_set("num_samples must be at most %lld, the number of weights that are not 0, without replacement",
                 (long long)there);
}

/* Without repetition: of independent exponential times with the weights as rates, the n earliest, in order. Each comes
 * first among those that are left with a probability in proportion to its weight. w becomes the times. */
static int draw_without(Rng *r, Tensor *w, Tensor *out) {
  Tensor *u = tensor_new_like(w);
  if (!u) return -1;
  rng_fill_uniform(r, u, 0, 1);
  double *x = tensor_f64(w);
  for (int64_t i = 0; i < w->numel; i++) {
    x[i] = x[i] > 0 ? -log1p(-tensor_f64(u)[i]) / x[i] : (double)NAN; /* nan comes last */
  }
  tensor_release(u);
  if (sort_positions(out, w, w->ndim - 1, out->shape[out->ndim - 1], false) < 0) return -1;
  for (int64_t i = 0; i < out->numel; i++) tensor_i64(out)[i]++;
  return 0;
}

static int run_multinomial(const Computation *c, Context *own) {
  Tensor *out = c->t[0], *w = tensor_cast(c->t[1], DT_F64);
  Rng *r = &own->random.of[RNG_USER];
  int64_t replace;
  memcpy(&replace, c->args, sizeof replace);
  if (!w) return -1;
  const int64_t k = w->shape[w->ndim - 1], n = out->shape[out->ndim - 1], rows = w->numel / k;
  const size_t bytes = SIZE_BYTES(sizeof(double), k);
  double *sum = alloc_get(bytes);
  int rc = sum ? 0 : -1;
  for (int64_t i = 0; rc == 0 && i < rows; i++) {
    rc = check_row(tensor_f64(w) + i * k, sum, k, n, replace != 0);
    if (rc == 0 && replace) draw_with(r, sum, k, n, tensor_i64(out) + i * n);
  }
  if (rc == 0 && !replace) rc = draw_without(r, w, out);
  alloc_put(sum, bytes);
  tensor_release(w);
  tensor_touch(out);
  return rc;
}

/*** Positions drawn by weights, a vector or rows of them; without replacement each at most once:
 * `w:multinomial(10, true)`. int64. @function multinomial */
static int l_multinomial(lua_State *L) {
  static const Arg args[] = {{.name = "num_samples", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .required = true},
                             {.name = "replacement", .kind = ARG_FLAG},
                             {0}};
  const char *callee = "Tensor:multinomial";
  double a[2];
  Tensor *w = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  if (w->ndim < 1 || w->ndim > 2 || w->shape[w->ndim - 1] == 0 || !dtype_is_float((DType)w->dtype)) {
    return lb_error(L, "%s: the weights must be a float vector or matrix, got %s of shape %s", callee,
                    dtype_name((DType)w->dtype), tensor_shape_str(w));
  }
  const int64_t n = (int64_t)a[0], replace = a[1] != 0;
  if (!replace && n > w->shape[w->ndim - 1]) {
    return lb_error(L, "%s: num_samples must be at most %I without replacement, got %I", callee,
                    (LUAI_UACINT)w->shape[w->ndim - 1], (LUAI_UACINT)n);
  }
  Tensor *out = tensor_new(DT_I64, w->ndim, (int64_t[]){w->ndim == 1 ? n : w->shape[0], n});
  Tensor *t[] = {out, w};
  const int rc = !out ? -1
                      : recorder_run(&(Computation){.name = "multinomial",
                                                    .run = run_multinomial,
                                                    .nout = 1,
                                                    .n = 2,
                                                    .t = t,
                                                    .args = &replace,
                                                    .size = sizeof replace});
  if (rc < 0) {
    tensor_release(out);
    return lb_calleeerror(L, callee);
  }
  lb_pushtensor(L, out);
  return 1;
}

const luaL_Reg ltensor_random_list[] = {{"bernoulli", l_bernoulli}, {"multinomial", l_multinomial}, {NULL, NULL}};
