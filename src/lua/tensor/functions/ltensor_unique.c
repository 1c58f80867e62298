/*
 * ltensor_unique.c - the different elements of a tensor, and how often whole numbers occur.
 *
 * How many elements results have depends on the values: a compiled step cannot hold these functions.
 */
#include <math.h>
#include <string.h>

#include "autograd/formula.h"
#include "lua/tensor/functions/ltensor_functions.h"

/* --- unique ------------------------------------------------------------------------------------------------------- */

typedef struct Groups {
  Tensor *first, *inverse, *counts; /* of each group the position of its first element; of each element its group */
} Groups;

static bool equal_at(const Tensor *x, int64_t i, int64_t j) {
  const char *p = tensor_data(x);
  switch ((DType)x->dtype) {
    case DT_F32:
      return ((const float *)(const void *)p)[i] == ((const float *)(const void *)p)[j];
    case DT_F64:
      return ((const double *)(const void *)p)[i] == ((const double *)(const void *)p)[j];
    case DT_I64:
      return ((const int64_t *)(const void *)p)[i] == ((const int64_t *)(const void *)p)[j];
    default:
      return p[i] == p[j];
  }
}

/* x: contiguous; order: its sorted positions. In the caller's formula; all NULL without memory. */
static Groups group(const Tensor *x, const Tensor *order) {
  const int64_t n = x->numel, *at = tensor_i64(order);
  int64_t count = n > 0;
  for (int64_t i = 1; i < n; i++) count += !equal_at(x, at[i - 1], at[i]);
  Groups g = {fm_own(tensor_new(DT_I64, 1, &count)), fm_own(tensor_new(DT_I64, x->ndim, x->shape)),
              fm_own(tensor_new(DT_I64, 1, &count))};
  if (!g.first || !g.inverse || !g.counts) return (Groups){0};
  for (int64_t i = 0, k = -1; i < n; i++) {
    if (i == 0 || !equal_at(x, at[i - 1], at[i])) {
      tensor_i64(g.first)[++k] = at[i];
      tensor_i64(g.counts)[k] = 0;
    }
    tensor_i64(g.counts)[k]++;
    tensor_i64(g.inverse)[at[i]] = k + 1;
  }
  return g;
}

/*** The different elements in order, in one dimension; with return_inverse the position in it of each element, with
 * return_counts how often each occurs: `x:unique{return_counts = true}`. @function unique */
static int l_unique(lua_State *L) {
  static const Arg args[] = {{.name = "sorted", .kind = ARG_FLAG, .def = 1},
                             {.name = "return_inverse", .kind = ARG_FLAG},
                             {.name = "return_counts", .kind = ARG_FLAG},
                             {0}};
  const char *callee = "Tensor:unique";
  double a[3];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  lb_read(L, x, "unique()");
  FormulaMark m = fm_begin();
  const bool old = grad_set_mode(false);
  Tensor *c = fm_own(tensor_contiguous(x)), *flat = c ? fm_reshape(c, 1, &c->numel) : NULL;
  Tensor *order = flat ? fm_op(OP_ARGSORT, &flat, 1, &(OpArgs){.order = {0, flat->numel, 0}}) : NULL;
  Groups g = order ? group(c, order) : (Groups){0};
  Tensor *y =
      g.first ? fm_op(OP_INDEX_SELECT, (Tensor *[]){flat, g.first}, 2, &(OpArgs){.index = {0, 1, INDEX_FROM_0, 0, {0}}})
              : NULL;
  grad_set_mode(old);
  if (y && a[1] != 0) tensor_retain(g.inverse);
  if (y && a[2] != 0) tensor_retain(g.counts);
  y = fm_end(m, y);
  lb_pushresult(L, callee, y);
  if (a[1] != 0) lb_pushtensor(L, g.inverse);
  if (a[2] != 0) lb_pushtensor(L, g.counts);
  return 1 + (a[1] != 0) + (a[2] != 0);
}

/* --- bincount ----------------------------------------------------------------------------------------------------- */

static int64_t largest(const Tensor *x) {
  int64_t most = 0;
  for (int64_t i = 0; i < x->numel; i++) {
    const int64_t v = tensor_i64(x)[i];
    if (v < 1) return -1;
    if (v > most) most = v;
  }
  return most;
}

static Tensor *count(const Tensor *x, const Tensor *weights, int64_t size) {
  Tensor *out = tensor_full(weights ? (DType)weights->dtype : DT_I64, 1, &size, 0);
  for (int64_t i = 0; out && i < x->numel; i++) {
    const int64_t v = tensor_i64(x)[i] - 1;
    if (!weights) {
      tensor_i64(out)[v]++;
    } else if (weights->dtype == DT_F32) {
      tensor_f32(out)[v] += tensor_f32(weights)[i];
    } else {
      tensor_f64(out)[v] += tensor_f64(weights)[i];
    }
  }
  return out;
}

/*** How often each of the whole numbers 1, 2, ... occurs in a vector, or the sum of its weights: `labels:bincount()`.
 * Numbers are counted up to the largest, at least to minlength. @function bincount */
static int l_bincount(lua_State *L) {
  static const Arg args[] = {{.name = "weights", .kind = ARG_TENSOR},
                             {.name = "minlength", .kind = ARG_INTEGER, .range = RANGE_NOT_NEGATIVE},
                             {0}};
  const char *callee = "Tensor:bincount";
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  Tensor *w = a[0] != 0 ? lb_testtensor(L, (int)a[0]) : NULL;
  if (dtype_is_float((DType)x->dtype) || x->ndim != 1) {
    return lb_error(L, "%s: works on vectors of int64 or uint8, this tensor is %s of shape %s", callee,
                    dtype_name((DType)x->dtype), tensor_shape_str(x));
  }
  if (w && !tensor_same_shape(w, x)) {
    return lb_error(L, "%s: weights must have shape %s, got %s", callee, tensor_shape_str(x), tensor_shape_str(w));
  }
  lb_read(L, x, "bincount()");
  if (w) lb_read(L, w, "bincount()");
  Tensor *v = tensor_cast(x, DT_I64), *weights = NULL, *out = NULL;
  if (w) weights = tensor_cast(w, w->dtype == DT_F32 ? DT_F32 : DT_F64);
  const int64_t most = v ? largest(v) : 0;
  if (v && (weights || !w) && most >= 0) out = count(v, weights, most > (int64_t)a[1] ? most : (int64_t)a[1]);
  tensor_release(v);
  tensor_release(weights);
  if (most < 0) return lb_error(L, "%s: the numbers must be at least 1, as labels and positions are", callee);
  lb_pushresult(L, callee, out);
  return 1;
}

const luaL_Reg ltensor_unique_list[] = {{"unique", l_unique}, {"bincount", l_bincount}, {NULL, NULL}};
