/*
 * pad.c - rows that widen dimensions, or narrow them, and their gradient (kernels/pad/pad.h).
 *
 * args.pad says how many positions come before and behind each dimension; negative ones go. Of constant padding the
 * gradient is the padding by the opposite numbers. pad_grad, of the other modes, is linear: its gradient is pad.
 */
#include "kernels/pad/pad.h"

#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"

static Padding padding_of(const OpArgs *a) { return (Padding){(PadMode)a->pad.mode, a->pad.value, a->pad.before}; }

/* What the mode asks of a dimension of n. */
static int check(const PadArgs *a, int d, int64_t n) {
  static const char *const name[] = {"constant", "reflect", "replicate", "circular"};
  const int64_t most = a->before[d] > a->after[d] ? a->before[d] : a->after[d];
  if (a->mode == PAD_CONSTANT || most <= 0) return 0;
  const int64_t limit = a->mode == PAD_REFLECT ? n - 1 : a->mode == PAD_CIRCULAR ? n : n > 0 ? most : 0;
  if (most <= limit) return 0;
  if (n == 0)
    return err_set("pad: dimension %d is empty, there is nothing for mode '%s' to show", d + 1, name[a->mode]);
  return err_set("pad: mode '%s' can add at most %lld positions to a dimension of %lld, got %lld for dimension %d",
                 name[a->mode], (long long)limit, (long long)n, (long long)most, d + 1);
}

static int infer_pad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  for (int d = 0; d < s->ndim; d++) {
    const int64_t n = s->shape[d];
    if (check(&a->pad, d, n) < 0) return -1;
    if (__builtin_add_overflow(n, (int64_t)a->pad.before[d] + a->pad.after[d], &s->shape[d])) {
      return err_set("pad: dimension %d would have more positions than memory can hold", d + 1);
    }
    if (s->shape[d] < 0 || n + a->pad.before[d] < 0 || n + a->pad.after[d] < 0) {
      return err_set("pad: %d and %d positions before and behind dimension %d leave nothing of its %lld",
                     (int)a->pad.before[d], (int)a->pad.after[d], d + 1, (long long)n);
    }
  }
  s->batch_innermost = tensor_is_batch_innermost(in[0]) && !in[0]->contiguous;
  return 0;
}

static int fw_pad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Padding p = padding_of(a);
  return pad_forward(out, in[0], &p);
}

static int bw_pad(Node *n, Tensor *d, Tensor **din) {
  OpArgs a = *node_args(n);
  if (a.pad.mode != PAD_CONSTANT) return (din[0] = fm_op(OP_PAD_GRAD, &d, 1, &a)) ? 0 : -1;
  for (int i = 0; i < TENSOR_MAX_DIM; i++) {
    a.pad.before[i] = -a.pad.before[i];
    a.pad.after[i] = -a.pad.after[i];
  }
  a.pad.value = 0;
  return (din[0] = fm_op(OP_PAD, &d, 1, &a)) ? 0 : -1;
}
const Op row_PAD = {
    .name = "pad", .nin = 1, .args = OP_ARGS(pad), .infer = infer_pad, .forward = fw_pad, .backward = bw_pad};

/* --- pad_grad ----------------------------------------------------------------------------------------------------- */

static int infer_pad_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  for (int d = 0; d < s->ndim; d++) s->shape[d] -= (int64_t)a->pad.before[d] + a->pad.after[d];
  s->batch_innermost = tensor_is_batch_innermost(in[0]) && !in[0]->contiguous;
  return 0;
}
static int fw_pad_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  const Padding p = padding_of(a);
  return pad_backward(out, in[0], &p);
}
static int bw_pad_grad(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_PAD, &d, 1, node_args(n))) ? 0 : -1;
}
const Op row_PAD_GRAD = {.name = "pad_grad",
                         .nin = 1,
                         .args = OP_ARGS(pad),
                         .infer = infer_pad_grad,
                         .forward = fw_pad_grad,
                         .backward = bw_pad_grad};
