/*
 * ltensor_index.c - t[key] and t[key] = value.
 *
 *   t[i]            position i of the first dimension (negative from the end): a view without that dimension
 *   t[{i, {a, b}}]  one entry per dimension: a number selects, {a, b} is the range from a to b (both included), {a, b,
 * step} one with gaps, {} or {a} everything or just a; missing entries mean everything t[idx]          an int64 tensor
 * of 1-based positions: those rows, copied
 *
 * All but the last are views, so writing through them writes into t.
 */
#include <string.h>

#include "autograd/formula.h"
#include "lua/tensor/ltensor.h"

/* The integer at the top of the stack as a 0-based position. */
static int64_t position(lua_State *L, const Tensor *x, int dim) {
  int isint;
  lua_Integer i = lua_tointegerx(L, -1, &isint);
  if (!isint) {
    lb_error(L, "t[key]: the key of dimension %d must be an integer or a range {from, to}, got %s", dim + 1,
             lb_pushgot(L, -1));
  }
  int64_t size = x->shape[dim];
  if (i >= 1 && i <= size) return i - 1;
  if (i < 0 && i >= -size) return size + i;
  return lb_error(L, "index %I is out of range 1..%I in dimension %d of a tensor of shape %s", (LUAI_UACINT)i,
                  (LUAI_UACINT)size, dim + 1, tensor_shape_str(x));
}

typedef struct Range {
  int64_t start, len, step;
  bool single; /* the dimension goes away */
} Range;

/* {}, {a}, {a, b} or {a, b, step} at the top of the stack. */
static Range table_range(lua_State *L, const Tensor *x, int dim) {
  Range r = {0, x->shape[dim], 1, false};
  lua_Integer n = luaL_len(L, -1);
  if (n == 0) return r;
  lua_geti(L, -1, 1);
  r.start = position(L, x, dim);
  lua_pop(L, 1);
  r.len = 1;
  if (n == 1) return r;
  lua_geti(L, -1, 2);
  int64_t last = position(L, x, dim);
  lua_pop(L, 1);
  if (n > 2) {
    lua_geti(L, -1, 3);
    r.step = lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  if (r.step < 1 || n > 3) lb_error(L, "a range is {from, to} or {from, to, step} with a step of 1 or more");
  r.len = last < r.start ? 0 : (last - r.start) / r.step + 1;
  return r;
}

static Range read_range(lua_State *L, const Tensor *x, int dim) {
  if (lua_istable(L, -1)) return table_range(L, x, dim);
  return (Range){position(L, x, dim), 1, 1, true};
}

/* Reads the key at index 2 into one range a dimension. */
static void read_key(lua_State *L, const Tensor *x, Range *ranges) {
  for (int d = 0; d < x->ndim; d++) ranges[d] = (Range){0, x->shape[d], 1, false};
  if (!lua_istable(L, 2)) {
    if (x->ndim == 0) lb_error(L, "a 0-dimensional tensor cannot be indexed; use item()");
    lua_pushvalue(L, 2);
    ranges[0] = read_range(L, x, 0);
    lua_pop(L, 1);
    return;
  }
  lua_Integer n = luaL_len(L, 2);
  if (n > x->ndim) lb_error(L, "%d indices for a tensor of shape %s", (int)n, tensor_shape_str(x));
  for (int d = 0; d < n; d++) {
    lua_geti(L, 2, d + 1);
    ranges[d] = read_range(L, x, d);
    lua_pop(L, 1);
  }
}

/* The view that the ranges describe, recorded; in the caller's formula. Never x itself: what is set on the view, such as
 * requires_grad, must not be set on x. */
static Tensor *window(Tensor *x, const Range *ranges) {
  int64_t shape[TENSOR_MAX_DIM];
  int n = 0;
  Tensor *y = x;
  for (int d = 0; d < x->ndim; d++) {
    const Range *r = &ranges[d];
    if (r->len != x->shape[d] || r->step != 1) y = fm_slice(y, d, r->start, r->len, r->step);
    if (!r->single) shape[n++] = r->len;
  }
  return n == x->ndim && y == x ? fm_transpose(x, 0, 0) : fm_reshape(y, n, shape);
}

int ltensor_index(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "t[key]", "t"), *rows = lb_testtensor(L, 2);
  if (rows) {
    lua_getfield(L, lua_upvalueindex(1), "index_select");
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 1);
    lua_pushvalue(L, 2);
    lua_call(L, 3, 1);
    return 1;
  }
  Range ranges[TENSOR_MAX_DIM];
  read_key(L, x, ranges);
  FormulaMark m = fm_begin();
  lb_pushtensor(L, fm_end(m, window(x, ranges)));
  return 1;
}

int ltensor_newindex(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "t[key]", "t");
  ltensor_check_inplace(L, x, "t[key] = value");
  Tensor *value = lb_testtensor(L, 3);
  if (!value && lua_type(L, 3) != LUA_TNUMBER) {
    return lb_error(L, "t[key] = value: value must be a number or a tensor, got %s", lb_pushgot(L, 3));
  }
  if (lb_testtensor(L, 2)) return lb_error(L, "t[key] = value: the key must be made of numbers and ranges");
  if (value && grad_mode() && value->requires_grad) {
    return lb_error(L,
                    "t[key] = value: the value requires a gradient, which the assignment would lose; build the tensor "
                    "with cat or where, or assign value:detach()");
  }
  Range ranges[TENSOR_MAX_DIM];
  read_key(L, x, ranges);
  bool old = grad_set_mode(false);
  FormulaMark m = fm_begin();
  Tensor *y = window(x, ranges);
  int rc = -1;
  if (y && value) {
    rc = tensor_copy_(y, value);
  } else if (y) {
    tensor_fill_(y, lua_tonumber(L, 3));
    rc = 0;
  }
  fm_end(m, NULL);
  grad_set_mode(old);
  return rc < 0 ? lb_coreerror(L) : 0;
}
