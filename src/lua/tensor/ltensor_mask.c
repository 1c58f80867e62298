/*
 * ltensor_mask.c - functions of masks: tensors of uint8 0 and 1, which comparisons make.
 *
 *   masked_fill, t[mask] = number     where(mask, value, t): a compiled step can hold them
 *   masked_select, nonzero, t[mask]   how many elements there are depends on the mask's values: it cannot
 *
 * A mask of t[mask] covers some dimensions of t, the first ones unless ranges stand before it in the key.
 */
#include <string.h>

#include "autograd/formula.h"
#include "kernels/reduce/nonzero.h"
#include "lua/tensor/ltensor.h"

/* --- checks ----------------------------------------------------------------------------------------------------- */

static void check_values(lua_State *L, const Tensor *mask, const char *fn) {
  if (mask->dtype != DT_U8) {
    lb_error(L, "%s: mask must be a uint8 tensor of 0 and 1, as comparisons make, got a %s tensor", fn,
             dtype_name((DType)mask->dtype));
  }
  if (mask_check(mask) < 0) lb_operror(L, fn);
}

void ltensor_check_mask(lua_State *L, const Tensor *x, int dim, const Tensor *mask, const char *fn) {
  bool fits = dim + mask->ndim <= x->ndim;
  for (int d = 0; fits && d < mask->ndim; d++) fits = mask->shape[d] == x->shape[dim + d];
  if (!fits) {
    lb_error(L, "%s: a mask of shape %s does not fit dimension %d of shape %s; its sizes must be those of the tensor",
             fn, tensor_shape_str(mask), dim + 1, tensor_shape_str(x));
  }
  check_values(L, mask, fn);
}

Tensor *ltensor_mask_positions(lua_State *L, const Tensor *mask, const char *fn) {
  lb_read(L, mask, fn);
  return nonzero_flat(mask);
}

/* --- t[mask] ------------------------------------------------------------------------------------------------------ */

/* x with the dimensions that the mask covers merged into one, or with one more for a mask without dimensions. */
static Tensor *merged(Tensor *x, int dim, const Tensor *mask) {
  int64_t shape[TENSOR_MAX_DIM + 1];
  int n = 0;
  for (int d = 0; d < dim; d++) shape[n++] = x->shape[d];
  shape[n++] = mask->numel;
  for (int d = dim + mask->ndim; d < x->ndim; d++) shape[n++] = x->shape[d];
  if (n > TENSOR_MAX_DIM) return err_null("t[mask]: a tensor has at most %d dimensions", TENSOR_MAX_DIM);
  return fm_reshape(x, n, shape);
}

Tensor *ltensor_select_masked(Tensor *x, int dim, const Tensor *mask, Tensor *positions) {
  Tensor *rows = merged(x, dim, mask);
  return rows ? fm_op(OP_INDEX_SELECT, (Tensor *[]){rows, positions}, 2,
                      &(OpArgs){.index = {dim, 1, INDEX_FROM_0, 0, {0}}})
              : NULL;
}

/* --- t[mask] = value ---------------------------------------------------------------------------------------------- */

/* The mask with dimensions of size 1 behind it, so that it broadcasts to x. */
static Tensor *aligned(Tensor *mask, const Tensor *x, int dim) {
  int64_t shape[TENSOR_MAX_DIM];
  int n = mask->ndim;
  memcpy(shape, mask->shape, sizeof shape);
  while (dim + n < x->ndim) shape[n++] = 1;
  return fm_reshape(mask, n, shape);
}

/* The value for each element of x of which a part is given for each one of the mask, in order. */
static Tensor *spread(Tensor *value, Tensor *x, int dim, const Tensor *mask, int64_t count) {
  int64_t shape[TENSOR_MAX_DIM + 1];
  const int behind = x->ndim - dim - mask->ndim;
  memcpy(shape, x->shape, (size_t)dim * sizeof *shape);
  shape[dim] = count;
  for (int d = 0; d < behind; d++) shape[dim + 1 + d] = x->shape[dim + mask->ndim + d];
  if (dim + 1 + behind > TENSOR_MAX_DIM) return err_null("t[mask]: a tensor has at most %d dimensions", TENSOR_MAX_DIM);
  Tensor *parts = fm_expand(value, dim + 1 + behind, shape);
  if (!parts) return NULL;
  if (count == 0) return x;
  Tensor *ranks = fm_own(nonzero_ranks(mask, count));
  Tensor *all =
      fm_op(OP_INDEX_SELECT, (Tensor *[]){parts, ranks}, 2, &(OpArgs){.index = {dim, 1, INDEX_FROM_0, 0, {0}}});
  return fm_reshape(all, x->ndim, x->shape);
}

static int64_t count_of(const Tensor *mask) {
  Tensor *at = nonzero_flat(mask);
  int64_t n = at ? at->numel : -1;
  tensor_release(at);
  return n;
}

/* x = where(mask, v, x); `count` is -1 where v is the same for every one of the mask. */
static int assign(Tensor *x, int dim, Tensor *mask, Tensor *v, int64_t count) {
  if (count >= 0) v = spread(v, x, dim, mask, count);
  Tensor *y = v ? fm_op3(OP_WHERE, aligned(mask, x, dim), v, x) : NULL;
  return y ? tensor_copy_(x, y) : -1;
}

Tensor *ltensor_as_elements(lua_State *L, int idx, const Tensor *x) {
  const Tensor *value = lb_testtensor(L, idx);
  if (!value && scalar_check(largs_scalar(L, idx), (DType)x->dtype) < 0) return NULL;
  if (!value) return fm_own(tensor_scalar_of((DType)x->dtype, largs_scalar(L, idx)));
  Tensor *v = fm_own(tensor_new((DType)x->dtype, value->ndim, value->shape));
  return v && tensor_copy_exact_(v, value) == 0 ? v : NULL;
}

