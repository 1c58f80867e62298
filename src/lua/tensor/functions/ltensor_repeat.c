/*
 * ltensor_repeat.c - repeated, reversed and rotated dimensions.
 */
#include <math.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/size.h"
#include "lua/tensor/functions/ltensor_functions.h"

/* --- tile, repeat_interleave -------------------------------------------------------------------------------------- */

/* y, or a copy of it where it shares memory with x or among its own elements. */
static Tensor *own_memory(Tensor *y, const Tensor *x) {
  return y && (y->storage == x->storage || !y->contiguous) ? fm_op1(OP_CLONE, y) : y;
}

/* Dimension dim of x `times` over: all of it again and again, or (each) every position so often. */
static Tensor *repeated(Tensor *x, int dim, int64_t times, bool each) {
  int64_t before = 1, behind = 1, shape[TENSOR_MAX_DIM];
  if (!x || times == 1) return x;
  for (int d = 0; d < x->ndim; d++) {
    if (d < dim) before *= x->shape[d];
    if (d > dim) behind *= x->shape[d];
    shape[d] = x->shape[d];
  }
  const int64_t n = x->shape[dim];
  if (__builtin_mul_overflow(n, times, &shape[dim])) return err_null("a dimension has more positions than memory");
  Tensor *wide = fm_reshape(x, 4, (int64_t[]){before, each ? n : 1, each ? 1 : n, behind});
  wide = wide ? fm_expand(wide, 4, (int64_t[]){before, each ? n : times, each ? times : n, behind}) : NULL;
  return wide ? fm_reshape(wide, x->ndim, shape) : NULL;
}

/* All of them at once: x as (1, n1, 1, n2, ...) expanded to (times1, n1, times2, n2, ...), in one copy. NULL with
 * *fits = false where that has too many dimensions. */
static Tensor *tiled(Tensor *x, int given, const int64_t *times, bool *fits) {
  int64_t from[2 * TENSOR_MAX_DIM], to[2 * TENSOR_MAX_DIM], shape[TENSOR_MAX_DIM];
  int n = 0;
  for (int d = 0; d < x->ndim; d++) {
    const int i = d - (x->ndim - given);
    const int64_t some = i < 0 ? 1 : times[i];
    if (__builtin_mul_overflow(x->shape[d], some, &shape[d]))
      return err_null("a dimension has more positions than memory");
    if (some != 1) from[n] = 1, to[n++] = some;
    from[n] = to[n] = x->shape[d];
    n++;
  }
  *fits = n <= TENSOR_MAX_DIM;
  return *fits ? fm_reshape(fm_expand(fm_reshape(x, n, from), n, to), x->ndim, shape) : NULL;
}

/*** The tensor side by side with itself, so often along each of the last dimensions: `x:tile(2, 3)`. More numbers than
 * dimensions add dimensions in front, as PyTorch's repeat does. @function tile */
static int l_tile(lua_State *L) {
  static const Arg args[] = {
      {.name = "dims", .kind = ARG_SHAPE, .range = RANGE_NOT_NEGATIVE, .rest = true, .required = true}, {0}};
  const char *callee = "Tensor:tile";
  double a[ARG_SHAPE_PLACES];
  int64_t times[TENSOR_MAX_DIM], shape[TENSOR_MAX_DIM];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const int given = arg_shape(a, times), ndim = given > x->ndim ? given : x->ndim;
  for (int d = 0; d < ndim; d++) shape[d] = d < ndim - x->ndim ? 1 : x->shape[d - (ndim - x->ndim)];
  FormulaMark m = fm_begin();
  Tensor *y = fm_reshape(x, ndim, shape);
  bool fits = true;
  Tensor *once = y ? tiled(y, given, times, &fits) : NULL;
  for (int i = 0; !fits && i < given; i++) y = repeated(y, ndim - given + i, times[i], false);
  if (fits) y = once;
  lb_pushresult(L, callee, fm_end(m, own_memory(y, x)));
  return 1;
}

/*** Every position of a dimension so often: `x:repeat_interleave(2, 1)`; without a dimension of all elements in a row.
 * @function repeat_interleave */
