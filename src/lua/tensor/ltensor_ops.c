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
#include "kernels/elementwise/map.h"
#include "lua/tensor/ltensor.h"

int ltensor_push_op(lua_State *L, OpId op, Tensor *const *in, int nin, const OpArgs *args) {
  lb_pushtensor(L, op_apply(op, in, nin, args));
  return 1;
}

Tensor *ltensor_operand(lua_State *L, int idx, const Tensor *like) {
  Tensor *t = lb_testtensor(L, idx);
  if (t) return tensor_retain(t);
  if (lua_type(L, idx) != LUA_TNUMBER) return NULL;
  double v = lua_tonumber(L, idx);
  DType dt = (DType)like->dtype;
  if (!dtype_is_float(dt)) dt = lua_isinteger(L, idx) || v == floor(v) ? DT_I64 : dtype_default();
  return tensor_scalar(dt, v);
}

/* --- one input ------------------------------------------------------------------------------------------------ */

/* The row of the function that runs, its upvalue 1. */
static OpId this_op(lua_State *L) { return (OpId)lua_tointeger(L, lua_upvalueindex(1)); }

static int l_unary(lua_State *L) {
  const OpId id = this_op(L);
  const Op *op = op_row(id);
  if (lua_type(L, 1) == LUA_TNUMBER) {
    lua_pushnumber(L, op->number1(lua_tonumber(L, 1)));
    return 1;
  }
  Tensor *x = lb_testtensor(L, 1);
  if (!x) return lb_argerror(L, op->name, 1, "a tensor or a number");
  return ltensor_push_op(L, id, &x, 1, NULL);
}

/* --- two inputs ----------------------------------------------------------------------------------------------- */

/* Applies op to the operands at 1 and 2, of which at least one is a tensor, and pushes the result. */
static int apply2(lua_State *L, const char *name, OpId op) {
  Tensor *a = lb_testtensor(L, 1), *b = lb_testtensor(L, 2);
  for (int i = 1; i <= 2; i++) {
    if (!(i == 1 ? a : b) && lua_type(L, i) != LUA_TNUMBER) return lb_argerror(L, name, i, "a tensor or a number");
  }
  Tensor *in[2];
  in[0] = ltensor_operand(L, 1, b);
  in[1] = in[0] ? ltensor_operand(L, 2, a ? a : b) : NULL;
  Tensor *out = in[1] ? op_apply(op, in, 2, NULL) : NULL;
  tensor_release(in[0]);
  tensor_release(in[1]);
  lb_pushtensor(L, out);
  return 1;
}

static int l_binary(lua_State *L) {
  const OpId id = this_op(L);
  const Op *op = op_row(id);
  if (lua_type(L, 1) == LUA_TNUMBER && lua_type(L, 2) == LUA_TNUMBER) {
    lua_pushnumber(L, op->number2(lua_tonumber(L, 1), lua_tonumber(L, 2)));
    return 1;
  }
  return apply2(L, op->name, id);
}

static int l_unm(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "unary -");
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

static int l_inplace(lua_State *L) {
  const OpId id = this_op(L);
  char fn[32];
  snprintf(fn, sizeof fn, "Tensor:%s_", op_row(id)->name);
  Tensor *t = lb_checktensor(L, 1, fn);
  ltensor_check_inplace(L, t, fn);
  Tensor *other = lb_testtensor(L, 2);
  if (!other && lua_type(L, 2) != LUA_TNUMBER) return lb_argerror(L, fn, 2, "a tensor or a number");
  if (other && grad_mode() && other->requires_grad)
    return lb_error(
        L, "%s: the second tensor requires a gradient, which an in-place change would lose; use the form without '_'",
        fn);
  bool scaled = lua_gettop(L) > 2;
  if (scaled && lua_type(L, 3) != LUA_TNUMBER) return lb_argerror(L, fn, 3, "a number (the factor alpha)");
  if (scaled && id != OP_ADD && id != OP_SUB) return lb_error(L, "%s: takes one argument", fn);
  Tensor *u = ltensor_operand(L, 2, t);
  if (u && scaled) { /* t + alpha u */
    FormulaMark m = fm_begin();
    Tensor *v = fm_end(m, fm_muls(u, lua_tonumber(L, 3)));
    tensor_release(u);
    u = v;
  }
  if (!u) return lb_coreerror(L);
  inplace(L, op_row(id), t, u, fn);
  lua_settop(L, 1);
  return 1;
}

/* --- clamp, where --------------------------------------------------------------------------------------------- */

