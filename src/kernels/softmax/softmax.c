/*
 * softmax.c - tensors as rows of scores, and the jobs that threads share.
 */
#include "kernels/softmax/softmax.h"

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/softmax/softmax_kernels.h"

/* --- rows of a tensor --------------------------------------------------------------------------------------------- */

/* Dimensions first .. end - 1 as one with a single stride; false where there is none. */
static bool one_stride(const Tensor *t, int first, int end, int64_t *stride) {
  int64_t next = 0; /* what the stride of the next dimension outwards has to be */
  bool any = false;
  *stride = 0;
  for (int d = end - 1; d >= first; d--) {
    if (t->shape[d] == 1) continue;
    if (any && t->stride[d] != next) return false;
    if (!any) *stride = t->stride[d];
    any = true;
    next = t->stride[d] * t->shape[d];
  }
  return true;
}

int score_memory(ScoreMemory *m, const Tensor *t, int dim) {
  m->data = tensor_data(t);
  m->step = t->ndim ? t->stride[dim] : 1;
  return one_stride(t, 0, dim, &m->outer) && one_stride(t, dim + 1, t->ndim, &m->inner) ? 0 : -1;
}

Tensor *score_tensor(ScoreMemory *m, Tensor *t, int dim) {
  if (score_memory(m, t, dim) == 0) return tensor_retain(t);
  Tensor *copy = tensor_contiguous(t);
  if (copy) score_memory(m, copy, dim);
  return copy;
}

Tensor *score_target(ScoreMemory *m, Tensor *t, int dim) {
  if (score_memory(m, t, dim) == 0) return tensor_retain(t);
  Tensor *target = tensor_new_like(t);
  if (target) score_memory(m, target, dim);
  return target;
}

int score_deliver(Tensor *t, Tensor *target, int rc) {
  if (rc == 0 && target != t) rc = tensor_copy_(t, target);
  tensor_release(target);
  return rc;
}

int64_t score_inner(const Tensor *t, int dim) {
  int64_t inner = 1;
  for (int d = dim + 1; d < t->ndim; d++) inner *= t->shape[d];
  return inner;
}

int64_t score_count(const Tensor *t, int dim) {
  int64_t rows = score_inner(t, dim);
  for (int d = 0; d < dim; d++) rows *= t->shape[d];
  return rows;
}

/* --- scratch ------------------------------------------------------------------------------------------------------ */

static size_t scratch_bytes(DType dt, int64_t panels, int64_t n, int threads) {
  return SIZE_BYTES(dtype_size(dt), panels * SCORE_PANEL, n, threads);
}

void *score_scratch_get(DType dt, int64_t panels, int64_t n) {
  return alloc_get(scratch_bytes(dt, panels, n, parallel_threads()));
}

void score_scratch_put(void *scratch, DType dt, int64_t panels, int64_t n) {
  alloc_put(scratch, scratch_bytes(dt, panels, n, parallel_threads()));
}

void *score_scratch_own(void *scratch, DType dt, int64_t panels, int64_t n) {
  return (char *)scratch + scratch_bytes(dt, panels, n, parallel_thread());
}

/* --- jobs --------------------------------------------------------------------------------------------------------- */

static const SoftmaxKernels *kernels(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &softmax_kernels_avx512;
  if (cpu_level() == CPU_AVX2) return &softmax_kernels_avx2;
#endif
  return &softmax_kernels_baseline;
}

typedef struct Shared {
  SoftmaxJob job;
  SoftmaxRows *run;
  DType dtype;
  int64_t panels;
  void *scratch;
} Shared;

static void run_rows(void *ctx, int64_t begin, int64_t end) {
  const Shared *s = ctx;
  s->run(&s->job, begin, end, s->scratch ? score_scratch_own(s->scratch, s->dtype, s->panels, s->job.n) : NULL);
}

static int share(Shared *s, int64_t rows) {
  const bool panels = !softmax_along_rows(&s->job);
  if (s->job.n == 0 || rows == 0) return 0;
  if (panels && !(s->scratch = score_scratch_get(s->dtype, s->panels, s->job.n))) return -1;
  parallel_for(rows, score_grain(s->job.n, panels), run_rows, s);
  if (panels) score_scratch_put(s->scratch, s->dtype, s->panels, s->job.n);
  return 0;
}

static int64_t length(const Tensor *t, int dim) { return t->ndim ? t->shape[dim] : 1; }

int softmax_forward(Tensor *y, Tensor *x, int dim, bool log) {
  Shared s = {.dtype = (DType)y->dtype, .panels = 1, .run = kernels()->forward[y->dtype == DT_F64]};
  s.job = (SoftmaxJob){.n = length(x, dim), .inner = score_inner(x, dim), .log = log};
  Tensor *from = score_tensor(&s.job.x, x, dim);
  Tensor *to = from ? score_target(&s.job.y, y, dim) : NULL;
  const int rc = score_deliver(y, to, to ? share(&s, score_count(x, dim)) : -1);
  tensor_release(from);
  return rc;
}

int softmax_backward(Tensor *dx, Tensor *y, Tensor *d, int dim, bool log) {
  Shared s = {.dtype = (DType)dx->dtype, .panels = 2, .run = kernels()->backward[dx->dtype == DT_F64]};
  s.job = (SoftmaxJob){.n = length(y, dim), .inner = score_inner(y, dim), .log = log};
  Tensor *from = score_tensor(&s.job.x, y, dim);
  Tensor *from_d = from ? score_tensor(&s.job.d, d, dim) : NULL;
  Tensor *to = from_d ? score_target(&s.job.y, dx, dim) : NULL;
  const int rc = score_deliver(dx, to, to ? share(&s, score_count(y, dim)) : -1);
  tensor_release(from);
  tensor_release(from_d);
  return rc;
}
