/*
 * kinds.c - rows that tell kinds of numbers apart: isnan, isinf, isfinite; uint8 0 or 1, no gradient.
 */
#include <math.h>

#include "autograd/ops/elementwise/elementwise.h"

static int infer_kind(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  int rc = infer_same(s, in, nin, a);
  s->dtype = DT_U8;
  return rc;
}

/* whole: what an integer is */
#define KIND(id, fn, whole)                                                                                \
  static double number_##fn(double x) { return fn(x) != 0; }                                               \
  static int fw_##fn(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {                           \
    (void)nin, (void)a;                                                                                    \
    map1(out, in[0], row_##id.kern1[in[0]->dtype]);                                                        \
    return 0;                                                                                              \
  }                                                                                                        \
  const Op row_##id = {.name = #fn,                                                                        \
                       .nin = 1,                                                                           \
                       .keeps_order = true,                                                                \
                       .infer = infer_kind,                                                                \
                       .forward = fw_##fn,                                                                 \
                       .kern1 = {kern_##fn##_f32, kern_##fn##_f64, kern_##whole##_i64, kern_##whole##_u8}, \
                       .number1 = number_##fn};
KIND(ISNAN, isnan, none)
KIND(ISINF, isinf, none)
KIND(ISFINITE, isfinite, all)
