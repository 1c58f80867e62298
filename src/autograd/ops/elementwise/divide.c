/*
 * divide.c - rows for divisions with a whole result and what they leave: a // b, a % b, fmod(a, b), trunc, frac.
 *
 *   floor_divide(a, b) = floor(a / b)       remainder(a, b) = a - b floor(a / b)       fmod(a, b) = a - b trunc(a / b)
 *
 * Among integers a divisor of 0 is an error, which only forward finds: compiled steps call no kernel of these rows.
 */
#include <math.h>

#include "autograd/ops/elementwise/elementwise.h"
#include "base/err.h"

/* --- trunc, frac ------------------------------------------------------------------------------------------ */

BACKWARD1(zero, fm_zeros_like(d))
BACKWARD1(frac, d)
static double number_frac(double x) { return x - trunc(x); }
UNARY_ANY(TRUNC, trunc, trunc, 0, bw_zero, same_i64, same_u8)
UNARY(FRAC, frac, number_frac, 0, bw_frac)

/* --- of two ----------------------------------------------------------------------------------------------- */

static bool has_zero(Tensor *b) {
  FormulaMark m = fm_begin();
  Tensor *least = fm_op(OP_AMIN, &(Tensor *){fm_op1(OP_ABS, b)}, 1, &(OpArgs){.extreme = {~0u, 0, 0}});
  const bool found = !least || tensor_get(least, 0) == 0;
  fm_end(m, NULL);
  return found;
}

static int divide(Tensor *out, Tensor *const *in, const char *name, const Op *row, Kern2 *wide, Kern2 *bytes) {
  if (dtype_is_float((DType)out->dtype)) {
    map2(out, in[0], in[1], row->kern2[out->dtype]);
    return 0;
  }
  if (in[1]->numel > 0 && has_zero(in[1])) return err_set("%s: an integer is divided by 0", name);
  map2(out, in[0], in[1], out->dtype == DT_I64 ? wide : bytes);
  return 0;
}

#define DIVISION(id, fn, number, meta, what_to_save, bw)                           \
  static int infer_##fn(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) { \
    (void)nin, (void)a;                                                            \
    return infer_broadcast(#fn, s, in);                                            \
  }                                                                                \
  static int fw_##fn(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {   \
    (void)nin, (void)a;                                                            \
    return divide(out, in, #fn, &row_##id, kern_##fn##_i64, kern_##fn##_u8);       \
  }                                                                                \
  const Op row_##id = {.name = #fn,                                                \
                       .nin = 2,                                                   \
                       .promotes = 3,                                              \
                       .save = what_to_save,                                       \
                       .keeps_order = true,                                        \
                       .infer = infer_##fn,                                        \
                       .forward = fw_##fn,                                         \
                       .backward = bw,                                             \
                       .kern2 = {kern_##fn##_f32, kern_##fn##_f64},                \
                       .number2 = number,                                          \
                       .metamethod = meta};

static double number_remainder(double a, double b) {
  double y;
  kern_remainder_f64(1, &y, 1, &a, 1, &b, 1);
  return y;
}
static double number_floor_divide(double a, double b) {
  double y;
  kern_floor_divide_f64(1, &y, 1, &a, 1, &b, 1);
  return y;
}

BACKWARD2(remainder, d, fm_neg(fm_mul(d, fm_op1(OP_FLOOR, fm_div(A(n), B(n))))))
BACKWARD2(fmod, d, fm_neg(fm_mul(d, fm_op1(OP_TRUNC, fm_div(A(n), B(n))))))
DIVISION(REMAINDER, remainder, number_remainder, "__mod", BOTH, bw_remainder)
DIVISION(FMOD, fmod, fmod, NULL, BOTH, bw_fmod)
DIVISION(FLOOR_DIVIDE, floor_divide, number_floor_divide, "__idiv", 0, NULL)
