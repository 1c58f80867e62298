/*
 * ltensor_ops.c - functions, methods and operators that run rows of the op table. The element-wise ones are made from
 * the rows themselves.
 *
 * lab.cos(x) and x:cos() are one function. Given plain numbers they return numbers, so that a Lua function written with
 * them can be plotted, differentiated and minimised alike.
 */
#include <math.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/size.h"
#include "kernels/elementwise/map.h"
#include "lua/tensor/ltensor.h"

int ltensor_push_op(lua_State *L, const char *callee, OpId op, Tensor *const *in, int nin, const OpArgs *args) {
  Tensor *out = op_apply(op, in, nin, args);
  if (!out && callee) return lb_operror(L, callee);
  lb_pushtensor(L, out);
  return 1;
}

/* The number at idx as a 0-dimensional tensor of the dtype of `like` (NULL: the default float type). Beside integers
 * that cannot hold it a number becomes int64, or else the default float type. */
static Tensor *number(lua_State *L, int idx, const Tensor *like) {
  Scalar v = largs_scalar(L, idx);
  DType dt = like ? (DType)like->dtype : dtype_default();
  if (!dtype_is_float(dt) && !scalar_fits(v, dt)) dt = scalar_fits(v, DT_I64) ? DT_I64 : dtype_default();
  return tensor_scalar_of(dt, v);
}

/* A number above 255 beside a uint8 tensor: as a tensor without dimensions it would not raise the dtype. */
static int widen(Tensor **bytes, const Tensor *beside) {
  if (!*bytes || !beside || (*bytes)->dtype != DT_U8 || beside->dtype != DT_I64) return 0;
  Tensor *wide = tensor_cast(*bytes, DT_I64);
  tensor_release(*bytes);
  *bytes = wide;
  return wide ? 0 : -1;
}

int ltensor_operands(lua_State *L, int first, Tensor **in) {
  Tensor *a = lb_testtensor(L, first), *b = lb_testtensor(L, first + 1);
  in[0] = a ? tensor_retain(a) : number(L, first, b);
  in[1] = b ? tensor_retain(b) : number(L, first + 1, a);
  bool failed = !in[0] || !in[1];
  if (!a && b) failed = widen(&in[1], in[0]) < 0 || failed;
  if (!b && a) failed = widen(&in[0], in[1]) < 0 || failed;
  if (!failed) return 0;
  tensor_release(in[0]);
  tensor_release(in[1]);
  return -1;
}

/* The row of the function that runs, which is its upvalue 1. */
static OpId this_op(lua_State *L) { return (OpId)lua_tointeger(L, lua_upvalueindex(1)); }

/* Its callee, which is its upvalue 2 and asked for only in an error. */
static const char *callee_of(lua_State *L) { return lua_tostring(L, lua_upvalueindex(2)); }

/* --- one input ------------------------------------------------------------------------------------------------ */

/* Pushes the result of a function of plain numbers. Integers give an integer where the result is whole and has 64 bits:
 * `exact`, which the integers' kernel found, else the function's own. */
static int push_number(lua_State *L, double result, const int64_t *exact) {
  if (exact && result == floor(result) && fabs(result) < 0x1p63) {
    lua_pushinteger(L, *exact);
  } else {
    lua_pushnumber(L, result);
  }
  return 1;
}

static int number_unary(lua_State *L, const Op *op) {
  int64_t a = 0, y = 0;
  const bool exact = lua_isinteger(L, 1) && op->kern1[DT_I64];
  if (exact) {
    a = lua_tointeger(L, 1);
    op->kern1[DT_I64](1, &y, 1, &a, 1);
  }
  return push_number(L, op->number1(lua_tonumber(L, 1)), exact ? &y : NULL);
}

static int l_unary(lua_State *L) {
  const OpId op = this_op(L);
  if (lua_gettop(L) > 1) lb_atmost(L, callee_of(L), 1);
  if (lua_type(L, 1) == LUA_TNUMBER) return number_unary(L, op_row(op));
  Tensor *x = lb_testtensor(L, 1);
  if (!x) return lb_badvalue(L, callee_of(L), "input", 1, "a tensor or a number");
  return ltensor_push_op(L, NULL, op, &x, 1, NULL);
}

/* --- two inputs ----------------------------------------------------------------------------------------------- */

/* Raises if the value at idx, which is `t` if a tensor, is neither a tensor nor a number. */
static void check_operand(lua_State *L, int idx, const Tensor *t, const char *callee, const char *name) {
  if (!t && lua_type(L, idx) != LUA_TNUMBER) lb_badvalue(L, callee, name, idx, "a tensor or a number");
}

/* An integer tensor to the power of a negative whole number has no whole result; PyTorch refuses it too. */
static void check_power(lua_State *L, const Tensor *base, const char *callee) {
  int64_t y;
  if (dtype_is_float((DType)base->dtype) || lua_type(L, 2) != LUA_TNUMBER) return;
  if (!scalar_is_whole(largs_scalar(L, 2), &y) || y >= 0) return;
  lb_error(L, "%s: integers to negative integer powers are not allowed; convert the tensor with to('float32')", callee);
}

int ltensor_apply2(lua_State *L, const char *callee, OpId op) {
  Tensor *a = lb_testtensor(L, 1), *b = lb_testtensor(L, 2);
  check_operand(L, 1, a, callee, "self");
  check_operand(L, 2, b, callee, "other");
  if (op == OP_POW && a) check_power(L, a, callee);
  Tensor *in[2];
  Tensor *out = NULL;
  if (ltensor_operands(L, 1, in) == 0) {
    out = op_apply(op, in, 2, NULL);
    tensor_release(in[0]);
    tensor_release(in[1]);
  }
  lb_pushtensor(L, out);
  return 1;
}

