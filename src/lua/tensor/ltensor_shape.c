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

/* A shape, in a list or one size after another. */
static const Arg size_args[] = {{.name = "size", .kind = ARG_SHAPE, .rest = true}, {0}};

static int read_size(lua_State *L, const char *callee, int64_t *shape) {
  double x[ARG_SHAPE_PLACES];
  largs_read(L, 2, callee, &(ArgValues){.args = size_args, .x = x});
  return arg_shape(x, shape);
}

/* One dimension. */
static const Arg dim_args[] = {{.name = "dim", .kind = ARG_DIM, .required = true}, {0}};
static const Arg any_dim_args[] = {{.name = "dim", .kind = ARG_DIM, .def = ARG_UNSET}, {0}};

static int push_reshape(lua_State *L, const char *callee, Tensor *x, int ndim, const int64_t *shape) {
  OpArgs args = shape_args(ndim, shape);
  return ltensor_push_op(L, callee, OP_RESHAPE, &x, 1, &args);
}

/*** The same elements in another shape; one size may be -1: `x:reshape(-1, 1)`. A view where possible. @function
 * reshape */
static int l_reshape(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:reshape");
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = read_size(L, "Tensor:reshape", shape);
  return push_reshape(L, "Tensor:reshape", x, ndim, shape);
}

/*** reshape that fails where it would have to copy. @function view */
static int l_view(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:view");
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = read_size(L, "Tensor:view", shape);
  push_reshape(L, "Tensor:view", x, ndim, shape);
  Tensor *y = lb_testtensor(L, -1);
  if (y->storage == x->storage || x->numel == 0) return 1;
  return lb_error(L,
                  "Tensor:view: the elements of this tensor of shape %s are not in the order of the new shape; use "
                  "reshape, which copies",
                  tensor_shape_str(x));
}

/*** Merges dimensions first..last (default all) into one. @function flatten */
static int l_flatten(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:flatten");
  static const Arg args[] = {
      {.name = "start_dim", .kind = ARG_DIM}, {.name = "end_dim", .kind = ARG_DIM, .def = -1}, {0}};
  const char *callee = "Tensor:flatten";
  double dim[2];
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = dim});
  if (x->ndim == 0) return push_reshape(L, callee, x, 1, (int64_t[]){1});
  int first = lb_checkdim(L, dim[0], x->ndim, callee, "start_dim");
  int last = lb_checkdim(L, dim[1], x->ndim, callee, "end_dim");
  if (first > last) return lb_error(L, "%s: start_dim %d comes after end_dim %d", callee, first + 1, last + 1);
  int64_t shape[TENSOR_MAX_DIM];
  int n = 0;
  for (int d = 0; d < x->ndim; d++) {
    if (d > first && d <= last) {
      shape[n - 1] *= x->shape[d];
    } else {
      shape[n++] = x->shape[d];
    }
  }
  return push_reshape(L, callee, x, n, shape);
}

/*** Removes dimensions of size 1: all of them, or one. @function squeeze */
static int l_squeeze(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:squeeze");
  double dim = 0;
  largs_read(L, 2, "Tensor:squeeze", &(ArgValues){.args = any_dim_args, .x = &dim});
  int only = isnan(dim) ? -1 : lb_checkdim(L, dim, x->ndim, "Tensor:squeeze", "dim"), n = 0;
  int64_t shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) {
    if (x->shape[d] != 1 || (only >= 0 && d != only)) shape[n++] = x->shape[d];
  }
  return push_reshape(L, "Tensor:squeeze", x, n, shape);
}

/*** Adds a dimension of size 1 at position dim. @function unsqueeze */
static int l_unsqueeze(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:unsqueeze");
  double d = 0;
  largs_read(L, 2, "Tensor:unsqueeze", &(ArgValues){.args = dim_args, .x = &d});
  int dim = lb_checkdim(L, d, x->ndim + 1, "Tensor:unsqueeze", "dim");
  FormulaMark m = fm_begin();
  lb_pushresult(L, "Tensor:unsqueeze", fm_end(m, fm_unsqueeze(x, dim)));
  return 1;
}

/* --- permutations ------------------------------------------------------------------------------------------------ */