void ltensor_assign_masked(lua_State *L, Tensor *x, int dim, Tensor *mask, int idx, const char *fn) {
  if (tensor_check_writable(x) < 0) lb_operror(L, fn);
  const Tensor *value = lb_testtensor(L, idx);
  int64_t count = -1;
  if (value && value->ndim > x->ndim - dim - mask->ndim) {
    lb_read(L, mask, fn);
    count = count_of(mask);
    if (count < 0) lb_calleeerror(L, fn);
  }
  bool old = grad_set_mode(false);
  FormulaMark m = fm_begin();
  Tensor *v = ltensor_as_elements(L, idx, x);
  int rc = v ? assign(x, dim, mask, v, count) : -1;
  fm_end(m, NULL);
  grad_set_mode(old);
  if (rc < 0) lb_operror(L, fn);
}

/* --- masked_fill, masked_select, nonzero -------------------------------------------------------------------------- */

/* The value of masked_fill at idx in x's dtype as a new reference: a number, or a tensor without dimensions. */
static Tensor *fill_value(lua_State *L, int idx, const Tensor *x, const char *fn) {
  Tensor *v = lb_testtensor(L, idx);
  if (!v) {
    if (lua_type(L, idx) != LUA_TNUMBER) lb_badvalue(L, fn, "value", idx, "a number or a tensor without dimensions");
    if (scalar_check(largs_scalar(L, idx), (DType)x->dtype) < 0) lb_operror(L, fn);
    return tensor_scalar_of((DType)x->dtype, largs_scalar(L, idx));
  }
  if (v->ndim > 0) lb_badvalue(L, fn, "value", idx, "a number or a tensor without dimensions");
  ltensor_check_result(L, x, (DType)v->dtype, fn);
  FormulaMark m = fm_begin();
  return fm_end(m, fm_cast(v, (DType)x->dtype));
}

/* where(mask, value, x) as a new reference; the arguments are at 1, 2 and 3. */
static Tensor *filled(lua_State *L, Tensor *x, const char *fn) {
  Tensor *mask = lb_checktensor(L, 2, fn, "mask");
  lb_atmost(L, fn, 3);
  check_values(L, mask, fn);
  Tensor *v = fill_value(L, 3, x, fn);
  Tensor *y = v ? op_apply(OP_WHERE, (Tensor *[]){mask, v, x}, 3, NULL) : NULL;
  tensor_release(v);
  return y;
}

/*** The tensor with value where the mask is 1: `x:masked_fill(x:lt(0), 0)`. @function masked_fill */
static int l_masked_fill(lua_State *L) {
  const char *fn = "Tensor:masked_fill";
  lb_pushtensor(L, filled(L, lb_checkself(L, fn), fn));
  return 1;
}

/*** masked_fill in place. @function masked_fill_ */
static int l_masked_fill_(lua_State *L) {
  const char *fn = "Tensor:masked_fill_";
  Tensor *x = lb_checkself(L, fn);
  ltensor_check_inplace(L, x, fn);
  if (lb_testtensor(L, 3)) ltensor_check_source(L, lb_testtensor(L, 3), fn);
  Tensor *y = filled(L, x, fn);
  int rc = y ? tensor_copy_(x, y) : -1;
  tensor_release(y);
  if (rc < 0) return lb_operror(L, fn);
  lua_settop(L, 1);
  return 1;
}

/*** The elements where the mask is 1, in one dimension; tensor and mask broadcast. @function masked_select */
static int l_masked_select(lua_State *L) {
  const char *fn = "Tensor:masked_select";
  Tensor *x = lb_checkself(L, fn), *mask = lb_checktensor(L, 2, fn, "mask");
  int64_t shape[TENSOR_MAX_DIM];
  lb_atmost(L, fn, 2);
  int n = shape_broadcast(x->ndim, x->shape, mask->ndim, mask->shape, shape);
  if (n < 0) {
    return lb_error(L, "%s: shapes %s and %s do not broadcast", fn, tensor_shape_str(x), tensor_shape_str(mask));
  }
  check_values(L, mask, fn);
  lb_read(L, mask, "masked_select()");
  FormulaMark m = fm_begin();
  Tensor *wide = fm_expand(mask, n, shape), *at = wide ? fm_own(nonzero_flat(wide)) : NULL;
  Tensor *y = at ? ltensor_select_masked(fm_expand(x, n, shape), 0, wide, at) : NULL;
  lb_pushtensor(L, fm_end(m, y));
  return 1;
}

/*** The coordinates of the elements that are not 0, a row each: int64 (count, dimensions), from 1. @function nonzero */
static int l_nonzero(lua_State *L) {
  const char *fn = "Tensor:nonzero";
  Tensor *x = lb_checkself(L, fn);
  lb_atmost(L, fn, 1);
  lb_read(L, x, "nonzero()");
  lb_pushtensor(L, nonzero(x));
  return 1;
}

void ltensor_mask(lua_State *L, int lib, int methods) {
  static const luaL_Reg both[] = {
      {"masked_fill", l_masked_fill}, {"masked_select", l_masked_select}, {"nonzero", l_nonzero}, {NULL, NULL}};
  ltensor_setboth(L, lib, methods, both);
  lua_pushcfunction(L, l_masked_fill_);
  lua_setfield(L, methods, "masked_fill_");
}