/*** Limits each element to [lo, hi]; nil leaves a side open: `x:clamp(0, nil)`. @function clamp */
static int l_clamp(lua_State *L) {
  double lo = lb_numberor(L, 2, "clamp", -INFINITY), hi = lb_numberor(L, 3, "clamp", INFINITY);
  if (!(lo <= hi)) return lb_error(L, "clamp: the lower bound %f is above the upper bound %f", lo, hi);
  if (lua_type(L, 1) == LUA_TNUMBER) {
    double x = lua_tonumber(L, 1);
    lua_pushnumber(L, x < lo ? lo : x > hi ? hi : x);
    return 1;
  }
  Tensor *x = lb_checktensor(L, 1, "clamp");
  return ltensor_push_op(L, OP_CLAMP, &x, 1, &(OpArgs){.clamp = {lo, hi}});
}

/*** Elements of a where the condition holds (is not 0), of b elsewhere; a and b may be numbers: `lab.where(x:gt(0), x,
 * 0)`.
 * @function where */
static int l_where(lua_State *L) {
  if (lua_isboolean(L, 1) || lua_type(L, 1) == LUA_TNUMBER) { /* a condition on plain numbers */
    bool yes = lua_isboolean(L, 1) ? lua_toboolean(L, 1) : lua_tonumber(L, 1) != 0;
    lua_pushvalue(L, yes ? 2 : 3);
    return 1;
  }
  Tensor *c = lb_checktensor(L, 1, "where"), *a = lb_testtensor(L, 2), *b = lb_testtensor(L, 3);
  for (int i = 2; i <= 3; i++) {
    if (!(i == 2 ? a : b) && lua_type(L, i) != LUA_TNUMBER) return lb_argerror(L, "where", i, "a tensor or a number");
  }
  Tensor floats = {.dtype = (uint8_t)dtype_default()};
  Tensor *in[3] = {c, ltensor_operand(L, 2, b ? b : &floats), NULL};
  in[2] = in[1] ? ltensor_operand(L, 3, a ? a : &floats) : NULL;
  Tensor *out = in[2] ? op_apply(OP_WHERE, in, 3, NULL) : NULL;
  tensor_release(in[1]);
  tensor_release(in[2]);
  lb_pushtensor(L, out);
  return 1;
}

/* --- reductions ----------------------------------------------------------------------------------------------- */

static const char *const REDUCE_OPTIONS[] = {"dim", "keepdim", "unbiased", "p", NULL};

/* What (dim, keepdim) at idx, idx + 1, or {dim=, keepdim=} at idx, ask for. */
typedef struct Reduction {
  unsigned dims; /* ~0u: all */
  bool keepdim;
} Reduction;

static unsigned dims_at(lua_State *L, int idx, int ndim, const char *fn) {
  if (lua_isnoneornil(L, idx)) return ~0u;
  if (!lua_istable(L, idx)) return 1u << lb_checkdim(L, idx, ndim, fn);
  unsigned dims = 0;
  for (lua_Integer i = 1, n = luaL_len(L, idx); i <= n; i++) {
    lua_geti(L, idx, i);
    dims |= 1u << lb_checkdim(L, lua_gettop(L), ndim, fn);
    lua_pop(L, 1);
  }
  return dims;
}

/* True for {dim=...}, false for a list of dimensions {1, 2}. */
static bool is_options(lua_State *L, int idx) { return lua_istable(L, idx) && luaL_len(L, idx) == 0; }

static Reduction read_reduction(lua_State *L, int idx, const Tensor *x, const char *fn) {
  Reduction r = {~0u, false};
  if (is_options(L, idx)) {
    lb_checkoptions(L, idx, fn, REDUCE_OPTIONS);
    lua_getfield(L, idx, "dim");
    r.dims = dims_at(L, lua_gettop(L), x->ndim, fn);
    lua_pop(L, 1);
    r.keepdim = lb_optboolean(L, idx, fn, "keepdim", false);
    return r;
  }
  r.dims = dims_at(L, idx, x->ndim, fn);
  if (lua_isboolean(L, idx + 1)) {
    r.keepdim = lua_toboolean(L, idx + 1);
  } else if (lua_istable(L, idx + 1)) {
    lb_checkoptions(L, idx + 1, fn, REDUCE_OPTIONS);
    r.keepdim = lb_optboolean(L, idx + 1, fn, "keepdim", false);
  } else if (!lua_isnoneornil(L, idx + 1)) {
    lb_argerror(L, fn, idx + 1, "true or false (keepdim)");
  }
  return r;
}

static int reduce(lua_State *L, const char *fn, OpId op) {
  Tensor *x = lb_checktensor(L, 1, fn);
  Reduction r = read_reduction(L, 2, x, fn);
  return ltensor_push_op(L, op, &x, 1, &(OpArgs){.reduce = {r.dims, r.keepdim}});
}
/*** Sum over all elements, or over dimension(s): `x:sum()`, `x:sum(1)`, `x:sum({1, 2}, true)`. @function sum */
static int l_sum(lua_State *L) { return reduce(L, "sum", OP_SUM); }
/*** Mean, with the arguments of sum. @function mean */
static int l_mean(lua_State *L) { return reduce(L, "mean", OP_MEAN); }
/*** Largest value over all elements or dimension(s); ties share the gradient. @function amax */
static int l_amax(lua_State *L) { return reduce(L, "amax", OP_AMAX); }
static int l_amin(lua_State *L) { return reduce(L, "amin", OP_AMIN); }

