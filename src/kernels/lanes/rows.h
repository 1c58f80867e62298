/*
 * rows.h - rows of batches and other memory of the lanes' own into lanes, and back (lanes_kernels.c).
 *
 * Four numbers of each of four rows are a square that is turned within vectors of 16 bytes. A vector of the instruction
 * set holds one, two or four such squares side by side, of the rows of neighbouring lanes.
 */
#define SQUARES (BYTES / 16) /* of a vector */

typedef float Quad __attribute__((vector_size(16), aligned(4), may_alias));

/* Four numbers into 16 bytes of v, a constant: the first, second, ... */
INLINE Vec_f32 with_quad(Vec_f32 v, int place, Quad x) {
#if BYTES == 64
  switch (place) {
    case 0:
      return (Vec_f32)_mm512_castps128_ps512((__m128)x);
    case 1:
      return (Vec_f32)_mm512_insertf32x4((__m512)v, (__m128)x, 1);
    case 2:
      return (Vec_f32)_mm512_insertf32x4((__m512)v, (__m128)x, 2);
    default:
      return (Vec_f32)_mm512_insertf32x4((__m512)v, (__m128)x, 3);
  }
#elif BYTES == 32
  return (Vec_f32)(place == 0 ? _mm256_castps128_ps256((__m128)x) : _mm256_insertf128_ps((__m256)v, (__m128)x, 1));
#else
  (void)v, (void)place;
  return x;
#endif
}

/* Within each 16 bytes: numbers a, b, c, d, those of y from N on. */
#define N (4 * SQUARES)
#if BYTES == 64
#define EACH_SQUARE(x, y, a, b, c, d)                                                                               \
  __builtin_shufflevector(x, y, a, b, c, d, a + 4, b + 4, c + 4, d + 4, a + 8, b + 8, c + 8, d + 8, a + 12, b + 12, \
                          c + 12, d + 12)
#elif BYTES == 32
#define EACH_SQUARE(x, y, a, b, c, d) __builtin_shufflevector(x, y, a, b, c, d, a + 4, b + 4, c + 4, d + 4)
#else
#define EACH_SQUARE(x, y, a, b, c, d) __builtin_shufflevector(x, y, a, b, c, d)
#endif

/* Turns the squares x; if not `all`, the last two vectors are not wanted. */
INLINE void turn(Vec_f32 x[4], bool all) {
  const Vec_f32 ab = EACH_SQUARE(x[0], x[1], 0, N, 1, N + 1), cd = EACH_SQUARE(x[2], x[3], 0, N, 1, N + 1);
  const Vec_f32 ef = EACH_SQUARE(x[0], x[1], 2, N + 2, 3, N + 3), gh = EACH_SQUARE(x[2], x[3], 2, N + 2, 3, N + 3);
  x[0] = EACH_SQUARE(ab, cd, 0, 1, N, N + 1);
  x[1] = EACH_SQUARE(ab, cd, 2, 3, N + 2, N + 3);
  if (!all) return;
  x[2] = EACH_SQUARE(ef, gh, 0, 1, N, N + 1);
  x[3] = EACH_SQUARE(ef, gh, 2, 3, N + 2, N + 3);
}

/* --- where rows lie ------------------------------------------------------------------------------------------------- */

#define ROWS_AT_ONCE 32

typedef int64_t Orders __attribute__((vector_size(32), aligned(8), may_alias));
typedef int32_t Offsets __attribute__((vector_size(16)));
typedef int32_t Ints __attribute__((vector_size(BYTES), aligned(4), may_alias));

/* offset[i][l] = width order[l][at + i] for i < 4 */
INLINE void four_offsets(int32_t width, const int64_t *const *order, int64_t at, int32_t *offset) {
  for (int part = 0; part < LANES; part += N) {
    Vec_f32 x[4] = {{0}};
    for (int r = 0; r < 4; r++) {
      for (int q = 0; q < SQUARES; q++) {
        const Orders from = *(const Orders *)(order[part + r + 4 * q] + at);
        x[r] = with_quad(x[r], q, (Quad) __builtin_convertvector(from, Offsets));
      }
    }
    turn(x, true);
    for (int r = 0; r < 4; r++) *(Ints *)(offset + r * LANES + part) = (Ints)x[r] * width;
  }
}

