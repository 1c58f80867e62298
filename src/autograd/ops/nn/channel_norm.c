/*
 * channel_norm.c - normalisation of channels, dimension 1; formulas in kernels/channelnorm/channelnorm.h.
 *
 *   BATCH_NORM         (moments, x[, weight[, bias]]) -> y, with the mean and the variance of x
 *   CHANNEL_NORM       (moments, x[, weight[, bias]]) -> y, with those given, which get no gradient
 *   CHANNEL_NORM_SUMS  (moments, x, dy) -> (2, C), float64: the gradients of the weight and of the bias
 *   BATCH_NORM_GRAD    (sums, moments, x, dy[, weight]) -> dx
 *   BATCH_NORM_RELU       (moments, x[, weight[, bias[, add]]]) -> z, max(y + add, 0)
 *   BATCH_NORM_RELU_GRAD  (sums, masked, moments, x, dz, z[, weight]) -> dx
 *
 * moments (2, C), float64, are means and variances; the rows of batch norm write them. Those with GRAD write the sums;
 * masked, the gradient of y + add, is written too, or has no elements.
 */
#include "autograd/ops/rows.h"
#include "kernels/channelnorm/channelnorm.h"

/* --- memory -------------------------------------------------------------------------------------------------------- */

/* t in the order in memory that `like` has: retained, or a copy. */
static Tensor *ordered_like(Tensor *t, const Tensor *like) {
  bool same = true;
  for (int d = 0; d < t->ndim; d++) same = same && (t->shape[d] == 1 || t->stride[d] == like->stride[d]);
  if (same) return tensor_retain(t);
  Tensor *copy = tensor_new_ordered((DType)t->dtype, t->ndim, t->shape, like->stride);
  if (copy && tensor_copy_(copy, t) == 0) return copy;
  tensor_release(copy);
  return NULL;
}

static double *f64(const Tensor *t) { return t ? tensor_f64(t) : NULL; }

/* What a call reads, in one order of memory. */
typedef struct Job {
  ChannelNorm c;
  Tensor *x, *d, *w, *b; /* owned */
} Job;

static void release(Job *j) {
  tensor_release(j->x);
  tensor_release(j->d);
  tensor_release(j->w);
  tensor_release(j->b);
}

/* x and d as they lie in `order`, which is dense; -1, with nothing to release, without memory. */
static int prepare(Job *j, const Tensor *order, Tensor *moments, Tensor *x, Tensor *d, Tensor *w, Tensor *b,
                   const OpArgs *a) {
  const int64_t channels = x->shape[1];
  *j = (Job){.x = ordered_like(x, order), .d = d ? ordered_like(d, order) : NULL};
  j->w = w ? tensor_contiguous(w) : NULL;
  j->b = b ? tensor_contiguous(b) : NULL;
  if (!j->x || !j->d != !d || !j->w != !w || !j->b != !b) {
    release(j);
    return -1;
  }
  j->c = (ChannelNorm){.dtype = (DType)x->dtype,
                       .channels = channels,
                       .inner = channels > 1 ? order->stride[1] : x->numel,
                       .eps = a->channel_norm.eps,
                       .given = a->channel_norm.given != 0,
                       .x = tensor_data(j->x),
                       .d = d ? tensor_data(j->d) : NULL,
                       .w = w ? tensor_data(j->w) : NULL,
                       .b = b ? tensor_data(j->b) : NULL,
                       .mean = f64(moments),
                       .var = f64(moments) + channels};
  j->c.outer = x->numel > 0 ? x->numel / channels / j->c.inner : 0;
  return 0;
}

/* --- gradients where they are to be differentiated again ------------------------------------------------------------ */

static unsigned all_but_channels(const Tensor *x) { return ((1u << x->ndim) - 1) & ~2u; }

/* t (C), or a row of (2, C), seen as (1, C, 1, ...), to go with x. */
static Tensor *as_channels(Tensor *t, const Tensor *x) {
  int64_t shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) shape[d] = d == 1 ? x->shape[1] : 1;
  return t ? fm_reshape(t, x->ndim, shape) : NULL;
}

static Tensor *moment(Tensor *moments, int i, Tensor *x) {
  return fm_cast(as_channels(fm_slice(moments, 0, i, 1, 1), x), (DType)x->dtype);
}

