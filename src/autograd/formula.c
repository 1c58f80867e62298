/*
 * formula.c - the temporaries of temporaries, and the ops spelled as functions.
 */
#include "autograd/formula.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

/* A stack of owned references; a formula is the part above its mark. It is scratch memory of a thread, empty between
 * calls. */
static _Thread_local Tensor **temporaries;
static _Thread_local int temporary_count, temporary_capacity;

bool fm_is_unseen(void) { return !context->grad_mode && !context->recorder; }

FormulaMark fm_begin(void) { return temporary_count; }

Tensor *fm_end(FormulaMark mark, Tensor *result) {
  if (result) tensor_retain(result);
  while (temporary_count > mark) tensor_release(temporaries[--temporary_count]);
  return result;
}

void fm_free_temporaries(void) {
  if (temporary_count > 0) return;
  alloc_put(temporaries, (size_t)temporary_capacity * sizeof *temporaries);
  temporaries = NULL;
  temporary_capacity = 0;
}

static int pool_grow(void) {
  int cap = temporary_capacity ? 2 * temporary_capacity : 64;
  Tensor **bigger = alloc_get((size_t)cap * sizeof *bigger);
  if (!bigger) return -1;
  if (temporary_count) memcpy(bigger, temporaries, (size_t)temporary_count * sizeof *bigger);
  alloc_put(temporaries, (size_t)temporary_capacity * sizeof *temporaries);
  temporaries = bigger;
  temporary_capacity = cap;
  return 0;
}

Tensor *fm_own(Tensor *owned) {
  if (!owned) return NULL;
  if (temporary_count == temporary_capacity && pool_grow() < 0) {
    tensor_release(owned);
    return NULL;
  }
  return temporaries[temporary_count++] = owned;
}

Tensor *fm_op(OpId op, Tensor *const *in, int nin, const OpArgs *args) {
  for (int i = 0; i < nin; i++) {
    if (!in[i]) return NULL;
  }
  return fm_own(op_apply(op, in, nin, args));
}

Tensor *fm_op1(OpId op, Tensor *a) { return fm_op(op, (Tensor *[]){a}, 1, NULL); }
Tensor *fm_op2(OpId op, Tensor *a, Tensor *b) { return fm_op(op, (Tensor *[]){a, b}, 2, NULL); }
Tensor *fm_op3(OpId op, Tensor *a, Tensor *b, Tensor *c) { return fm_op(op, (Tensor *[]){a, b, c}, 3, NULL); }
static Tensor *fm_op1_args(OpId op, Tensor *a, const OpArgs *args) { return fm_op(op, (Tensor *[]){a}, 1, args); }

/* --- numbers ---------------------------------------------------------------------------------------------- */

Tensor *fm_const(const Tensor *a, double c) {
  if (!a) return NULL;
  const DType dt = (DType)a->dtype;
  const bool fits = dtype_is_float(dt) || scalar_fits(scalar_number(c), dt);
  return fm_own(tensor_scalar(fits ? dt : dtype_default(), c));
}

Tensor *fm_scalar(const Tensor *a, Scalar c) { return a ? fm_own(tensor_scalar_of((DType)a->dtype, c)) : NULL; }
Tensor *fm_adds(Tensor *a, double c) { return fm_add(a, fm_const(a, c)); }
Tensor *fm_muls(Tensor *a, double c) { return fm_mul(a, fm_const(a, c)); }
Tensor *fm_divs(Tensor *a, double c) { return fm_div(a, fm_const(a, c)); }
Tensor *fm_pows(Tensor *a, double c) { return fm_op2(OP_POW, a, fm_const(a, c)); }
Tensor *fm_rsubs(double c, Tensor *a) { return fm_sub(fm_const(a, c), a); }

Tensor *fm_zeros_like(const Tensor *a) { return a ? fm_own(tensor_full((DType)a->dtype, a->ndim, a->shape, 0)) : NULL; }

/* Nothing is divided by 0 where it is not looked at: 0 times the derivative of the quotient would be nan. */
Tensor *fm_div_or_0(Tensor *a, Tensor *b) {
  Tensor *zero = b ? fm_op2(OP_EQ, b, fm_const(b, 0)) : NULL;
  return fm_op3(OP_WHERE, zero, fm_const(a, 0), fm_div(a, fm_op3(OP_WHERE, zero, fm_const(b, 1), b)));
}

/* --- shapes ----------------------------------------------------------------------------------------------- */

