/*
 * embedding.c - rows of a weight (rows, width) at int64 positions (...), which count from 1: (..., width).
 *
 * The gradient adds to the rows in the order of the positions, whatever the number of threads. Row `padding` (0: none)
 * gets none.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "base/err.h"
#include "base/parallel.h"

#define RANGES 8 /* of rows, shared among the threads; each looks at all positions */

static int check_positions(const Tensor *at, int64_t rows) {
  for (int64_t i = 0; i < at->numel; i++) {
    const int64_t v = tensor_i64(at)[i];
    if (v < 1 || v > rows) {
      return err_set("embedding: element %lld of the input is %lld, positions are whole numbers from 1 to %lld",
                     (long long)i + 1, (long long)v, (long long)rows);
    }
  }
  return 0;
}

/* --- embedding(weight, positions) -------------------------------------------------------------------------------- */

static int infer_embedding(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  const Tensor *w = in[0], *at = in[1];
  if (w->ndim != 2) return err_set("embedding: the weight is %s, must be (rows, width)", tensor_shape_str(w));
  if (at->dtype != DT_I64) {
    return err_set("embedding: the input has dtype %s, positions must be int64", dtype_name((DType)at->dtype));
  }
  if (at->ndim == TENSOR_MAX_DIM) {
    return err_set("embedding: an input of shape %s leaves no dimension for the rows", tensor_shape_str(at));
  }
  s->dtype = (DType)w->dtype;
  s->ndim = at->ndim + 1;
  memcpy(s->shape, at->shape, (size_t)at->ndim * sizeof *s->shape);
  s->shape[at->ndim] = w->shape[1];
  return 0;
}

static int fw_embedding(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor *w = tensor_contiguous(in[0]), *at = w ? tensor_contiguous(in[1]) : NULL;
  const int rc = at ? check_positions(at, w->shape[0]) : -1;
  const size_t row = rc == 0 ? (size_t)w->shape[1] * dtype_size((DType)w->dtype) : 0;
  char *to = tensor_data(out);
  for (int64_t i = 0; rc == 0 && row > 0 && i < at->numel; i++, to += row) {
    const int64_t v = tensor_i64(at)[i];
    if (a->embedding.zeroed && v == a->embedding.padding) {
      memset(to, 0, row);
    } else {
      memcpy(to, (const char *)tensor_data(w) + (size_t)(v - 1) * row, row);
    }
  }
  tensor_release(w);
  tensor_release(at);
  return rc;
}

static int bw_embedding(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_op(OP_EMBEDDING_GRAD, (Tensor *[]){d, node_saved(n, 1)}, 2, node_args(n))) ? 0 : -1;
}
const Op row_EMBEDDING = {.name = "embedding",
                          .nin = 2,
                          .args = OP_ARGS(embedding),
                          .promotes = 1,
                          .floats = true,
                          .save = SAVE_INPUT(1),
                          .infer = infer_embedding,
                          .forward = fw_embedding,
                          .backward = bw_embedding};

/* --- embedding_grad(d, positions): zeros (embedding.rows, width) to which the rows of d are added ---------------- */

static int infer_embedding_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  s->dtype = (DType)in[0]->dtype;
  s->ndim = 2;
  s->shape[0] = a->embedding.rows;
  s->shape[1] = in[0]->shape[in[0]->ndim - 1];
  return 0;
}

typedef struct Job {
  DType dtype;
  int64_t rows, width, n, padding, range;
  const int64_t *at;
  const void *d;
  void *out;
} Job;

#define ADD_ROWS(T, s)                                                                          \
  static void add_rows_##s(const Job *j, int64_t first, int64_t last) {                         \
    memset((T *)j->out + first * j->width, 0, (size_t)((last - first) * j->width) * sizeof(T)); \
    for (int64_t i = 0; i < j->n; i++) {                                                        \
      const int64_t row = j->at[i] - 1;                                                         \
      if (row < first || row >= last || j->at[i] == j->padding) continue;                       \
      T *to = (T *)j->out + row * j->width;                                                     \
      const T *d = (const T *)j->d + i * j->width;                                              \
      for (int64_t k = 0; k < j->width; k++) to[k] += d[k];                                     \
    }                                                                                           \
  }
ADD_ROWS(float, f32)
ADD_ROWS(double, f64)

static void run_ranges(void *ctx, int64_t begin, int64_t end) {
  const Job *j = ctx;
  for (int64_t r = begin; r < end; r++) {
    const int64_t first = r * j->range, next = first + j->range, last = next < j->rows ? next : j->rows;
    if (j->dtype == DT_F32) add_rows_f32(j, first, last);
    if (j->dtype == DT_F64) add_rows_f64(j, first, last);
  }
}

static int fw_embedding_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  Tensor *d = tensor_contiguous(in[0]), *at = d ? tensor_contiguous(in[1]) : NULL;
  if (at && out->numel > 0) {
    Job j = {.dtype = (DType)out->dtype, .rows = out->shape[0], .width = out->shape[1], .n = at->numel};
    const bool many = d->numel + out->numel >= PARALLEL_FROM;
    j.range = many ? (j.rows + RANGES - 1) / RANGES : j.rows;
    j.padding = a->embedding.padding;
    j.at = tensor_i64(at);
    j.d = tensor_data(d);
    j.out = tensor_data(out);
    parallel_for((j.rows + j.range - 1) / j.range, 1, run_ranges, &j);
  }
  tensor_release(d);
  tensor_release(at);
  return at ? 0 : -1;
}

static int bw_embedding_grad(Node *n, Tensor *D, Tensor **din) {
  OpArgs args = *node_args(n);
  args.embedding.zeroed = 1;
  return (din[0] = fm_op(OP_EMBEDDING, (Tensor *[]){D, node_saved(n, 1)}, 2, &args)) ? 0 : -1;
}
const Op row_EMBEDDING_GRAD = {.name = "embedding_grad",
                               .nin = 2,
                               .args = OP_ARGS(embedding),
                               .promotes = 1,
                               .floats = true,
                               .save = SAVE_INPUT(1),
                               .infer = infer_embedding_grad,
                               .forward = fw_embedding_grad,
                               .backward = bw_embedding_grad};
