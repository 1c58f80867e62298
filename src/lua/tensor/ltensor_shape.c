/*
 * ltensor_shape.c - functions and methods that look at a tensor through another shape, or join tensors.
 */
#include <string.h>

#include "autograd/formula.h"
#include "lua/tensor/ltensor.h"

static OpArgs shape_args(int ndim, const int64_t *shape) {
  OpArgs args = {.shape = {.ndim = ndim}};
  memcpy(args.shape.size, shape, (size_t)ndim * sizeof *shape);
  return args;
}

static int push_reshape(lua_State *L, Tensor *x, int ndim, const int64_t *shape) {
  OpArgs args = shape_args(ndim, shape);
  return ltensor_push_op(L, OP_RESHAPE, &x, 1, &args);
}

/*** The same elements in another shape; one size may be -1: `x:reshape(-1, 1)`. A view where possible. @function
 * reshape */
static int l_reshape(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "reshape");
  int64_t shape[TENSOR_MAX_DIM];
  int next, ndim = lb_checkshape(L, 2, shape, &next, "reshape");
  return push_reshape(L, x, ndim, shape);
}

/*** reshape that fails where it would have to copy. @function view */
static int l_view(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "view");
  int64_t shape[TENSOR_MAX_DIM];
  int next, ndim = lb_checkshape(L, 2, shape, &next, "view");
  push_reshape(L, x, ndim, shape);
  Tensor *y = lb_testtensor(L, -1);
  if (y->storage == x->storage || x->numel == 0) return 1;
  return lb_error(
      L,
      "view: the elements of this tensor of shape %s are not in the order of the new shape; use reshape, which copies",
      tensor_shape_str(x));
}

/*** Merges dimensions first..last (default all) into one. @function flatten */
static int l_flatten(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "flatten");
  int first = lua_isnoneornil(L, 2) ? 0 : lb_checkdim(L, 2, x->ndim, "flatten");
  int last = lua_isnoneornil(L, 3) ? x->ndim - 1 : lb_checkdim(L, 3, x->ndim, "flatten");
  if (x->ndim == 0) return push_reshape(L, x, 1, (int64_t[]){1});
  if (first > last) return lb_error(L, "flatten: dimension %d comes after dimension %d", first + 1, last + 1);
  int64_t shape[TENSOR_MAX_DIM];
  int n = 0;
  for (int d = 0; d < x->ndim; d++) {
    if (d > first && d <= last) {
      shape[n - 1] *= x->shape[d];
    } else {
      shape[n++] = x->shape[d];
    }
  }
  return push_reshape(L, x, n, shape);
}

/*** Removes dimensions of size 1: all of them, or one. @function squeeze */
static int l_squeeze(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "squeeze");
  int only = lua_isnoneornil(L, 2) ? -1 : lb_checkdim(L, 2, x->ndim, "squeeze"), n = 0;
  int64_t shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) {
    if (x->shape[d] != 1 || (only >= 0 && d != only)) shape[n++] = x->shape[d];
  }
  return push_reshape(L, x, n, shape);
}

/*** Adds a dimension of size 1 at position dim. @function unsqueeze */
static int l_unsqueeze(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "unsqueeze");
  int dim = lb_checkdim(L, 2, x->ndim + 1, "unsqueeze");
  FormulaMark m = fm_begin();
  lb_pushtensor(L, fm_end(m, fm_unsqueeze(x, dim)));
  return 1;
}

/* --- permutations ------------------------------------------------------------------------------------------------ */

static int push_transpose(lua_State *L, Tensor *x, int a, int b) {
  OpArgs args = {.permute = {{0}}};
  for (int d = 0; d < x->ndim; d++) args.permute.from[d] = d;
  args.permute.from[a] = b;
  args.permute.from[b] = a;
  return ltensor_push_op(L, OP_PERMUTE, &x, 1, &args);
}

/*** Exchanges two dimensions. @function transpose */
static int l_transpose(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "transpose");
  int a = lb_checkdim(L, 2, x->ndim, "transpose"), b = lb_checkdim(L, 3, x->ndim, "transpose");
  return push_transpose(L, x, a, b);
}

/*** The transposed matrix; a vector stays as it is. @function t */
static int l_t(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "t");
  if (x->ndim > 2)
    return lb_error(L, "t: works on matrices, this tensor has shape %s; use transpose(d1, d2)", tensor_shape_str(x));
  if (x->ndim == 2) return push_transpose(L, x, 0, 1);
  lua_settop(L, 1);
  return 1;
}

/*** Reorders the dimensions: `x:permute(3, 1, 2)`. @function permute */
static int l_permute(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "permute");
  int64_t order[TENSOR_MAX_DIM];
  int next, n = lb_checkshape(L, 2, order, &next, "permute");
  if (n != x->ndim) return lb_error(L, "permute: %d dimensions given for shape %s", n, tensor_shape_str(x));
  OpArgs args = {.permute = {{0}}};
  for (int d = 0; d < n; d++) args.permute.from[d] = order[d] < 0 ? n + order[d] : order[d] - 1;
  return ltensor_push_op(L, OP_PERMUTE, &x, 1, &args);
}

/*** Repeats dimensions of size 1 without copying; -1 keeps a size. @function expand */
static int l_expand(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "expand");
  int64_t shape[TENSOR_MAX_DIM];
  int next, ndim = lb_checkshape(L, 2, shape, &next, "expand");
  OpArgs args = shape_args(ndim, shape);
  return ltensor_push_op(L, OP_EXPAND, &x, 1, &args);
}