static int push_transpose(lua_State *L, Tensor *x, int a, int b) {
  OpArgs args = {.permute = {{0}}};
  for (int d = 0; d < x->ndim; d++) args.permute.from[d] = d;
  args.permute.from[a] = b;
  args.permute.from[b] = a;
  return ltensor_push_op(L, NULL, OP_PERMUTE, &x, 1, &args);
}

/*** Exchanges two dimensions. @function transpose */
static int l_transpose(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:transpose");
  static const Arg args[] = {
      {.name = "dim0", .kind = ARG_DIM, .required = true}, {.name = "dim1", .kind = ARG_DIM, .required = true}, {0}};
  const char *callee = "Tensor:transpose";
  double dim[2];
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = dim});
  int a = lb_checkdim(L, dim[0], x->ndim, callee, "dim0"), b = lb_checkdim(L, dim[1], x->ndim, callee, "dim1");
  return push_transpose(L, x, a, b);
}

/*** The transposed matrix; a vector stays as it is. @function t */
static int l_t(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:t");
  lb_atmost(L, "Tensor:t", 1);
  if (x->ndim > 2) {
    return lb_error(L, "Tensor:t: works on matrices, this tensor has shape %s; use transpose(d1, d2)",
                    tensor_shape_str(x));
  }
  return push_transpose(L, x, 0, x->ndim == 2);
}

/*** Reorders the dimensions: `x:permute(3, 1, 2)`. @function permute */
static int l_permute(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:permute");
  static const Arg dims_args[] = {{.name = "dims", .kind = ARG_SHAPE, .rest = true}, {0}};
  double a[ARG_SHAPE_PLACES];
  int64_t order[TENSOR_MAX_DIM];
  largs_read(L, 2, "Tensor:permute", &(ArgValues){.args = dims_args, .x = a});
  int n = arg_shape(a, order);
  if (n != x->ndim) return lb_error(L, "Tensor:permute: %d dimensions given for shape %s", n, tensor_shape_str(x));
  OpArgs args = {.permute = {{0}}};
  for (int d = 0; d < n; d++) args.permute.from[d] = order[d] < 0 ? n + order[d] : order[d] - 1;
  return ltensor_push_op(L, "Tensor:permute", OP_PERMUTE, &x, 1, &args);
}

/*** Repeats dimensions of size 1 without copying; -1 keeps a size. @function expand */
static int l_expand(lua_State *L) {
  Tensor *x = lb_checkself(L, "Tensor:expand");
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = read_size(L, "Tensor:expand", shape);
  OpArgs args = shape_args(ndim, shape);
  return ltensor_push_op(L, "Tensor:expand", OP_EXPAND, &x, 1, &args);
}

/* --- parts ---------------------------------------------------------------------------------------------------- */

/* A 1-based position (negative from the end) along dim as 0..size-1; raises. */
static int64_t check_position(lua_State *L, int64_t i, const Tensor *x, int dim, const char *callee, const char *name) {
  int64_t size = x->shape[dim];
  if (i >= 1 && i <= size) return i - 1;
  if (i < 0 && i >= -size) return size + i;
  return lb_error(L, "%s: %s must be in 1..%I in dimension %d of shape %s, got %I", callee, name, (LUAI_UACINT)size,
                  dim + 1, tensor_shape_str(x), (LUAI_UACINT)i);
}

/*** length elements along dim from start on: `x:narrow(dim, start, length)`. @function narrow */
static int l_narrow(lua_State *L) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                             {.name = "start", .kind = ARG_INTEGER, .required = true},
                             {.name = "length", .kind = ARG_INTEGER, .required = true},
                             {0}};
  const char *callee = "Tensor:narrow";
  double a[3];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  int dim = lb_checkdim(L, a[0], x->ndim, callee, "dim");
  const bool behind = a[2] == 0 && a[1] == (double)x->shape[dim] + 1; /* nothing, which an empty dimension has too */
  int64_t start = behind ? x->shape[dim] : check_position(L, (int64_t)a[1], x, dim, callee, "start");
  return ltensor_push_op(L, callee, OP_SLICE, &x, 1, &(OpArgs){.slice = {dim, start, (int64_t)a[2], 1, 0}});
}

