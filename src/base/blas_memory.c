/*
 * blas_memory.c - a look at the limit, and buffers that OpenBLAS keeps.
 *
 * OpenBLAS keeps a buffer that it has given back for the next product of any thread. Where its functions for that are
 * not to be found (another BLAS), the look at the limit is all.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "base/blas_memory.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/err.h"

extern void *blas_memory_alloc(int kind) __attribute__((weak));
extern void blas_memory_free(void *buffer) __attribute__((weak));

int blas_memory_fits(int n) {
  const size_t bytes = (size_t)n * BLAS_BUFFER + BLAS_SLACK;
  void *all = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return 0;
  munmap(all, bytes);
  return 1;
}

static bool is_limited(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

/* Lets OpenBLAS map n buffers. */
static void claim(int n) {
  if (!blas_memory_alloc || !blas_memory_free) return;
  void **buffer = calloc((size_t)n, sizeof *buffer);
  if (!buffer) return;
  for (int i = 0; i < n; i++) buffer[i] = blas_memory_alloc(0);
  for (int i = 0; i < n; i++) blas_memory_free(buffer[i]);
  free(buffer);
}

/* With `reserved` buffers there already. */
static int reserve(int threads, int reserved) {
  if (!blas_memory_fits(threads - reserved)) {
    return err_set(
        "out of memory: matrix products on %d thread%s need %zu MB more of address space than the limit "
        "(ulimit -v) leaves",
        threads, threads == 1 ? "" : "s", (size_t)(threads - reserved) * BLAS_BUFFER >> 20);
  }
  claim(threads);
  return 0;
}

int blas_memory_reserve(int threads) {
  static _Atomic int reserved; /* OpenBLAS is the process's */
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  if (threads <= atomic_load_explicit(&reserved, memory_order_acquire)) return 0;
  pthread_mutex_lock(&mutex);
  const int have = atomic_load(&reserved);
  int status = 0;
  if (!is_limited()) {
    atomic_store(&reserved, INT_MAX);
  } else if (threads > have && (status = reserve(threads, have)) == 0) {
    atomic_store(&reserved, threads);
  }
  pthread_mutex_unlock(&mutex);
  return status;
}
