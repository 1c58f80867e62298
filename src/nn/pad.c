/*
 * pad.c - pad: numbers for the last dimensions, from the last one on, as the op's numbers for every dimension.
 */
#include "kernels/pad/pad.h"

#include <stdint.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "nn/functional.h"

/* Takes away what the negative numbers name: what is left of a circle closes. */
static Tensor *cropped(Tensor *x, PadArgs *p) {
  OpArgs a = {.pad = {.mode = PAD_CONSTANT}};
  bool any = false;
  for (int d = 0; d < x->ndim; d++) {
    a.pad.before[d] = p->before[d] < 0 ? p->before[d] : 0;
    a.pad.after[d] = p->after[d] < 0 ? p->after[d] : 0;
    any = any || a.pad.before[d] || a.pad.after[d];
    p->before[d] -= a.pad.before[d];
    p->after[d] -= a.pad.after[d];
  }
  return any ? fm_op(OP_PAD, &x, 1, &a) : x;
}

Tensor *nn_pad(Tensor *x, const double *pad, int n, int mode, double value) {
  OpArgs a = {.pad = {.mode = mode, .value = value}};
  if (n % 2 != 0 || n > 2 * x->ndim) {
    return err_null("pad must hold two numbers for each of the last dimensions, got %d numbers for shape %s", n,
                    tensor_shape_str(x));
  }
  if (mode != PAD_CONSTANT && value != 0) return err_null("value is for mode 'constant' alone");
  if (mode == PAD_CONSTANT && scalar_check(scalar_number(value), (DType)x->dtype) < 0) return NULL;
  for (int i = 0; i < n; i++) {
    if (pad[i] > INT32_MAX || pad[i] < -INT32_MAX) return err_null("pad must hold numbers of up to 2147483647");
    const int d = x->ndim - 1 - i / 2;
    (i % 2 ? a.pad.after : a.pad.before)[d] = (int32_t)pad[i];
  }
  FormulaMark m = fm_begin();
  if (mode == PAD_CIRCULAR) x = cropped(x, &a.pad);
  return fm_end(m, x ? fm_op(OP_PAD, &x, 1, &a) : NULL);
}
