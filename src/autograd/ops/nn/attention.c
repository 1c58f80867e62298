/*
 * attention.c - softmax(scale q k' + mask) v in blocks (kernels/attention/attention.h).
 *
 * attention(lse, q, k, v[, mask][, rng]) writes lse (N, H, L), which backward reads; rng, where args.dropout is not 0:
 * the numbers that rng_claim set aside. Where the gradient is to be
 * differentiated again, or that of the mask is asked for, it is computed by plain operations, with all scores at once.
 */
#include "kernels/attention/attention.h"

#include <math.h>

#include "autograd/ops/rows.h"

/* The last dimension dense and rows that do not overlap, as products want it that may not make copies: threads run
 * them. Owned. */
static Tensor *dense(Tensor *t) {
  const int64_t *n = t->shape, *s = t->stride;
  const bool fits = (s[3] == 1 || n[3] <= 1) && (n[2] <= 1 || (s[2] >= n[3] && s[2] > 0));
  return fits ? tensor_retain(t) : tensor_contiguous(t);
}

static int infer_attention(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in + 1, nin - 1, a);
  s->shape[3] = in[3]->shape[3];
  return 0;
}

/* Of n inputs that begin with `before` others. */
static bool dropped(const OpArgs *a) { return a->attention.dropout > 0; }
static bool has_mask(int n, int before, const OpArgs *a) { return n - dropped(a) > before; }
static const int64_t *numbers(const Tensor *last, const OpArgs *a) { return dropped(a) ? tensor_i64(last) : NULL; }

static int fw_attention(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *q = dense(in[1]), *k = dense(in[2]), *v = dense(in[3]);
  int rc = -1;
  if (q && k && v) {
    rc = attention_forward(&(Attention){.q = q,
                                        .k = k,
                                        .v = v,
                                        .mask = has_mask(nin, 4, a) ? in[4] : NULL,
                                        .out = out,
                                        .lse = in[0],
                                        .scale = a->attention.scale,
                                        .causal = a->attention.causal != 0,
                                        .dropout = a->attention.dropout,
                                        .rng = numbers(in[nin - 1], a)});
  }
  tensor_release(q);
  tensor_release(k);
  tensor_release(v);
  return rc;
}

/* --- the gradient ------------------------------------------------------------------------------------------------ */

/* (l, s): 0 where query i sees key j, -inf elsewhere */
static Tensor *causal_mask(const Tensor *like, int64_t l, int64_t s) {
  Tensor *mask = fm_own(tensor_full((DType)like->dtype, 2, (int64_t[]){l, s}, 0));
  for (int64_t i = 0; mask && i < l; i++) {
    for (int64_t j = i + 1; j < s; j++) {
      if (like->dtype == DT_F32) tensor_f32(mask)[i * s + j] = -INFINITY;
      if (like->dtype == DT_F64) tensor_f64(mask)[i * s + j] = -(double)INFINITY;
    }
  }
  return mask;
}

static Tensor *batched(Tensor *t) {
  return t ? fm_reshape(t, 3, (int64_t[]){t->shape[0] * t->shape[1], t->shape[2], t->shape[3]}) : NULL;
}

static Tensor *product(Tensor *a, Tensor *b) { return fm_op2(OP_BMM, a, b); }

/* (N, H, L, S) */
static Tensor *factors(const Node *n, Tensor *const *x, const int64_t *shape) {
  const OpArgs *a = node_args(n);
  const Tensor *rng = node_saved(n, node_nin(n) - 1);
  Tensor *f = rng ? fm_own(tensor_new((DType)x[0]->dtype, 4, shape)) : NULL;
  const Attention about = {.q = x[0], .k = x[1], .dropout = a->attention.dropout, .rng = rng ? tensor_i64(rng) : NULL};
  if (f) attention_factors(&about, f);
  return f;
}

