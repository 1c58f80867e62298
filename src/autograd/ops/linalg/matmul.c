/*
 * matmul.c - rows for matrix products: mm, bmm, linear. Letters: m rows, k inner, n columns, b batch.
 */
#include <string.h>

#include "autograd/ops/linalg/small.h"
#include "autograd/ops/rows.h"
#include "base/err.h"
#include "base/parallel.h"
#include "kernels/gemm/gemm.h"

/* c (m, n) = a (m, k) b (k, n), or c += ..; the last two dimensions of tensors, from element offsets on. */
static int product(Tensor *c, int64_t at_c, const Tensor *a, int64_t at_a, const Tensor *b, int64_t at_b,
                   bool accumulate) {
  int da = a->ndim - 2, db = b->ndim - 2, dc = c->ndim - 2;
  int64_t m = a->shape[da], k = a->shape[da + 1], n = b->shape[db + 1];
  const int64_t *sa = a->stride + da, *sb = b->stride + db;
  if (c->dtype == DT_F32) {
    return gemm_f32(m, n, k, tensor_f32(a) + at_a, sa[0], sa[1], tensor_f32(b) + at_b, sb[0], sb[1],
                    tensor_f32(c) + at_c, c->stride[dc], accumulate);
  }
  if (c->dtype == DT_I64) {
    gemm_i64(m, n, k, tensor_i64(a) + at_a, sa[0], sa[1], tensor_i64(b) + at_b, sb[0], sb[1], tensor_i64(c) + at_c,
             c->stride[dc]);
    return 0;
  }
  return gemm_f64(m, n, k, tensor_f64(a) + at_a, sa[0], sa[1], tensor_f64(b) + at_b, sb[0], sb[1], tensor_f64(c) + at_c,
                  c->stride[dc], accumulate);
}

/* --- mm: (m, k) (k, n) -> (m, n) ---------------------------------------------------------------------------------- */

static int infer_mm(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  const Tensor *x = in[0], *y = in[1];
  if (x->ndim != 2 || y->ndim != 2 || x->shape[1] != y->shape[0]) {
    return err_set("matmul: shapes %s and %s do not multiply (the columns of the first must be the rows of the second)",
                   tensor_shape_str(x), tensor_shape_str(y));
  }
  s->dtype = (DType)x->dtype;
  s->ndim = 2;
  s->shape[0] = x->shape[0];
  s->shape[1] = y->shape[1];
  return 0;
}
bool mm_small(SmallProduct *p, const Tensor *out, const Tensor *a, const Tensor *b) {
  if (out->numel == 0 || !dtype_is_float((DType)out->dtype)) return false;
  *p = (SmallProduct){.m = a->shape[0], .n = b->shape[1], .k = a->shape[1]};
  p->a = tensor_data(a), p->rsa = a->stride[0], p->csa = a->stride[1];
  p->b = tensor_data(b), p->rsb = b->stride[0], p->csb = b->stride[1];
  p->c = tensor_data(out), p->rsc = out->stride[0], p->csc = 1;
  return gemm_small(p, out->dtype == DT_F64);
}

static int fw_mm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return product(out, 0, in[0], 0, in[1], 0, false);
}
/* da = d b^T, db = a^T d */
static int bw_product(OpId op, Node *n, Tensor *d, Tensor **din) {
  if (node_wants(n, 0) && !(din[0] = fm_product(op, d, false, node_saved(n, 1), true))) return -1;
  if (node_wants(n, 1) && !(din[1] = fm_product(op, node_saved(n, 0), true, d, false))) return -1;
  return 0;
}
static int bw_mm(Node *n, Tensor *d, Tensor **din) { return bw_product(OP_MM, n, d, din); }
const Op row_MM = {.name = "mm",
                   .nin = 2,
                   .promotes = 3,
                   .wide = true,
                   .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                   .infer = infer_mm,
                   .forward = fw_mm,
                   .backward = bw_mm};

/* --- bmm: (b, m, k) (b, k, n) -> (b, m, n) -------------------------------------------------------------------- */

