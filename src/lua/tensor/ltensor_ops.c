/*
 * ltensor_ops.c - functions, methods and operators that run rows of the op table. The element-wise ones are made from
 * the rows themselves.
 *
 * lab.cos(x) and x:cos() are one function. Given plain numbers they return numbers, so that a Lua function written with
 * them can be plotted, differentiated and minimised alike.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/size.h"
#include "kernels/elementwise/map.h"
#include "lua/tensor/ltensor.h"

int ltensor_push_op(lua_State *L, OpId op, Tensor *const *in, int nin, const OpArgs *args) {
  lb_pushtensor(L, op_apply(op, in, nin, args));
  return 1;
}

/* The value at idx as a new reference: a tensor retained, or a number as a 0-dimensional tensor of like's dtype (a
 * number with a fraction beside an integer tensor becomes the default float). NULL if it is neither, or (err set)
 * without memory. */
static Tensor *operand(lua_State *L, int idx, const Tensor *like) {
  Tensor *t = lb_testtensor(L, idx);
  if (t) return tensor_retain(t);
  if (lua_type(L, idx) != LUA_TNUMBER) return NULL;
  double v = lua_tonumber(L, idx);
  DType dt = (DType)like->dtype;
  if (!dtype_is_float(dt)) dt = lua_isinteger(L, idx) || v == floor(v) ? DT_I64 : dtype_default();
  return tensor_scalar(dt, v);
}

/* The row of the function that runs, which is its upvalue 1. */
static OpId this_op(lua_State *L) { return (OpId)lua_tointeger(L, lua_upvalueindex(1)); }

/* Its callee, which is its upvalue 2 and asked for only in an error. */
static const char *callee_of(lua_State *L) { return lua_tostring(L, lua_upvalueindex(2)); }

/* --- one input ------------------------------------------------------------------------------------------------ */

static int l_unary(lua_State *L) {
  const OpId op = this_op(L);
  if (lua_gettop(L) > 1) lb_atmost(L, callee_of(L), 1);
  if (lua_type(L, 1) == LUA_TNUMBER) {
    lua_pushnumber(L, op_row(op)->number1(lua_tonumber(L, 1)));
    return 1;
  }
  Tensor *x = lb_testtensor(L, 1);
  if (!x) return lb_badvalue(L, callee_of(L), "input", 1, "a tensor or a number");
  return ltensor_push_op(L, op, &x, 1, NULL);
}

/* --- two inputs ----------------------------------------------------------------------------------------------- */

/* Raises if the value at idx, which is `t` if a tensor, is neither a tensor nor a number. */
static void check_operand(lua_State *L, int idx, const Tensor *t, const char *callee, const char *name) {
  if (!t && lua_type(L, idx) != LUA_TNUMBER) lb_badvalue(L, callee, name, idx, "a tensor or a number");
}

int ltensor_apply2(lua_State *L, const char *callee, OpId op) {
  Tensor *a = lb_testtensor(L, 1), *b = lb_testtensor(L, 2);
  check_operand(L, 1, a, callee, "self");
  check_operand(L, 2, b, callee, "other");
  Tensor *in[2];
  in[0] = operand(L, 1, b);
  in[1] = in[0] ? operand(L, 2, a ? a : b) : NULL;
  Tensor *out = in[1] ? op_apply(op, in, 2, NULL) : NULL;
  tensor_release(in[0]);
  tensor_release(in[1]);
  lb_pushtensor(L, out);
  return 1;
}

static int l_binary(lua_State *L) {
  const OpId op = this_op(L);
  if (lua_gettop(L) > 2) lb_atmost(L, callee_of(L), 2);
  if (lua_type(L, 1) == LUA_TNUMBER && lua_type(L, 2) == LUA_TNUMBER) {
    lua_pushnumber(L, op_row(op)->number2(lua_tonumber(L, 1), lua_tonumber(L, 2)));
    return 1;
  }
  return ltensor_apply2(L, callee_of(L), op);
}

static int l_unm(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "Tensor:neg", "self");
  return ltensor_push_op(L, OP_NEG, &x, 1, NULL);
}

/* --- in place: t:add_(u[, alpha]) ------------------------------------------------------------------------------- */