static int bw_by_formula(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  Tensor *x[3], *full[3];
  for (int i = 0; i < 3; i++) {
    if (!(full[i] = node_saved(n, 1 + i)) || !(x[i] = batched(full[i]))) return -1;
  }
  const int64_t l = x[0]->shape[1], keys = x[1]->shape[1];
  const int64_t all[] = {full[0]->shape[0], full[0]->shape[1], l, keys};
  Tensor *s = fm_muls(product(x[0], fm_transpose(x[1], 1, 2)), a->attention.scale);
  const bool masked = has_mask(node_nin(n), 4, a);
  if (masked) s = fm_add(s, batched(fm_expand(node_saved(n, 4), 4, all)));
  if (a->attention.causal) s = fm_add(s, causal_mask(x[0], l, keys));
  const OpArgs along = {.along = {2}};
  Tensor *p = fm_op(OP_SOFTMAX, &s, 1, &along), *g = batched(d);
  Tensor *dp = product(g, fm_transpose(x[2], 1, 2)), *left = p;
  if (dropped(a)) {
    Tensor *factor = batched(factors(n, full, all));
    dp = fm_mul(dp, factor);
    left = fm_mul(p, factor);
  }
  Tensor *ds = fm_op(OP_SOFTMAX_GRAD, (Tensor *[]){p, dp}, 2, &along), *scaled = fm_muls(ds, a->attention.scale);
  Tensor *grad[] = {node_wants(n, 1) ? product(scaled, x[1]) : NULL,
                    node_wants(n, 2) ? product(fm_transpose(scaled, 1, 2), x[0]) : NULL,
                    node_wants(n, 3) ? product(fm_transpose(left, 1, 2), g) : NULL};
  for (int i = 0; i < 3; i++) {
    if (node_wants(n, 1 + i) && (!grad[i] || !(din[1 + i] = fm_reshape(grad[i], 4, full[i]->shape)))) return -1;
  }
  if (masked && node_wants(n, 4) && (!ds || !(din[4] = fm_reshape(ds, 4, all)))) return -1;
  return 0;
}

static int bw_attention(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  const int nin = node_nin(n);
  const bool masked = has_mask(nin, 4, a);
  if (grad_mode() || (masked && node_wants(n, 4))) return bw_by_formula(n, d, din);
  Tensor *lse = node_saved(n, 0), *q = node_saved(n, 1), *k = node_saved(n, 2), *v = node_saved(n, 3);
  Tensor *out = node_out(n), *more[2] = {NULL, NULL};
  for (int i = 4; i < nin; i++) {
    if (!(more[i - 4] = node_saved(n, i))) return -1;
  }
  if (!lse || !q || !k || !v || !out) return -1;
  Tensor *dk = fm_own(tensor_new_like(k)), *dv = dk ? fm_own(tensor_new_like(v)) : NULL;
  Tensor *in[] = {dk, dv, lse, q, k, v, out, d, more[0], more[1]};
  Tensor *dq = fm_op(OP_ATTENTION_GRAD, in, 4 + nin, a);
  Tensor *grad[] = {dq, dk, dv};
  for (int i = 0; i < 3; i++) {
    if (dq && node_wants(n, 1 + i)) din[1 + i] = grad[i];
  }
  return dq ? 0 : -1;
}
const Op row_ATTENTION = {
    .name = "attention",
    .nin = 6,
    .args = OP_ARGS(attention),
    .serial = true,
    .writes = 1,
    .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2) | SAVE_INPUT(3) | SAVE_INPUT(4) | SAVE_INPUT(5) | SAVE_OUT,
    .infer = infer_attention,
    .forward = fw_attention,
    .backward = bw_attention};

/* attention_grad(dk, dv, lse, q, k, v, out, d[, mask][, rng]): dq; writes dk and dv. */
static int infer_attention_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  return infer_same(s, in + 3, nin - 3, a);
}

static int fw_attention_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *q = dense(in[3]), *k = dense(in[4]), *v = dense(in[5]), *y = tensor_contiguous(in[6]), *d = dense(in[7]);
  int rc = -1;
  if (q && k && v && y && d) {
    rc = attention_backward(&(Attention){.q = q,
                                         .k = k,
                                         .v = v,
                                         .mask = has_mask(nin, 8, a) ? in[8] : NULL,
                                         .out = y,
                                         .lse = in[2],
                                         .scale = a->attention.scale,
                                         .causal = a->attention.causal != 0,
                                         .dropout = a->attention.dropout,
                                         .rng = numbers(in[nin - 1], a),
                                         .d = d,
                                         .dq = out,
                                         .dk = in[0],
                                         .dv = in[1]});
  }
  Tensor *owned[] = {q, k, v, y, d};
  for (int i = 0; i < 5; i++) tensor_release(owned[i]);
  return rc;
}
const Op row_ATTENTION_GRAD = {.name = "attention_grad",
                               .nin = 10,
                               .args = OP_ARGS(attention),
                               .serial = true,
                               .writes = 2,
                               .infer = infer_attention_grad,
                               .forward = fw_attention_grad};
