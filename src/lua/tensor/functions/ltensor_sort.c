/*
 * ltensor_sort.c - functions of the order of elements along a dimension.
 *
 * Equal elements stay in the order of their positions; nan is larger than every number.
 */
#include <math.h>
#include <string.h>

#include "autograd/formula.h"
#include "lua/tensor/functions/ltensor_functions.h"

/* --- sort, argsort, topk ------------------------------------------------------------------------------------------ */

static const Arg sort_args[] = {{.name = "dim", .kind = ARG_DIM, .def = -1},
                                {.name = "descending", .kind = ARG_FLAG},
                                {.name = "stable", .kind = ARG_FLAG, .def = 1},
                                {0}};

static OrderArgs read_sort(lua_State *L, const Tensor *x, const char *callee) {
  double a[3];
  largs_read(L, 2, callee, &(ArgValues){.args = sort_args, .x = a});
  const int dim = lb_checkdim(L, a[0], x->ndim, callee, "dim");
  return (OrderArgs){dim, x->shape[dim], a[1] != 0};
}

/*** The elements in order along a dimension, the last by default, and their positions: `x:sort(1, true)`. @function sort
 */
static int l_sort(lua_State *L) {
  const char *callee = "Tensor:sort";
  Tensor *x = lb_checkself(L, callee);
  OrderArgs a = read_sort(L, x, callee);
  return ltensor_push_picked(L, callee, x, (int)a.dim, true, OP_ARGSORT, &(OpArgs){.order = a});
}

/*** The positions that put a dimension in order. @function argsort */
static int l_argsort(lua_State *L) {
  const char *callee = "Tensor:argsort";
  Tensor *x = lb_checkself(L, callee);
  Tensor *at = op_apply(OP_ARGSORT, &x, 1, &(OpArgs){.order = read_sort(L, x, callee)});
  if (at) tensor_shift_(at, 1);
  lb_pushresult(L, callee, at);
  return 1;
}

/*** The k largest elements along a dimension in order, and their positions: `x:topk(3)`. @function topk */
static int l_topk(lua_State *L) {
  static const Arg args[] = {{.name = "k", .kind = ARG_INTEGER, .range = RANGE_NOT_NEGATIVE, .required = true},
                             {.name = "dim", .kind = ARG_DIM, .def = -1},
                             {.name = "largest", .kind = ARG_FLAG, .def = 1},
                             {.name = "sorted", .kind = ARG_FLAG, .def = 1},
                             {0}};
  const char *callee = "Tensor:topk";
  double a[4];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const int dim = lb_checkdim(L, a[1], x->ndim, callee, "dim");
  return ltensor_push_picked(L, callee, x, dim, true, OP_ARGSORT, &(OpArgs){.order = {dim, (int64_t)a[0], a[2] != 0}});
}

/* --- kthvalue, median --------------------------------------------------------------------------------------------- */

/*** The k-th smallest element along a dimension, and its position: `x:kthvalue(2)`. @function kthvalue */
static int l_kthvalue(lua_State *L) {
  static const Arg args[] = {{.name = "k", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .required = true},
                             {.name = "dim", .kind = ARG_DIM, .def = -1},
                             {.name = "keepdim", .kind = ARG_FLAG},
                             {0}};
  const char *callee = "Tensor:kthvalue";
  double a[3];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const int dim = lb_checkdim(L, a[1], x->ndim, callee, "dim");
  return ltensor_push_picked(L, callee, x, dim, a[2] != 0, OP_ARGKTH, &(OpArgs){.order = {dim, (int64_t)a[0] - 1, 0}});
}

/*** The median, the lower one of two: of all elements, or along a dimension, then with its position. nan if there is one.
 * @function median */
static int l_median(lua_State *L) {
  static const Arg args[] = {
      {.name = "dim", .kind = ARG_DIM, .def = ARG_UNSET}, {.name = "keepdim", .kind = ARG_FLAG}, {0}};
  const char *callee = "Tensor:median";
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  if (!isnan(a[0])) {
    const int dim = lb_checkdim(L, a[0], x->ndim, callee, "dim");
    return ltensor_push_picked(L, callee, x, dim, a[1] != 0, OP_ARGKTH, &(OpArgs){.order = {dim, -1, 0}});
  }
  FormulaMark m = fm_begin();
  Tensor *flat = fm_reshape(x, 1, (int64_t[]){x->numel});
  Tensor *at = flat ? fm_op(OP_ARGKTH, &flat, 1, &(OpArgs){.order = {0, -1, 0}}) : NULL;
  Tensor *y = at ? fm_op(OP_GATHER, (Tensor *[]){flat, at}, 2, &(OpArgs){.along = {0}}) : NULL;
  lb_pushresult(L, callee, fm_end(m, y ? fm_reshape(y, 0, y->shape) : NULL));
  return 1;
}

