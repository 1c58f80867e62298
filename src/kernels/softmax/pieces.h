/*
 * pieces.h - what the kernels over rows of scores are made of: the largest score, exponentials and their sum; of one
 * row with its scores side by side (row_), or of a panel (panel_): SCORE_PANEL rows side by side, [score][row].
 *
 * Sums run in single precision over at most SUM_RUN vectors, then in double precision.
 */
#ifndef OPTLAB_KERNELS_SOFTMAX_PIECES_H
#define OPTLAB_KERNELS_SOFTMAX_PIECES_H

#include "kernels/softmax/lanes.h"
#include "kernels/softmax/score_rows.h"

#define SUM_RUN 32
#define SCORE_HALF (SCORE_PANEL / 2)

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Where the rows of a panel lie in a tensor. */
typedef struct Panel {
  int64_t first, rows;
  int64_t at[SCORE_PANEL]; /* lanes beyond the last row repeat the first */
  bool dense;              /* one after the other, in each half */
} Panel;

INLINE Panel panel_of(const ScoreMemory *m, int64_t inner, int64_t first, int64_t end) {
  Panel p = {.first = first, .rows = smaller(end - first, SCORE_PANEL)};
  p.dense = p.rows == SCORE_PANEL;
  int64_t outer = first / inner, place = first % inner;
  for (int64_t l = 0; l < SCORE_PANEL; l++) {
    p.at[l] = l < p.rows ? outer * m->outer + place * m->inner : p.at[0];
    p.dense = p.dense && p.at[l] == p.at[l / SCORE_HALF * SCORE_HALF] + l % SCORE_HALF;
    if (++place == inner) place = 0, outer++;
  }
  return p;
}