/* (x - mean) / sqrt(var + eps), and *scale = 1 / sqrt(var + eps), 0 where x does not vary. */
static Tensor *normalized(Tensor *x, Tensor *moments, const OpArgs *a, Tensor **scale) {
  if (!x || !moments) return NULL;
  const unsigned dims = all_but_channels(x);
  const bool given = a->channel_norm.given != 0;
  Tensor *c = fm_sub(x, given ? moment(moments, 0, x) : fm_mean(x, dims, true));
  Tensor *var = given ? moment(moments, 1, x) : fm_mean(fm_op1(OP_SQUARE, c), dims, true);
  if (!var) return NULL;
  if (given || a->channel_norm.eps > 0) {
    *scale = fm_pows(fm_adds(var, a->channel_norm.eps), -0.5);
  } else {
    Tensor *flat = fm_op2(OP_EQ, var, fm_const(var, 0));
    Tensor *root = fm_pows(fm_op3(OP_WHERE, flat, fm_const(var, 1), var), -0.5);
    *scale = fm_op3(OP_WHERE, flat, fm_const(var, 0), root);
  }
  return fm_mul(c, *scale);
}

static int bw_by_formula(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  Tensor *scale = NULL, *x = node_saved(n, 1), *h = normalized(x, node_saved(n, 0), a, &scale);
  if (!h) return -1;
  const unsigned dims = all_but_channels(x);
  if (node_wants(n, 1)) {
    Tensor *g = node_nin(n) > 2 ? fm_mul(d, as_channels(node_saved(n, 2), x)) : d;
    if (!a->channel_norm.given) {
      g = fm_sub(fm_sub(g, fm_mul(h, fm_mean(fm_mul(g, h), dims, true))), fm_mean(g, dims, true));
    }
    if (!(din[1] = fm_mul(scale, g))) return -1;
  }
  if (node_nin(n) > 2 && node_wants(n, 2) && !(din[2] = fm_sum(fm_mul(d, h), dims, false))) return -1;
  if (node_nin(n) > 3 && node_wants(n, 3) && !(din[3] = fm_sum(d, dims, false))) return -1;
  return 0;
}

/* --- the rows --------------------------------------------------------------------------------------------------------- */

static int infer_norm(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) { return infer_same(s, in + 1, nin, a); }

static int run_norm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a, int (*kernel)(const ChannelNorm *c)) {
  Job j;
  if (out->numel == 0) return 0;
  if (prepare(&j, out, in[0], in[1], NULL, nin > 2 ? in[2] : NULL, nin > 3 ? in[3] : NULL, a) < 0) return -1;
  j.c.y = tensor_data(out);
  const int rc = kernel(&j.c);
  release(&j);
  return rc;
}

static int fw_norm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  return run_norm(out, in, nin, a, channel_norm);
}

static int fw_batch_norm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  return run_norm(out, in, nin, a, channel_batch_norm);
}

/* Of the weight and of the bias, from the sums (2, C). */
static int param_grads(Node *n, Tensor *sums, Tensor **din) {
  for (int i = 2; i < 4 && i < node_nin(n); i++) {
    if (!node_wants(n, i)) continue;
    Tensor *row = fm_slice(sums, 0, i - 2, 1, 1);
    if (!row || !(din[i] = fm_cast(fm_reshape(row, 1, sums->shape + 1), node_in_dtype(n, i)))) return -1;
  }
  return 0;
}

static bool wants_params(const Node *n) {
  return (node_nin(n) > 2 && node_wants(n, 2)) || (node_nin(n) > 3 && node_wants(n, 3));
}

static Tensor *new_sums(const Tensor *moments) { return fm_own(tensor_new(DT_F64, 2, moments->shape)); }