static int l_repeat_interleave(lua_State *L) {
  static const Arg args[] = {{.name = "repeats", .kind = ARG_INTEGER, .range = RANGE_NOT_NEGATIVE, .required = true},
                             {.name = "dim", .kind = ARG_DIM, .def = ARG_UNSET},
                             {0}};
  const char *callee = "Tensor:repeat_interleave";
  double a[2];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const bool flat = isnan(a[1]);
  const int dim = flat ? 0 : lb_checkdim(L, a[1], x->ndim, callee, "dim");
  FormulaMark m = fm_begin();
  Tensor *y = flat ? fm_reshape(x, 1, (int64_t[]){x->numel}) : x;
  lb_pushresult(L, callee, fm_end(m, own_memory(repeated(y, dim, (int64_t)a[0], true), x)));
  return 1;
}

/* --- flip, roll --------------------------------------------------------------------------------------------------- */

/* A list of dimensions as they are written, 1, 2, ... or -1, ..., as 0-based ones; raises. */
static int read_dims(lua_State *L, const double *x, const Tensor *t, const char *callee, int64_t *dim) {
  const int n = arg_shape(x, dim);
  for (int i = 0; i < n; i++) {
    if (dim[i] == 0) lb_error(L, "%s: dims must be dimensions (1, 2, ... or -1 for the last), got 0", callee);
    dim[i] = lb_checkdim(L, (double)(dim[i] - (dim[i] > 0)), t->ndim, callee, "dims");
  }
  return n;
}

/*** Dimensions in reverse order: `x:flip(1)`, `x:flip(1, 2)`. A copy. @function flip */
static int l_flip(lua_State *L) {
  static const Arg args[] = {{.name = "dims", .kind = ARG_SHAPE, .rest = true, .required = true}, {0}};
  const char *callee = "Tensor:flip";
  double a[ARG_SHAPE_PLACES];
  int64_t dim[TENSOR_MAX_DIM];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  unsigned dims = 0;
  for (int i = 0, n = read_dims(L, a, x, callee, dim); i < n; i++) {
    if (dims >> dim[i] & 1) return lb_error(L, "%s: dimension %d is given twice", callee, (int)dim[i] + 1);
    dims |= 1u << dim[i];
  }
  return ltensor_push_op(L, callee, OP_FLIP, &x, 1, &(OpArgs){.reduce = {dims, 0}});
}

/* Position i moves to i + shift; what leaves at the end comes back at the beginning. */
static Tensor *rolled(Tensor *x, int dim, int64_t shift) {
  const int64_t n = x ? x->shape[dim] : 0;
  if (n == 0) return x;
  const int64_t by = (shift % n + n) % n;
  if (by == 0) return x;
  Tensor *end = fm_slice(x, dim, n - by, by, 1), *begin = fm_slice(x, dim, 0, n - by, 1);
  return end && begin ? fm_op(OP_CAT, (Tensor *[]){end, begin}, 2, &(OpArgs){.along = {dim}}) : NULL;
}

/*** Positions moved on, around the end: `x:roll(1, 2)`, `x:roll({1, -1}, {1, 2})`; without a dimension of all elements in
 * a row. @function roll */
static int l_roll(lua_State *L) {
  enum { DIMS = ARG_SHAPE_PLACES };
  static const Arg args[] = {{.name = "shifts", .kind = ARG_SHAPE, .required = true},
                             {.name = "dims", .kind = ARG_SHAPE, .def = ARG_UNSET},
                             {0}};
  const char *callee = "Tensor:roll";
  double a[2 * ARG_SHAPE_PLACES];
  int64_t shift[TENSOR_MAX_DIM], dim[TENSOR_MAX_DIM], shape[TENSOR_MAX_DIM];
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const bool flat = isnan(a[DIMS]);
  const int n = arg_shape(a, shift), dims = flat ? 1 : read_dims(L, a + DIMS, x, callee, dim), ndim = x->ndim;
  if (n != dims) return lb_error(L, "%s: %d shifts for %d dimensions", callee, n, dims);
  memcpy(shape, x->shape, sizeof shape);
  FormulaMark m = fm_begin();
  Tensor *y = flat ? fm_reshape(x, 1, (int64_t[]){x->numel}) : x;
  for (int i = 0; i < n; i++) y = rolled(y, flat ? 0 : (int)dim[i], shift[i]);
  if (y && flat) y = fm_reshape(y, ndim, shape);
  lb_pushresult(L, callee, fm_end(m, own_memory(y, x)));
  return 1;
}

const luaL_Reg ltensor_repeat_list[] = {
    {"tile", l_tile}, {"repeat_interleave", l_repeat_interleave}, {"flip", l_flip}, {"roll", l_roll}, {NULL, NULL}};
