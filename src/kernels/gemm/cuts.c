/*
 * cuts.c - see cuts.h.
 *
 * OpenBLAS's float32 kernels for AVX-512 sum up an element in the order of k, in parts whose lengths depend on k alone,
 * wherever the element stands in its block. Its kernels for AVX2 do not, nor do those for float64 and AVX-512. Since
 * another OpenBLAS may have other kernels under the same name, some products are computed as a whole and in parts once
 * a process, which takes less than a millisecond.
 */
#include "kernels/gemm/cuts.h"

#include <cblas.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "kernels/gemm/blas_core.h"

/* As small as blocks may be, and a sum of two parts */
enum { ROWS = 96, COLUMNS = 64, TERMS = 400 };
_Static_assert(ROWS / 2 * COLUMNS * TERMS >= CUT_WORK && ROWS / 2 >= CUT_SIDE && COLUMNS / 2 >= CUT_SIDE, "blocks");

typedef struct Trial {
  float a[ROWS * TERMS], b[TERMS * COLUMNS], whole[ROWS * COLUMNS], parts[ROWS * COLUMNS];
} Trial;

static void fill(float *x, int n) {
  static const uint32_t factor = 1664525, step = 1013904223;
  uint32_t state = 1;
  for (int i = 0; i < n; i++) {
    state = state * factor + step;
    x[i] = (float)(state >> 8) / (float)(1 << 24) - 0.5f;
  }
}

/* Blocks of rows x columns. */
static void multiply(const Trial *t, bool ta, bool tb, int rows, int columns, float *c) {
  for (int i = 0; i < ROWS; i += rows) {
    for (int j = 0; j < COLUMNS; j += columns) {
      cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, rows, columns, TERMS,
                  1.0f, t->a + (ta ? i : i * TERMS), ta ? ROWS : TERMS, t->b + (tb ? j * TERMS : j),
                  tb ? TERMS : COLUMNS, 0.0f, c + i * COLUMNS + j, COLUMNS);
    }
  }
}

static bool same_in_parts(Trial *t, bool ta, bool tb, int rows, int columns) {
  multiply(t, ta, tb, rows, columns, t->parts);
  return memcmp(t->whole, t->parts, sizeof t->whole) == 0;
}

static bool trial_passes(Trial *t) {
  fill(t->a, ROWS * TERMS);
  fill(t->b, TERMS * COLUMNS);
  for (int way = 0; way < 4; way++) {
    const bool ta = way & 1, tb = way & 2;
    multiply(t, ta, tb, ROWS, COLUMNS, t->whole);
    if (!same_in_parts(t, ta, tb, ROWS / 2, COLUMNS) || !same_in_parts(t, ta, tb, ROWS, COLUMNS / 2)) return false;
  }
  return true;
}

static bool is_known(const char *core) {
  return core && (strcmp(core, "SkylakeX") == 0 || strcmp(core, "Cooperlake") == 0);
}

static bool answer;

/* May run on any thread, and so takes no memory from the allocator. */
static void find_answer(void) {
  static Trial trial;
  answer = is_known(blas_core_name()) && trial_passes(&trial);
}

bool gemm_f32_cuts_freely(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT; /* OpenBLAS is the process's */
  pthread_once(&once, find_answer);
  return answer;
}