static OpArgs shape_args(int ndim, const int64_t *shape) {
  OpArgs args = {.shape = {.ndim = ndim}};
  memcpy(args.shape.size, shape, (size_t)ndim * sizeof *shape);
  return args;
}

Tensor *fm_reshape(Tensor *a, int ndim, const int64_t *shape) {
  if (!a || shape_equal(a->ndim, a->shape, ndim, shape)) return a;
  OpArgs args = shape_args(ndim, shape);
  return fm_op1_args(OP_RESHAPE, a, &args);
}

Tensor *fm_expand(Tensor *a, int ndim, const int64_t *shape) {
  if (!a || shape_equal(a->ndim, a->shape, ndim, shape)) return a;
  OpArgs args = shape_args(ndim, shape);
  return fm_op1_args(OP_EXPAND, a, &args);
}

Tensor *fm_transpose(Tensor *a, int d0, int d1) {
  if (!a) return NULL;
  OpArgs args = {.permute = {{0}}};
  for (int d = 0; d < a->ndim; d++) args.permute.from[d] = d;
  args.permute.from[d0] = d1;
  args.permute.from[d1] = d0;
  return fm_op1_args(OP_PERMUTE, a, &args);
}

Tensor *fm_unsqueeze(Tensor *a, int dim) {
  if (!a) return NULL;
  if (a->ndim == TENSOR_MAX_DIM) return err_null("unsqueeze: a tensor has at most %d dimensions", TENSOR_MAX_DIM);
  int64_t shape[TENSOR_MAX_DIM];
  for (int d = 0; d <= a->ndim; d++) shape[d] = d < dim ? a->shape[d] : d == dim ? 1 : a->shape[d - 1];
  return fm_reshape(a, a->ndim + 1, shape);
}

Tensor *fm_slice(Tensor *a, int dim, int64_t start, int64_t len, int64_t step) {
  return fm_op1_args(OP_SLICE, a, &(OpArgs){.slice = {dim, start, len, step, 0}});
}

Tensor *fm_cast(Tensor *a, DType dt) {
  if (!a || a->dtype == dt) return a;
  return fm_op1_args(OP_CAST, a, &(OpArgs){.cast = {dt}});
}

/* --- the rest --------------------------------------------------------------------------------------------- */

Tensor *fm_sum(Tensor *a, unsigned dims, bool keepdim) {
  return fm_op1_args(OP_SUM, a, &(OpArgs){.reduce = {dims, keepdim}});
}

Tensor *fm_mean(Tensor *a, unsigned dims, bool keepdim) {
  return fm_op1_args(OP_MEAN, a, &(OpArgs){.reduce = {dims, keepdim}});
}

Tensor *fm_sum_to(Tensor *a, int ndim, const int64_t *shape) {
  if (!a || shape_equal(a->ndim, a->shape, ndim, shape)) return a;
  unsigned dims = 0;
  int lead = a->ndim - ndim;
  for (int d = 0; d < a->ndim; d++) {
    if (d < lead || (shape[d - lead] == 1 && a->shape[d] != 1)) dims |= 1u << d;
  }
  return fm_reshape(dims ? fm_sum(a, dims, true) : a, ndim, shape);
}

Tensor *fm_mm(Tensor *a, Tensor *b) { return fm_op2(OP_MM, a, b); }

/* A window that lives as long as the operation: nobody sees it. */
static Tensor exchanged(const Tensor *a) {
  Tensor t = *a;
  const int d = a->ndim - 2;
  t.shape[d] = a->shape[d + 1], t.shape[d + 1] = a->shape[d];
  t.stride[d] = a->stride[d + 1], t.stride[d + 1] = a->stride[d];
  t.contiguous = shape_is_contiguous(t.ndim, t.shape, t.stride);
  t.partner = NULL;
  return t;
}

Tensor *fm_product(OpId op, Tensor *a, bool ta, Tensor *b, bool tb) {
  if (!a || !b) return NULL;
  if (!fm_is_unseen()) {
    const int d = a->ndim - 2;
    return fm_op2(op, ta ? fm_transpose(a, d, d + 1) : a, tb ? fm_transpose(b, d, d + 1) : b);
  }
  Tensor other_a, other_b;
  if (ta) other_a = exchanged(a);
  if (tb) other_b = exchanged(b);
  return fm_op2(op, ta ? &other_a : a, tb ? &other_b : b);
}

Tensor *fm_clamp(Tensor *a, double lo, double hi) {
  return fm_op1_args(OP_CLAMP, a, &(OpArgs){.clamp = {scalar_number(lo), scalar_number(hi)}});
}