/* 0-based positions to 1-based, in place: the tensor is new. */
static Tensor *one_based(Tensor *index) {
  if (index) tensor_shift_(index, 1);
  return index;
}

static int arg_extreme(lua_State *L, const char *fn, OpId op) {
  Tensor *x = lb_checktensor(L, 1, fn);
  bool whole = lua_isnoneornil(L, 2);
  int dim = whole ? 0 : lb_checkdim(L, 2, x->ndim, fn);
  FormulaMark m = fm_begin();
  Tensor *flat = whole ? fm_reshape(x, 1, (int64_t[]){x->numel}) : x;
  Tensor *out = flat ? op_apply(op, &flat, 1, &(OpArgs){.argmax = {dim, !whole && lua_toboolean(L, 3)}}) : NULL;
  fm_end(m, NULL);
  lb_pushtensor(L, one_based(out));
  return 1;
}
/*** Position (1-based, int64) of the largest element, of all (counted row by row) or along a dimension. @function
 * argmax */
static int l_argmax(lua_State *L) { return arg_extreme(L, "argmax", OP_ARGMAX); }
static int l_argmin(lua_State *L) { return arg_extreme(L, "argmin", OP_ARGMIN); }

/* Values and positions along one dimension. */
static int extreme_along(lua_State *L, const char *fn, Tensor *x, OpId arg_op) {
  int dim = lb_checkdim(L, 2, x->ndim, fn);
  bool keep = lua_toboolean(L, 3);
  FormulaMark m = fm_begin();
  Tensor *index = fm_op(arg_op, &x, 1, &(OpArgs){.argmax = {dim, true}});
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
  lb_pushtensor(L, fm_end(m, copy ? value : NULL));
  lb_pushtensor(L, one_based(copy));
  return 2;
}

static int extreme(lua_State *L, const char *fn, OpId op, OpId arg_op) {
  Tensor *x = lb_checktensor(L, 1, fn);
  if (lb_testtensor(L, 2)) return apply2(L, fn, op == OP_AMAX ? OP_MAXIMUM : OP_MINIMUM);
  if (!lua_isnoneornil(L, 2)) return extreme_along(L, fn, x, arg_op);
  return ltensor_push_op(L, op, &x, 1, &(OpArgs){.reduce = {~0u, false}});
}
/*** Largest element; with a dimension, the values and their 1-based positions; with a second tensor, maximum. @function
 * max */
static int l_max(lua_State *L) { return extreme(L, "max", OP_AMAX, OP_ARGMAX); }
static int l_min(lua_State *L) { return extreme(L, "min", OP_AMIN, OP_ARGMIN); }

/*** Variance over all elements or dimension(s), divided by n - 1 (`{unbiased=false}`: by n): `x:var(1,
 * {unbiased=false})`.
 * @function var */
static Tensor *variance(lua_State *L, const char *fn) {
  Tensor *x = lb_checktensor(L, 1, fn);
  Reduction r = read_reduction(L, 2, x, fn);
  int options = is_options(L, 2) ? 2 : 3;
  bool unbiased = lua_istable(L, options) ? lb_optboolean(L, options, fn, "unbiased", true) : true;
  double n = 1;
  for (int d = 0; d < x->ndim; d++) n *= r.dims >> d & 1 ? (double)x->shape[d] : 1;
  FormulaMark m = fm_begin();
  Tensor *sq = fm_op1(OP_SQUARE, fm_sub(x, fm_mean(x, r.dims, true)));
  return fm_end(m, fm_divs(fm_sum(sq, r.dims, r.keepdim), unbiased ? n - 1 : n));
}
static int l_var(lua_State *L) {
  lb_pushtensor(L, variance(L, "var"));
  return 1;
}
/*** Standard deviation: the square root of var, with its arguments. @function std */
static int l_std(lua_State *L) {
  Tensor *v = variance(L, "std");
  Tensor *s = v ? op_apply(OP_SQRT, &v, 1, NULL) : NULL;
  tensor_release(v);
  lb_pushtensor(L, s);
  return 1;
}