/* --- parts ---------------------------------------------------------------------------------------------------- */

/* Reads a 1-based position (negative from the end) along dim. */
static int64_t check_position(lua_State *L, int idx, const Tensor *x, int dim, const char *fn) {
  int isint;
  lua_Integer i = lua_tointegerx(L, idx, &isint);
  if (!isint) lb_argerror(L, fn, idx, "an integer");
  int64_t size = x->shape[dim];
  if (i >= 1 && i <= size) return i - 1;
  if (i < 0 && i >= -size) return size + i;
  return lb_error(L, "%s: index %I is out of range 1..%I in dimension %d of shape %s", fn, (LUAI_UACINT)i,
                  (LUAI_UACINT)size, dim + 1, tensor_shape_str(x));
}

/*** length elements along dim from start on: `x:narrow(dim, start, length)`. @function narrow */
static int l_narrow(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "narrow");
  int dim = lb_checkdim(L, 2, x->ndim, "narrow");
  int isint;
  int64_t start = check_position(L, 3, x, dim, "narrow"), len = lua_tointegerx(L, 4, &isint);
  if (!isint) return lb_argerror(L, "narrow", 4, "a length (an integer)");
  return ltensor_push_op(L, OP_SLICE, &x, 1, &(OpArgs){.slice = {dim, start, len, 1, 0}});
}

/*** Position i along dim, without that dimension. @function select */
static int l_select(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "select");
  int dim = lb_checkdim(L, 2, x->ndim, "select"), n = 0;
  int64_t at = check_position(L, 3, x, dim, "select"), shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) {
    if (d != dim) shape[n++] = x->shape[d];
  }
  FormulaMark m = fm_begin();
  lb_pushtensor(L, fm_end(m, fm_reshape(fm_slice(x, dim, at, 1, 1), n, shape)));
  return 1;
}

/* An index tensor of 1-based values as a new 0-based int64 tensor. */
static Tensor *zero_based(lua_State *L, int idx, const char *fn) {
  Tensor *given = lb_checktensor(L, idx, fn);
  Tensor *index = tensor_cast(given, DT_I64);
  if (!index) lb_coreerror(L);
  tensor_shift_(index, -1);
  return index;
}

static int pick(lua_State *L, const char *fn, OpId op) {
  Tensor *x = lb_checktensor(L, 1, fn);
  int dim = lb_checkdim(L, 2, x->ndim, fn);
  Tensor *index = zero_based(L, 3, fn);
  Tensor *out = op_apply(op, (Tensor *[]){x, index}, 2, &(OpArgs){.along = {dim}});
  tensor_release(index);
  lb_pushtensor(L, out);
  return 1;
}
/*** Rows (or other slices along dim) by a vector of 1-based positions: `x:index_select(1, idx)`. @function index_select
 */
static int l_index_select(lua_State *L) { return pick(L, "index_select", OP_INDEX_SELECT); }
/*** out[i][j] = x[i][index[i][j]] along dim 2, and likewise for other dims; 1-based. @function gather */
static int l_gather(lua_State *L) { return pick(L, "gather", OP_GATHER); }

/* --- joining -------------------------------------------------------------------------------------------------- */

/*** Joins tensors along an existing dimension: `lab.cat({a, b}, dim)`, dim 1 if not given. @function cat */
static int l_cat(lua_State *L) {
  int n, top = lua_gettop(L);
  Tensor **in = lb_tensorlist(L, 1, &n, "lab.cat");
  if (n == 0) return lb_error(L, "lab.cat: the list is empty");
  int dim = top < 2 ? 0 : lb_checkdim(L, 2, in[0]->ndim, "lab.cat");
  return ltensor_push_op(L, OP_CAT, in, n, &(OpArgs){.along = {dim}});
}

/*** Joins tensors of one shape along a new dimension (default the first). @function stack */
static int l_stack(lua_State *L) {
  int n, top = lua_gettop(L);
  Tensor **in = lb_tensorlist(L, 1, &n, "lab.stack");
  if (n == 0) return lb_error(L, "lab.stack: the list is empty");
  int dim = top < 2 ? 0 : lb_checkdim(L, 2, in[0]->ndim + 1, "lab.stack");
  FormulaMark m = fm_begin();
  for (int i = 0; i < n; i++) in[i] = fm_unsqueeze(in[i], dim);
  Tensor *out = fm_op(OP_CAT, in, n, &(OpArgs){.along = {dim}});
  lb_pushtensor(L, fm_end(m, out));
  return 1;
}

void ltensor_shape(lua_State *L, int lib, int methods) {
  static const luaL_Reg both[] = {{"reshape", l_reshape},
                                  {"view", l_view},
                                  {"flatten", l_flatten},
                                  {"squeeze", l_squeeze},
                                  {"unsqueeze", l_unsqueeze},
                                  {"transpose", l_transpose},
                                  {"t", l_t},
                                  {"permute", l_permute},
                                  {"expand", l_expand},
                                  {"narrow", l_narrow},
                                  {"select", l_select},
                                  {"index_select", l_index_select},
                                  {"gather", l_gather},
                                  {NULL, NULL}};
  static const luaL_Reg functions[] = {{"cat", l_cat}, {"stack", l_stack}, {NULL, NULL}};
  ltensor_setboth(L, lib, methods, both);
  lua_pushvalue(L, lib);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