static int infer_bmm(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  const Tensor *x = in[0], *y = in[1];
  if (x->ndim != 3 || y->ndim != 3 || x->shape[0] != y->shape[0] || x->shape[2] != y->shape[1]) {
    return err_set("bmm: shapes %s and %s do not multiply, (b, m, k) and (b, k, n) are needed", tensor_shape_str(x),
                   tensor_shape_str(y));
  }
  s->dtype = (DType)x->dtype;
  s->ndim = 3;
  s->shape[0] = x->shape[0];
  s->shape[1] = x->shape[1];
  s->shape[2] = y->shape[2];
  return 0;
}
/* Work: multiplications. Products of less than CHUNK are taken together; those from ALONE on come one after the other,
 * each shared among the threads by gemm, which cuts it the same way here and there. */
#define CHUNK (1 << 18)
#define ALONE (1 << 22)

typedef struct Batch {
  Tensor *out, *a, *b;
  int failed;
} Batch;

static int product_of_batch(const Batch *p, int64_t i) {
  return product(p->out, i * p->out->stride[0], p->a, i * p->a->stride[0], p->b, i * p->b->stride[0], false);
}

static void run_batch(void *ctx, int64_t begin, int64_t end) {
  Batch *p = ctx;
  for (int64_t i = begin; i < end; i++) {
    if (product_of_batch(p, i) < 0) __atomic_store_n(&p->failed, 1, __ATOMIC_RELAXED);
  }
}

/* t with matrices that need no copy of their own, which threads could not make; owned. */
static Tensor *readable(Tensor *t) {
  const bool fits = t->dtype == DT_I64 || gemm_reads(t->shape[1], t->shape[2], t->stride[1], t->stride[2]);
  return fits ? tensor_retain(t) : tensor_contiguous(t);
}

static int multiply_batch(Batch *p) {
  const int64_t *s = p->a->shape, count = s[0];
  const double work = (double)s[1] * (double)s[2] * (double)p->b->shape[2];
  if (work >= ALONE) {
    for (int64_t i = 0; i < count; i++) {
      if (product_of_batch(p, i) < 0) return -1;
    }
    return 0;
  }
  parallel_for(count, work > 0 && work < CHUNK ? (int64_t)(CHUNK / work) + 1 : 1, run_batch, p);
  return p->failed ? product_of_batch(p, 0) : 0; /* again: the message is the thread's */
}

static int fw_bmm(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (out->numel == 0) return 0;
  Batch p = {.out = out, .a = readable(in[0]), .b = readable(in[1])};
  const int rc = p.a && p.b ? multiply_batch(&p) : -1;
  tensor_release(p.a);
  tensor_release(p.b);
  return rc;
}
static int bw_bmm(Node *n, Tensor *d, Tensor **din) { return bw_product(OP_BMM, n, d, din); }
const Op row_BMM = {.name = "bmm",
                    .nin = 2,
                    .promotes = 3,
                    .wide = true,
                    .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                    .infer = infer_bmm,
                    .forward = fw_bmm,
                    .backward = bw_bmm};

/* --- linear: y = x W^T + b; x (..., k), W (n, k), optional b (n) -> (..., n) ---------------------------------- */

static int infer_linear(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)a;
  const Tensor *x = in[0], *w = in[1], *b = nin > 2 ? in[2] : NULL;
  if (w->ndim != 2 || x->ndim < 1 || x->shape[x->ndim - 1] != w->shape[1]) {
    return err_set("linear: input is %s, weight is %s: the last dimension of the input must be %lld",
                   tensor_shape_str(x), tensor_shape_str(w), (long long)(w->ndim == 2 ? w->shape[1] : -1));
  }
  if (b && (b->ndim != 1 || b->shape[0] != w->shape[0])) {
    return err_set("linear: bias is %s, it must be (%lld) for a weight of %s", tensor_shape_str(b),
                   (long long)w->shape[0], tensor_shape_str(w));
  }
  infer_same(s, in, nin, a);
  s->shape[s->ndim - 1] = w->shape[0];
  return 0;
}

