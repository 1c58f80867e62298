/*
 * sums.c - see sums.h.
 */
#include "kernels/softmax/sums.h"

#include <math.h>

#include "base/cpu.h"
#include "base/parallel.h"
#include "kernels/softmax/softmax.h"

static const LogSumsKernels *kernels(void) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &log_sums_avx512;
  if (cpu_level() == CPU_AVX2) return &log_sums_avx2;
#endif
  return &log_sums_baseline;
}

typedef struct Shared {
  LogSumsJob job;
  LogSumsRows *run;
  DType dtype;
  void *scratch;
} Shared;

static void run_rows(void *ctx, int64_t begin, int64_t end) {
  const Shared *s = ctx;
  s->run(&s->job, begin, end, s->scratch ? score_scratch_own(s->scratch, s->dtype, 1, s->job.n) : NULL);
}

int softmax_log_sums(Tensor *y, Tensor *x, int dim) {
  Shared s = {.dtype = (DType)x->dtype, .run = kernels()->run[x->dtype == DT_F64]};
  s.job = (LogSumsJob){.n = x->ndim ? x->shape[dim] : 1, .inner = score_inner(x, dim), .y = tensor_data(y)};
  tensor_touch(y);
  if (s.job.n == 0) tensor_fill_(y, -(double)INFINITY);
  if (x->numel == 0) return 0;
  Tensor *from = score_tensor(&s.job.x, x, dim);
  if (!from) return -1;
  const bool panels = s.job.n < SCORE_ROW_LEAST || s.job.x.step != 1;
  if (panels && !(s.scratch = score_scratch_get(s.dtype, 1, s.job.n))) {
    tensor_release(from);
    return -1;
  }
  parallel_for(score_count(x, dim), score_grain(s.job.n, panels), run_rows, &s);
  if (panels) score_scratch_put(s.scratch, s.dtype, 1, s.job.n);
  tensor_release(from);
  return 0;
}
