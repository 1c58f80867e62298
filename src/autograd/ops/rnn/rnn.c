/*
 * rnn.c - rows for recurrent layers (rnn_rows.h).
 *
 *   RNN       one direction of one layer over whole sequences
 *   RNN_GRAD  (dout, work, sizes, w_hh) -> the gradients of all products and of the first states
 *
 * RNN_GRAD has no backward. Where gradients are themselves differentiated, the layer is computed again by ordinary ops
 * (rnn_formula.c), and the gradient is theirs.
 */
#include <string.h>

#include "autograd/backward.h"
#include "autograd/ops/rnn/rnn_rows.h"
#include "autograd/ops/rows.h"
#include "base/err.h"

const RnnCell *rnn_cell(const OpArgs *a) {
  static const RnnCell *const cells[] = {
      [RNN_TANH] = &rnn_cell_tanh, [RNN_RELU] = &rnn_cell_relu, [RNN_LSTM] = &rnn_cell_lstm, [RNN_GRU] = &rnn_cell_gru};
  return cells[a->rnn.kind];
}

int64_t rnn_work_width(const OpArgs *a, int64_t hidden) { return rnn_cell(a)->work * hidden; }

static RnnShape shape_of(const Tensor *work, const Tensor *sizes, const Tensor *w_hh, const OpArgs *a) {
  return (RnnShape){.cell = rnn_cell(a),
                    .dtype = (DType)work->dtype,
                    .steps = a->rnn.steps,
                    .batch = a->rnn.batch,
                    .hidden = w_hh->shape[1],
                    .rows = work->shape[0],
                    .sizes = sizes->numel > 0 ? tensor_i64(sizes) : NULL,
                    .batch_first = a->rnn.batch_first,
                    .reverse = a->rnn.reverse};
}

/* Rows of the first or last states. */
static int64_t state_rows(const OpArgs *a) { return a->rnn.batch * (rnn_cell(a)->carries ? 2 : 1); }

/* --- forward ------------------------------------------------------------------------------------------------------ */

static int infer_rnn(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  *s = (OpShape){.dtype = (DType)in[RNN_X]->dtype, .ndim = 2};
  s->shape[0] = in[RNN_WORK]->shape[0] + state_rows(a);
  s->shape[1] = in[RNN_W_HH]->shape[1];
  return 0;
}

/* Row-major copies where they are needed; all of them new references. False without memory. */
static bool make_contiguous(Tensor *const *in, int nin, Tensor **own) {
  bool ok = true;
  for (int i = 0; i < RNN_INPUTS; i++) {
    own[i] = i < nin ? tensor_contiguous(in[i]) : NULL;
    ok = ok && (own[i] || i >= nin);
  }
  return ok;
}

static void *data_of(const Tensor *t) { return t ? tensor_data(t) : NULL; }

/* The memory of out from a row on. */
static void *row_of(const Tensor *out, int64_t at) {
  return (char *)tensor_data(out) + at * out->shape[1] * (int64_t)dtype_size((DType)out->dtype);
}

static int fw_rnn(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  Tensor *t[RNN_INPUTS];
  int rc = -1;
  if (make_contiguous(in, nin, t)) {
    RnnShape s = shape_of(in[RNN_WORK], in[RNN_SIZES], in[RNN_W_HH], a);
    s.inputs = in[RNN_W_IH]->shape[1];
    const size_t bytes = (size_t)(s.batch * s.hidden) * dtype_size(s.dtype);
    void *h = row_of(out, s.rows), *c = row_of(out, s.rows + s.batch);
    memcpy(h, tensor_data(t[RNN_H]), bytes);
    if (s.cell->carries) memcpy(c, tensor_data(t[RNN_C]), bytes);
    rc = rnn_forward(&s, tensor_data(t[RNN_X]), tensor_data(t[RNN_W_IH]), tensor_data(t[RNN_W_HH]),
                     data_of(t[RNN_B_IH]), data_of(t[RNN_B_HH]), h, c, tensor_data(out), tensor_data(in[RNN_WORK]));
  }
  for (int i = 0; i < RNN_INPUTS; i++) tensor_release(t[i]);
  return rc;
}

/* --- backward ----------------------------------------------------------------------------------------------------- */

/* rows gates, where they are apart twice, and the states: rows of the hidden size. */
static int infer_rnn_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  const RnnCell *cell = rnn_cell(a);
  infer_same(s, in, nin, a);
  s->shape[0] = in[1]->shape[0] * cell->gates * (cell->apart ? 2 : 1) + state_rows(a);
  return 0;
}

static int fw_rnn_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor *d = tensor_contiguous(in[0]), *w_hh = tensor_contiguous(in[3]);
  int rc = -1;
  if (d && w_hh) {
    const RnnShape s = shape_of(in[1], in[2], w_hh, a);
    const int64_t products = s.rows * s.cell->gates, first = products * (s.cell->apart ? 2 : 1);
    const size_t bytes = (size_t)(state_rows(a) * s.hidden) * dtype_size(s.dtype);
    memcpy(row_of(out, first), row_of(d, s.rows), bytes);
    rc = rnn_backward(&s, tensor_data(d), tensor_data(in[1]), tensor_data(w_hh), row_of(out, first),
                      row_of(out, first + s.batch), tensor_data(out), row_of(out, s.cell->apart ? products : 0));
  }
  tensor_release(d);
  tensor_release(w_hh);
  return rc;
}