static int bw_batch_norm(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  if (grad_mode()) return bw_by_formula(n, d, din);
  Tensor *moments = node_saved(n, 0), *x = node_saved(n, 1), *w = node_nin(n) > 2 ? node_saved(n, 2) : NULL;
  if (!moments || !x || (node_nin(n) > 2 && !w)) return -1;
  Tensor *sums = NULL;
  if (node_wants(n, 1)) {
    sums = new_sums(moments);
    din[1] = sums ? fm_op(OP_BATCH_NORM_GRAD, (Tensor *[]){sums, moments, x, d, w}, w ? 5 : 4, a) : NULL;
    if (!din[1]) return -1;
  }
  if (!wants_params(n)) return 0;
  if (!sums && !(sums = fm_op(OP_CHANNEL_NORM_SUMS, (Tensor *[]){moments, x, d}, 3, a))) return -1;
  return param_grads(n, sums, din);
}

const Op row_BATCH_NORM = {.name = "batch_norm",
                           .nin = 4,
                           .args = OP_ARGS(channel_norm),
                           .promotes = 2 | 4 | 8,
                           .floats = true,
                           .writes = 1,
                           .keeps_order = true,
                           .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2),
                           .infer = infer_norm,
                           .forward = fw_batch_norm,
                           .backward = bw_batch_norm};

static int bw_norm(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  if (grad_mode()) return bw_by_formula(n, d, din);
  Tensor *moments = node_saved(n, 0), *x = node_saved(n, 1);
  if (!moments || !x) return -1;
  if (node_wants(n, 1)) {
    Tensor *factor = fm_pows(fm_adds(moment(moments, 1, x), a->channel_norm.eps), -0.5);
    if (node_nin(n) > 2) factor = fm_mul(factor, as_channels(node_saved(n, 2), x));
    if (!(din[1] = fm_mul(d, factor))) return -1;
  }
  if (!wants_params(n)) return 0;
  return param_grads(n, fm_op(OP_CHANNEL_NORM_SUMS, (Tensor *[]){moments, x, d}, 3, a), din);
}

const Op row_CHANNEL_NORM = {.name = "channel_norm",
                             .nin = 4,
                             .args = OP_ARGS(channel_norm),
                             .promotes = 2 | 4 | 8,
                             .floats = true,
                             .keeps_order = true,
                             .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2),
                             .infer = infer_norm,
                             .forward = fw_norm,
                             .backward = bw_norm};

static int infer_sums(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) { return infer_same(s, in, nin, a); }

static int fw_sums(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Job j;
  if (in[1]->numel == 0) {
    tensor_fill_(out, 0);
    return 0;
  }
  Tensor *x = tensor_is_dense(in[1]) ? tensor_retain(in[1]) : tensor_contiguous(in[1]);
  const int ready = x ? prepare(&j, x, in[0], x, in[2], NULL, NULL, a) : -1;
  tensor_release(x);
  if (ready < 0) return -1;
  j.c.dw = tensor_f64(out);
  j.c.db = j.c.dw + j.c.channels;
  const int rc = channel_norm_sums(&j.c);
  release(&j);
  return rc;
}

const Op row_CHANNEL_NORM_SUMS = {.name = "channel_norm_sums",
                                  .nin = 3,
                                  .args = OP_ARGS(channel_norm),
                                  .promotes = 2 | 4,
                                  .floats = true,
                                  .infer = infer_sums,
                                  .forward = fw_sums};

static int infer_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) { return infer_same(s, in + 2, nin, a); }

static int fw_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Job j;
  if (out->numel == 0) {
    tensor_fill_(in[0], 0);
    return 0;
  }
  if (prepare(&j, out, in[1], in[2], in[3], nin > 4 ? in[4] : NULL, NULL, a) < 0) return -1;
  j.c.dw = tensor_f64(in[0]);
  j.c.db = j.c.dw + j.c.channels;
  j.c.y = tensor_data(out);
  const int rc = channel_batch_grad(&j.c);
  release(&j);
  return rc;
}

const Op row_BATCH_NORM_GRAD = {.name = "batch_norm_grad",
                                .nin = 5,
                                .args = OP_ARGS(channel_norm),
                                .promotes = 4 | 8 | 16,
                                .floats = true,
                                .writes = 1,
                                .keeps_order = true,
                                .infer = infer_grad,
                                .forward = fw_grad};

/* --- batch norm, a sum and a ReLU ------------------------------------------------------------------------------------- */