/* --- quantile ----------------------------------------------------------------------------------------------------- */

typedef enum Between { LINEAR, LOWER, HIGHER, NEAREST, MIDPOINT } Between;
static const char *const between_words[] = {"linear", "lower", "higher", "nearest", "midpoint", NULL};

/* Where quantiles lie in n sorted elements: the positions on both sides, 0-based, and how far from one to the other. */
typedef struct Places {
  Tensor *lower, *upper, *weight;
} Places;

static Places places(const double *q, int count, int64_t n, Between how, DType dt) {
  const int64_t size = count;
  Places p = {fm_own(tensor_new(DT_I64, 1, &size)), fm_own(tensor_new(DT_I64, 1, &size)),
              fm_own(tensor_new(dt, 1, &size))};
  for (int i = 0; p.lower && p.upper && p.weight && i < count; i++) {
    double rank = q[i] * (double)(n - 1);
    if (how == LOWER) rank = floor(rank);
    if (how == HIGHER) rank = ceil(rank);
    if (how == NEAREST) rank = nearbyint(rank);
    const double low = floor(rank);
    tensor_i64(p.lower)[i] = (int64_t)low;
    tensor_i64(p.upper)[i] = (int64_t)ceil(rank);
    dtype_store(dt, (char *)tensor_data(p.weight) + i * (int64_t)dtype_size(dt), how == MIDPOINT ? 0.5 : rank - low);
  }
  return p;
}

static Tensor *pick(Tensor *x, Tensor *at) {
  return at ? fm_op(OP_INDEX_SELECT, (Tensor *[]){x, at}, 2, &(OpArgs){.index = {x->ndim - 1, 1, INDEX_FROM_0, 0, {0}}})
            : NULL;
}

/* From a to b, from the nearer side: exact at both. */
static Tensor *blend(Tensor *a, Tensor *b, Tensor *w) {
  Tensor *d = fm_sub(b, a);
  Tensor *up = fm_add(a, fm_mul(w, d)), *down = fm_sub(b, fm_mul(d, fm_rsubs(1, w)));
  return w ? fm_op3(OP_WHERE, fm_op2(OP_LT, w, fm_const(w, 0.5)), up, down) : NULL;
}

/* (rest..., n) -> (rest..., count) */
static Tensor *quantiles(Tensor *x, const double *q, int count, Between how) {
  const int64_t n = x->shape[x->ndim - 1];
  Tensor *at = fm_op(OP_ARGSORT, &x, 1, &(OpArgs){.order = {x->ndim - 1, n, 0}});
  Tensor *sorted = at ? fm_op(OP_GATHER, (Tensor *[]){x, at}, 2, &(OpArgs){.along = {x->ndim - 1}}) : NULL;
  if (!sorted) return NULL;
  const Places p = places(q, count, n, how, (DType)x->dtype);
  if (!p.lower || !p.upper || !p.weight) return NULL;
  Tensor *y = pick(sorted, p.lower);
  if (how == LINEAR || how == MIDPOINT) y = blend(y, pick(sorted, p.upper), p.weight);
  Tensor *last = fm_slice(sorted, x->ndim - 1, n - 1, 1, 1); /* nan, if there is one */
  return y && last ? fm_op3(OP_WHERE, fm_op2(OP_NE, last, last), last, y) : NULL;
}

/*** Quantiles of all elements, or along a dimension: `x:quantile(0.9)`, `x:quantile({0.1, 0.9}, 2)`. A list makes a new
 * first dimension. @function quantile */