/* `rows` rows of the gradients of products, the first of which is number `first`, as a matrix of the gates. */
static Tensor *products(Tensor *g, int64_t first, int64_t rows, int64_t gates) {
  if (!g) return NULL;
  const int64_t shape[] = {rows, gates * g->shape[1]};
  return fm_reshape(fm_slice(g, 0, first * gates, rows * gates, 1), 2, shape);
}

static Tensor *as_rows(Tensor *x, int64_t rows) {
  return x ? fm_reshape(x, 2, (int64_t[]){rows, x->shape[x->ndim - 1]}) : x;
}

static int bw_products(Node *n, Tensor **din, Tensor *dx, Tensor *dhidden) {
  Tensor *work = node_saved(n, RNN_WORK), *x = node_saved(n, RNN_X), *w_ih = node_saved(n, RNN_W_IH);
  if (!work || !x || !w_ih || !dx || !dhidden) return -1;
  const int64_t rows = work->shape[0], hidden = node_saved_window(n, RNN_W_HH)->shape[1];
  if (node_wants(n, RNN_X)) din[RNN_X] = fm_reshape(fm_mm(dx, w_ih), x->ndim, x->shape);
  if (node_wants(n, RNN_W_IH)) din[RNN_W_IH] = fm_product(OP_MM, dx, true, as_rows(x, rows), false);
  if (node_wants(n, RNN_W_HH)) {
    Tensor *before = fm_slice(work, 1, work->shape[1] - hidden, hidden, 1);
    din[RNN_W_HH] = fm_product(OP_MM, dhidden, true, before, false);
  }
  if (node_nin(n) <= RNN_B_IH) return 0;
  if (node_wants(n, RNN_B_IH)) din[RNN_B_IH] = fm_sum(dx, 1, false);
  if (node_wants(n, RNN_B_HH)) {
    din[RNN_B_HH] = din[RNN_B_IH] && dx == dhidden ? din[RNN_B_IH] : fm_sum(dhidden, 1, false);
  }
  return 0;
}

static int bw_fused(Node *n, Tensor *d, Tensor **din) {
  const OpArgs *a = node_args(n);
  const RnnCell *cell = rnn_cell(a);
  Tensor *work = node_saved(n, RNN_WORK);
  Tensor *in[] = {d, work, node_saved(n, RNN_SIZES), node_saved(n, RNN_W_HH)};
  Tensor *g = fm_op(OP_RNN_GRAD, in, 4, a);
  if (!g) return -1;
  const int64_t rows = work->shape[0], batch = a->rnn.batch, first = g->shape[0] - state_rows(a);
  Tensor *dx = products(g, 0, rows, cell->gates), *dhidden = cell->apart ? products(g, rows, rows, cell->gates) : dx;
  if (node_wants(n, RNN_H)) din[RNN_H] = fm_slice(g, 0, first, batch, 1);
  if (node_wants(n, RNN_C) && cell->carries) din[RNN_C] = fm_slice(g, 0, first + batch, batch, 1);
  return bw_products(n, din, dx, dhidden);
}

/* The gradient with a graph: of the layer as ordinary ops compute it. It is taken with respect to views of the inputs,
 * behind which the backward under way is not disturbed. */
static int bw_formula(Node *n, Tensor *d, Tensor **din) {
  Tensor *in[RNN_INPUTS] = {0}, *wanted[RNN_INPUTS], *result[RNN_INPUTS];
  int at[RNN_INPUTS], count = 0;
  for (int i = 0; i < node_nin(n); i++) {
    Tensor *saved = node_saved(n, i);
    if (!saved) return -1;
    OpArgs same = {.shape = {.ndim = saved->ndim}};
    memcpy(same.shape.size, saved->shape, (size_t)saved->ndim * sizeof *saved->shape);
    in[i] = i < RNN_X ? saved : fm_op(OP_RESHAPE, &saved, 1, &same);
    if (!in[i]) return -1;
    if (node_wants(n, i)) wanted[count] = in[i], at[count++] = i;
  }
  Tensor *out = rnn_formula(in, node_nin(n), node_args(n));
  const BackwardOptions opt = {.create_graph = true, .allow_unused = true};
  if (!out || autograd_grad(&out, &d, 1, wanted, count, result, opt) < 0) return -1;
  bool ok = true;
  for (int i = 0; i < count; i++) {
    din[at[i]] = result[i] ? fm_own(result[i]) : fm_zeros_like(wanted[i]);
    ok = ok && din[at[i]];
  }
  return ok ? 0 : -1;
}

static int bw_rnn(Node *n, Tensor *d, Tensor **din) {
  return grad_mode() ? bw_formula(n, d, din) : bw_fused(n, d, din);
}

const Op row_RNN = {.name = "rnn",
                    .nin = RNN_INPUTS,
                    .args = OP_ARGS(rnn),
                    .writes = 1,
                    .save = (1u << RNN_INPUTS) - 1,
                    .infer = infer_rnn,
                    .forward = fw_rnn,
                    .backward = bw_rnn};

const Op row_RNN_GRAD = {
    .name = "rnn_grad", .nin = 4, .args = OP_ARGS(rnn), .infer = infer_rnn_grad, .forward = fw_rnn_grad};
