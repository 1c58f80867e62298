/*
 * loops.h - the loops of lanes_kernels.c for elements of the type T.
 */
#define Vec NAME(Vec)
#define Wide NAME(Wide)
#define WIDTH (BYTES / (int64_t)sizeof(T))

typedef T Vec __attribute__((vector_size(BYTES), aligned(sizeof(T)), may_alias));
typedef double Wide __attribute__((vector_size(BYTES / sizeof(T) * 8), aligned(8), may_alias));

#define AT(p, i) (*(const Vec *)((p) + (i)*LANES))
#define PUT(p, i) (*(Vec *)((p) + (i)*LANES))

/* --- products ------------------------------------------------------------------------------------------------------ */

#define ROWS 8
#define COLUMNS 4

INLINE Vec NAME(more)(bool chain, Vec sum, Vec x, Vec y) {
#ifdef FUSED
  if (chain) return (Vec)NAME(FUSED)(x, y, sum);
#endif
  (void)chain;
  return sum + x * y;
}

/* `rows` x `cols` (constants) elements of C; a, b, c, bias: their first elements, at the part. chain: products are not
 * rounded before they are added. */
INLINE void NAME(tile)(bool chain, int rows, int cols, const LanesProduct *p, const T *a, const T *b, const T *bias,
                       T *c) {
  Vec sum[ROWS][COLUMNS] = {{{0}}};
  for (int64_t l = 0; l < p->k; l++) {
    Vec x[ROWS];
    for (int i = 0; i < rows; i++) x[i] = AT(a, i * p->rsa + l * p->csa);
    for (int j = 0; j < cols; j++) {
      const Vec y = AT(b, l * p->rsb + j * p->csb);
      for (int i = 0; i < rows; i++) sum[i][j] = NAME(more)(chain, sum[i][j], x[i], y);
    }
  }
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < cols; j++) {
      if (bias) sum[i][j] = AT(bias, j) + sum[i][j];
      PUT(c, i * p->rsc + j) = sum[i][j];
    }
  }
}

/* Columns from j on of `rows` rows, at most `cols` at a time; the first column that is left. */
INLINE int64_t NAME(columns)(bool chain, int rows, int cols, const LanesProduct *p, int64_t i, int64_t j,
                             int64_t part) {
  const T *a = (const T *)p->a + i * p->rsa * LANES + part, *b = (const T *)p->b + part;
  const T *bias = p->bias ? (const T *)p->bias + part : NULL;
  T *c = (T *)p->c + i * p->rsc * LANES + part;
  for (; j + cols <= p->n; j += cols) {
    NAME(tile)(chain, rows, cols, p, a, b + j * p->csb * LANES, bias ? bias + j * LANES : NULL, c + j * LANES);
  }
  return j;
}

/* As many sums as registers hold. */
#if BYTES == 64
#define WIDE_COLUMNS 4
#else
#define WIDE_COLUMNS 2
#endif

INLINE void NAME(product_part)(bool chain, const LanesProduct *p, int64_t part) {
  int64_t i = 0;
#define ROWS_OF(rows)                                                          \
  for (; i + (rows) <= p->m; i += (rows)) {                                    \
    const int64_t j = NAME(columns)(chain, rows, WIDE_COLUMNS, p, i, 0, part); \
    NAME(columns)(chain, rows, 1, p, i, j, part);                              \
  }
  for (; p->n == 1 && i + 8 <= p->m; i += 8) NAME(columns)(chain, 8, 1, p, i, 0, part);
  ROWS_OF(4)
  ROWS_OF(2)
  ROWS_OF(1)
#undef ROWS_OF
}

static void NAME(product)(const LanesProduct *p) {
  for (int64_t part = 0; part < LANES; part += WIDTH) NAME(product_part)(false, p, part);
}

#ifdef FUSED
static void NAME(chain)(const LanesProduct *p) {
  for (int64_t part = 0; part < LANES; part += WIDTH) NAME(product_part)(true, p, part);
}
#endif

#undef WIDE_COLUMNS
#undef ROWS
#undef COLUMNS

/* --- sums ---------------------------------------------------------------------------------------------------------- */

INLINE Vec NAME(term)(const T *a, const T *b, int64_t i) {
  if (!b) return AT(a, i);
  const Vec d = AT(a, i) - AT(b, i);
  return d * d;
}

/* acc[0] of `count` accumulators: they are folded by halves. */
INLINE Vec NAME(folded)(Vec *acc, int64_t count) {
  for (int64_t half = REDUCE_LANES / 2; half > 0; half /= 2) {
    for (int64_t i = half; i < count; i++) acc[i - half] += acc[i];
    if (count > half) count = half;
  }
  return acc[0];
}

/* n terms: element i joins accumulator i modulo REDUCE_LANES. */
INLINE Vec NAME(sum_long)(int64_t n, const T *a, int64_t stride, const T *b) {
  Vec acc[REDUCE_LANES];
  const int64_t count = n < REDUCE_LANES ? n : REDUCE_LANES;
  for (int64_t i = 0; i < count; i++) acc[i] = NAME(term)(a, b, i * stride);
  for (int64_t at = REDUCE_LANES; at < n; at += REDUCE_LANES) {
    const int64_t left = n - at < REDUCE_LANES ? n - at : REDUCE_LANES;
    for (int64_t i = 0; i < left; i++) acc[i] += NAME(term)(a, b, (at + i) * stride);
  }
  return NAME(folded)(acc, count);
}

