/*
 * rnn.c - checks the tensors of a recurrent layer and runs its row of the op table.
 */
#include "nn/rnn.h"

#include <stdio.h>
#include <string.h>

#include "autograd/formula.h"
#include "autograd/ops/rnn/rnn_rows.h"
#include "base/err.h"

/* --- checks ------------------------------------------------------------------------------------------------------- */

static int check_shape(const char *name, const Tensor *t, const Tensor *x, int ndim, int64_t a, int64_t b) {
  const int64_t want[] = {a, b};
  if (!t) return 0;
  if (t->dtype != x->dtype) {
    return err_set("%s is of dtype %s, input of %s; they must be the same", name, dtype_name((DType)t->dtype),
                   dtype_name((DType)x->dtype));
  }
  if (shape_equal(t->ndim, t->shape, ndim, want)) return 0;
  char given[128];
  snprintf(given, sizeof given, "%s", tensor_shape_str(t));
  return err_set("%s is %s, must be %s", name, given, shape_str(ndim, want));
}

static int check_sizes(const Tensor *sizes, int64_t rows) {
  int64_t sum = 0, before = INT64_MAX;
  for (int64_t t = 0; t < sizes->numel; t++) {
    const int64_t n = tensor_i64(sizes)[t];
    if (n < 1 || n > before) return err_set("batch_sizes must be positive and never grow");
    before = n;
    sum += n;
  }
  if (sum == rows) return 0;
  return err_set("the data has %lld rows, batch_sizes add up to %lld", (long long)rows, (long long)sum);
}

static int check_input(const RnnInputs *in) {
  const Tensor *x = in->x;
  const int ndim = in->sizes ? 2 : 3;
  if (!dtype_is_float((DType)x->dtype)) {
    return err_set("input is of dtype %s, must be a float", dtype_name((DType)x->dtype));
  }
  if (x->ndim != ndim || x->shape[ndim - 1] != in->w_ih->shape[1]) {
    return err_set("input is %s, its last dimension must be %lld", tensor_shape_str(x), (long long)in->w_ih->shape[1]);
  }
  if (in->sizes && (in->sizes->dtype != DT_I64 || in->sizes->ndim != 1 || !in->sizes->contiguous)) {
    return err_set("batch_sizes must be a vector of int64");
  }
  return in->sizes ? check_sizes(in->sizes, x->shape[0]) : 0;
}

static int check(const RnnInputs *in, const RnnCell *cell, const RnnArgs *a, int64_t hidden) {
  const int64_t gates = cell->gates * hidden;
  const Tensor *x = in->x;
  if (a->steps == 0) return err_set("input is %s, it must have at least one step", tensor_shape_str(x));
  if (check_shape("the first state h", in->h, x, 2, a->batch, hidden) < 0) return -1;
  if (check_shape("the first state c", in->c, x, 2, a->batch, hidden) < 0) return -1;
  if (check_shape("weight_ih", in->w_ih, x, 2, gates, in->w_ih->shape[1]) < 0) return -1;
  if (check_shape("weight_hh", in->w_hh, x, 2, gates, hidden) < 0) return -1;
  if (check_shape("bias_ih", in->b_ih, x, 1, gates, 0) < 0) return -1;
  return check_shape("bias_hh", in->b_hh, x, 1, gates, 0);
}

/* --- the layer ---------------------------------------------------------------------------------------------------- */

static RnnArgs args_of(RnnKind kind, const RnnInputs *in) {
  const Tensor *x = in->x;
  RnnArgs a = {.kind = kind, .batch_first = in->batch_first && !in->sizes, .reverse = in->reverse};
  a.steps = in->sizes ? in->sizes->numel : x->shape[in->batch_first];
  a.batch = in->sizes ? (in->sizes->numel ? tensor_i64(in->sizes)[0] : 0) : x->shape[!in->batch_first];
  return a;
}

static Tensor *state(Tensor *given, const Tensor *x, int64_t batch, int64_t hidden) {
  return given ? given : fm_own(tensor_full((DType)x->dtype, 2, (int64_t[]){batch, hidden}, 0));
}

/* The parts of the row's output, in the open formula. */
static int take_apart(Tensor *y, const RnnInputs *in, const RnnCell *cell, int64_t batch, Tensor **out) {
  const int64_t hidden = y->shape[1], rows = y->shape[0] - batch * (cell->carries ? 2 : 1);
  int64_t shape[TENSOR_MAX_DIM];
  memcpy(shape, in->x->shape, sizeof shape);
  shape[in->x->ndim - 1] = hidden;
  out[0] = fm_reshape(fm_slice(y, 0, 0, rows, 1), in->x->ndim, shape);
  out[1] = fm_slice(y, 0, rows, batch, 1);
  out[2] = cell->carries ? fm_slice(y, 0, rows + batch, batch, 1) : NULL;
  return out[0] && out[1] && (out[2] || !cell->carries) ? 0 : -1;
}

static int apply(const RnnInputs *in, const OpArgs *a, int64_t hidden, Tensor **out) {
  const Tensor *x = in->x;
  const RnnCell *cell = rnn_cell(a);
  const int64_t none = 0, rows = in->sizes ? x->shape[0] : x->shape[0] * x->shape[1];
  Tensor *t[RNN_INPUTS];
  t[RNN_WORK] = fm_own(tensor_new((DType)x->dtype, 2, (int64_t[]){rows, rnn_work_width(a, hidden)}));
  t[RNN_SIZES] = in->sizes ? in->sizes : fm_own(tensor_new(DT_I64, 1, &none));
  t[RNN_X] = in->x;
  t[RNN_H] = state(in->h, x, a->rnn.batch, hidden);
  t[RNN_C] = state(in->c, x, cell->carries ? a->rnn.batch : 0, hidden);
  t[RNN_W_IH] = in->w_ih;
  t[RNN_W_HH] = in->w_hh;
  t[RNN_B_IH] = in->b_ih;
  t[RNN_B_HH] = in->b_hh;
  Tensor *y = fm_op(OP_RNN, t, in->b_ih ? RNN_INPUTS : RNN_B_IH, a);
  return y ? take_apart(y, in, cell, a->rnn.batch, out) : -1;
}

int nn_rnn(RnnKind kind, const RnnInputs *in, Tensor *out[3]) {
  if (in->w_ih->ndim != 2 || in->w_hh->ndim != 2) return err_set("weight_ih and weight_hh must be matrices");
  if (!in->b_ih != !in->b_hh) return err_set("bias_ih and bias_hh come together, one of them is missing");
  if (check_input(in) < 0) return -1;
  const OpArgs a = {.rnn = args_of(kind, in)};
  const int64_t hidden = in->w_hh->shape[1];
  if (check(in, rnn_cell(&a), &a.rnn, hidden) < 0) return -1;
  FormulaMark m = fm_begin();
  const int rc = apply(in, &a, hidden, out);
  for (int i = 0; rc == 0 && i < 3; i++) {
    if (out[i]) tensor_retain(out[i]);
  }
  fm_end(m, NULL);
  return rc;
}
