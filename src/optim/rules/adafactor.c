/*
 * adafactor.c - a second moment kept as one number a row and one a column, and steps in proportion to the parameter.
 *
 * PyTorch writes eps1 and eps2 as one pair, eps.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "optim/optimizer.h"

static const char equation[] =
    "g   <- -g if maximize\n"
    "w    = t^beta2_decay    t = 1, 2, ...\n"
    "rate = max(eps2, rms(p)) min(lr, 1 / sqrt(t))\n"
    "p   <- (1 - lr weight_decay) p\n"
    "For parameters of two dimensions or more (rows and columns: the last two):\n"
    "r   <- r + w (mean of g^2 over a row - r)\n"
    "c   <- c + w (mean of g^2 over a column - c)\n"
    "v    = r c / max(mean of r over the rows, eps1)\n"
    "For parameters of fewer dimensions:\n"
    "v   <- v + w (g^2 - v)\n"
    "u    = g / sqrt(max(v, eps1^2))\n"
    "p   <- p - rate u / max(1, rms(u) / d)\n"
    "\n"
    "with rms(x) the root of the mean of x^2 over the whole parameter.";

enum { LR, BETA2_DECAY, EPS1, EPS2, D, WEIGHT_DECAY, MAXIMIZE };

static const Arg args[] = {
    {.name = "lr",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-2,
     .doc = "Upper bound of the relative step size, which is also at most 1 / sqrt(t)."},
    {.name = "beta2_decay",
     .def = -0.8,
     .doc = "Exponent of the decay: the second moment moves by the share t^beta2_decay."},
    {.name = "eps1",
     .range = RANGE_NOT_NEGATIVE,
     .def = ARG_UNSET,
     .doc = "Lower bound of the second moment; by default the machine epsilon of the dtype."},
    {.name = "eps2",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-3,
     .doc = "Lower bound of the parameter's root mean square, by which steps are scaled."},
    {.name = "d",
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Clipping threshold: an update with a larger root mean square is scaled down to it."},
    {.name = "weight_decay",
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay."},
    {.name = "maximize", .kind = ARG_FLAG, .doc = "Whether to step along the gradient instead of against it."},
    {0},
};

/* --- state -------------------------------------------------------------------------------------------------------- */

enum { ROW_VAR, COL_VAR, VARIANCE };

/* The parameter's shape, with 1 in place of its dimension ndim - from_end; -1 for one of less than two dimensions. */
static int factor_shape(const Tensor *p, int64_t shape[TENSOR_MAX_DIM], int from_end) {
  if (p->ndim < 2) return -1;
  memcpy(shape, p->shape, p->ndim * sizeof *shape);
  shape[p->ndim - from_end] = 1;
  return p->ndim;
}

static int row_shape(const Tensor *p, int64_t shape[TENSOR_MAX_DIM]) { return factor_shape(p, shape, 1); }
static int col_shape(const Tensor *p, int64_t shape[TENSOR_MAX_DIM]) { return factor_shape(p, shape, 2); }

static int whole_shape(const Tensor *p, int64_t shape[TENSOR_MAX_DIM]) {
  memcpy(shape, p->shape, p->ndim * sizeof *shape);
  return p->ndim < 2 ? p->ndim : -1;
}

static const OptimSlot slots[] = {
    [ROW_VAR] = {.name = "row_var",
                 .doc = "r, the running mean of squares of each row; of parameters with two dimensions or more",
                 .shape = row_shape},
    [COL_VAR] = {.name = "col_var",
                 .doc = "c, the running mean of squares of each column; of parameters with two dimensions or more",
                 .shape = col_shape},
    [VARIANCE] = {.name = "variance",
                  .doc = "v, the running mean of squares; of parameters with fewer than two dimensions",
                  .shape = whole_shape},
    {0},
};

/* --- the update --------------------------------------------------------------------------------------------------- */

enum { C_WEIGHT, C_RHO, C_EPS1, C_EPS2, C_D, C_SHRINK, C_SIGN, C_COUNT };

static void coef(double *c, const double *h, int64_t t) {
  c[C_WEIGHT] = pow((double)t, h[BETA2_DECAY]);
  c[C_RHO] = fmin(h[LR], 1 / sqrt((double)t));
  c[C_EPS1] = h[EPS1];
  c[C_EPS2] = h[EPS2];
  c[C_D] = h[D];
  c[C_SHRINK] = 1 - h[LR] * h[WEIGHT_DECAY];
  c[C_SIGN] = h[MAXIMIZE] != 0 ? -1 : 1;
}

/* The matrices of a parameter. One of fewer dimensions is a single row, whose second moment is kept element by element
 * in c, with r NULL. */
typedef struct Matrices {
  int64_t count, rows, cols;
} Matrices;

static Matrices matrices_of(const OptimRun *run, int64_t n) {
  if (!run->state[ROW_VAR]) return (Matrices){1, 1, n};
  const int64_t rows = run->shape[run->ndim - 2], cols = run->shape[run->ndim - 1];
  return (Matrices){n / (rows * cols), rows, cols};
}

