/*
 * cross_entropy.c - sixteen rows at a time, one per vector lane, whatever the number of classes and the order in
 * memory.
 *
 * A last block that is not full repeats its first row in the lanes left over. Sums over classes are doubles.
 */
#include "kernels/loss/cross_entropy.h"

#include "base/simd.h"
#include "base/vmath/vmath.h"

/* A block of rows: where each begins in x, and how many there are. */
typedef struct Block {
  int64_t first, n, at[BLOCK];
} Block;

INLINE Block block_at(const ScoreRows *s, int64_t first, int64_t end) {
  Block b = {.first = first, .n = end - first < BLOCK ? end - first : BLOCK};
  for (int64_t l = 0; l < BLOCK; l++) b.at[l] = (first + (l < b.n ? l : 0)) * s->row;
  return b;
}

#define CLASSES 32 /* whose exponentials are computed at a time */

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

#define CROSS_ENTROPY(T, suffix)                                                                                   \
  /* e = exp(x - top) of n classes, those of a block one after another */                                          \
  INLINE void exp_classes_##suffix(T *e, const ScoreRows *s, int64_t c, int64_t n, const Block *b, const T *top) { \
    const T *x = (const T *)s->x + c * s->column;                                                                  \
    for (int64_t k = 0; k < n; k++) {                                                                              \
      for (int64_t l = 0; l < BLOCK; l++) e[k * BLOCK + l] = x[b->at[l] + k * s->column] - top[l];                 \
    }                                                                                                              \
    vmath()->exp_##suffix(n *BLOCK, e, 1, e, 1);                                                                   \
  }                                                                                                                \
                                                                                                                   \
  /* top: the largest score, NaN if there is one; sum: of exp(x - top); e: of the last classes, up to CLASSES */   \
  INLINE void softmax_sums_##suffix(const ScoreRows *s, const Block *b, T *top, double *sum, T *e) {               \
    const T *x = s->x;                                                                                             \
    for (int64_t l = 0; l < BLOCK; l++) top[l] = x[b->at[l]], sum[l] = 0;                                          \
    for (int64_t c = 1; c < s->classes; c++) {                                                                     \
      for (int64_t l = 0; l < BLOCK; l++) {                                                                        \
        const T v = x[b->at[l] + c * s->column];                                                                   \
        top[l] = v > top[l] || v != v ? v : top[l];                                                                \
      }                                                                                                            \
    }                                                                                                              \
    for (int64_t c = 0; c < s->classes; c += CLASSES) {                                                            \
      const int64_t n = smaller(s->classes - c, CLASSES);                                                          \
      exp_classes_##suffix(e, s, c, n, b, top);                                                                    \
      for (int64_t k = 0; k < n; k++) {                                                                            \
        for (int64_t l = 0; l < BLOCK; l++) sum[l] += (double)e[k * BLOCK + l];                                    \
      }                                                                                                            \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  /* the mean of x - top over the classes */                                                                       \
  INLINE double mean_score_##suffix(const ScoreRows *s, const T *x, T top) {                                       \
    double sum = 0;                                                                                                \
    for (int64_t c = 0; c < s->classes; c++) sum += (double)x[c * s->column] - (double)top;                        \
    return sum / (double)s->classes;                                                                               \
  }                                                                                                                \
                                                                                                                   \
  VECTORIZED(void, cross_entropy_##suffix, (const ScoreRows *s, int64_t begin, int64_t end, T *loss),              \
             (s, begin, end, loss)) {                                                                              \
    T top[BLOCK], exps[CLASSES * BLOCK];                                                                           \
    double sum[BLOCK], e = s->smoothing;                                                                           \
    for (int64_t first = begin; first < end; first += BLOCK) {                                                     \
      const Block b = block_at(s, first, end);                                                                     \
      softmax_sums_##suffix(s, &b, top, sum, exps);                                                                \
      vmath()->log_f64(BLOCK, sum, 1, sum, 1);                                                                     \
      for (int64_t l = 0; l < b.n; l++) {                                                                          \
        const T *x = (const T *)s->x + b.at[l];                                                                    \
        const double own = (double)x[s->label[first + l] * s->column] - (double)top[l];                            \
        loss[first + l] = (T)(sum[l] - (e == 0 ? own : (1 - e) * own + e * mean_score_##suffix(s, x, top[l])));    \
      }                                                                                                            \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  VECTORIZED(void, cross_entropy_grad_##suffix,                                                                    \
             (const ScoreRows *s, int64_t begin, int64_t end, const T *d, int64_t stride, T *dx),                  \
             (s, begin, end, d, stride, dx)) {                                                                     \
    const T own = (T)(1 - s->smoothing), each = (T)(s->smoothing / (double)s->classes);                            \
    T top[BLOCK], e[CLASSES * BLOCK], share[BLOCK];                                                                \
    double sum[BLOCK];                                                                                             \
    for (int64_t first = begin; first < end; first += BLOCK) {                                                     \
      const Block b = block_at(s, first, end);                                                                     \
      softmax_sums_##suffix(s, &b, top, sum, e);                                                                   \
      for (int64_t l = 0; l < BLOCK; l++) share[l] = (T)(1 / sum[l]);                                              \
      for (int64_t first_class = 0; first_class < s->classes; first_class += CLASSES) {                            \
        const int64_t n = smaller(s->classes - first_class, CLASSES);                                              \
        if (s->classes > CLASSES) exp_classes_##suffix(e, s, first_class, n, &b, top); /* else they are there */   \
        for (int64_t k = 0; k < n; k++) {                                                                          \
          const int64_t c = first_class + k;                                                                       \
          for (int64_t l = 0; l < b.n; l++) {                                                                      \
            const T q = (s->label[first + l] == c ? own : 0) + each;                                               \
            dx[(first + l) * s->classes + c] = (e[k * BLOCK + l] * share[l] - q) * d[(first + l) * stride];        \
          }                                                                                                        \
        }                                                                                                          \
      }                                                                                                            \
    }                                                                                                              \
  }
CROSS_ENTROPY(float, f32)
CROSS_ENTROPY(double, f64)
