/*
 * ltensor_reduce.c - functions and methods that reduce dimensions: sum, mean, max, var, norm; and softmax.
 *
 * Dimensions are given by position or by name, one or several: x:sum(), x:sum(1), x:sum({1, 2}, true),
 * x:sum{dim = 1, keepdim = true}.
 */
#include <math.h>

#include "autograd/formula.h"
#include "lua/tensor/ltensor.h"

/* --- reductions ----------------------------------------------------------------------------------------------- */

enum { DIM, KEEPDIM = DIM + ARG_SHAPE_PLACES, REDUCE_COUNT };
/* clang-format off */
#define DIMS_ROW {.name = "dim", .kind = ARG_SHAPE, .def = ARG_UNSET}
#define KEEPDIM_ROW {.name = "keepdim", .kind = ARG_FLAG}
/* clang-format on */
static const Arg reduce_args[] = {DIMS_ROW, KEEPDIM_ROW, {0}};

/* What dim and keepdim ask for. */
typedef struct Reduction {
  unsigned dims; /* ~0u: all */
  bool keepdim;
} Reduction;

/* x: the places of the two rows. */
static Reduction loss_reduction(lua_State *L, const double *x, const Tensor *t, const char *callee) {
  Reduction r = {~0u, x[KEEPDIM] != 0};
  int64_t dim[TENSOR_MAX_DIM];
  if (isnan(x[DIM])) return r;
  r.dims = 0;
  for (int i = 0, n = arg_shape(x + DIM, dim); i < n; i++) {
    if (dim[i] == 0) lb_error(L, "%s: dim must be a dimension (1, 2, ... or -1 for the last), got 0", callee);
    r.dims |= 1u << lb_checkdim(L, (double)(dim[i] - (dim[i] > 0)), t->ndim, callee, "dim");
  }
  return r;
}

static int reduce(lua_State *L, const char *callee, OpId op) {
  double x[REDUCE_COUNT];
  Tensor *t = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = reduce_args, .x = x});
  Reduction r = loss_reduction(L, x, t, callee);
  return ltensor_push_op(L, callee, op, &t, 1,
                         &(OpArgs){.extreme = {r.dims, r.keepdim, 0}}); /* sum and mean read the first two */
}
/*** Sum over all elements, or over dimension(s): `x:sum()`, `x:sum(1)`, `x:sum({1, 2}, true)`. @function sum */
static int l_sum(lua_State *L) { return reduce(L, "Tensor:sum", OP_SUM); }
/*** Mean, with the arguments of sum. @function mean */
static int l_mean(lua_State *L) { return reduce(L, "Tensor:mean", OP_MEAN); }
/*** Logarithm of the sum of exp(x), with the arguments of sum. @function logsumexp */
static int l_logsumexp(lua_State *L) { return reduce(L, "Tensor:logsumexp", OP_LOGSUMEXP); }
/*** Largest value over all elements or dimension(s); ties share the gradient. @function amax */
static int l_amax(lua_State *L) { return reduce(L, "Tensor:amax", OP_AMAX); }
static int l_amin(lua_State *L) { return reduce(L, "Tensor:amin", OP_AMIN); }

/* 0-based positions to 1-based, in place: the tensor is new. */
static Tensor *one_based(Tensor *index) {
  if (index) tensor_shift_(index, 1);
  return index;
}

/* One dimension, or none (UNSET), and keepdim. */
static const Arg extreme_args[] = {{.name = "dim", .kind = ARG_DIM, .def = ARG_UNSET}, KEEPDIM_ROW, {0}};

static int arg_extreme(lua_State *L, const char *callee, OpId op) {
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = extreme_args, .x = a});
  bool whole = isnan(a[0]);
  int dim = whole ? 0 : lb_checkdim(L, a[0], x->ndim, callee, "dim");
  FormulaMark m = fm_begin();
  Tensor *flat = whole ? fm_reshape(x, 1, (int64_t[]){x->numel}) : x;
  Tensor *out = flat ? op_apply(op, &flat, 1, &(OpArgs){.argmax = {dim, !whole && a[1] != 0}}) : NULL;
  fm_end(m, NULL);
  lb_pushresult(L, callee, one_based(out));
  return 1;
}
/*** Position (1-based, int64) of the largest element, of all (counted row by row) or along a dimension. @function
 * argmax */
static int l_argmax(lua_State *L) { return arg_extreme(L, "Tensor:argmax", OP_ARGMAX); }
static int l_argmin(lua_State *L) { return arg_extreme(L, "Tensor:argmin", OP_ARGMIN); }

