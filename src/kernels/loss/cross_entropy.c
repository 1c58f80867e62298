/*
 * cross_entropy.c - sixteen rows at a time, one per vector lane, whatever the number of classes and the order in
 * memory.
 *
 * A last block that is not full repeats its first row in the lanes left over. Sums over classes are doubles.
 */
#include "kernels/loss/cross_entropy.h"

#include "base/simd.h"

LIBMVEC1(exp)
LIBMVEC1(log)

/* A block of rows: where each begins in x, and how many there are. */
typedef struct Block {
  int64_t first, n, at[BLOCK];
} Block;

INLINE Block block_at(const ScoreRows *s, int64_t first, int64_t end) {
  Block b = {.first = first, .n = end - first < BLOCK ? end - first : BLOCK};
  for (int64_t l = 0; l < BLOCK; l++) b.at[l] = (first + (l < b.n ? l : 0)) * s->row;
  return b;
}

#define CROSS_ENTROPY(T, suffix, expT)                                                                          \
  /* e = exp(x - top) of one class */                                                                           \
  INLINE void exp_class_##suffix(T *e, const T *x, const Block *b, const T *top) {                              \
    for (int64_t l = 0; l < BLOCK; l++) e[l] = x[b->at[l]] - top[l];                                            \
    int64_t lanes = BLOCK;                                                                                      \
    OPAQUE(lanes);                                                                                              \
    for (int64_t l = 0; l < lanes; l++) e[l] = expT(e[l]);                                                      \
  }                                                                                                             \
                                                                                                                \
  /* top: the largest score, NaN if there is one; sum: of exp(x - top) */                                       \
  INLINE void softmax_sums_##suffix(const ScoreRows *s, const Block *b, T *top, double *sum) {                  \
    const T *x = s->x;                                                                                          \
    T e[BLOCK];                                                                                                 \
    for (int64_t l = 0; l < BLOCK; l++) top[l] = x[b->at[l]], sum[l] = 0;                                       \
    for (int64_t c = 1; c < s->classes; c++) {                                                                  \
      for (int64_t l = 0; l < BLOCK; l++) {                                                                     \
        const T v = x[b->at[l] + c * s->column];                                                                \
        top[l] = v > top[l] || v != v ? v : top[l];                                                             \
      }                                                                                                         \
    }                                                                                                           \
    for (int64_t c = 0; c < s->classes; c++) {                                                                  \
      exp_class_##suffix(e, x + c * s->column, b, top);                                                         \
      for (int64_t l = 0; l < BLOCK; l++) sum[l] += (double)e[l];                                               \
    }                                                                                                           \
  }                                                                                                             \
                                                                                                                \
  /* the mean of x - top over the classes */                                                                    \
  INLINE double mean_score_##suffix(const ScoreRows *s, const T *x, T top) {                                    \
    double sum = 0;                                                                                             \
    for (int64_t c = 0; c < s->classes; c++) sum += (double)x[c * s->column] - (double)top;                     \
    return sum / (double)s->classes;                                                                            \
  }                                                                                                             \
                                                                                                                \
  VECTORIZED void cross_entropy_##suffix(const ScoreRows *s, int64_t begin, int64_t end, T *loss) {             \
    T top[BLOCK];                                                                                               \
    double sum[BLOCK], e = s->smoothing;                                                                        \
    for (int64_t first = begin; first < end; first += BLOCK) {                                                  \
      const Block b = block_at(s, first, end);                                                                  \
      softmax_sums_##suffix(s, &b, top, sum);                                                                   \
      int64_t lanes = BLOCK;                                                                                    \
      OPAQUE(lanes);                                                                                            \
      for (int64_t l = 0; l < lanes; l++) sum[l] = log(sum[l]);                                                 \
      for (int64_t l = 0; l < b.n; l++) {                                                                       \
        const T *x = (const T *)s->x + b.at[l];                                                                 \
        const double own = (double)x[s->label[first + l] * s->column] - (double)top[l];                         \
        loss[first + l] = (T)(sum[l] - (e == 0 ? own : (1 - e) * own + e * mean_score_##suffix(s, x, top[l]))); \
      }                                                                                                         \
    }                                                                                                           \
  }                                                                                                             \
                                                                                                                \
  VECTORIZED void cross_entropy_grad_##suffix(const ScoreRows *s, int64_t begin, int64_t end, const T *d,       \
                                              int64_t stride, T *dx) {                                          \
    const T own = (T)(1 - s->smoothing), each = (T)(s->smoothing / (double)s->classes);                         \
    T top[BLOCK], e[BLOCK], share[BLOCK];                                                                       \
    double sum[BLOCK];                                                                                          \
    for (int64_t first = begin; first < end; first += BLOCK) {                                                  \
      const Block b = block_at(s, first, end);                                                                  \
      softmax_sums_##suffix(s, &b, top, sum);                                                                   \
      for (int64_t l = 0; l < BLOCK; l++) share[l] = (T)(1 / sum[l]);                                           \
      for (int64_t c = 0; c < s->classes; c++) {                                                                \
        exp_class_##suffix(e, (const T *)s->x + c * s->column, &b, top);                                        \
        for (int64_t l = 0; l < b.n; l++) {                                                                     \
          const T q = (s->label[first + l] == c ? own : 0) + each;                                              \
          dx[(first + l) * s->classes + c] = (e[l] * share[l] - q) * d[(first + l) * stride];                   \
        }                                                                                                       \
      }                                                                                                         \
    }                                                                                                           \
  }
CROSS_ENTROPY(float, f32, expf)
CROSS_ENTROPY(double, f64, exp)