/*** Position i along dim, without that dimension. @function select */
static int l_select(lua_State *L) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                             {.name = "index", .kind = ARG_INTEGER, .required = true},
                             {0}};
  const char *callee = "Tensor:select";
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  int dim = lb_checkdim(L, a[0], x->ndim, callee, "dim"), n = 0;
  int64_t at = check_position(L, (int64_t)a[1], x, dim, callee, "index"), shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) {
    if (d != dim) shape[n++] = x->shape[d];
  }
  FormulaMark m = fm_begin();
  lb_pushtensor(L, fm_end(m, fm_reshape(fm_slice(x, dim, at, 1, 1), n, shape)));
  return 1;
}

/* Raises unless an index tensor is int64. */
static void check_index(lua_State *L, const Tensor *given, const char *callee) {
  if (given->dtype != DT_I64) {
    lb_error(L, "%s: index must be a tensor of int64 positions, got %s; %s", callee, dtype_name((DType)given->dtype),
             given->dtype == DT_U8 ? "t[mask] and masked_select select by a mask" : "convert it with to('int64')");
  }
}

static int pick(lua_State *L, const char *callee, OpId op) {
  static const Arg args[] = {
      {.name = "dim", .kind = ARG_DIM, .required = true}, {.name = "index", .kind = ARG_TENSOR, .required = true}, {0}};
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  int dim = lb_checkdim(L, a[0], x->ndim, callee, "dim");
  Tensor *index = lb_testtensor(L, (int)a[1]);
  check_index(L, index, callee);
  if (op == OP_INDEX_SELECT && index->ndim != 1) {
    return lb_error(L, "%s: the index has shape %s, it must have one dimension; x[index] takes any", callee,
                    tensor_shape_str(index));
  }
  OpArgs along = {.along = {.dim = dim, .count = INDEX_FROM_1}};
  if (op == OP_INDEX_SELECT) along = (OpArgs){.index = {dim, 1, INDEX_FROM_1, 0, {0}}};
  return ltensor_push_op(L, callee, op, (Tensor *[]){x, index}, 2, &along);
}
/*** Rows (or other slices along dim) by a vector of 1-based positions: `x:index_select(1, idx)`. @function index_select
 */
static int l_index_select(lua_State *L) { return pick(L, "Tensor:index_select", OP_INDEX_SELECT); }
/*** out[i][j] = x[i][index[i][j]] along dim 2, and likewise for other dims; 1-based. @function gather */
static int l_gather(lua_State *L) { return pick(L, "Tensor:gather", OP_GATHER); }

/* --- joining -------------------------------------------------------------------------------------------------- */

/* The list of tensors and the dimension of cat and stack; *dim is not yet checked. */
static Tensor **read_joined(lua_State *L, const char *callee, int *n, double *dim) {
  static const Arg args[] = {
      {.name = "tensors", .kind = ARG_VALUE, .required = true}, {.name = "dim", .kind = ARG_DIM}, {0}};
  double a[2];
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = a});
  Tensor **in = lb_tensorlist(L, (int)a[0], n, callee, "tensors");
  if (*n == 0) lb_error(L, "%s: the list of tensors is empty", callee);
  *dim = a[1];
  return in;
}

/*** Joins tensors along an existing dimension: `lab.cat({a, b}, dim)`, dim 1 if not given. @function cat */
static int l_cat(lua_State *L) {
  int n;
  double d;
  Tensor **in = read_joined(L, "lab.cat", &n, &d);
  int dim = d == 0 ? 0 : lb_checkdim(L, d, in[0]->ndim, "lab.cat", "dim");
  return ltensor_push_op(L, "lab.cat", OP_CAT, in, n, &(OpArgs){.along = {dim}});
}

/*** Joins tensors of one shape along a new dimension (default the first). @function stack */
static int l_stack(lua_State *L) {
  int n;
  double d;
  Tensor **in = read_joined(L, "lab.stack", &n, &d);
  int dim = lb_checkdim(L, d, in[0]->ndim + 1, "lab.stack", "dim");
  for (int i = 1; i < n; i++) {
    if (tensor_same_shape(in[0], in[i])) continue;
    return lb_error(L, "lab.stack: the tensors must have one shape, got %s and %s", tensor_shape_str(in[0]),
                    tensor_shape_str(in[i]));
  }
  FormulaMark m = fm_begin();
  for (int i = 0; i < n; i++) in[i] = fm_unsqueeze(in[i], dim);
  Tensor *out = fm_op(OP_CAT, in, n, &(OpArgs){.along = {dim}});
  lb_pushresult(L, "lab.stack", fm_end(m, out));
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