static int l_quantile(lua_State *L) {
  enum { Q, DIM, KEEPDIM, BETWEEN, COUNT };
  static const Arg args[] = {{.name = "q", .kind = ARG_VALUE, .required = true},
                             {.name = "dim", .kind = ARG_DIM, .def = ARG_UNSET},
                             {.name = "keepdim", .kind = ARG_FLAG},
                             {.name = "interpolation", .kind = ARG_CHOICE, .choices = between_words},
                             {0}};
  static const Arg q_row[] = {{.name = "q", .kind = ARG_NUMBER, .range = RANGE_0_TO_1, .required = true}, {0}};
  static const Arg list_row = {.name = "q", .kind = ARG_NUMBER, .range = RANGE_0_TO_1};
  const char *callee = "Tensor:quantile";
  double a[COUNT];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const int at = (int)a[Q];
  const bool list = lua_type(L, at) == LUA_TTABLE;
  const int count = list ? lb_length(L, at) : 1;
  if (list) lb_checklist(L, at, false, callee, "q");
  double *q = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *q, 0);
  for (int i = 0; i < count; i++) {
    if (list) lua_geti(L, at, i + 1);
    largs_value(L, list ? -1 : at, callee, list ? &list_row : q_row, q + i);
    if (list) lua_pop(L, 1);
  }
  const bool whole = isnan(a[DIM]);
  const int dim = whole ? 0 : lb_checkdim(L, a[DIM], x->ndim, callee, "dim");
  if ((whole ? x->numel : x->shape[dim]) == 0) {
    return lb_error(L, "%s: shape %s has no element to choose from", callee, tensor_shape_str(x));
  }
  if (list && a[KEEPDIM] != 0 && x->ndim == TENSOR_MAX_DIM) {
    return lb_error(L, "%s: a tensor has at most %d dimensions", callee, TENSOR_MAX_DIM);
  }
  FormulaMark m = fm_begin();
  const int ndim = x->ndim;
  int64_t shape[TENSOR_MAX_DIM + 1]; /* count, the dimensions that stay, 1 for one that is kept */
  int n = 0;
  if (list) shape[n++] = count;
  for (int d = 0; d < ndim; d++) {
    const bool goes = whole || d == dim;
    if (!goes || a[KEEPDIM] != 0) shape[n++] = goes ? 1 : x->shape[d];
  }
  Tensor *y = fm_cast(x, dtype_is_float((DType)x->dtype) ? (DType)x->dtype : dtype_default());
  if (y && whole) y = fm_reshape(y, 1, (int64_t[]){x->numel});
  if (y) y = fm_transpose(y, dim, y->ndim - 1);
  if (y) y = quantiles(y, q, count, (Between)a[BETWEEN]);
  if (y) y = fm_transpose(y, dim, y->ndim - 1); /* count in place of dim: to the front */
  for (int d = dim; y && d > 0; d--) y = fm_transpose(y, d, d - 1);
  lb_pushresult(L, callee, fm_end(m, y ? fm_reshape(y, n, shape) : NULL));
  return 1;
}

/* --- searchsorted ------------------------------------------------------------------------------------------------- */

/*** Where values belong in a sorted sequence, or in those of the last dimension: the first place that keeps the order
 * (right: the last), from 1 to n + 1. `lab.searchsorted(sorted, values)`. @function searchsorted */
static int l_searchsorted(lua_State *L) {
  static const Arg args[] = {
      {.name = "values", .kind = ARG_VALUE, .required = true}, {.name = "right", .kind = ARG_FLAG}, {0}};
  const char *callee = "Tensor:searchsorted";
  double a[2];
  Tensor *sorted = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const int at = (int)a[0];
  Tensor *values = lb_testtensor(L, at);
  if (!values && lua_type(L, at) != LUA_TNUMBER) lb_badvalue(L, callee, "values", at, "a tensor or a number");
  FormulaMark m = fm_begin();
  if (!values) values = fm_own(tensor_scalar(DT_F64, lua_tonumber(L, at)));
  if (values && !lb_testtensor(L, at) && dtype_is_float((DType)sorted->dtype)) {
    values = fm_cast(values, (DType)sorted->dtype);
  }
  Tensor *in[] = {sorted, values};
  Tensor *out = values ? fm_op(OP_SEARCHSORTED, in, 2, &(OpArgs){.order = {0, 0, a[1] != 0}}) : NULL;
  if (out) tensor_shift_(out, 1);
  lb_pushresult(L, callee, fm_end(m, out));
  return 1;
}

const luaL_Reg ltensor_sort_list[] = {{"sort", l_sort},
                                      {"argsort", l_argsort},
                                      {"topk", l_topk},
                                      {"kthvalue", l_kthvalue},
                                      {"median", l_median},
                                      {"quantile", l_quantile},
                                      {"searchsorted", l_searchsorted},
                                      {NULL, NULL}};