int ltensor_push_picked(lua_State *L, const char *callee, Tensor *x, int dim, bool keep, OpId op, const OpArgs *args) {
  FormulaMark m = fm_begin();
  Tensor *index = fm_op(op, &x, 1, args);
  Tensor *value = index ? fm_op(OP_GATHER, (Tensor *[]){x, index}, 2, &(OpArgs){.along = {dim}}) : NULL;
  if (value && !keep) {
    int64_t shape[TENSOR_MAX_DIM];
    int n = 0;
    for (int d = 0; d < x->ndim; d++) {
      if (d != dim) shape[n++] = x->shape[d];
    }
    value = fm_reshape(value, n, shape);
    index = fm_reshape(index, n, shape);
  }
  Tensor *copy = index && value ? tensor_clone(index) : NULL;
  lb_pushresult(L, callee, fm_end(m, copy ? value : NULL));
  lb_pushtensor(L, one_based(copy));
  return 2;
}

static int extreme(lua_State *L, const char *callee, OpId op, OpId arg_op) {
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  if (lb_testtensor(L, 2)) {
    lb_atmost(L, callee, 2);
    return ltensor_apply2(L, callee, op == OP_AMAX ? OP_MAXIMUM : OP_MINIMUM);
  }
  largs_read(L, 2, callee, &(ArgValues){.args = extreme_args, .x = a});
  if (isnan(a[0])) return ltensor_push_op(L, callee, op, &x, 1, &(OpArgs){.extreme = {~0u, false, 1}});
  const int dim = lb_checkdim(L, a[0], x->ndim, callee, "dim");
  return ltensor_push_picked(L, callee, x, dim, a[1] != 0, arg_op, &(OpArgs){.argmax = {dim, true}});
}
/*** Largest element; with a dimension, the values and their 1-based positions; with a second tensor, maximum. @function
 * max */
static int l_max(lua_State *L) { return extreme(L, "Tensor:max", OP_AMAX, OP_ARGMAX); }
static int l_min(lua_State *L) { return extreme(L, "Tensor:min", OP_AMIN, OP_ARGMIN); }

/*** Variance over all elements or dimension(s), divided by n - 1 (`{unbiased=false}`: by n): `x:var(1,
 * {unbiased=false})`.
 * @function var */
static int variance(lua_State *L, const char *callee, OpId op) {
  static const Arg args[] = {DIMS_ROW, KEEPDIM_ROW, {.name = "unbiased", .kind = ARG_FLAG, .def = 1}, {0}};
  double a[REDUCE_COUNT + 1];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  Reduction r = loss_reduction(L, a, x, callee);
  return ltensor_push_op(L, callee, op, &x, 1, &(OpArgs){.var = {r.dims, r.keepdim, a[REDUCE_COUNT]}});
}
static int l_var(lua_State *L) { return variance(L, "Tensor:var", OP_VAR); }
/*** Standard deviation: the square root of var, with its arguments. @function std */
static int l_std(lua_State *L) { return variance(L, "Tensor:std", OP_STD); }

/*** Norm over all elements or dimension(s): `x:norm()`, `x:norm(1)`, `x:norm(2, dim, keepdim)`. @function norm */
static int l_norm(lua_State *L) {
  static const Arg args[] = {{.name = "p", .range = RANGE_NUMBER, .def = 2}, DIMS_ROW, KEEPDIM_ROW, {0}};
  const char *callee = "Tensor:norm";
  double a[REDUCE_COUNT + 1];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  Reduction r = loss_reduction(L, a + 1, x, callee);
  return ltensor_push_op(L, callee, OP_NORM, &x, 1, &(OpArgs){.norm = {r.dims, r.keepdim, a[0]}});
}

/* --- softmax -------------------------------------------------------------------------------------------------- */

static int softmax(lua_State *L, const char *callee, OpId op) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true}, {0}};
  double dim = 0;
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = &dim});
  return ltensor_push_op(L, callee, op, &x, 1, &(OpArgs){.along = {lb_checkdim(L, dim, x->ndim, callee, "dim")}});
}
static int l_softmax(lua_State *L) { return softmax(L, "Tensor:softmax", OP_SOFTMAX); }
static int l_log_softmax(lua_State *L) { return softmax(L, "Tensor:log_softmax", OP_LOG_SOFTMAX); }

void ltensor_reduce(lua_State *L, int lib, int methods) {
  static const luaL_Reg both[] = {{"sum", l_sum},
                                  {"mean", l_mean},
                                  {"logsumexp", l_logsumexp},
                                  {"amax", l_amax},
                                  {"amin", l_amin},
                                  {"argmax", l_argmax},
                                  {"argmin", l_argmin},
                                  {"max", l_max},
                                  {"min", l_min},
                                  {"var", l_var},
                                  {"std", l_std},
                                  {"norm", l_norm},
                                  {"softmax", l_softmax},
                                  {"log_softmax", l_log_softmax},
                                  {NULL, NULL}};
  ltensor_setboth(L, lib, methods, both);
}