#define SCORE_PIECES(T, s)                                                                            \
  enum { PV_##s = SCORE_PANEL / VL_##s }; /* vectors side by side in a panel */                       \
  typedef double Sums_##s __attribute__((vector_size(8 * VL_##s), aligned(8), may_alias));            \
                                                                                                      \
  INLINE T row_top_##s(const T *x, int64_t n) {                                                       \
    Vec_##s a = load_##s(x), b = a;                                                                   \
    int64_t i = 0;                                                                                    \
    for (; i + 2 * VL_##s <= n; i += 2 * VL_##s) {                                                    \
      a = larger_##s(a, load_##s(x + i));                                                             \
      b = larger_##s(b, load_##s(x + i + VL_##s));                                                    \
    }                                                                                                 \
    for (; i < n; i += VL_##s) a = larger_##s(a, load_##s(x + smaller(i, n - VL_##s)));               \
    return largest_lane_##s(larger_##s(a, b));                                                        \
  }                                                                                                   \
                                                                                                      \
  /* run += e^(x - top) of k vectors, which go into e if `keep` */                                    \
  INLINE Vec_##s row_exp_some_##s(int k, T *e, const T *x, T top, bool keep, Vec_##s run) {           \
    Vec_##s v[AT_ONCE];                                                                               \
    for (int i = 0; i < k; i++) v[i] = load_##s(x + i * VL_##s) - top;                                \
    exp_##s(k, v);                                                                                    \
    for (int i = 0; i < k; i++) {                                                                     \
      if (keep) store_##s(e + i * VL_##s, v[i]);                                                      \
      run += v[i];                                                                                    \
    }                                                                                                 \
    return run;                                                                                       \
  }                                                                                                   \
                                                                                                      \
  /* the sum of e^(x - top), which goes into e if `keep`; nan if top is no number */                  \
  INLINE double row_exp_##s(T *e, const T *x, int64_t n, T top, bool keep) {                          \
    double sum = (double)(top - top);                                                                 \
    int64_t i = 0;                                                                                    \
    while (i < n) {                                                                                   \
      Vec_##s run = {0};                                                                              \
      const int64_t end = smaller(n, i + SUM_RUN * VL_##s);                                           \
      for (; i + AT_ONCE * VL_##s <= end; i += AT_ONCE * VL_##s) {                                    \
        run = row_exp_some_##s(AT_ONCE, e + i, x + i, top, keep, run);                                \
      }                                                                                               \
      for (; i + VL_##s <= end; i += VL_##s) run = row_exp_some_##s(1, e + i, x + i, top, keep, run); \
      if (i < end) {                                                                                  \
        const int64_t at = n - VL_##s;                                                                \
        run += without_##s(row_exp_some_##s(1, e + at, x + at, top, keep, (Vec_##s){0}), i - at);     \
        i = end;                                                                                      \
      }                                                                                               \
      sum += sum_lanes_##s(run);                                                                      \
    }                                                                                                 \
    return sum;                                                                                       \
  }                                                                                                   \
                                                                                                      \
  INLINE void panel_load_##s(T *buf, const T *x, const Panel *p, int64_t n, int64_t step) {           \
    for (int64_t c = 0; c < n; c++, buf += SCORE_PANEL, x += step) {                                  \
      if (p->dense) {                                                                                 \
        memcpy(buf, x + p->at[0], SCORE_HALF * sizeof *buf);                                          \
        memcpy(buf + SCORE_HALF, x + p->at[SCORE_HALF], SCORE_HALF * sizeof *buf);                    \
      } else {                                                                                        \
        for (int64_t l = 0; l < SCORE_PANEL; l++) buf[l] = x[p->at[l]];                               \
      }                                                                                               \
    }                                                                                                 \
  }                                                                                                   \
                                                                                                      \
  INLINE void panel_store_##s(T *y, const T *buf, const Panel *p, int64_t n, int64_t step) {          \
    for (int64_t c = 0; c < n; c++, buf += SCORE_PANEL, y += step) {                                  \
      if (p->dense) {                                                                                 \
        memcpy(y + p->at[0], buf, SCORE_HALF * sizeof *buf);                                          \
        memcpy(y + p->at[SCORE_HALF], buf + SCORE_HALF, SCORE_HALF * sizeof *buf);                    \
      } else {                                                                                        \
        for (int64_t l = 0; l < p->rows; l++) y[p->at[l]] = buf[l];                                   \
      }                                                                                               \
    }                                                                                                 \
  }                                                                                                   \
                                                                                                      \
  INLINE void panel_top_##s(Vec_##s *top, const T *buf, int64_t n) {                                  \
    for (int v = 0; v < PV_##s; v++) top[v] = load_##s(buf + v * VL_##s);                             \
    for (int64_t c = 1; c < n; c++) {                                                                 \
      for (int v = 0; v < PV_##s; v++) {                                                              \
        top[v] = larger_##s(top[v], load_##s(buf + c * SCORE_PANEL + v * VL_##s));                    \
      }                                                                                               \
    }                                                                                                 \
  }                                                                                                   \
                                                                                                      \
  /* buf becomes x - top, or e^(x - top) if `keep`; sum: of the exponentials */                       \
  INLINE void panel_exp_##s(T *buf, int64_t n, const Vec_##s *top, double *sum, bool keep) {          \
    enum { K = PV_##s < AT_ONCE ? PV_##s : AT_ONCE };                                                 \
    for (int v = 0; v < PV_##s; v++) {                                                                \
      *(Sums_##s *)(sum + v * VL_##s) = __builtin_convertvector(top[v] * 0, Sums_##s);                \
    }                                                                                                 \
    for (int64_t c = 0; c < n;) {                                                                     \
      Vec_##s run[PV_##s] = {{0}}, e[K];                                                              \
      for (int64_t end = smaller(n, c + SUM_RUN); c < end; c++) {                                     \
        for (int v = 0; v < PV_##s; v += K) {                                                         \
          T *at = buf + c * SCORE_PANEL + v * VL_##s;                                                 \
          for (int i = 0; i < K; i++) {                                                               \
            e[i] = load_##s(at + i * VL_##s) - top[v + i];                                            \
            if (!keep) store_##s(at + i * VL_##s, e[i]);                                              \
          }                                                                                           \
          exp_##s(K, e);                                                                              \
          for (int i = 0; i < K; i++) {                                                               \
            if (keep) store_##s(at + i * VL_##s, e[i]);                                               \
            run[v + i] += e[i];                                                                       \
          }                                                                                           \
        }                                                                                             \
      }                                                                                               \
      for (int v = 0; v < PV_##s; v++) {                                                              \
        *(Sums_##s *)(sum + v * VL_##s) += __builtin_convertvector(run[v], Sums_##s);                 \
      }                                                                                               \
    }                                                                                                 \
  }
SCORE_PIECES(float, f32)
SCORE_PIECES(double, f64)

#endif