void ltensor_check_inplace(lua_State *L, const Tensor *t, const char *fn) {
  if (!grad_mode() || !t->requires_grad) return;
  if (t->node) {
    lb_error(L,
             "%s: this tensor was computed from tensors that require a gradient and may be needed by backward; use the "
             "form without '_', or change a detach() of it",
             fn);
  }
  lb_error(L, "%s: this tensor requires a gradient; change it inside lab.no_grad(function() ... end)", fn);
}

/* t = kern(t, u), u broadcast and converted to t's dtype. */
static void inplace(lua_State *L, const Op *op, Tensor *t, Tensor *u, const char *fn) {
  int64_t shape[TENSOR_MAX_DIM];
  int n = shape_broadcast(t->ndim, t->shape, u->ndim, u->shape, shape);
  if (n < 0 || !shape_equal(n, shape, t->ndim, t->shape)) {
    const char *su = tensor_shape_str(u), *st = tensor_shape_str(t);
    tensor_release(u);
    lb_error(L, "%s: shape %s does not broadcast to %s", fn, su, st);
  }
  Kern2 *kern = op->floats && !dtype_is_float((DType)t->dtype) ? NULL : op->kern2[t->dtype];
  bool shares = u->storage == t->storage && u != t;
  Tensor *b = u->dtype != t->dtype || shares ? tensor_cast(u, (DType)t->dtype) : tensor_retain(u);
  tensor_release(u);
  if (!b) lb_coreerror(L);
  if (kern) map2(t, t, b, kern);
  tensor_release(b);
  if (!kern) lb_error(L, "%s: not for %s tensors", fn, dtype_name((DType)t->dtype));
}

static const Arg alpha_args[] = {{.name = "alpha", .range = RANGE_NUMBER, .def = 1}, {0}};

static int l_inplace(lua_State *L) {
  const OpId op = this_op(L);
  const char *fn = callee_of(L);
  Tensor *t = lb_checkself(L, fn);
  ltensor_check_inplace(L, t, fn);
  Tensor *other = lb_testtensor(L, 2);
  check_operand(L, 2, other, fn, "other");
  if (other && grad_mode() && other->requires_grad) {
    return lb_error(
        L, "%s: the second tensor requires a gradient, which an in-place change would lose; use the form without '_'",
        fn);
  }
  bool takes_alpha = op == OP_ADD || op == OP_SUB, scaled = takes_alpha && !lua_isnoneornil(L, 3);
  double alpha = 1;
  if (!takes_alpha) lb_atmost(L, fn, 2);
  if (takes_alpha && lua_gettop(L) > 2) largs_read(L, 3, fn, &(ArgValues){.args = alpha_args, .x = &alpha});
  Tensor *u = operand(L, 2, t);
  if (u && scaled) { /* t + alpha u */
    FormulaMark m = fm_begin();
    Tensor *v = fm_end(m, fm_muls(u, alpha));
    tensor_release(u);
    u = v;
  }
  if (!u) return lb_coreerror(L);
  inplace(L, op_row(op), t, u, fn);
  lua_settop(L, 1);
  return 1;
}

/* --- clamp, where --------------------------------------------------------------------------------------------- */

/*** Limits each element to [lo, hi]; nil leaves a side open: `x:clamp(0, nil)`. @function clamp
 * Its callee may be upvalue 1 (of clamp_). */
static int l_clamp(lua_State *L) {
  static const Arg args[] = {{.name = "min", .range = RANGE_NUMBER, .def = (double)-INFINITY},
                             {.name = "max", .range = RANGE_NUMBER, .def = (double)INFINITY},
                             {0}};
  const char *given = lua_tostring(L, lua_upvalueindex(1)), *callee = given ? given : "Tensor:clamp";
  double bound[2];
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = bound});
  double lo = bound[0], hi = bound[1];
  if (lo > hi) return lb_error(L, "%s: min must be at most max, got %f and %f", callee, lo, hi);
  if (lua_type(L, 1) == LUA_TNUMBER) {
    double x = lua_tonumber(L, 1);
    lua_pushnumber(L, x < lo ? lo : x > hi ? hi : x);
    return 1;
  }
  Tensor *x = lb_checkself(L, callee);
  return ltensor_push_op(L, OP_CLAMP, &x, 1, &(OpArgs){.clamp = {lo, hi}});
}

