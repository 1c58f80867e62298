/*
 * parallel.c - sharing chunks of work among OpenMP threads.
 *
 * The number of threads is kept here and named at each fork; OpenMP's own default is set to 1 on the calling thread,
 * because OpenBLAS's OpenMP build looks at that default at every call and would start threads of its own otherwise.
 */
#include "core/parallel.h"

#include <omp.h>

static int threads; /* 0 until the first question */

static void blas_stays_serial(void) {
  if (omp_get_max_threads() != 1) omp_set_num_threads(1);
}

int parallel_threads(void) {
  if (threads == 0) threads = omp_get_max_threads();
  blas_stays_serial();
  return threads;
}

int parallel_thread(void) { return omp_get_thread_num(); }

void parallel_set_threads(int n) {
  parallel_threads();
  threads = n;
}

void parallel_for(int64_t n, int64_t grain, void (*body)(void *ctx, int64_t begin, int64_t end), void *ctx) {
  const int64_t chunks = (n + grain - 1) / grain;
  const int team = parallel_threads();
  if (chunks <= 1 || team == 1 || omp_in_parallel()) {
    for (int64_t c = 0; c < chunks; c++) body(ctx, c * grain, c + 1 < chunks ? (c + 1) * grain : n);
    return;
  }
#pragma omp parallel for num_threads(team) schedule(static)
  for (int64_t c = 0; c < chunks; c++) body(ctx, c * grain, c + 1 < chunks ? (c + 1) * grain : n);
}
