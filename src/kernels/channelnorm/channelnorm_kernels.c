/*
 * channelnorm_kernels.c - see channelnorm_kernels.h. CMake compiles this file once for each instruction set and names
 * the copy by CHANNELNORM_KERNELS.
 *
 * The last vector of a piece ends where the piece does and may overlap the one before.
 */
#include "kernels/channelnorm/channelnorm_kernels.h"

#include "kernels/softmax/lanes.h"

#define RUNS 4         /* sums side by side */
#define COLUMN_ROWS 16 /* that are summed in the elements' own precision */
#define NEAR 256       /* columns at a time: so many rows of them stay in the first-level cache */

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Terms of the vector at i of a piece. */
#define FROM_FIRST(s, i) (load_##s(x + i) - first)
#define SQUARE(s, i) ((load_##s(x + i) - first - mean) * (load_##s(x + i) - first - mean))

/* run[0..RUNS-1] += TERM over the pieces */
#define EACH_PIECE(T)           \
  const T *x = p->x, *d = p->d; \
  for (int64_t k = 0; k < p->pieces; k++, x += p->stride, d = d ? d + p->stride : d)

#define ADD_PIECE(s, run, TERM)                                           \
  do {                                                                    \
    const int64_t n = p->n, last = n - VL_##s;                            \
    int64_t i = 0;                                                        \
    for (; i + RUNS * VL_##s <= n; i += RUNS * VL_##s) {                  \
      for (int r = 0; r < RUNS; r++) (run)[r] += TERM(s, i + r * VL_##s); \
    }                                                                     \
    for (; i + VL_##s <= n; i += VL_##s) (run)[1] += TERM(s, i);          \
    if (i < n) (run)[0] += without_##s(TERM(s, last), i - last);          \
  } while (0)

#define TOTAL(s, run) sum_lanes_##s(((run)[0] + (run)[1]) + ((run)[2] + (run)[3]))

/* y = TERM over a piece; the last vector's is taken before anything is written, because y may be an array that is read */
#define SET_PIECE(s, y, TERM)                                                         \
  do {                                                                                \
    const int64_t n = p->n;                                                           \
    const Vec_##s last = TERM(s, n - VL_##s);                                         \
    for (int64_t i = 0; i + VL_##s <= n; i += VL_##s) store_##s((y) + i, TERM(s, i)); \
    if (n % VL_##s) store_##s((y) + n - VL_##s, last);                                \
  } while (0)

/* y = TERM over the pieces */
#define SET_PIECES(T, s, TERM) \
  T *y = p->y;                 \
  EACH_PIECE(T) {              \
    SET_PIECE(s, y, TERM);     \
    y += p->stride;            \
  }

#define RESULT(s, i) ((load_##s(x + i) - mean) * factor + shift)
#define GRADIENT(s, i) (factor * (load_##s(d + i) - all - (load_##s(x + i) - mean) * along))

/* A ReLU: nan stays nan. */
INLINE Vec_f32 positive_f32(Vec_f32 v) { return choose_f32(v <= 0, (Vec_f32){0}, v); }
INLINE Vec_f64 positive_f64(Vec_f64 v) { return choose_f64(v <= 0, (Vec_f64){0}, v); }

#define RESULT_RELU(s, i) positive_##s(RESULT(s, i))
#define SUM_RELU(s, i) positive_##s(RESULT(s, i) + load_##s(add + i))

/* g: the gradient's vector at i; behind a ReLU it is masked, and kept. */
#define TAKE(s, i) const Vec_##s g = load_##s(d + (i))
#define TAKE_MASKED(s, i)                                                                \
  const Vec_##s g = choose_##s(load_##s(z + (i)) <= 0, (Vec_##s){0}, load_##s(d + (i))); \
  store_##s(masked + (i), g)

/* Both sums of a piece at once, each as ADD_PIECE has it. */
#define SUMS_STEP(s, take, r, i)                \
  do {                                          \
    take(s, i);                                 \
    along[r] += g * (load_##s(x + (i)) - mean); \
    all[r] += g;                                \
  } while (0)

#define SUMS_PIECE(s, take)                                                 \
  do {                                                                      \
    const int64_t n = p->n, last = n - VL_##s;                              \
    int64_t i = 0;                                                          \
    for (; i + RUNS * VL_##s <= n; i += RUNS * VL_##s) {                    \
      for (int r = 0; r < RUNS; r++) SUMS_STEP(s, take, r, i + r * VL_##s); \
    }                                                                       \
    for (; i + VL_##s <= n; i += VL_##s) SUMS_STEP(s, take, 1, i);          \
    if (i < n) {                                                            \
      take(s, last);                                                        \
      along[0] += without_##s(g * (load_##s(x + last) - mean), i - last);   \
      all[0] += without_##s(g, i - last);                                   \
    }                                                                       \
  } while (0)

#define PIECES(T, s)                                                                        \
  static Moments moments_##s(const Pieces *p) {                                             \
    const T first = *(const T *)p->x;                                                       \
    const double count = (double)(p->pieces * p->n);                                        \
    Vec_##s sum[RUNS] = {{0}}, m2[RUNS] = {{0}};                                            \
    { EACH_PIECE(T) ADD_PIECE(s, sum, FROM_FIRST); }                                        \
    const double apart = TOTAL(s, sum) / count;                                             \
    const T mean = (T)apart;                                                                \
    { EACH_PIECE(T) ADD_PIECE(s, m2, SQUARE); }                                             \
    return (Moments){count, (double)first + apart, TOTAL(s, m2)};                           \
  }                                                                                         \
                                                                                            \
  static void apply_##s(const Pieces *p, const Factors *f) {                                \
    const T mean = (T)f->mean, factor = (T)f->factor, shift = (T)f->shift;                  \
    SET_PIECES(T, s, RESULT)                                                                \
  }                                                                                         \
                                                                                            \
  static void apply_relu_##s(const Pieces *p, const Factors *f) {                           \
    const T mean = (T)f->mean, factor = (T)f->factor, shift = (T)f->shift, *add = p->add;   \
    T *y = p->y;                                                                            \
    EACH_PIECE(T) {                                                                         \
      if (add) {                                                                            \
        SET_PIECE(s, y, SUM_RELU);                                                          \
        add += p->stride;                                                                   \
      } else {                                                                              \
        SET_PIECE(s, y, RESULT_RELU);                                                       \
      }                                                                                     \
      y += p->stride;                                                                       \
    }                                                                                       \
  }                                                                                         \
                                                                                            \
  static void sums_##s(const Pieces *p, double about, double *dot, double *sum) {           \
    const T mean = (T)about;                                                                \
    Vec_##s along[RUNS] = {{0}}, all[RUNS] = {{0}};                                         \
    const T *z = p->z;                                                                      \
    T *masked = p->masked;                                                                  \
    EACH_PIECE(T) {                                                                         \
      if (z) {                                                                              \
        SUMS_PIECE(s, TAKE_MASKED);                                                         \
        z += p->stride;                                                                     \
        masked += p->stride;                                                                \
      } else {                                                                              \
        SUMS_PIECE(s, TAKE);                                                                \
      }                                                                                     \
    }                                                                                       \
    *dot += TOTAL(s, along);                                                                \
    *sum += TOTAL(s, all);                                                                  \
  }                                                                                         \
                                                                                            \
  static void grad_##s(const Pieces *p, const Factors *f) {                                 \
    const T mean = (T)f->mean, factor = (T)f->factor, all = (T)f->all, along = (T)f->along; \
    SET_PIECES(T, s, GRADIENT)                                                              \
  }
PIECES(float, f32)
PIECES(double, f64)

/* --- columns ------------------------------------------------------------------------------------------------------ */

#define COLUMNS(T, s)                                                                                                  \
  /* joins what rows x (of w columns) give to mean and m2 of `before` rows */                                          \
  INLINE void join_##s(const T *x, int64_t rows, int64_t width, int64_t w, int64_t before, double *mean, double *m2) { \
    T sum[NEAR] = {0}, squares[NEAR] = {0};                                                                            \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      for (int64_t j = 0; j < w; j++) sum[j] += x[r * width + j] - x[j];                                               \
    }                                                                                                                  \
    for (int64_t j = 0; j < w; j++) sum[j] /= (T)rows;                                                                 \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      for (int64_t j = 0; j < w; j++) {                                                                                \
        const T apart = x[r * width + j] - x[j] - sum[j];                                                              \
        squares[j] += apart * apart;                                                                                   \
      }                                                                                                                \
    }                                                                                                                  \
    const double share = (double)rows / (double)(before + rows), both = (double)before * share;                        \
    for (int64_t j = 0; j < w; j++) {                                                                                  \
      const double apart = (double)x[j] + (double)sum[j] - mean[j];                                                    \
      mean[j] += apart * share;                                                                                        \
      m2[j] += (double)squares[j] + apart * apart * both;                                                              \
    }                                                                                                                  \
  }                                                                                                                    \
                                                                                                                       \
  static void column_moments_##s(const Columns *c, double *mean, double *m2) {                                         \
    for (int64_t j = 0; j < c->width; j++) mean[j] = m2[j] = 0;                                                        \
    for (int64_t j = 0; j < c->width; j += NEAR) {                                                                     \
      const int64_t w = smaller(NEAR, c->width - j);                                                                   \
      for (int64_t r = c->begin; r < c->end; r += COLUMN_ROWS) {                                                       \
        const T *x = (const T *)c->x + r * c->width + j;                                                               \
        join_##s(x, smaller(COLUMN_ROWS, c->end - r), c->width, w, r - c->begin, mean + j, m2 + j);                    \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
                                                                                                                       \
  static void column_apply_##s(const Columns *c) {                                                                     \
    const int64_t width = c->width;                                                                                    \
    const T *mean = c->factors, *factor = mean + width, *shift = factor + width;                                       \
    for (int64_t r = c->begin; r < c->end; r++) {                                                                      \
      const T *x = (const T *)c->x + r * width;                                                                        \
      T *y = (T *)c->y + r * width;                                                                                    \
      INDEPENDENT                                                                                                      \
      for (int64_t j = 0; j < width; j++) y[j] = (x[j] - mean[j]) * factor[j] + shift[j];                              \
    }                                                                                                                  \
  }                                                                                                                    \
                                                                                                                       \
  INLINE void add_rows_##s(const T *x, const T *d, const T *mean, int64_t rows, int64_t width, int64_t w, double *dot, \
                           double *sum) {                                                                              \
    T along[NEAR] = {0}, all[NEAR] = {0};                                                                              \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      for (int64_t j = 0; j < w; j++) {                                                                                \
        along[j] += d[r * width + j] * (x[r * width + j] - mean[j]);                                                   \
        all[j] += d[r * width + j];                                                                                    \
      }                                                                                                                \
    }                                                                                                                  \
    for (int64_t j = 0; j < w; j++) dot[j] += (double)along[j], sum[j] += (double)all[j];                              \
  }                                                                                                                    \
                                                                                                                       \
  static void column_sums_##s(const Columns *c, double *dot, double *sum) {                                            \
    for (int64_t j = 0; j < c->width; j++) dot[j] = sum[j] = 0;                                                        \
    for (int64_t j = 0; j < c->width; j += NEAR) {                                                                     \
      const int64_t w = smaller(NEAR, c->width - j);                                                                   \
      for (int64_t r = c->begin; r < c->end; r += COLUMN_ROWS) {                                                       \
        const int64_t at = r * c->width + j, rows = smaller(COLUMN_ROWS, c->end - r);                                  \
        add_rows_##s((const T *)c->x + at, (const T *)c->d + at, (const T *)c->factors + j, rows, c->width, w,         \
                     dot + j, sum + j);                                                                                \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
                                                                                                                       \
  static void column_grad_##s(const Columns *c) {                                                                      \
    const int64_t width = c->width;                                                                                    \
    const T *mean = c->factors, *factor = mean + width, *all = factor + 2 * width, *along = all + width;               \
    for (int64_t r = c->begin; r < c->end; r++) {                                                                      \
      const T *x = (const T *)c->x + r * width, *d = (const T *)c->d + r * width;                                      \
      T *y = (T *)c->y + r * width;                                                                                    \
      INDEPENDENT                                                                                                      \
      for (int64_t j = 0; j < width; j++) y[j] = factor[j] * (d[j] - all[j] - (x[j] - mean[j]) * along[j]);            \
    }                                                                                                                  \
  }
COLUMNS(float, f32)
COLUMNS(double, f64)

#define PASTE(a, b) a##b
#define TABLE(set) PASTE(channelnorm_kernels_, set)
#define BOTH(name) \
  { name##_f32, name##_f64 }
const ChannelNormKernels TABLE(CHANNELNORM_KERNELS) = {.moments = BOTH(moments),
                                                       .apply = BOTH(apply),
                                                       .apply_relu = BOTH(apply_relu),
                                                       .sums = BOTH(sums),
                                                       .grad = BOTH(grad),
                                                       .column_moments = BOTH(column_moments),
                                                       .column_apply = BOTH(column_apply),
                                                       .column_sums = BOTH(column_sums),
                                                       .column_grad = BOTH(column_grad)};