bool linear_small(SmallProduct *p, const Tensor *out, const Tensor *x, const Tensor *w, const Tensor *bias) {
  const int64_t k = w->shape[1], n = w->shape[0];
  if (out->numel == 0 || !(x->ndim == 2 || x->contiguous) || (bias && !bias->contiguous)) return false;
  *p = (SmallProduct){.m = out->numel / n, .n = n, .k = k};
  p->a = tensor_data(x), p->rsa = x->ndim == 2 ? x->stride[0] : k, p->csa = x->stride[x->ndim - 1];
  p->b = tensor_data(w), p->rsb = w->stride[1], p->csb = w->stride[0];
  p->c = tensor_data(out), p->rsc = n, p->csc = 1;
  p->add = bias ? tensor_data(bias) : NULL, p->csadd = 1; /* the same row to each */
  return gemm_small(p, out->dtype == DT_F64);
}

static int fw_linear(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)a;
  SmallProduct small;
  if (linear_small(&small, out, in[0], in[1], nin > 2 ? in[2] : NULL)) {
    small.run(&small);
    return 0;
  }
  Tensor *x = in[0]->ndim == 2 ? tensor_retain(in[0]) : tensor_contiguous(in[0]); /* a matrix in any order */
  if (!x) return -1;
  const Tensor *w = in[1];
  int64_t k = w->shape[1], n = w->shape[0], m = n ? out->numel / n : 0;
  int64_t rs = x->ndim == 2 ? x->stride[0] : k, cs = x->stride[x->ndim - 1];
  bool bias = nin > 2;
  if (bias) tensor_copy_(out, in[2]);
  int rc = out->dtype == DT_F32 ? gemm_f32(m, n, k, tensor_f32(x), rs, cs, tensor_f32(w), w->stride[1], w->stride[0],
                                           tensor_f32(out), n, bias)
                                : gemm_f64(m, n, k, tensor_f64(x), rs, cs, tensor_f64(w), w->stride[1], w->stride[0],
                                           tensor_f64(out), n, bias);
  tensor_release(x);
  return rc;
}

/* t seen as (everything before the last dimension, last dimension) */
static Tensor *as_matrix(Tensor *t) {
  if (!t) return NULL;
  int64_t last = t->shape[t->ndim - 1], n = 1;
  for (int d = 0; d < t->ndim - 1; d++) n *= t->shape[d];
  return fm_reshape(t, 2, (int64_t[]){n, last});
}

/* d W, laid out as x is: (W^T d^T)^T where x lies in memory column by column */
static Tensor *input_gradient(const Tensor *x, Tensor *w, Tensor *rows) {
  if (x->ndim == 2 && x->stride[0] == 1 && x->stride[1] == x->shape[0]) {
    return fm_transpose(fm_mm(fm_transpose(w, 0, 1), fm_transpose(rows, 0, 1)), 0, 1);
  }
  return fm_reshape(fm_mm(rows, w), x->ndim, x->shape);
}

/* dx = d W, dW = d^T x, db = sum of d's rows */
static int bw_linear(Node *n, Tensor *d, Tensor **din) {
  Tensor *rows = as_matrix(d);
  if (node_wants(n, 0) && !(din[0] = input_gradient(node_saved_window(n, 0), node_saved(n, 1), rows))) return -1;
  if (node_wants(n, 1) && !(din[1] = fm_product(OP_MM, rows, true, as_matrix(node_saved(n, 0)), false))) return -1;
  if (node_nin(n) > 2 && node_wants(n, 2) && !(din[2] = fm_sum(rows, 1, false))) return -1;
  return 0;
}
const Op row_LINEAR = {.name = "linear",
                       .nin = 3,
                       .promotes = 7,
                       .floats = true,
                       .save = SAVE_INPUT(0) | SAVE_INPUT(1),
                       .infer = infer_linear,
                       .forward = fw_linear,
                       .backward = bw_linear};
