/*
 * attention.c - blocks of attention; matrix products by gemm. Forward shares blocks of queries among the threads,
 * backward whole matrices of the batch, for the gradients of keys and values are sums over all queries.
 */
#include "kernels/attention/attention.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/blas_memory.h"
#include "base/cpu.h"
#include "base/err.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/attention/attention_kernels.h"
#include "kernels/attention/dropout.h"
#include "kernels/gemm/gemm.h"

#define ROWS ATTENTION_ROWS
#define KEYS ATTENTION_KEYS

static const AttentionKernels *kernels(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &attention_kernels_avx512;
  if (cpu_level() == CPU_AVX2) return &attention_kernels_avx2;
#endif
  return &attention_kernels_baseline;
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* The element offset of matrix b of the batch, row i. */
static int64_t at(const Tensor *t, int64_t b, int64_t i) {
  return b / t->shape[1] * t->stride[0] + b % t->shape[1] * t->stride[1] + i * t->stride[2];
}

typedef struct Run {
  const Attention *a;
  int64_t blocks; /* of queries in a matrix */
  char *scratch;
  size_t bytes; /* of a thread */
  int failed;
} Run;

static void *own_scratch(const Run *r) { return r->scratch + (size_t)parallel_thread() * r->bytes; }

/* Keys that any of the queries first .. first + rows - 1 sees. */
static int64_t visible(const Attention *a, int64_t first, int64_t rows) {
  const int64_t keys = a->k->shape[2];
  return a->causal ? smaller(keys, first + rows) : keys;
}

#define ATTENTION(T, s)                                                                                           \
  /* scores of queries i .. i + rows - 1 and keys j .. j + keys - 1 */                                            \
  static int scores_##s(const Attention *a, int64_t b, int64_t i, int64_t rows, int64_t j, int64_t keys, T *to) { \
    const T *q = tensor_##s(a->q) + at(a->q, b, i), *k = tensor_##s(a->k) + at(a->k, b, j);                       \
    const int64_t e = a->q->shape[3];                                                                             \
    if (gemm_##s(rows, keys, e, q, a->q->stride[2], 1, k, 1, a->k->stride[2], to, KEYS, false) < 0) return -1;    \
    for (int64_t r = 0; r < rows; r++) {                                                                          \
      T *row = to + r * KEYS;                                                                                     \
      const int64_t seen = a->causal ? i + r + 1 - j : keys;                                                      \
      for (int64_t c = 0; c < keys; c++) row[c] *= (T)a->scale;                                                   \
      if (a->mask) {                                                                                              \
        const T *mask = tensor_##s(a->mask) + at(a->mask, b, i + r) + j * a->mask->stride[3];                     \
        for (int64_t c = 0; c < keys; c++) row[c] += mask[c * a->mask->stride[3]];                                \
      }                                                                                                           \
      for (int64_t c = seen < 0 ? 0 : seen; c < keys; c++) row[c] = -(T)INFINITY;                                 \
    }                                                                                                             \
    return 0;                                                                                                     \
  }                                                                                                               \
                                                                                                                  \
  /* x: a row of a block */                                                                                       \
  static void drop_##s(const Attention *a, int64_t b, int64_t i, int64_t j, int64_t keys, T *x) {                 \
    T factor[KEYS];                                                                                               \
    dropout_factors_##s(a, b, i, j, keys, factor);                                                                \
    for (int64_t c = 0; c < keys; c++) x[c] *= factor[c];                                                         \
  }                                                                                                               \
                                                                                                                  \
  static int forward_block_##s(const Attention *a, int64_t b, int64_t i, T *block) {                              \
    const int64_t rows = smaller(ROWS, a->q->shape[2] - i), width = a->v->shape[3], last = visible(a, i, rows);   \
    T *out = tensor_##s(a->out) + at(a->out, b, i), top[ROWS];                                                    \
    double sum[ROWS] = {0};                                                                                       \
    for (int64_t r = 0; r < rows; r++) top[r] = -(T)INFINITY;                                                     \
    memset(out, 0, (size_t)(rows * width) * sizeof *out);                                                         \
    for (int64_t j = 0; j < last; j += KEYS) {                                                                    \
      const int64_t keys = smaller(KEYS, last - j);                                                               \
      if (scores_##s(a, b, i, rows, j, keys, block) < 0) return -1;                                               \
      for (int64_t r = 0; r < rows; r++) {                                                                        \
        const T factor = kernels()->step_##s(block + r * KEYS, keys, top + r, sum + r);                           \
        for (int64_t c = 0; factor != 1 && c < width; c++) out[r * width + c] *= factor;                          \
      }                                                                                                           \
      for (int64_t r = 0; a->dropout > 0 && r < rows; r++) drop_##s(a, b, i + r, j, keys, block + r * KEYS);      \
      const T *v = tensor_##s(a->v) + at(a->v, b, j);                                                             \
      if (gemm_##s(rows, width, keys, block, KEYS, 1, v, a->v->stride[2], 1, out, width, true) < 0) return -1;    \
    }                                                                                                             \
    T *lse = tensor_##s(a->lse) + b * a->q->shape[2] + i;                                                         \
    for (int64_t r = 0; r < rows; r++) {                                                                          \
      const T share = (T)(1 / sum[r]);                                                                            \
      for (int64_t c = 0; c < width; c++) out[r * width + c] = sum[r] == 0 ? (T)NAN : out[r * width + c] * share; \
      lse[r] = (T)((double)top[r] + log(sum[r]));                                                                 \
    }                                                                                                             \
    return 0;                                                                                                     \
  }                                                                                                               \
                                                                                                                  \
  static int backward_block_##s(const Attention *a, int64_t b, int64_t i, T *block) {                             \
    const int64_t rows = smaller(ROWS, a->q->shape[2] - i), last = visible(a, i, rows);                           \
    const int64_t width = a->v->shape[3], e = a->q->shape[3], sd = a->d->stride[2];                               \
    const T *d = tensor_##s(a->d) + at(a->d, b, i), *out = tensor_##s(a->out) + at(a->out, b, i);                 \
    const T *q = tensor_##s(a->q) + at(a->q, b, i), *lse = tensor_##s(a->lse) + b * a->q->shape[2] + i;           \
    T *dq = tensor_##s(a->dq) + at(a->dq, b, i), *dp = block + ROWS * KEYS, dot[ROWS];                            \
    for (int64_t r = 0; r < rows; r++) {                                                                          \
      double sum = 0;                                                                                             \
      for (int64_t c = 0; c < width; c++) sum += (double)(d[r * sd + c] * out[r * width + c]);                    \
      dot[r] = (T)sum;                                                                                            \
    }                                                                                                             \
    for (int64_t j = 0; j < last; j += KEYS) {                                                                    \
      const int64_t keys = smaller(KEYS, last - j);                                                               \
      const T *k = tensor_##s(a->k) + at(a->k, b, j), *v = tensor_##s(a->v) + at(a->v, b, j);                     \
      T *dk = tensor_##s(a->dk) + at(a->dk, b, j), *dv = tensor_##s(a->dv) + at(a->dv, b, j);                     \
      if (scores_##s(a, b, i, rows, j, keys, block) < 0 ||                                                        \
          gemm_##s(rows, keys, width, d, sd, 1, v, 1, a->v->stride[2], dp, KEYS, false) < 0) {                    \
        return -1;                                                                                                \
      }                                                                                                           \
      for (int64_t r = 0; r < rows; r++) {                                                                        \
        if (a->dropout > 0) drop_##s(a, b, i + r, j, keys, dp + r * KEYS);                                        \
        kernels()->grad_##s(block + r * KEYS, dp + r * KEYS, keys, lse[r], dot[r], (T)a->scale);                  \
        if (a->dropout > 0) drop_##s(a, b, i + r, j, keys, block + r * KEYS);                                     \
      }                                                                                                           \
      if (gemm_##s(keys, width, rows, block, 1, KEYS, d, sd, 1, dv, width, true) < 0 ||                           \
          gemm_##s(rows, e, keys, dp, KEYS, 1, k, a->k->stride[2], 1, dq, e, true) < 0 ||                         \
          gemm_##s(keys, e, rows, dp, 1, KEYS, q, a->q->stride[2], 1, dk, e, true) < 0) {                         \
        return -1;                                                                                                \
      }                                                                                                           \
    }                                                                                                             \
    return 0;                                                                                                     \
  }