/* The loops for one float type. For a matrix g (rows, cols) with moments r (rows) and c (cols):
 *   move       brings the moments closer to g^2
 *   row_scale  1 / max(mean of r, eps1), by which r[i] c[k] is v of element (i, k)
 *   update     p <- shrink p - step u; without p it returns the sum of u^2 instead */
#define ADAFACTOR(T, NAME, SQRT, EPSILON)                                                                             \
  INLINE double NAME##_squares(const T *x, int64_t n) {                                                               \
    double sum = 0;                                                                                                   \
    for (int64_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];                                               \
    return sum;                                                                                                       \
  }                                                                                                                   \
  INLINE void NAME##_move(const T *g, T *r, T *c, int64_t rows, int64_t cols, double weight) {                        \
    const T w = (T)weight, share = (T)(weight / (double)rows);                                                        \
    for (int64_t k = 0; k < cols; k++) c[k] -= w * c[k];                                                              \
    for (int64_t i = 0; i < rows; i++, g += cols) {                                                                   \
      if (r) r[i] += w * ((T)(NAME##_squares(g, cols) / (double)cols) - r[i]);                                        \
      for (int64_t k = 0; k < cols; k++) c[k] += share * g[k] * g[k];                                                 \
    }                                                                                                                 \
  }                                                                                                                   \
  INLINE T NAME##_row_scale(const T *r, int64_t rows, T eps1) {                                                       \
    double sum = 0;                                                                                                   \
    for (int64_t i = 0; r && i < rows; i++) sum += (double)r[i];                                                      \
    const T mean = (T)(sum / (double)rows);                                                                           \
    return 1 / (mean > eps1 ? mean : eps1);                                                                           \
  }                                                                                                                   \
  INLINE double NAME##_update(const T *g, const T *r, const T *c, int64_t rows, int64_t cols, T eps1, T *p, T shrink, \
                              T step) {                                                                               \
    const T scale = NAME##_row_scale(r, rows, eps1), least = eps1 * eps1;                                             \
    double squares = 0;                                                                                               \
    for (int64_t i = 0; i < rows; i++) {                                                                              \
      const T row = r ? r[i] * scale : 1;                                                                             \
      for (int64_t k = 0; k < cols; k++) {                                                                            \
        const T v = row * c[k], u = g[i * cols + k] / SQRT(v > least ? v : least);                                    \
        if (p) {                                                                                                      \
          p[i * cols + k] = shrink * p[i * cols + k] - step * u;                                                      \
        } else {                                                                                                      \
          squares += (double)u * (double)u;                                                                           \
        }                                                                                                             \
      }                                                                                                               \
    }                                                                                                                 \
    return squares;                                                                                                   \
  }                                                                                                                   \
  static VECTORIZED(void, NAME, (const OptimRun *run, int64_t begin, int64_t n), (run, begin, n)) {                   \
    (void)begin; /* 0: the whole parameter */                                                                         \
    if (n == 0) return;                                                                                               \
    const Matrices m = matrices_of(run, n);                                                                           \
    const double *h = run->c, size = (double)n;                                                                       \
    const T *g = run->g, eps1 = (T)(isnan(h[C_EPS1]) ? (double)EPSILON : h[C_EPS1]);                                  \
    T *p = run->p, *r = run->state[ROW_VAR], *c = run->state[r ? COL_VAR : VARIANCE];                                 \
    const int64_t each = m.rows * m.cols, next = r ? m.rows : 0;                                                      \
    const double rate = fmax(h[C_EPS2], sqrt(NAME##_squares(p, n) / size)) * h[C_RHO];                                \
    double squares = 0;                                                                                               \
    for (int64_t b = 0; b < m.count; b++) {                                                                           \
      T *rb = r ? r + b * next : NULL, *cb = c + b * m.cols;                                                          \
      NAME##_move(g + b * each, rb, cb, m.rows, m.cols, h[C_WEIGHT]);                                                 \
      squares += NAME##_update(g + b * each, rb, cb, m.rows, m.cols, eps1, NULL, 0, 0);                               \
    }                                                                                                                 \
    const T step = (T)(h[C_SIGN] * rate / fmax(1, sqrt(squares / size) / h[C_D]));                                    \
    for (int64_t b = 0; b < m.count; b++) {                                                                           \
      T *rb = r ? r + b * next : NULL, *cb = c + b * m.cols;                                                          \
      NAME##_update(g + b * each, rb, cb, m.rows, m.cols, eps1, p + b * each, (T)h[C_SHRINK], step);                  \
    }                                                                                                                 \
  }
ADAFACTOR(float, adafactor_f32, sqrtf, FLT_EPSILON)
ADAFACTOR(double, adafactor_f64, sqrt, DBL_EPSILON)

const OptimDef optim_adafactor = {
    .name = "Adafactor",
    .doc = "A second moment kept as one number a row and one a column, and steps in proportion to the parameter.",
    .equation = equation,
    .paper = "Shazeer, Stern, \"Adafactor: adaptive learning rates with sublinear memory cost\", ICML 2018",
    .args = args,
    .slot = slots,
    .ncoefs = C_COUNT,
    .coef = coef,
    .kernel = {adafactor_f32, adafactor_f64},
    .whole = true,
};