static int fw_batch_norm_relu(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Job j;
  if (out->numel == 0) return 0;
  Tensor *add = nin > 4 ? in[4] : NULL;
  if (prepare(&j, out, in[0], in[1], add, nin > 2 ? in[2] : NULL, nin > 3 ? in[3] : NULL, a) < 0) return -1;
  j.c.y = tensor_data(out);
  j.c.relu = true;
  j.c.add = j.c.d;
  j.c.d = NULL;
  const int rc = channel_batch_norm(&j.c);
  release(&j);
  return rc;
}

/* As the rows one after the other have it: ReLU's gradient, then batch norm's. */
static int bw_relu_by_formula(Node *n, Tensor *d, Tensor **din) {
  Tensor *z = node_out(n), *masked = z ? fm_op2(OP_RELU_GRAD, fm_own(tensor_alias(z)), d) : NULL;
  if (!masked) return -1;
  if (node_nin(n) > 4 && node_wants(n, 4)) din[4] = masked;
  return bw_by_formula(n, masked, din);
}

/* Where the gradient of the sum goes, in x's order in memory; without elements unless it is asked for. */
static Tensor *new_masked(const Node *n, const Tensor *x) {
  if (node_nin(n) < 5 || !node_wants(n, 4)) return fm_own(tensor_new((DType)x->dtype, 1, (int64_t[]){0}));
  return fm_own(tensor_is_dense(x) ? tensor_new_ordered((DType)x->dtype, x->ndim, x->shape, x->stride)
                                   : tensor_new((DType)x->dtype, x->ndim, x->shape));
}

static int bw_batch_norm_relu(Node *n, Tensor *d, Tensor **din) {
  if (grad_mode()) return bw_relu_by_formula(n, d, din);
  Tensor *moments = node_saved(n, 0), *x = node_saved(n, 1), *w = node_nin(n) > 2 ? node_saved(n, 2) : NULL;
  Tensor *z = node_out(n);
  if (!moments || !x || !z || (node_nin(n) > 2 && !w)) return -1;
  Tensor *sums = new_sums(moments), *masked = new_masked(n, x);
  if (!sums || !masked) return -1;
  Tensor *dx = fm_op(OP_BATCH_NORM_RELU_GRAD, (Tensor *[]){sums, masked, moments, x, d, z, w}, w ? 7 : 6, node_args(n));
  if (!dx) return -1;
  if (node_wants(n, 1)) din[1] = dx;
  if (masked->numel > 0) din[4] = masked;
  return wants_params(n) ? param_grads(n, sums, din) : 0;
}

const Op row_BATCH_NORM_RELU = {.name = "batch_norm_relu",
                                .nin = 5,
                                .args = OP_ARGS(channel_norm),
                                .promotes = 2 | 4 | 8 | 16,
                                .floats = true,
                                .writes = 1,
                                .keeps_order = true,
                                .save = SAVE_INPUT(0) | SAVE_INPUT(1) | SAVE_INPUT(2) | SAVE_OUT,
                                .infer = infer_norm,
                                .forward = fw_batch_norm_relu,
                                .backward = bw_batch_norm_relu};

static int infer_relu_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  return infer_same(s, in + 3, nin, a);
}

static int fw_relu_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Job j;
  if (out->numel == 0) {
    tensor_fill_(in[0], 0);
    return 0;
  }
  Tensor *z = ordered_like(in[5], out);
  if (!z) return -1;
  int rc = -1;
  if (prepare(&j, out, in[2], in[3], in[4], nin > 6 ? in[6] : NULL, NULL, a) == 0) {
    j.c.dw = tensor_f64(in[0]);
    j.c.db = j.c.dw + j.c.channels;
    j.c.y = tensor_data(out);
    j.c.z = tensor_data(z);
    j.c.masked = in[1]->numel > 0 ? tensor_data(in[1]) : NULL;
    rc = channel_batch_grad(&j.c);
    release(&j);
  }
  tensor_release(z);
  return rc;
}

const Op row_BATCH_NORM_RELU_GRAD = {.name = "batch_norm_relu_grad",
                                     .nin = 7,
                                     .args = OP_ARGS(channel_norm),
                                     .promotes = 8 | 16 | 32 | 64,
                                     .floats = true,
                                     .writes = 2,
                                     .keeps_order = true,
                                     .infer = infer_relu_grad,
                                     .forward = fw_relu_grad};
