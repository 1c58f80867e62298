/*
 * ltensor_scan.c - running sums and products; products; whether any or all elements are not 0.
 */
#include <math.h>

#include "autograd/formula.h"
#include "lua/tensor/functions/ltensor_functions.h"

/* --- cumsum, cumprod ---------------------------------------------------------------------------------------------- */

static int scan(lua_State *L, const char *callee, OpId op) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true}, {0}};
  double dim = 0;
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = &dim});
  return ltensor_push_op(L, callee, op, &x, 1, &(OpArgs){.scan = {lb_checkdim(L, dim, x->ndim, callee, "dim"), 0}});
}
/*** Sums of the elements up to each one along a dimension: `x:cumsum(1)`. @function cumsum */
static int l_cumsum(lua_State *L) { return scan(L, "Tensor:cumsum", OP_CUMSUM); }
/*** Products of the elements up to each one along a dimension. @function cumprod */
static int l_cumprod(lua_State *L) { return scan(L, "Tensor:cumprod", OP_CUMPROD); }

/* --- prod, any, all ----------------------------------------------------------------------------------------------- */

enum { DIM, KEEPDIM, REDUCE_COUNT };
static const Arg reduce_args[] = {
    {.name = "dim", .kind = ARG_DIM, .def = ARG_UNSET}, {.name = "keepdim", .kind = ARG_FLAG}, {0}};

/* The dimensions that the call names, in a mask, and keepdim; without dim all, which are merged by the caller. */
static ReduceArgs read_reduce(lua_State *L, const Tensor *x, const char *callee) {
  double a[REDUCE_COUNT];
  largs_read(L, 2, callee, &(ArgValues){.args = reduce_args, .x = a});
  ReduceArgs r = {~0u, a[KEEPDIM] != 0};
  if (!isnan(a[DIM])) r.dims = 1u << lb_checkdim(L, a[DIM], x->ndim, callee, "dim");
  return r;
}

/*** Product of all elements, or along a dimension: `x:prod(1)`. @function prod */
static int l_prod(lua_State *L) {
  const char *callee = "Tensor:prod";
  Tensor *x = lb_checkself(L, callee);
  ReduceArgs r = read_reduce(L, x, callee);
  FormulaMark m = fm_begin();
  const bool whole = r.dims == ~0u;
  Tensor *flat = whole ? fm_reshape(x, 1, (int64_t[]){x->numel}) : x;
  if (whole) r.dims = 1;
  Tensor *y = flat ? fm_op(OP_PROD, &flat, 1, &(OpArgs){.reduce = r}) : NULL;
  if (whole && y && r.keepdim) {
    int64_t ones[TENSOR_MAX_DIM];
    for (int d = 0; d < x->ndim; d++) ones[d] = 1;
    y = fm_reshape(y, x->ndim, ones);
  }
  lb_pushresult(L, callee, fm_end(m, y));
  return 1;
}

/* The largest or smallest of 0 and 1; of nothing by a sum, which has a value then. */
static Tensor *extreme(Tensor *is, ReduceArgs r, OpId op) {
  if (!is) return NULL;
  if (is->numel > 0) return fm_op(op, &is, 1, &(OpArgs){.extreme = {r.dims, r.keepdim, 0}});
  Tensor *sum = fm_sum(is, r.dims, r.keepdim);
  return sum ? fm_op2(op == OP_AMAX ? OP_NE : OP_EQ, sum, fm_const(sum, 0)) : NULL;
}

static int quantor(lua_State *L, const char *callee, OpId op) {
  Tensor *x = lb_checkself(L, callee);
  ReduceArgs r = read_reduce(L, x, callee);
  FormulaMark m = fm_begin();
  lb_pushresult(L, callee, fm_end(m, extreme(fm_op2(OP_NE, x, fm_const(x, 0)), r, op)));
  return 1;
}
/*** Whether any element is not 0 (nan is not), of all or along a dimension: uint8. @function any */
static int l_any(lua_State *L) { return quantor(L, "Tensor:any", OP_AMAX); }
/*** Whether no element is 0, of all or along a dimension: uint8. @function all */
static int l_all(lua_State *L) { return quantor(L, "Tensor:all", OP_AMIN); }

const luaL_Reg ltensor_scan_list[] = {{"cumsum", l_cumsum}, {"cumprod", l_cumprod}, {"prod", l_prod},
                                      {"any", l_any},       {"all", l_all},         {NULL, NULL}};
