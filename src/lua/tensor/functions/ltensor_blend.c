/*
 * ltensor_blend.c - lerp, addcmul, addcdiv.
 */
#include <math.h>

#include "autograd/formula.h"
#include "lua/tensor/functions/ltensor_functions.h"

/* Whether the operands are what the rows of one pass take (autograd/ops/elementwise/blend.c). */
static bool alike(const Tensor *x, const Tensor *a) {
  return dtype_is_float((DType)x->dtype) && x->dtype == a->dtype && tensor_same_shape(x, a);
}

/* From a to b, computed from the nearer side, which is exact at both. */
static Tensor *from_start(Tensor *a, Tensor *b, Tensor *w) { return fm_add(a, fm_mul(w, fm_sub(b, a))); }
static Tensor *from_end(Tensor *a, Tensor *b, Tensor *w) { return fm_sub(b, fm_mul(fm_sub(b, a), fm_rsubs(1, w))); }

/*** a + weight (b - a); the weight is a number or a tensor: `a:lerp(b, 0.1)`. @function lerp */
static int l_lerp(lua_State *L) {
  static const Arg args[] = {{.name = "end", .kind = ARG_TENSOR, .required = true},
                             {.name = "weight", .kind = ARG_VALUE, .required = true},
                             {0}};
  const char *callee = "Tensor:lerp";
  double at[2];
  Tensor *a = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = at});
  Tensor *b = lb_testtensor(L, (int)at[0]), *w = lb_testtensor(L, (int)at[1]);
  if (!w && lua_type(L, (int)at[1]) != LUA_TNUMBER) {
    lb_badvalue(L, callee, "weight", (int)at[1], "a tensor or a number");
  }
  const double number = w ? 0 : lua_tonumber(L, (int)at[1]);
  FormulaMark m = fm_begin();
  Tensor *y;
  if (w) {
    y = fm_op3(OP_WHERE, fm_op2(OP_LT, fm_op1(OP_ABS, w), fm_const(w, 0.5)), from_start(a, b, w), from_end(a, b, w));
  } else if (alike(a, b)) {
    y = fm_op(OP_LERP, (Tensor *[]){a, b}, 2, &(OpArgs){.blend = {number}});
  } else {
    Tensor *c = fm_const(a, number);
    y = fabs(number) < 0.5 ? from_start(a, b, c) : from_end(a, b, c);
  }
  lb_pushresult(L, callee, fm_end(m, y));
  return 1;
}

/* self + value (t1 op t2) */
static int add_scaled(lua_State *L, const char *callee, OpId op, OpId whole) {
  static const Arg args[] = {{.name = "tensor1", .kind = ARG_TENSOR, .required = true},
                             {.name = "tensor2", .kind = ARG_TENSOR, .required = true},
                             {.name = "value", .kind = ARG_SCALAR, .range = RANGE_ANY},
                             {0}};
  double at[3];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = at});
  Tensor *a = lb_testtensor(L, (int)at[0]), *b = lb_testtensor(L, (int)at[1]);
  Scalar value = at[2] != 0 ? largs_scalar(L, (int)at[2]) : scalar_integer(1);
  if (!dtype_is_float((DType)a->dtype) && scalar_check(value, (DType)a->dtype) < 0) {
    return lb_error(L, "%s: value: %s", callee, err_message());
  }
  if (alike(x, a) && alike(x, b)) {
    const OpArgs args_of = {.blend = {scalar_double(value)}};
    lb_pushresult(L, callee, op_apply(whole, (Tensor *[]){x, a, b}, 3, &args_of));
    return 1;
  }
  FormulaMark m = fm_begin();
  Tensor *scaled = at[2] != 0 ? fm_mul(a, fm_scalar(a, value)) : a;
  lb_pushresult(L, callee, fm_end(m, fm_add(x, fm_op2(op, scaled, b))));
  return 1;
}
/*** x + value t1 t2: `x:addcmul(t1, t2, 0.1)`. @function addcmul */
static int l_addcmul(lua_State *L) { return add_scaled(L, "Tensor:addcmul", OP_MUL, OP_ADDCMUL); }
/*** x + value t1 / t2. @function addcdiv */
static int l_addcdiv(lua_State *L) { return add_scaled(L, "Tensor:addcdiv", OP_DIV, OP_ADDCDIV); }

const luaL_Reg ltensor_blend_list[] = {{"lerp", l_lerp}, {"addcmul", l_addcmul}, {"addcdiv", l_addcdiv}, {NULL, NULL}};
