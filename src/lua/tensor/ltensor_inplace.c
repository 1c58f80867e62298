/*
 * ltensor_inplace.c - methods that change a tensor: arithmetic, copies, fills, functions in place.
 *
 * The checks come first, so that an error leaves the tensor as it was. What an in-place operation computes must fit
 * into the tensor's dtype, by PyTorch's rule: floats do not go into integer tensors. copy_ alone converts, as to()
 * does.
 */
#include <stdio.h>
#include <string.h>

#include "autograd/formula.h"
#include "kernels/elementwise/map.h"
#include "lua/tensor/ltensor.h"

/* --- checks ----------------------------------------------------------------------------------------------------- */

void ltensor_check_fill(lua_State *L, const Tensor *t, const char *fn) {
  if (!grad_mode() || !t->requires_grad) return;
  if (t->node) {
    lb_error(L,
             "%s: this tensor was computed from tensors that require a gradient and may be needed by backward; use the "
             "form without '_', or change a detach() of it",
             fn);
  }
  lb_error(L, "%s: this tensor requires a gradient; change it inside lab.no_grad(function() ... end)", fn);
}

void ltensor_check_inplace(lua_State *L, const Tensor *t, const char *fn) {
  ltensor_check_fill(L, t, fn);
  if (tensor_check_writable(t) < 0) lb_operror(L, fn);
}

void ltensor_check_source(lua_State *L, const Tensor *value, const char *fn) {
  if (!grad_mode() || !value->requires_grad) return;
  lb_error(L,
           "%s: the tensor that is written requires a gradient, which an in-place change would lose; use a form that "
           "makes a new tensor (without '_', cat, where), or write its detach()",
           fn);
}

void ltensor_check_result(lua_State *L, const Tensor *t, DType result, const char *fn) {
  if (dtype_is_float((DType)t->dtype) || !dtype_is_float(result)) return;
  lb_error(
      L,
      "%s: result type %s can't be cast to %s; use a form that makes a new tensor, or convert this one with to('%s')",
      fn, dtype_name(result), dtype_name((DType)t->dtype), dtype_name(result));
}

/* --- arithmetic: t:add_(u[, alpha]) ------------------------------------------------------------------------------- */

/* The second operand as a new reference; raises if a number does not fit into t's integers. */
static Tensor *read_other(lua_State *L, const Tensor *t, const char *fn) {
  Tensor *u = lb_testtensor(L, 2);
  if (u) {
    ltensor_check_source(L, u, fn);
    return tensor_retain(u);
  }
  if (lua_type(L, 2) != LUA_TNUMBER) lb_badvalue(L, fn, "other", 2, "a tensor or a number");
  Scalar v = largs_scalar(L, 2);
  DType dt = (DType)t->dtype;
  if (!dtype_is_float(dt) && !scalar_fits(v, DT_I64)) ltensor_check_result(L, t, dtype_default(), fn);
  if (!dtype_is_float(dt) && scalar_check(v, dt) < 0) lb_operror(L, fn);
  return tensor_scalar_of(dt, v);
}

static void check_shape(lua_State *L, const Tensor *t, const Tensor *u, const char *fn) {
  int64_t shape[TENSOR_MAX_DIM];
  int n = shape_broadcast(t->ndim, t->shape, u->ndim, u->shape, shape);
  if (n >= 0 && shape_equal(n, shape, t->ndim, t->shape)) return;
  lb_error(L, "%s: shape %s does not broadcast to %s", fn, tensor_shape_str(u), tensor_shape_str(t));
}

/* In the caller's formula: alpha u; integers in t's dtype, so that nothing is cut off. */
static Tensor *scaled(const Tensor *t, Tensor *u, Scalar alpha) {
  Tensor *v = dtype_is_float((DType)u->dtype) ? u : fm_cast(u, (DType)t->dtype);
  return fm_op2(OP_MUL, v, fm_scalar(v, alpha));
}

/* t = op(t, u) in the caller's formula. What shares memory with t in another order is copied first. */
static int apply_inplace(OpId id, Tensor *t, Tensor *u) {
  /* Computed in 64 bits, and what is stored wraps; or the row has no kernel that can be called by itself. */
  if ((t->dtype == DT_U8 && u->dtype == DT_I64) || !op_row(id)->kern2[t->dtype]) {
    Tensor *y = fm_op2(id, t, u);
    return y ? tensor_copy_(t, y) : -1;
  }
  bool shares = u->storage == t->storage && u != t;
  Tensor *b = shares ? fm_own(tensor_cast(u, (DType)t->dtype)) : fm_cast(u, (DType)t->dtype);
  if (!b) return -1;
  map2(t, t, b, op_row(id)->kern2[t->dtype]);
  return 0;
}

/* alpha, which is 1 if it is not given; raises if it does not fit beside t's integers. */
static Scalar read_alpha(lua_State *L, const Tensor *t, const char *fn, bool *given) {
  static const Arg args[] = {{.name = "alpha", .kind = ARG_SCALAR, .range = RANGE_NUMBER}, {0}};
  double at = 0;
  largs_read(L, 3, fn, &(ArgValues){.args = args, .x = &at});
  *given = at != 0;
  Scalar alpha = *given ? largs_scalar(L, (int)at) : scalar_integer(1);
  if (!dtype_is_float((DType)t->dtype) && scalar_check(alpha, (DType)t->dtype) < 0) {
    lb_error(L, "%s: alpha: %s", fn, err_message());
  }
  return alpha;
}

