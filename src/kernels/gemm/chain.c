/*
 * chain.c - see chain.h.
 *
 * BLAS chooses its kernel by the shape alone, and a kernel sums up in some order whatever the numbers are. If another
 * order than the plain one is used somewhere, numbers of all sizes show it: each element of that part differs in one of
 * two or three trials. The numbers have to use most of a double's digits. With the 24 of a float all products of doubles
 * are exact, and so are most sums of few of them, in any order.
 */
#include "kernels/gemm/chain.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/simd.h"
#include "kernels/gemm/gemm.h"

#define MAX_WORK (1 << 18) /* multiplications: less than gemm.c shares among threads */
#define TRIALS 32          /* of one shape, at least: the part that differs may be a single element */
#define TRIED (1 << 14)    /* multiplications in all of them, at least */
#define KNOWN 256          /* shapes */

/* So many elements from the first one of a matrix to behind the last. */
static int64_t extent(int64_t rows, int64_t cols, int64_t rs, int64_t cs) {
  return (rows - 1) * rs + (cols - 1) * cs + 1;
}

/* 24 random bits */
static uint32_t draw(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* Numbers between -16 and 16, most of them small, of 48 bits. */
static double next(uint32_t *state) {
  const double high = ldexp(draw(state), -24), low = ldexp(draw(state), -48);
  return ldexp(high + low - 0.5, (int)(draw(state) >> 20) % 6);
}

/* x: room for n numbers */
#define TRIAL(T, suffix, FMA)                                                                                        \
  static VECTORIZED(bool, is_chain_##suffix,                                                                         \
                    (const GemmShape *s, const T *a, const T *b, const T *before, const T *c, T *x),                 \
                    (s, a, b, before, c, x)) {                                                                       \
    for (int64_t i = 0; i < s->m; i++) {                                                                             \
      for (int64_t j = 0; j < s->n; j++) x[j] = 0;                                                                   \
      for (int64_t l = 0; l < s->k; l++) {                                                                           \
        for (int64_t j = 0; j < s->n; j++) x[j] = FMA(a[i * s->rsa + l * s->csa], b[l * s->rsb + j * s->csb], x[j]); \
      }                                                                                                              \
      for (int64_t j = 0; s->accumulate && j < s->n; j++) x[j] = before[i * s->rsc + j] + x[j];                      \
      if (memcmp(x, c + i * s->rsc, (size_t)s->n * sizeof *x) != 0) return false;                                    \
    }                                                                                                                \
    return true;                                                                                                     \
  }                                                                                                                  \
                                                                                                                     \
  static bool trials_##suffix(const GemmShape *s, int64_t na, int64_t nb, int64_t nc, T *memory) {                   \
    T *a = memory, *b = a + na, *before = b + nb, *c = before + nc, *x = c + nc;                                     \
    uint32_t state = 1;                                                                                              \
    for (int64_t i = 0; i < TRIALS || i * s->m * s->n * s->k < TRIED; i++) {                                         \
      for (int64_t e = 0; e < na + nb + nc; e++) memory[e] = (T)next(&state);                                        \
      memcpy(c, before, (size_t)nc * sizeof *c);                                                                     \
      if (gemm_##suffix(s->m, s->n, s->k, a, s->rsa, s->csa, b, s->rsb, s->csb, c, s->rsc, s->accumulate) < 0) {     \
        return false;                                                                                                \
      }                                                                                                              \
      if (!is_chain_##suffix(s, a, b, before, c, x)) return false;                                                   \
    }                                                                                                                \
    return true;                                                                                                     \
  }
TRIAL(float, f32, fmaf)
TRIAL(double, f64, fma)

/* May run on any thread, and so takes no memory from the allocator. */
static bool try_out(const GemmShape *s) {
  const int64_t na = extent(s->m, s->k, s->rsa, s->csa), nb = extent(s->k, s->n, s->rsb, s->csb);
  const int64_t nc = extent(s->m, s->n, s->rsc, 1);
  void *memory = malloc((size_t)(na + nb + 2 * nc + s->n) * sizeof(double));
  if (!memory) return false;
  const bool passes = s->dtype == DT_F32 ? trials_f32(s, na, nb, nc, memory) : trials_f64(s, na, nb, nc, memory);
  free(memory);
  return passes;
}

static struct {
  GemmShape shape[KNOWN];
  bool passes[KNOWN];
  int n;
} known; /* OpenBLAS is the process's */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool look_up(const GemmShape *s) {
  for (int i = 0; i < known.n; i++) {
    if (memcmp(&known.shape[i], s, sizeof *s) == 0) return known.passes[i];
  }
  if (known.n == KNOWN) return false;
  known.shape[known.n] = *s;
  return (known.passes[known.n++] = try_out(s));
}

bool gemm_is_chain(const GemmShape *s) {
  if (s->m < 1 || s->n < 1 || s->k < 1 || (double)s->m * (double)s->n * (double)s->k > MAX_WORK) return false;
  if (!gemm_reads(s->m, s->k, s->rsa, s->csa) || !gemm_reads(s->k, s->n, s->rsb, s->csb)) return false;
  if (s->rsa < 0 || s->csa < 0 || s->rsb < 0 || s->csb < 0) return false;
  pthread_mutex_lock(&lock);
  const bool passes = look_up(s);
  pthread_mutex_unlock(&lock);
  return passes;
}
