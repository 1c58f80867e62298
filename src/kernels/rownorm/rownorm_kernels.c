/*
 * rownorm_kernels.c - see rownorm_kernels.h. CMake compiles this file once for each instruction set and names the copy
 * by ROWNORM_KERNELS.
 *
 * Sums run in single precision over at most SUM_RUN vectors, then in double precision. The last vector of a row ends
 * where the row does and may overlap the one before. Rows shorter than a vector go element by element.
 */
#include "kernels/rownorm/rownorm_kernels.h"

#include "kernels/softmax/lanes.h"

#define SUM_RUN 32
#define ROWS 32   /* whose moments are found before their part of the parameters' gradients */
#define COLUMNS 4 /* vectors of these gradients that stay in registers */

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Terms of position i, for a vector (AT is load_s) or an element. */
#define ELEMENT(p) (*(p))
#define VALUE(AT, i) (AT(x + i))
#define SQUARE(AT, i) ((AT(x + i) - mean) * (AT(x + i) - mean))
#define NORMED(AT, i) ((AT(x + i) - mean) * scale)
#define SCALED(AT, i) (NORMED(AT, i) * AT(w + i))
#define SHIFTED(AT, i) (SCALED(AT, i) + AT(b + i))
#define GRAD(AT, i) (AT(d + i))
#define GRAD_W(AT, i) (AT(d + i) * AT(w + i))
#define ALONG(AT, i) (GRAD(AT, i) * NORMED(AT, i))
#define ALONG_W(AT, i) (GRAD_W(AT, i) * NORMED(AT, i))
#define RESULT(AT, i) (scale * (GRAD(AT, i) - all - NORMED(AT, i) * along))
#define RESULT_W(AT, i) (scale * (GRAD_W(AT, i) - all - NORMED(AT, i) * along))

