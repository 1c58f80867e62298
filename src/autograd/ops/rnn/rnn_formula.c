/*
 * rnn_formula.c - a recurrent layer by ordinary ops, step by step.
 */
#include <string.h>

#include "autograd/ops/rnn/rnn_rows.h"
#include "autograd/ops/rows.h"
#include "base/alloc.h"

typedef struct States {
  Tensor *h, *c;
} States;

static Tensor *join(Tensor **list, int n, int dim) { return fm_op(OP_CAT, list, n, &(OpArgs){.along = {dim}}); }

static Tensor *linear(Tensor *x, Tensor *weight, Tensor *bias) {
  return fm_op(OP_LINEAR, (Tensor *[]){x, weight, bias}, bias ? 3 : 2, NULL);
}

/* Block number i of the gates. */
static Tensor *block(Tensor *gates, const Tensor *h, int i) {
  return h ? fm_slice(gates, 1, i * h->shape[1], h->shape[1], 1) : NULL;
}

static States next_lstm(Tensor *gates, States s) {
  Tensor *i = fm_op1(OP_SIGMOID, block(gates, s.h, 0)), *f = fm_op1(OP_SIGMOID, block(gates, s.h, 1));
  Tensor *g = fm_op1(OP_TANH, block(gates, s.h, 2)), *o = fm_op1(OP_SIGMOID, block(gates, s.h, 3));
  Tensor *c = fm_add(fm_mul(f, s.c), fm_mul(i, g));
  return (States){fm_mul(o, fm_op1(OP_TANH, c)), c};
}

static States next_gru(Tensor *x, Tensor *hidden, States s) {
  Tensor *r = fm_op1(OP_SIGMOID, fm_add(block(x, s.h, 0), block(hidden, s.h, 0)));
  Tensor *z = fm_op1(OP_SIGMOID, fm_add(block(x, s.h, 1), block(hidden, s.h, 1)));
  Tensor *n = fm_op1(OP_TANH, fm_add(block(x, s.h, 2), fm_mul(r, block(hidden, s.h, 2))));
  return (States){fm_add(fm_mul(fm_sub(s.h, n), z), n), NULL};
}

static States next(RnnKind kind, Tensor *x, Tensor *hidden, States s) {
  if (kind == RNN_GRU) return next_gru(x, hidden, s);
  if (kind == RNN_LSTM) return next_lstm(fm_add(x, hidden), s);
  return (States){fm_op1(kind == RNN_RELU ? OP_RELU : OP_TANH, fm_add(x, hidden)), NULL};
}

/* The first `rows` rows; of those behind them the old ones stay. */
static Tensor *head(Tensor *t, int64_t rows) { return t && rows < t->shape[0] ? fm_slice(t, 0, 0, rows, 1) : t; }

static Tensor *replace(Tensor *old, Tensor *first) {
  if (!old || !first || first->shape[0] == old->shape[0]) return first;
  Tensor *rest = fm_slice(old, 0, first->shape[0], old->shape[0] - first->shape[0], 1);
  return join((Tensor *[]){first, rest}, 2, 0);
}

/* The outputs of all steps, in x's order, into *out; the last states. */
static States run(Tensor *const *in, int nin, const RnnArgs *a, Tensor *x, Tensor **y, const int64_t *sizes) {
  States s = {in[RNN_H], a->kind == RNN_LSTM ? in[RNN_C] : NULL};
  int64_t first = a->reverse ? x ? x->shape[0] : 0 : 0;
  for (int64_t i = 0; i < a->steps; i++) {
    const int64_t t = a->reverse ? a->steps - 1 - i : i, rows = sizes ? sizes[t] : a->batch;
    if (a->reverse) first -= rows;
    Tensor *xt = a->batch_first ? fm_slice(x, 0, t, rows, a->steps) : fm_slice(x, 0, first, rows, 1);
    const States now = {head(s.h, rows), head(s.c, rows)};
    Tensor *hidden = linear(now.h, in[RNN_W_HH], nin > RNN_B_HH ? in[RNN_B_HH] : NULL);
    const States new = next((RnnKind)a->kind, xt, hidden, now);
    s = (States){replace(s.h, new.h), replace(s.c, new.c)};
    y[t] = new.h;
    if (!a->reverse) first += rows;
  }
  return s;
}

/* (batch, hidden) for each step -> (batch steps, hidden), the steps of a sequence one after another. */
static Tensor *by_sequence(Tensor **y, int64_t steps, int64_t batch, int64_t hidden) {
  for (int64_t t = 0; t < steps; t++) y[t] = fm_unsqueeze(y[t], 1);
  return fm_reshape(join(y, (int)steps, 1), 2, (int64_t[]){batch * steps, hidden});
}

Tensor *rnn_formula(Tensor *const *in, int nin, const OpArgs *args) {
  const RnnArgs *a = &args->rnn;
  const int64_t rows = in[RNN_WORK]->shape[0], hidden = in[RNN_W_HH]->shape[1];
  const int64_t *sizes = in[RNN_SIZES]->numel > 0 ? tensor_i64(in[RNN_SIZES]) : NULL;
  Tensor *x = fm_reshape(in[RNN_X], 2, (int64_t[]){rows, in[RNN_W_IH]->shape[1]});
  Tensor **y = alloc_get((size_t)(a->steps + 1) * sizeof *y);
  if (!y) return NULL;
  x = linear(x, in[RNN_W_IH], nin > RNN_B_HH ? in[RNN_B_IH] : NULL);
  const States last = run(in, nin, a, x, y, sizes);
  Tensor *all = a->batch_first ? by_sequence(y, a->steps, a->batch, hidden) : join(y, (int)a->steps, 0);
  alloc_put(y, (size_t)(a->steps + 1) * sizeof *y);
  return join((Tensor *[]){all, last.h, last.c}, a->kind == RNN_LSTM ? 3 : 2, 0);
}