/* (sum |x|^p)^(1/p) for p other than 2. */
static Tensor *p_norm(Tensor *x, double p, Reduction r) {
  FormulaMark m = fm_begin();
  Tensor *a = fm_op1(OP_ABS, x);
  OpArgs args = {.reduce = {r.dims, r.keepdim}};
  if (isinf(p)) return fm_end(m, a ? fm_op(p > 0 ? OP_AMAX : OP_AMIN, &a, 1, &args) : NULL);
  if (p == 1) return fm_end(m, fm_sum(a, r.dims, r.keepdim));
  return fm_end(m, fm_pows(fm_sum(fm_pows(a, p), r.dims, r.keepdim), 1 / p));
}
/*** Norm over all elements or dimension(s): `x:norm()`, `x:norm(1)`, `x:norm(2, dim, keepdim)`. @function norm */
static int l_norm(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "norm");
  double p = lb_numberor(L, 2, "norm", 2);
  Reduction r = read_reduction(L, 3, x, "norm");
  if (p == 2) return ltensor_push_op(L, OP_NORM, &x, 1, &(OpArgs){.reduce = {r.dims, r.keepdim}});
  lb_pushtensor(L, p_norm(x, p, r));
  return 1;
}

/* --- softmax -------------------------------------------------------------------------------------------------- */

static int softmax(lua_State *L, const char *fn, OpId op) {
  Tensor *x = lb_checktensor(L, 1, fn);
  int dim = lb_checkdim(L, 2, x->ndim, fn);
  return ltensor_push_op(L, op, &x, 1, &(OpArgs){.along = {dim}});
}
static int l_softmax(lua_State *L) { return softmax(L, "softmax", OP_SOFTMAX); }
static int l_log_softmax(lua_State *L) { return softmax(L, "log_softmax", OP_LOG_SOFTMAX); }

/* --- products ------------------------------------------------------------------------------------------------- */

static int product(lua_State *L, const char *fn, int na, int nb) {
  Tensor *a = lb_checktensor(L, 1, fn), *b = lb_checktensor(L, 2, fn);
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
static int l_mm(lua_State *L) { return product(L, "mm", 2, 2); }
/*** Matrix times vector. @function mv */
static int l_mv(lua_State *L) { return product(L, "mv", 2, 1); }
/*** Inner product of two vectors. @function dot */
static int l_dot(lua_State *L) { return product(L, "dot", 1, 1); }

/* Batches of matrices: broadcast the leading dimensions, multiply as (b, m, k) (b, k, n). */
static Tensor *batched(Tensor *a, Tensor *b) {
  int64_t lead[TENSOR_MAX_DIM], sa[TENSOR_MAX_DIM], sb[TENSOR_MAX_DIM];
  int n = shape_broadcast(a->ndim - 2, a->shape, b->ndim - 2, b->shape, lead);
  if (n < 0)
    return err_null("matmul: the batches of shapes %s and %s do not broadcast", tensor_shape_str(a),
                    tensor_shape_str(b));
  int64_t count = shape_numel(n, lead), *end_a = a->shape + a->ndim - 2, *end_b = b->shape + b->ndim - 2;
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
  Tensor *a = lb_checktensor(L, 1, "matmul"), *b = lb_checktensor(L, 2, "matmul");
  if (a->ndim == 0 || b->ndim == 0)
    return lb_error(L, "matmul: shapes %s and %s: a scalar is multiplied with *", tensor_shape_str(a),
                    tensor_shape_str(b));
  if (a->ndim <= 2 && b->ndim <= 2) return product(L, "matmul", a->ndim, b->ndim);
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

static void set_closure(lua_State *L, const char *name, lua_CFunction f, OpId id, int table, int also) {
  lua_pushinteger(L, id);
  lua_pushcclosure(L, f, 1);
  if (also) {
    lua_pushvalue(L, -1);
    lua_setfield(L, also, name);
  }
  lua_setfield(L, table, name);
}

/* The functions, methods and operators that follow from an element-wise row. */
static void set_row(lua_State *L, OpId id, int lib, int methods, int meta) {
  const Op *op = op_row(id);
  if (op->number1) set_closure(L, op->name, l_unary, id, lib, methods);
  if (op->number2) set_closure(L, op->name, l_binary, id, lib, methods);
  if (!op->metamethod) return;
  char name[32];
  snprintf(name, sizeof name, "%s_", op->name);
  set_closure(L, op->metamethod, l_binary, id, meta, 0);
  set_closure(L, name, l_inplace, id, methods, 0);
}

void ltensor_ops(lua_State *L, int lib, int methods, int meta) {
  static const luaL_Reg both[] = {{"clamp", l_clamp},
                                  {"where", l_where},
                                  {"sum", l_sum},
                                  {"mean", l_mean},
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
                                  {"mm", l_mm},
                                  {"mv", l_mv},
                                  {"dot", l_dot},
                                  {"matmul", l_matmul},
                                  {NULL, NULL}};
  ltensor_setboth(L, lib, methods, both);
  for (int id = 0; id < OP_COUNT; id++) set_row(L, (OpId)id, lib, methods, meta);
  lua_pushcfunction(L, l_unm);
  lua_setfield(L, meta, "__unm");
}