/*** Elements of a where the condition holds (is not 0), of b elsewhere; a and b may be numbers: `lab.where(x:gt(0), x,
 * 0)`.
 * @function where */
static int l_where(lua_State *L) {
  const char *callee = "lab.where";
  if (lua_gettop(L) > 3) lb_atmost(L, callee, 3);
  if (lua_isboolean(L, 1) || lua_type(L, 1) == LUA_TNUMBER) { /* a condition on plain numbers */
    bool yes = lua_isboolean(L, 1) ? lua_toboolean(L, 1) : lua_tonumber(L, 1) != 0;
    lua_pushvalue(L, yes ? 2 : 3);
    return 1;
  }
  Tensor *c = lb_checktensor(L, 1, callee, "condition"), *a = lb_testtensor(L, 2), *b = lb_testtensor(L, 3);
  check_operand(L, 2, a, callee, "a");
  check_operand(L, 3, b, callee, "b");
  Tensor floats = {.dtype = (uint8_t)dtype_default()};
  Tensor *in[3] = {c, operand(L, 2, b ? b : &floats), NULL};
  in[2] = in[1] ? operand(L, 3, a ? a : &floats) : NULL;
  Tensor *out = in[2] ? op_apply(OP_WHERE, in, 3, NULL) : NULL;
  tensor_release(in[1]);
  tensor_release(in[2]);
  lb_pushtensor(L, out);
  return 1;
}

/* --- products ------------------------------------------------------------------------------------------------- */

static int product(lua_State *L, const char *fn, int na, int nb) {
  Tensor *a = lb_checkself(L, fn), *b = lb_checktensor(L, 2, fn, "other");
  lb_atmost(L, fn, 2);
  if (a->ndim != na || b->ndim != nb || a->shape[na - 1] != b->shape[0]) {
    return lb_error(L, "%s: shapes %s and %s do not multiply", fn, tensor_shape_str(a), tensor_shape_str(b));
  }
  FormulaMark m = fm_begin();
  Tensor *left = na == 1 ? fm_unsqueeze(a, 0) : a, *right = nb == 1 ? fm_unsqueeze(b, 1) : b;
  Tensor *c = fm_mm(left, right);
  if (c) c = fm_reshape(c, na + nb - 2, c->shape + (na == 1)); /* drops the dimensions that were added */
  lb_pushtensor(L, fm_end(m, c));
  return 1;
}
/*** Matrix times matrix. @function mm */
static int l_mm(lua_State *L) { return product(L, "Tensor:mm", 2, 2); }
/*** Matrix times vector. @function mv */
static int l_mv(lua_State *L) { return product(L, "Tensor:mv", 2, 1); }
/*** Inner product of two vectors. @function dot */
static int l_dot(lua_State *L) { return product(L, "Tensor:dot", 1, 1); }

/* Batches of matrices: broadcast the leading dimensions, multiply as (b, m, k) (b, k, n). */
static Tensor *batched(Tensor *a, Tensor *b) {
  int64_t lead[TENSOR_MAX_DIM], sa[TENSOR_MAX_DIM], sb[TENSOR_MAX_DIM];
  int n = shape_broadcast(a->ndim - 2, a->shape, b->ndim - 2, b->shape, lead);
  if (n < 0) {
    return err_null("Tensor:matmul: the batches of shapes %s and %s do not broadcast", tensor_shape_str(a),
                    tensor_shape_str(b));
  }
  int64_t *end_a = a->shape + a->ndim - 2, *end_b = b->shape + b->ndim - 2;
  const int64_t count = size_product(dtype_size((DType)a->dtype), n, lead);
  if (count < 0) return err_null("Tensor:matmul: %s batches are more than memory can hold", shape_str(n, lead));
  memcpy(sa, lead, (size_t)n * sizeof *lead);
  memcpy(sb, lead, (size_t)n * sizeof *lead);
  memcpy(sa + n, end_a, 2 * sizeof *lead);
  memcpy(sb + n, end_b, 2 * sizeof *lead);
  Tensor *ea = fm_reshape(fm_expand(a, n + 2, sa), 3, (int64_t[]){count, end_a[0], end_a[1]});
  Tensor *eb = fm_reshape(fm_expand(b, n + 2, sb), 3, (int64_t[]){count, end_b[0], end_b[1]});
  sa[n + 1] = end_b[1];
  return fm_reshape(fm_op2(OP_BMM, ea, eb), n + 2, sa);
}

