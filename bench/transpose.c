/* The least a machine needs for transposed copies: the work of transpose.lua as plain loops over tiles, on arrays that
 * are there already. Prints "row program microseconds" a line, for the best side of a tile. One thread.
 *
 *   cc -O3 -march=native bench/transpose.c -o /tmp/transpose */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *a, *b, *o;

static void copy(long n, long tile) {
  (void)tile;
  memcpy(o, a, (size_t)(n * n) * sizeof *o);
}

static void transpose(long n, long tile) {
  for (long i0 = 0; i0 < n; i0 += tile)
    for (long j0 = 0; j0 < n; j0 += tile)
      for (long i = i0; i < i0 + tile; i++)
        for (long j = j0; j < j0 + tile; j++) o[i * n + j] = a[j * n + i];
}

static void add_transposed(long n, long tile) {
  for (long i0 = 0; i0 < n; i0 += tile)
    for (long j0 = 0; j0 < n; j0 += tile)
      for (long i = i0; i < i0 + tile; i++)
        for (long j = j0; j < j0 + tile; j++) o[i * n + j] = a[i * n + j] + b[j * n + i];
}

/* Microseconds per call; the barrier keeps the compiler from merging calls. */
static double measure(void (*work)(long n, long tile), long n, long tile) {
  work(n, tile);
  for (long calls = 1;; calls *= 2) {
    const double start = now();
    for (long i = 0; i < calls; i++) {
      work(n, tile);
      __asm__ volatile("" ::: "memory");
    }
    const double seconds = now() - start;
    if (seconds > 0.05) return seconds / (double)calls * 1e6;
  }
}

static void measure_row(const char *row, void (*work)(long n, long tile), long n) {
  double best = 1e30;
  for (long tile = 8; tile <= 64; tile *= 2) {
    const double t = measure(work, n, tile);
    if (t < best) best = t;
  }
  printf("%s-%ld floor %.1f\n", row, n, best);
}

static float *numbers(long n) {
  float *x = aligned_alloc(64, (size_t)n * sizeof *x);
  if (!x) exit(1);
  for (long i = 0; i < n; i++) x[i] = (float)i;
  return x;
}

int main(void) {
  for (long n = 64; n <= 2048; n *= n == 256 ? 2 : 4) {
    a = numbers(n * n), b = numbers(n * n), o = numbers(n * n);
    measure_row("copy", copy, n);
    measure_row("transpose", transpose, n);
    measure_row("add-transposed", add_transposed, n);
    free(a), free(b), free(o);
  }
  return 0;
}