/* Upvalues: the op, the callee. */
static int l_inplace(lua_State *L) {
  const OpId op = (OpId)lua_tointeger(L, lua_upvalueindex(1));
  const char *fn = lua_tostring(L, lua_upvalueindex(2));
  Tensor *t = lb_checkself(L, fn);
  ltensor_check_inplace(L, t, fn);
  bool takes_alpha = op == OP_ADD || op == OP_SUB, scale = false;
  Scalar alpha = scalar_integer(1);
  if (!takes_alpha) lb_atmost(L, fn, 2);
  if (takes_alpha && lua_gettop(L) > 2) alpha = read_alpha(L, t, fn, &scale);
  const Tensor *other = lb_testtensor(L, 2);
  if (op_row(op)->floats) ltensor_check_result(L, t, dtype_default(), fn);
  if (other) ltensor_check_result(L, t, (DType)other->dtype, fn);
  if (other) check_shape(L, t, other, fn);
  Tensor *u = read_other(L, t, fn);
  bool old = grad_set_mode(false);
  FormulaMark m = fm_begin();
  Tensor *v = u && scale ? scaled(t, u, alpha) : u;
  int rc = v ? apply_inplace(op, t, v) : -1;
  fm_end(m, NULL);
  grad_set_mode(old);
  tensor_release(u);
  if (rc < 0) return lb_coreerror(L);
  lua_settop(L, 1);
  return 1;
}

/* --- fills and copies ------------------------------------------------------------------------------------------- */

static int fill(lua_State *L, const char *callee, Scalar value) {
  Tensor *t = lb_checkself(L, callee);
  ltensor_check_fill(L, t, callee);
  if (scalar_check(value, (DType)t->dtype) < 0) return lb_calleeerror(L, callee);
  tensor_fill_of_(t, value);
  lua_settop(L, 1);
  return 1;
}
static int l_zero_(lua_State *L) {
  lb_atmost(L, "Tensor:zero_", 1);
  return fill(L, "Tensor:zero_", scalar_integer(0));
}
/*** Sets every element to a number, which the dtype must be able to hold. @function fill_ */
static int l_fill_(lua_State *L) {
  static const Arg args[] = {{.name = "value", .kind = ARG_SCALAR, .range = RANGE_ANY, .required = true}, {0}};
  double at = 0;
  largs_read(L, 2, "Tensor:fill_", &(ArgValues){.args = args, .x = &at});
  return fill(L, "Tensor:fill_", largs_scalar(L, (int)at));
}

/*** Copies (and converts, as to() does, and broadcasts) another tensor's elements into this one. @function copy_ */
static int l_copy_(lua_State *L) {
  const char *callee = "Tensor:copy_";
  Tensor *t = lb_checkself(L, callee), *u = lb_checktensor(L, 2, callee, "other");
  lb_atmost(L, callee, 2);
  ltensor_check_inplace(L, t, callee);
  ltensor_check_source(L, u, callee);
  if (tensor_copy_(t, u) < 0) return lb_operror(L, callee);
  lua_settop(L, 1);
  return 1;
}

/* --- functions in place ----------------------------------------------------------------------------------------- */

/* t:exp_(), t:clamp_(lo, hi), ...: the function of that name, its result copied back. Upvalue 1: the function, 2: the
 * callee, 3: whether the function checks the number of arguments in that name. */
static int l_through_copy(lua_State *L) {
  const char *callee = lua_tostring(L, lua_upvalueindex(2));
  Tensor *t = lb_checkself(L, callee);
  if (!lua_toboolean(L, lua_upvalueindex(3))) lb_atmost(L, callee, 1);
  ltensor_check_inplace(L, t, callee);
  int n = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  for (int i = 1; i <= n; i++) lua_pushvalue(L, i);
  lua_call(L, n, 1);
  Tensor *y = lb_checktensor(L, -1, callee, "the result");
  ltensor_check_result(L, t, (DType)y->dtype, callee);
  if (tensor_copy_(t, y) < 0) return lb_coreerror(L);
  lua_settop(L, 1);
  return 1;
}

static void add_twins(lua_State *L, int methods) {
  static const char *const names[] = {"exp",   "log",  "sqrt",    "square", "abs",   "neg",
                                      "clamp", "relu", "sigmoid", "tanh",   "floor", "round"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    bool clamp = strcmp(names[i], "clamp") == 0;
    lua_getfield(L, methods, names[i]);
    lua_pushfstring(L, "Tensor:%s_", names[i]);
    if (clamp) { /* reads a declaration, in the name of its upvalue */
      lua_CFunction f = lua_tocfunction(L, -2);
      lua_pushvalue(L, -1);
      lua_pushcclosure(L, f, 1);
      lua_replace(L, -3);
    }
    lua_pushboolean(L, clamp);
    lua_pushcclosure(L, l_through_copy, 3);
    lua_pushfstring(L, "%s_", names[i]);
    lua_insert(L, -2);
    lua_settable(L, methods);
  }
}

/* add_, sub_, ...: of each row with an operator. */
static void add_arithmetic(lua_State *L, int methods) {
  char name[32];
  for (int id = 0; id < OP_COUNT; id++) {
    const Op *op = op_row((OpId)id);
    if (!op->metamethod) continue;
    snprintf(name, sizeof name, "%s_", op->name);
    lua_pushinteger(L, id);
    lua_pushfstring(L, "Tensor:%s", name);
    lua_pushcclosure(L, l_inplace, 2);
    lua_setfield(L, methods, name);
  }
}

void ltensor_inplace(lua_State *L, int methods) {
  static const luaL_Reg list[] = {{"zero_", l_zero_}, {"fill_", l_fill_}, {"copy_", l_copy_}, {NULL, NULL}};
  lua_pushvalue(L, methods);
  luaL_setfuncs(L, list, 0);
  lua_pop(L, 1);
  add_arithmetic(L, methods);
  add_twins(L, methods);
}