/*** Product by PyTorch's rules: vectors, matrices, and batches of matrices that broadcast. @function matmul */
static int l_matmul(lua_State *L) {
  Tensor *a = lb_checkself(L, "Tensor:matmul"), *b = lb_checktensor(L, 2, "Tensor:matmul", "other");
  if (a->ndim == 0 || b->ndim == 0) {
    return lb_error(L, "Tensor:matmul: shapes %s and %s: a scalar is multiplied with *", tensor_shape_str(a),
                    tensor_shape_str(b));
  }
  if (a->ndim <= 2 && b->ndim <= 2) return product(L, "Tensor:matmul", a->ndim, b->ndim);
  FormulaMark m = fm_begin();
  Tensor *left = a->ndim == 1 ? fm_unsqueeze(a, 0) : a, *right = b->ndim == 1 ? fm_unsqueeze(b, 1) : b;
  Tensor *c = left && right ? batched(left, right) : NULL;
  if (c && (a->ndim == 1 || b->ndim == 1)) { /* drop the dimension that was added */
    int64_t shape[TENSOR_MAX_DIM];
    memcpy(shape, c->shape, sizeof shape);
    if (a->ndim == 1) shape[c->ndim - 2] = shape[c->ndim - 1];
    c = fm_reshape(c, c->ndim - 1, shape);
  }
  lb_pushtensor(L, fm_end(m, c));
  return 1;
}

/* --- registration --------------------------------------------------------------------------------------------- */

static void append_name(lua_State *L, int list, const char *name) {
  lua_pushstring(L, name);
  lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
}

/* elementwise() -> {unary = {names}, binary = {names}}, in the order of the table, for the reference */
static int l_elementwise(lua_State *L) {
  lb_atmost(L, "elementwise", 0);
  lua_newtable(L);
  lua_newtable(L);
  lua_newtable(L);
  for (int id = 0; id < OP_COUNT; id++) {
    const Op *op = op_row((OpId)id);
    if (op->number1) append_name(L, 2, op->name);
    if (op->number2) append_name(L, 3, op->name);
  }
  lua_setfield(L, 1, "binary");
  lua_setfield(L, 1, "unary");
  return 1;
}

/* table.name = also.name (unless `also` is 0) = f with the upvalues id and callee "<space><name>". */
static void set_closure(lua_State *L, const char *space, const char *name, lua_CFunction f, OpId id, int table,
                        int also) {
  lua_pushinteger(L, id);
  lua_pushfstring(L, "%s%s", space, name);
  lua_pushcclosure(L, f, 2);
  if (also) {
    lua_pushvalue(L, -1);
    lua_setfield(L, also, name);
  }
  lua_setfield(L, table, name);
}

/* The functions, methods and operators that follow from an element-wise row. */
static void set_row(lua_State *L, OpId id, int lib, int methods, int meta) {
  const Op *op = op_row(id);
  if (op->number1) set_closure(L, "lab.", op->name, l_unary, id, lib, methods);
  if (op->number2) set_closure(L, "Tensor:", op->name, l_binary, id, lib, methods);
  if (!op->metamethod) return;
  char name[32];
  snprintf(name, sizeof name, "%s_", op->name);
  set_closure(L, "Tensor:", op->metamethod, l_binary, id, meta, 0);
  set_closure(L, "Tensor:", name, l_inplace, id, methods, 0);
}

void ltensor_ops(lua_State *L, int lib, int methods, int meta) {
  static const luaL_Reg both[] = {{"clamp", l_clamp}, {"where", l_where},   {"mm", l_mm}, {"mv", l_mv},
                                  {"dot", l_dot},     {"matmul", l_matmul}, {NULL, NULL}};
  ltensor_setboth(L, lib, methods, both);
  for (int id = 0; id < OP_COUNT; id++) set_row(L, (OpId)id, lib, methods, meta);
  lua_pushcfunction(L, l_unm);
  lua_setfield(L, meta, "__unm");
  lua_pushcfunction(L, l_elementwise);
  lua_setfield(L, lib, "elementwise");
}