/* A result in 64 bits from a kernel for integers: of comparisons it is a uint8. */
static int number_binary(lua_State *L, const Op *op) {
  int64_t a = 0, b = 0, y = 0;
  const bool exact = lua_isinteger(L, 1) && lua_isinteger(L, 2) && op->kern2[DT_I64];
  if (exact) {
    a = lua_tointeger(L, 1);
    b = lua_tointeger(L, 2);
    op->kern2[DT_I64](1, &y, 1, &a, 1, &b, 1);
  }
  return push_number(L, op->number2(lua_tonumber(L, 1), lua_tonumber(L, 2)), exact ? &y : NULL);
}

static int l_binary(lua_State *L) {
  const OpId op = this_op(L);
  if (lua_gettop(L) > 2) lb_atmost(L, callee_of(L), 2);
  if (lua_type(L, 1) == LUA_TNUMBER && lua_type(L, 2) == LUA_TNUMBER) return number_binary(L, op_row(op));
  return ltensor_apply2(L, callee_of(L), op);
}

static int l_unm(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "Tensor:neg", "self");
  return ltensor_push_op(L, NULL, OP_NEG, &x, 1, NULL);
}

/* --- clamp, where --------------------------------------------------------------------------------------------- */

/* A bound of clamp: the number at idx, or the open side. */
static Scalar bound(lua_State *L, double idx, double open) {
  return idx == 0 ? scalar_number(open) : largs_scalar(L, (int)idx);
}

static bool is_beyond(Scalar a, Scalar b) { /* a > b */
  return a.integral && b.integral ? a.i > b.i : scalar_double(a) > scalar_double(b);
}

/* The dtype in which t can be clamped to the bounds: a fraction makes integers floats, and a bound above 255 or below 0
 * that would be a result makes bytes int64. */
static DType clamp_dtype(const Tensor *t, const Scalar *limit) {
  DType dt = (DType)t->dtype;
  if (dtype_is_float(dt)) return dt;
  for (int i = 0; i < 2; i++) {
    if (!limit[i].integral && limit[i].d != floor(limit[i].d)) return dtype_default();
  }
  bool results = is_beyond(limit[0], scalar_integer(UINT8_MAX)) || is_beyond(scalar_integer(0), limit[1]);
  return dt == DT_U8 && results ? DT_I64 : dt;
}

/*** Limits each element to [lo, hi]; nil leaves a side open: `x:clamp(0, nil)`. @function clamp
 * Its callee may be upvalue 1 (of clamp_). */
static int l_clamp(lua_State *L) {
  static const Arg args[] = {{.name = "min", .kind = ARG_SCALAR, .range = RANGE_NUMBER},
                             {.name = "max", .kind = ARG_SCALAR, .range = RANGE_NUMBER},
                             {0}};
  const char *given = lua_tostring(L, lua_upvalueindex(1)), *callee = given ? given : "Tensor:clamp";
  double at[2];
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = at});
  Scalar limit[2] = {bound(L, at[0], -INFINITY), bound(L, at[1], INFINITY)};
  if (is_beyond(limit[0], limit[1])) {
    return lb_error(L, "%s: min must be at most max, got %s and %s", callee, lb_pushgot(L, (int)at[0]),
                    lb_pushgot(L, (int)at[1]));
  }
  if (lua_type(L, 1) == LUA_TNUMBER) {
    Scalar x = largs_scalar(L, 1);
    lua_pushvalue(L, is_beyond(limit[0], x) ? (int)at[0] : is_beyond(x, limit[1]) ? (int)at[1] : 1);
    return 1;
  }
  Tensor *x = lb_checkself(L, callee);
  FormulaMark m = fm_begin();
  Tensor *y = fm_cast(x, clamp_dtype(x, limit));
  Tensor *out = y ? fm_op(OP_CLAMP, &y, 1, &(OpArgs){.clamp = {limit[0], limit[1]}}) : NULL;
  lb_pushtensor(L, fm_end(m, out));
  return 1;
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
  Tensor *in[3] = {lb_checktensor(L, 1, callee, "condition")};
  check_operand(L, 2, lb_testtensor(L, 2), callee, "a");
  check_operand(L, 3, lb_testtensor(L, 3), callee, "b");
  Tensor *out = NULL;
  if (ltensor_operands(L, 2, in + 1) == 0) {
    out = op_apply(OP_WHERE, in, 3, NULL);
    tensor_release(in[1]);
    tensor_release(in[2]);
  }
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

/* a (..., m, k) times the matrix b as one product. */
static Tensor *folded(Tensor *a, Tensor *b) {
  int64_t shape[TENSOR_MAX_DIM], rows = 1;
  for (int d = 0; d < a->ndim - 1; d++) rows *= shape[d] = a->shape[d];
  shape[a->ndim - 1] = b->shape[1];
  return fm_reshape(fm_mm(fm_reshape(a, 2, (int64_t[]){rows, b->shape[0]}), b), a->ndim, shape);
}

/* Batches of matrices: broadcast the leading dimensions, multiply as (b, m, k) (b, k, n). */
static Tensor *batched(Tensor *a, Tensor *b) {
  if (b->ndim == 2) return folded(a, b);
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
  if (a->shape[a->ndim - 1] != b->shape[b->ndim == 1 ? 0 : b->ndim - 2]) {
    return lb_error(L, "Tensor:matmul: shapes %s and %s do not multiply", tensor_shape_str(a), tensor_shape_str(b));
  }
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
  set_closure(L, "Tensor:", op->metamethod, l_binary, id, meta, 0);
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
