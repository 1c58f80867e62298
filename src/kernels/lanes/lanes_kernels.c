/*
 * lanes_kernels.c - see lanes.h. CMake compiles this file once for each instruction set and names the copy by
 * LANES_KERNELS.
 *
 * A part is one vector of the instruction set's width: 16, 8 or 4 lanes. The parts of an element are computed one after
 * the other, each as if it were all there is.
 */
#include "kernels/lanes/lanes.h"

#include <string.h>

#include "base/simd.h"
#include "kernels/reduce/reduce_kernels.h"

#if defined __AVX512F__
#define WIDTH 16
#elif defined __AVX__
#define WIDTH 8
#else
#define WIDTH 4
#endif

typedef float Vec __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));

#define AT(p, i) (*(const Vec *)((p) + (i)*LANES))

/* --- products ------------------------------------------------------------------------------------------------------ */

#define ROWS 4
#define COLUMNS 4

/* `rows` x `cols` (constants) elements of C; a, b, c, bias: their first elements, at the part. */
INLINE void tile(int rows, int cols, const LanesProduct *p, const float *a, const float *b, const float *bias,
                 float *c) {
  Vec sum[ROWS][COLUMNS] = {{{0}}};
  for (int64_t l = 0; l < p->k; l++) {
    Vec x[ROWS];
    for (int i = 0; i < rows; i++) x[i] = AT(a, i * p->rsa + l * p->csa);
    for (int j = 0; j < cols; j++) {
      const Vec y = AT(b, l * p->rsb + j * p->csb);
      for (int i = 0; i < rows; i++) sum[i][j] += x[i] * y;
    }
  }
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < cols; j++) {
      Vec *out = (Vec *)(c + (i * p->rsc + j) * LANES);
      if (bias) sum[i][j] = AT(bias, j) + sum[i][j];
      *out = sum[i][j];
    }
  }
}

INLINE void columns(int rows, const LanesProduct *p, int64_t i, int64_t part) {
  const float *a = p->a + i * p->rsa * LANES + part, *b = p->b + part, *bias = p->bias ? p->bias + part : NULL;
  float *c = p->c + i * p->rsc * LANES + part;
  int64_t j = 0;
#define COLUMNS_OF(cols)                  \
  for (; j + (cols) <= p->n; j += (cols)) \
    tile(rows, cols, p, a, b + j * p->csb * LANES, bias ? bias + j * LANES : NULL, c + j * LANES);
  COLUMNS_OF(4)
  COLUMNS_OF(1)
#undef COLUMNS_OF
}

static void product(const LanesProduct *p) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    int64_t i = 0;
    for (; i + 4 <= p->m; i += 4) columns(4, p, i, part);
    for (; i + 2 <= p->m; i += 2) columns(2, p, i, part);
    for (; i < p->m; i++) columns(1, p, i, part);
  }
}

/* --- sums ---------------------------------------------------------------------------------------------------------- */

INLINE Vec term(const float *a, const float *b, int64_t i) {
  if (!b) return AT(a, i);
  const Vec d = AT(a, i) - AT(b, i);
  return d * d;
}

/* Element i joins accumulator i modulo REDUCE_LANES; these are folded by halves. */
INLINE void sum_part(int64_t n, const float *a, int64_t stride, const float *b, float *out) {
  Vec acc[REDUCE_LANES];
  int64_t count = n < REDUCE_LANES ? n : REDUCE_LANES;
  for (int64_t i = 0; i < count; i++) acc[i] = term(a, b, i * stride);
  for (int64_t at = REDUCE_LANES; at < n; at += REDUCE_LANES) {
    const int64_t left = n - at < REDUCE_LANES ? n - at : REDUCE_LANES;
    for (int64_t i = 0; i < left; i++) acc[i] += term(a, b, (at + i) * stride);
  }
  for (int64_t half = REDUCE_LANES / 2; half > 0; half /= 2) {
    for (int64_t i = half; i < count; i++) acc[i - half] += acc[i];
    if (count > half) count = half;
  }
  const Vec zero = {0}; /* no sum is -0 */
  *(Vec *)out = acc[0] + zero;
}

static void sum(int64_t n, const float *a, int64_t stride, const float *b, float *out) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    if (b) {
      sum_part(n, a + part, stride, b + part, out + part);
    } else {
      sum_part(n, a + part, stride, NULL, out + part);
    }
  }
}

/* --- updates ------------------------------------------------------------------------------------------------------- */

static void xpby(int64_t n, float *o, const float *x, const float *b, const float *y) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    const Vec factor = AT(b + part, 0);
    for (int64_t i = 0; i < n; i++) *(Vec *)(o + i * LANES + part) = AT(x + part, i) + factor * AT(y + part, i);
  }
}

static void axpby(int64_t n, float *o, const float *a, const float *x, const float *b, const float *y) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    const Vec f = AT(a + part, 0), g = AT(b + part, 0);
    for (int64_t i = 0; i < n; i++) *(Vec *)(o + i * LANES + part) = f * AT(x + part, i) + g * AT(y + part, i);
  }
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

typedef float Piece __attribute__((vector_size(4 * LANES_PIECE), aligned(4), may_alias));

#define PICK(x, y, a, b, c, d, e, f, g, h) __builtin_shufflevector(x, y, a, b, c, d, e, f, g, h)
#define LOW(x, y) PICK(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(x, y) PICK(x, y, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(x, y) PICK(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(x, y) PICK(x, y, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_HALVES(x, y) PICK(x, y, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(x, y) PICK(x, y, 4, 5, 6, 7, 12, 13, 14, 15)

/* Column k of eight rows becomes vector k. */
INLINE void turn(Piece x[8]) {
  Piece a[8], b[8];
  for (int i = 0; i < 8; i += 2) {
    a[i] = LOW(x[i], x[i + 1]);
    a[i + 1] = HIGH(x[i], x[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    b[i] = LOW_PAIRS(a[i], a[i + 2]);
    b[i + 1] = HIGH_PAIRS(a[i], a[i + 2]);
    b[i + 2] = LOW_PAIRS(a[i + 1], a[i + 3]);
    b[i + 3] = HIGH_PAIRS(a[i + 1], a[i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    x[i] = LOW_HALVES(b[i], b[i + 4]);
    x[i + 4] = HIGH_HALVES(b[i], b[i + 4]);
  }
}

/* A piece of row i for eight lanes from `lane` on. */
INLINE void turn_piece(const LanesTable *t, int64_t i, int64_t piece, const int64_t *const *order, int lane) {
  const int64_t width = t->pieces * LANES_PIECE, first = piece * LANES_PIECE, left = t->columns - first;
  Piece x[8];
  for (int l = 0; l < 8; l++) x[l] = *(const Piece *)(t->row + order[lane + l][i] * width + first);
  turn(x);
  for (int k = 0; k < LANES_PIECE; k++) {
    if (k < left) *(Piece *)(t->to[first + k] + i * t->step[first + k] * LANES + lane) = x[k];
  }
}

static void rows(const LanesTable *t, int64_t n, const int64_t *const *order) {
  for (int64_t piece = 0; piece < t->pieces; piece++) {
    for (int64_t i = 0; i < n; i++) {
      for (int lane = 0; lane < LANES; lane += 8) turn_piece(t, i, piece, order, lane);
    }
  }
}

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

const LanesKernels PASTE(lanes_kernels_, LANES_KERNELS) = {product, sum, xpby, axpby, rows};