/* The same for few terms, a number that the compiler knows: nothing goes through memory. */
INLINE Vec NAME(sum_few)(int n, const T *a, int64_t stride, const T *b) {
  Vec acc[16];
  for (int i = 0; i < n; i++) acc[i] = NAME(term)(a, b, i * stride);
  for (int half = 8; half > 0; half /= 2) {
    for (int i = half; i < n && i < 2 * half; i++) acc[i - half] += acc[i];
  }
  return acc[0];
}

INLINE Vec NAME(sum_of)(int64_t n, const T *a, int64_t stride, const T *b) {
  const Vec zero = {0}; /* no sum is -0 */
  switch (n) {
#define FEW(n) \
  case n:      \
    return NAME(sum_few)(n, a, stride, b) + zero
    FEW(1);
    FEW(2);
    FEW(3);
    FEW(4);
    FEW(5);
    FEW(6);
    FEW(7);
    FEW(8);
    FEW(10);
    FEW(12);
    FEW(16);
#undef FEW
    default:
      return NAME(sum_long)(n, a, stride, b) + zero;
  }
}

static void NAME(sum)(const LanesSum *s) {
  const T *a = s->a;
  T *o = s->o;
  const T count = (T)s->count;
  for (int64_t i = 0; i < s->outer; i++, a += s->length * s->inner * LANES) {
    for (int64_t k = 0; k < s->inner; k++, o += LANES) {
      for (int64_t part = 0; part < LANES; part += WIDTH) {
        Vec sum = NAME(sum_of)(s->length, a + k * LANES + part, s->inner, NULL);
        if (count != 0) sum /= count;
        PUT(o + part, 0) = sum;
      }
    }
  }
}

#define BLOCK_OF_MSE 1024 /* as in kernels/loss/mse.c */

static void NAME(mse)(const LanesMse *m) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    const T *x = (const T *)m->x + part, *y = (const T *)m->y + part;
    Wide sum = {0};
    for (int64_t at = 0; at < m->n; at += BLOCK_OF_MSE) {
      const int64_t left = m->n - at < BLOCK_OF_MSE ? m->n - at : BLOCK_OF_MSE;
      sum += __builtin_convertvector(NAME(sum_of)(left, x + at * LANES, 1, y + at * LANES), Wide);
    }
    if (m->mean) sum /= (double)m->n;
    PUT((T *)m->o + part, 0) = __builtin_convertvector(sum, Vec);
  }
}
#undef BLOCK_OF_MSE

static void NAME(total)(const LanesTotal *t) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    Wide sum = __builtin_convertvector(NAME(sum_of)(t->n, (const T *)t->each + part, 1, NULL), Wide);
    if (t->mean) sum /= (double)t->n;
    PUT((T *)t->o + part, 0) = __builtin_convertvector(sum, Vec);
  }
}

/* --- updates ------------------------------------------------------------------------------------------------------- */

static void NAME(xpby)(int64_t n, void *o, const void *x, const void *b, const void *y) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    const T *from = (const T *)x + part, *more = (const T *)y + part;
    T *to = (T *)o + part;
    const Vec factor = AT((const T *)b + part, 0);
    for (int64_t i = 0; i < n; i++) PUT(to, i) = AT(from, i) + factor * AT(more, i);
  }
}

static void NAME(axpby)(int64_t n, void *o, const void *a, const void *x, const void *b, const void *y) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    const T *from = (const T *)x + part, *more = (const T *)y + part;
    T *to = (T *)o + part;
    const Vec f = AT((const T *)a + part, 0), g = AT((const T *)b + part, 0);
    for (int64_t i = 0; i < n; i++) PUT(to, i) = f * AT(from, i) + g * AT(more, i);
  }
}

/* --- rows that are the same in all lanes ---------------------------------------------------------------------------- */

static void NAME(same_rows)(const LanesTable *t, int64_t n, int64_t at) {
  const int64_t width = t->pieces * LANES_PIECE;
  for (int64_t k = 0; k < t->columns; k++) {
    const T *from = (const T *)t->row + at * width + k;
    T *to = t->to[k];
    const int64_t step = t->step[k] * LANES;
    for (int64_t i = 0; i < n; i++, from += width, to += step) {
      const Vec x = *from - (Vec){0}; /* keeps -0 */
      for (int64_t part = 0; part < LANES; part += WIDTH) PUT(to + part, 0) = x;
    }
  }
}

/* --- single numbers ------------------------------------------------------------------------------------------------ */

static void NAME(read)(const void *from, double *to) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    *(Wide *)(to + part) = __builtin_convertvector(AT((const T *)from + part, 0), Wide);
  }
}

static void NAME(add)(const void *from, double by, double *to) {
  for (int64_t part = 0; part < LANES; part += WIDTH) {
    *(Wide *)(to + part) += __builtin_convertvector(AT((const T *)from + part, 0), Wide) * by;
  }
}

#undef AT
#undef PUT
#undef WIDTH
#undef Wide
#undef Vec
