/*
 * blas.c - one thread for OpenBLAS: parallel.c sees to that for its OpenMP build, openblas_set_num_threads for the other
 * one.
 */
#include "kernels/gemm/blas.h"

#include <cblas.h>
#include <stdbool.h>

#include "base/blas_memory.h"
#include "base/parallel.h"

int blas_prepare(void) {
  static bool done; /* OpenBLAS is the process's */
  const int threads = parallel_threads();
  if (!__atomic_load_n(&done, __ATOMIC_RELAXED)) {
    openblas_set_num_threads(1);
    __atomic_store_n(&done, true, __ATOMIC_RELAXED);
  }
  return blas_memory_reserve(threads);
}
