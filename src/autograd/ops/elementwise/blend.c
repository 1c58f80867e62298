/*
 * blend.c - rows for addcmul, addcdiv and lerp of tensors of one shape and dtype, in one pass. Other operands take the
 * formulas that they abbreviate, which give the same bits.
 *
 * d is the gradient of the output, x the first input, w the number.
 */
#include <math.h>

#include "autograd/ops/elementwise/elementwise.h"
#include "base/err.h"
#include "kernels/elementwise/blend.h"

static int infer_blend(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  for (int i = 1; i < nin; i++) {
    if (in[i]->dtype != in[0]->dtype || !tensor_same_shape(in[i], in[0]) || !dtype_is_float((DType)in[i]->dtype)) {
      return err_set("addcmul, addcdiv, lerp: the operands of a row must be floats of one dtype and shape");
    }
  }
  return 0;
}

static Tensor *weighted(Node *n, Tensor *t) {
  const double w = node_args(n)->blend.weight;
  return w == 1 ? t : fm_muls(t, w);
}

/* --- x + (w a) b, x + (w a) / b ----------------------------------------------------------------------------------- */

static int fw_addcmul(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  blend(out, BLEND_ADDCMUL, a->blend.weight, in[0], in[1], in[2]);
  return 0;
}
static int bw_addcmul(Node *n, Tensor *d, Tensor **din) {
  din[0] = d;
  if (node_wants(n, 1) && !(din[1] = weighted(n, fm_mul(d, node_saved(n, 2))))) return -1;
  if (node_wants(n, 2) && !(din[2] = fm_mul(d, weighted(n, node_saved(n, 1))))) return -1;
  return 0;
}

static int fw_addcdiv(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  blend(out, BLEND_ADDCDIV, a->blend.weight, in[0], in[1], in[2]);
  return 0;
}
static int bw_addcdiv(Node *n, Tensor *d, Tensor **din) {
  Tensor *b = node_saved(n, 2);
  din[0] = d;
  if (node_wants(n, 1) && !(din[1] = weighted(n, fm_div(d, b)))) return -1;
  if (node_wants(n, 2)) {
    Tensor *a = weighted(n, node_saved(n, 1));
    if (!(din[2] = fm_neg(fm_div(fm_mul(d, fm_div(a, b)), b)))) return -1;
  }
  return 0;
}

/* --- from x to b ---------------------------------------------------------------------------------------------------- */

/* From the nearer side, which is exact at both ends. */
static bool nearer_start(const OpArgs *a) { return fabs(a->blend.weight) < 0.5; }

static int fw_lerp(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  blend(out, nearer_start(a) ? BLEND_START : BLEND_END, a->blend.weight, in[0], NULL, in[1]);
  return 0;
}
static int bw_lerp(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  Tensor *w = fm_const(d, a->blend.weight);
  if (nearer_start(a)) { /* x + w (b - x) */
    Tensor *db = fm_mul(d, w);
    if (node_wants(n, 0) && !(din[0] = fm_add(d, fm_neg(db)))) return -1;
    if (node_wants(n, 1) && !(din[1] = db)) return -1;
    return 0;
  }
  Tensor *dx = fm_mul(fm_neg(d), fm_rsubs(1, w)); /* of b - x in b - (b - x) (1 - w) */
  if (node_wants(n, 0) && !(din[0] = fm_neg(dx))) return -1;
  if (node_wants(n, 1) && !(din[1] = fm_add(d, dx))) return -1;
  return 0;
}

#define BLEND_ROW(id, fn, inputs, what_to_save) \
  const Op row_##id = {.name = #fn,             \
                       .nin = inputs,           \
                       .args = OP_ARGS(blend),  \
                       .save = what_to_save,    \
                       .keeps_order = true,     \
                       .infer = infer_blend,    \
                       .forward = fw_##fn,      \
                       .backward = bw_##fn};
BLEND_ROW(ADDCMUL, addcmul, 3, SAVE_INPUT(1) | SAVE_INPUT(2))
BLEND_ROW(ADDCDIV, addcdiv, 3, SAVE_INPUT(1) | SAVE_INPUT(2))
BLEND_ROW(LERP, lerp, 2, 0)