ATTENTION(float, f32)
ATTENTION(double, f64)

static void run_forward(void *ctx, int64_t begin, int64_t end) {
  Run *r = ctx;
  for (int64_t n = begin; n < end; n++) {
    const int64_t b = n / r->blocks, i = n % r->blocks * ROWS;
    const int rc = r->a->q->dtype == DT_F32 ? forward_block_f32(r->a, b, i, own_scratch(r))
                                            : forward_block_f64(r->a, b, i, own_scratch(r));
    if (rc < 0) __atomic_store_n(&r->failed, 1, __ATOMIC_RELAXED);
  }
}

static void run_backward(void *ctx, int64_t begin, int64_t end) {
  Run *r = ctx;
  for (int64_t n = begin * r->blocks; n < end * r->blocks; n++) {
    const int64_t b = n / r->blocks, i = n % r->blocks * ROWS;
    const int rc = r->a->q->dtype == DT_F32 ? backward_block_f32(r->a, b, i, own_scratch(r))
                                            : backward_block_f64(r->a, b, i, own_scratch(r));
    if (rc < 0) __atomic_store_n(&r->failed, 1, __ATOMIC_RELAXED);
  }
}

static int share(const Attention *a, int64_t panels, bool backward) {
  const int64_t batch = a->q->shape[0] * a->q->shape[1];
  Run r = {.a = a, .blocks = (a->q->shape[2] + ROWS - 1) / ROWS};
  r.bytes = SIZE_BYTES(dtype_size((DType)a->q->dtype), panels, ROWS, KEYS);
  const size_t bytes = SIZE_BYTES(1, (int64_t)r.bytes, parallel_threads());
  if (a->out->numel == 0) return 0;
  r.scratch = alloc_get(bytes);
  if (!r.scratch || blas_memory_reserve(parallel_threads()) < 0) {
    alloc_put(r.scratch, bytes);
    return -1;
  }
  if (backward) parallel_for(batch, 1, run_backward, &r);
  if (!backward) parallel_for(batch * r.blocks, 1, run_forward, &r);
  alloc_put(r.scratch, bytes);
  return r.failed ? err_set("scaled_dot_product_attention: the strides of %s are beyond what BLAS takes",
                            tensor_shape_str(a->q))
                  : 0;
}

int attention_forward(const Attention *a) { return share(a, 1, false); }

int attention_backward(const Attention *a) {
  tensor_fill_(a->dq, 0);
  tensor_fill_(a->dk, 0);
  tensor_fill_(a->dv, 0);
  return share(a, 2, true);
}