/* The same for i < n. */
INLINE void find_offsets(int32_t width, int64_t n, const int64_t *const *order, int64_t at, int32_t *offset) {
  for (int64_t i = 0; i + 4 <= n; i += 4) four_offsets(width, order, at + i, offset + i * LANES);
  if (n >= 4 && n % 4 != 0) four_offsets(width, order, at + n - 4, offset + (n - 4) * LANES);
  for (int64_t i = 0; n < 4 && i < n; i++) {
    for (int l = 0; l < LANES; l++) offset[i * LANES + l] = (int32_t)order[l][at + i] * width;
  }
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */

/* `pieces` (1 or 2) pieces of rows start .. start + n - 1, from number `first` on; `all`: see turn, of the last piece. */
INLINE void turn_rows(int pieces, bool all, const LanesTable *t, int64_t start, int64_t n, const int32_t *offset,
                      int64_t first) {
  enum { MOST = 2 * LANES_PIECE };
  const float *from = (const float *)t->row + first;
  float *to[MOST];
  int64_t step[MOST];
  for (int k = 0; k < pieces * LANES_PIECE; k++) {
    step[k] = t->step[first + k] * LANES;
    to[k] = (float *)t->to[first + k] + start * step[k];
  }
  for (int64_t i = 0; i < n; i++, offset += LANES) {
    for (int part = 0; part < LANES; part += N) {
      Vec_f32 x[2][4] = {{{0}}};
      for (int r = 0; r < 4; r++) {
        for (int q = 0; q < SQUARES; q++) {
          const float *row = from + offset[part + r + 4 * q];
          for (int p = 0; p < pieces; p++) x[p][r] = with_quad(x[p][r], q, *(const Quad *)(row + p * LANES_PIECE));
        }
      }
      for (int p = 0; p < pieces; p++) {
        const bool four = all || p < pieces - 1;
        turn(x[p], four);
        for (int k = 0; k < (four ? 4 : 2); k++) *(Vec_f32 *)(to[p * LANES_PIECE + k] + part) = x[p][k];
      }
    }
    for (int k = 0; k < pieces * LANES_PIECE; k++) {
      to[k] += step[k];
      OPAQUE(to[k]); /* addresses are no numbers for vectors */
    }
  }
}

static void rows_f32(const LanesTable *t, int64_t n, const int64_t *const *order, int64_t begin) {
  int32_t offset[ROWS_AT_ONCE * LANES];
  for (int64_t i = 0; i < n; i += ROWS_AT_ONCE) {
    const int64_t rows = n - i < ROWS_AT_ONCE ? n - i : ROWS_AT_ONCE;
    find_offsets((int32_t)(t->pieces * LANES_PIECE), rows, order, begin + i, offset);
    for (int64_t at = 0; at < t->columns; at += 2 * LANES_PIECE) {
      const int64_t left = t->columns - at;
      if (left > 6) {
        turn_rows(2, true, t, i, rows, offset, at);
      } else if (left > 4) {
        turn_rows(2, false, t, i, rows, offset, at);
      } else {
        turn_rows(1, true, t, i, rows, offset, at);
      }
    }
  }
}

static void rows_f64(const LanesTable *t, int64_t n, const int64_t *const *order, int64_t begin) {
  const int64_t width = t->pieces * LANES_PIECE;
  for (int64_t i = 0; i < n; i++) {
    for (int l = 0; l < LANES; l++) {
      const double *row = (const double *)t->row + order[l][begin + i] * width;
      for (int64_t k = 0; k < t->columns; k++) ((double *)t->to[k])[i * t->step[k] * LANES + l] = row[k];
    }
  }
}

/* --- there and back ------------------------------------------------------------------------------------------------- */

/* The 16 bytes at that place, a constant. */
INLINE Quad quad_of(Vec_f32 v, int place) {
#if BYTES == 64
  switch (place) {
    case 0:
      return (Quad)_mm512_castps512_ps128((__m512)v);
    case 1:
      return (Quad)_mm512_extractf32x4_ps((__m512)v, 1);
    case 2:
      return (Quad)_mm512_extractf32x4_ps((__m512)v, 2);
    default:
      return (Quad)_mm512_extractf32x4_ps((__m512)v, 3);
  }
#elif BYTES == 32
  return (Quad)(place == 0 ? _mm256_castps256_ps128((__m256)v) : _mm256_extractf128_ps((__m256)v, 1));
#else
  (void)place;
  return v;
#endif
}

/* Elements i .. i + 3 */
INLINE void four_in(int64_t i, float *lanes, const char *const *own) {
  for (int part = 0; part < LANES; part += N) {
    Vec_f32 x[4] = {{0}};
    for (int r = 0; r < 4; r++) {
      for (int q = 0; q < SQUARES; q++) {
        x[r] = with_quad(x[r], q, *(const Quad *)((const float *)(const void *)own[part + r + 4 * q] + i));
      }
    }
    turn(x, true);
    for (int k = 0; k < 4; k++) *(Vec_f32 *)(lanes + (i + k) * LANES + part) = x[k];
  }
}

INLINE void four_out(int64_t i, const float *lanes, char *const *own) {
  for (int part = 0; part < LANES; part += N) {
    Vec_f32 x[4];
    for (int k = 0; k < 4; k++) x[k] = *(const Vec_f32 *)(lanes + (i + k) * LANES + part);
    turn(x, true);
    for (int r = 0; r < 4; r++) {
      for (int q = 0; q < SQUARES; q++) {
        *(Quad *)((float *)(void *)own[part + r + 4 * q] + i) = quad_of(x[r], q);
      }
    }
  }
}

/* The last four overlap the ones before. */
static void in_f32(int64_t n, void *lanes, const char *const *own) {
  for (int64_t i = 0; i + 4 <= n; i += 4) four_in(i, lanes, own);
  if (n >= 4 && n % 4 != 0) four_in(n - 4, lanes, own);
  for (int64_t i = 0; n < 4 && i < n; i++) {
    for (int l = 0; l < LANES; l++) ((float *)lanes)[i * LANES + l] = ((const float *)(const void *)own[l])[i];
  }
}

static void out_f32(int64_t n, const void *lanes, char *const *own) {
  for (int64_t i = 0; i + 4 <= n; i += 4) four_out(i, lanes, own);
  if (n >= 4 && n % 4 != 0) four_out(n - 4, lanes, own);
  for (int64_t i = 0; n < 4 && i < n; i++) {
    for (int l = 0; l < LANES; l++) ((float *)(void *)own[l])[i] = ((const float *)lanes)[i * LANES + l];
  }
}

static void in_f64(int64_t n, void *lanes, const char *const *own) {
  double *to = lanes;
  for (int64_t i = 0; i < n; i++, to += LANES) {
    for (int l = 0; l < LANES; l++) to[l] = ((const double *)(const void *)own[l])[i];
  }
}

static void out_f64(int64_t n, const void *lanes, char *const *own) {
  const double *from = lanes;
  for (int64_t i = 0; i < n; i++, from += LANES) {
    for (int l = 0; l < LANES; l++) ((double *)(void *)own[l])[i] = from[l];
  }
}

#undef N