/* total: the sum of TERM over a row */
#define ROW_SUM(s, total, TERM)                                                    \
  do {                                                                             \
    double sum = 0;                                                                \
    for (int64_t i = 0; n < VL_##s && i < n; i++) sum += (double)TERM(ELEMENT, i); \
    for (int64_t i = 0; n >= VL_##s && i < n;) {                                   \
      const int64_t stop = smaller(n, i + SUM_RUN * VL_##s), last = n - VL_##s;    \
      Vec_##s run = {0}, other = {0};                                              \
      for (; i + 2 * VL_##s <= stop; i += 2 * VL_##s) {                            \
        run += TERM(load_##s, i);                                                  \
        other += TERM(load_##s, i + VL_##s);                                       \
      }                                                                            \
      for (; i + VL_##s <= stop; i += VL_##s) run += TERM(load_##s, i);            \
      if (i < stop) other += without_##s(TERM(load_##s, last), i - last);          \
      i = stop;                                                                    \
      sum += sum_lanes_##s(run + other);                                           \
    }                                                                              \
    (total) = sum;                                                                 \
  } while (0)

/* y = TERM along a row */
#define ROW_SET(s, TERM)                                                             \
  do {                                                                               \
    int64_t i = 0;                                                                   \
    for (; i + VL_##s <= n; i += VL_##s) store_##s(y + i, TERM(load_##s, i));        \
    if (i < n && n >= VL_##s) store_##s(y + n - VL_##s, TERM(load_##s, n - VL_##s)); \
    for (; n < VL_##s && i < n; i++) y[i] = TERM(ELEMENT, i);                        \
  } while (0)

#define ROWNORM(T, s)                                                                                            \
  /* the mean (of RMS 0) and 1 / sqrt(variance + eps) */                                                         \
  INLINE void moments_##s(const T *x, const RowNorm *r, T *m, T *scale) {                                        \
    const int64_t n = r->n;                                                                                      \
    double total = 0;                                                                                            \
    if (!r->rms) ROW_SUM(s, total, VALUE);                                                                       \
    const T mean = *m = (T)(total / (double)n);                                                                  \
    ROW_SUM(s, total, SQUARE);                                                                                   \
    *scale = (T)(1 / sqrt(total / (double)n + r->eps));                                                          \
  }                                                                                                              \
                                                                                                                 \
  static void forward_##s(const RowNorm *r, int64_t begin, int64_t end) {                                        \
    const int64_t n = r->n;                                                                                      \
    const T *w = r->w, *b = r->b;                                                                                \
    for (int64_t row = begin; row < end; row++) {                                                                \
      const T *x = (const T *)r->x + row * n;                                                                    \
      T *y = (T *)r->y + row * n, mean, scale;                                                                   \
      moments_##s(x, r, &mean, &scale);                                                                          \
      if (w && b) {                                                                                              \
        ROW_SET(s, SHIFTED);                                                                                     \
      } else if (w) {                                                                                            \
        ROW_SET(s, SCALED);                                                                                      \
      } else {                                                                                                   \
        ROW_SET(s, NORMED);                                                                                      \
      }                                                                                                          \
    }                                                                                                            \
  }                                                                                                              \
                                                                                                                 \
  INLINE void grad_row_##s(const RowNorm *r, int64_t row, T mean, T scale, T *y) {                               \
    const int64_t n = r->n;                                                                                      \
    const T *x = (const T *)r->x + row * n, *d = (const T *)r->d + row * n, *w = r->w;                           \
    double total = 0, dot;                                                                                       \
    if (w) {                                                                                                     \
      if (!r->rms) ROW_SUM(s, total, GRAD_W);                                                                    \
      ROW_SUM(s, dot, ALONG_W);                                                                                  \
    } else {                                                                                                     \
      if (!r->rms) ROW_SUM(s, total, GRAD);                                                                      \
      ROW_SUM(s, dot, ALONG);                                                                                    \
    }                                                                                                            \
    const T all = (T)(total / (double)n), along = (T)(dot / (double)n);                                          \
    if (w) {                                                                                                     \
      ROW_SET(s, RESULT_W);                                                                                      \
    } else {                                                                                                     \
      ROW_SET(s, RESULT);                                                                                        \
    }                                                                                                            \
  }                                                                                                              \
                                                                                                                 \
  static void backward_##s(const RowNorm *r, int64_t begin, int64_t end) {                                       \
    for (int64_t row = begin; row < end; row++) {                                                                \
      T mean, scale;                                                                                             \
      moments_##s((const T *)r->x + row * r->n, r, &mean, &scale);                                               \
      grad_row_##s(r, row, mean, scale, (T *)r->y + row * r->n);                                                 \
    }                                                                                                            \
  }                                                                                                              \
                                                                                                                 \
  /* dw and db grow by what `rows` rows give in k (a constant) vectors of columns, or in one column */           \
  INLINE void columns_##s(int k, const T *x, const T *d, int64_t n, int64_t rows, const T *mean, const T *scale, \
                          T *dw, T *db) {                                                                        \
    Vec_##s sw[COLUMNS], sb[COLUMNS];                                                                            \
    for (int v = 0; v < k; v++) sw[v] = load_##s(dw + v * VL_##s), sb[v] = load_##s(db + v * VL_##s);            \
    for (int64_t row = 0; row < rows; row++, x += n, d += n) {                                                   \
      for (int v = 0; v < k; v++) {                                                                              \
        const Vec_##s g = load_##s(d + v * VL_##s);                                                              \
        sw[v] += g * ((load_##s(x + v * VL_##s) - mean[row]) * scale[row]);                                      \
        sb[v] += g;                                                                                              \
      }                                                                                                          \
    }                                                                                                            \
    for (int v = 0; v < k; v++) store_##s(dw + v * VL_##s, sw[v]), store_##s(db + v * VL_##s, sb[v]);            \
  }                                                                                                              \
                                                                                                                 \
  static void params_##s(const RowNorm *r, int64_t begin, int64_t end, void *sums) {                             \
    const int64_t n = r->n;                                                                                      \
    T mean[ROWS], scale[ROWS], *dw = sums, *db = dw + n;                                                         \
    memset(dw, 0, 2 * (size_t)n * sizeof *dw);                                                                   \
    for (int64_t first = begin; first < end; first += ROWS) {                                                    \
      const T *x = (const T *)r->x + first * n, *d = (const T *)r->d + first * n;                                \
      const int64_t rows = smaller(ROWS, end - first);                                                           \
      for (int64_t k = 0; k < rows; k++) {                                                                       \
        moments_##s(x + k * n, r, mean + k, scale + k);                                                          \
        if (r->y) grad_row_##s(r, first + k, mean[k], scale[k], (T *)r->y + (first + k) * n);                    \
      }                                                                                                          \
      int64_t c = 0;                                                                                             \
      for (; c + COLUMNS * VL_##s <= n; c += COLUMNS * VL_##s) {                                                 \
        columns_##s(COLUMNS, x + c, d + c, n, rows, mean, scale, dw + c, db + c);                                \
      }                                                                                                          \
      for (; c + VL_##s <= n; c += VL_##s) columns_##s(1, x + c, d + c, n, rows, mean, scale, dw + c, db + c);   \
      for (; c < n; c++) {                                                                                       \
        for (int64_t k = 0; k < rows; k++) {                                                                     \
          dw[c] += d[k * n + c] * ((x[k * n + c] - mean[k]) * scale[k]);                                         \
          db[c] += d[k * n + c];                                                                                 \
        }                                                                                                        \
      }                                                                                                          \
    }                                                                                                            \
  }
ROWNORM(float, f32)
ROWNORM(double, f64)

#define PASTE(a, b) a##b
#define TABLE(set) PASTE(rownorm_kernels_, set)
const RowNormKernels TABLE(ROWNORM_KERNELS) = {
    {forward_f32, forward_f64}, {backward_f32, backward_f64}, {params_f32, params_f64}};
