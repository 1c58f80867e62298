/*
 * ltensor_parts.c - chunk, split, unbind: lists of views that lie one after another along a dimension.
 */
#include <string.h>

#include "autograd/formula.h"
#include "lua/tensor/ltensor.h"

/* list[i] = length positions of x's dimension from start on, in the list at the top of the stack; `without`: the
 * dimension goes. */
static void add_part(lua_State *L, const char *callee, Tensor *x, int dim, int64_t start, int64_t length, bool without,
                     lua_Integer i) {
  int64_t shape[TENSOR_MAX_DIM];
  int n = 0;
  for (int d = 0; d < x->ndim; d++) {
    if (d != dim || !without) shape[n++] = d == dim ? length : x->shape[d];
  }
  FormulaMark m = fm_begin();
  lb_pushresult(L, callee, fm_end(m, fm_reshape(fm_slice(x, dim, start, length, 1), n, shape)));
  lua_rawseti(L, -2, i);
}

/* Pushes the list of parts of one size, the last of which may be smaller. */
static int push_parts(lua_State *L, const char *callee, Tensor *x, int dim, int64_t size, bool without) {
  const int64_t all = x->shape[dim];
  lua_newtable(L);
  lua_Integer i = 0;
  for (int64_t at = 0; at < all; at += size) {
    add_part(L, callee, x, dim, at, all - at < size ? all - at : size, without, ++i);
    if (all - at <= size) break;
  }
  if (all == 0 && !without) add_part(L, callee, x, dim, 0, 0, false, 1);
  return 1;
}

static const Arg dim_row = {.name = "dim", .kind = ARG_DIM};

/*** At most so many parts of about one size: `x:chunk(4, 2)`. @function chunk */
static int l_chunk(lua_State *L) {
  const Arg args[] = {
      {.name = "chunks", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .required = true}, dim_row, {0}};
  const char *callee = "Tensor:chunk";
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const int dim = lb_checkdim(L, a[1], x->ndim, callee, "dim");
  const int64_t chunks = (int64_t)a[0], all = x->shape[dim], size = all / chunks + (all % chunks != 0);
  return push_parts(L, callee, x, dim, size, false);
}

/* Parts of the given sizes, which add up to the dimension's. */
static int push_sections(lua_State *L, const char *callee, Tensor *x, int dim, const ArgList *sizes) {
  const int64_t all = x->shape[dim];
  int64_t left = all;
  for (int i = 0; i < sizes->n; i++) {
    if (sizes->x[i] > (double)left) {
      left = -1;
      break;
    }
    left -= (int64_t)sizes->x[i];
  }
  if (left != 0) {
    return lb_error(L, "%s: the sizes must add up to %I, that of dimension %d of shape %s", callee, (LUAI_UACINT)all,
                    dim + 1, tensor_shape_str(x));
  }
  lua_createtable(L, sizes->n, 0);
  int64_t at = 0;
  for (int i = 0; i < sizes->n; i++) {
    add_part(L, callee, x, dim, at, (int64_t)sizes->x[i], false, i + 1);
    at += (int64_t)sizes->x[i];
  }
  return 1;
}

/*** Parts of one size, the last of which may be smaller, or of a list of sizes: `x:split(2)`, `x:split({1, 3}, 2)`.
 * @function split */
static int l_split(lua_State *L) {
  const Arg args[] = {
      {.name = "size", .kind = ARG_INTEGERS, .range = RANGE_NOT_NEGATIVE, .required = true}, dim_row, {0}};
  const char *callee = "Tensor:split";
  double a[2];
  ArgList sizes;
  Tensor *x = lb_checkself(L, callee);
  const bool list = lua_istable(L, 2) && lua_rawlen(L, 2) > 0;
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a, .list = &sizes});
  const int dim = lb_checkdim(L, a[1], x->ndim, callee, "dim");
  if (list || sizes.n != 1) return push_sections(L, callee, x, dim, &sizes);
  if (sizes.x[0] == 0) return lb_error(L, "%s: size must be at least 1, got 0", callee);
  return push_parts(L, callee, x, dim, (int64_t)sizes.x[0], false);
}

/*** The positions along a dimension, each without it: `for t, row in ipairs(x:unbind(2)) do`. @function unbind */
static int l_unbind(lua_State *L) {
  const Arg args[] = {dim_row, {0}};
  const char *callee = "Tensor:unbind";
  double a[1];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  return push_parts(L, callee, x, lb_checkdim(L, a[0], x->ndim, callee, "dim"), 1, true);
}

void ltensor_parts(lua_State *L, int lib, int methods) {
  static const luaL_Reg both[] = {{"chunk", l_chunk}, {"split", l_split}, {"unbind", l_unbind}, {NULL, NULL}};
  ltensor_setboth(L, lib, methods, both);
}
