/*
 * pool.h - ReLU and max pool behind a convolution, and the way back (kernels.h). T is the type of the
 * elements.
 *
 * The usual windows have loops of their own: with bounds that the compiler does not know they take five times as long.
 */
#include "kernels/conv/taps.h"

INLINE Vec select_vec(IVec mask, Vec a, Vec b) { return (Vec)((mask & (IVec)a) | (~mask & (IVec)b)); }
INLINE IVec select_int(IVec mask, IVec a, IVec b) { return (mask & a) | (~mask & b); }

/* The places (a0 .. a1 - 1, b0 .. b1 - 1) of window j. */
INLINE void pool_window(const PoolRow *p, int64_t j, int64_t a0, int64_t a1, int64_t b0, int64_t b1, int64_t kw) {
  const int64_t left = (j * p->sw - p->pw) * p->px;
  for (int64_t v = 0; v < p->images; v += VL) {
    Vec best = {0};
    IVec at = (IVec){0} + NO_WINNER;
    for (int64_t a = a0; a < a1; a++) {
      const T *x = (const T *)p->x[a] + left + v;
      for (int64_t b = b0; b < b1; b++) {
        const Vec here = load(x + b * p->px);
        const IVec better = (here > best) | (here != here);
        best = select_vec(better, here, best);
        at = select_int(better, (IVec){0} + (I)(a * kw + b), at);
      }
    }
    store_anywhere((T *)p->y + j * p->y_column + v, best);
    const BVec bytes = __builtin_convertvector(at, BVec);
    memcpy(p->winner + j * p->winner_column + v, &bytes, sizeof bytes);
  }
}

static void relu_pool(const PoolRow *p) {
  int64_t a0 = 0, a1 = p->kh;
  while (a0 < a1 && !p->x[a0]) a0++;
  while (a1 > a0 && !p->x[a1 - 1]) a1--;
  const bool whole = a1 - a0 == p->kh;
  for (int64_t j = 0; j < p->columns; j++) {
    const int64_t first = p->pw - j * p->sw, beyond = p->width + first;
    const int64_t b0 = first > 0 ? first : 0, b1 = beyond < p->kw ? beyond : p->kw;
    const bool inside = whole && b0 == 0 && b1 == p->kw;
    if (inside && p->kh == 2 && p->kw == 2) {
      pool_window(p, j, 0, 2, 0, 2, 2);
    } else if (inside && p->kh == 3 && p->kw == 3) {
      pool_window(p, j, 0, 3, 0, 3, 3);
    } else {
      pool_window(p, j, a0, a1, b0, b1, p->kw);
    }
  }
}

/* The windows that hold a place: from the image's window (0, 0) to them, and the number that the place has there. */
typedef struct Holder {
  int64_t dy, winners;
  I place;
} Holder;

#define HOLDERS 4  /* of the usual windows, at most 3 wide with a step of 2 */
#define CHANNELS 8 /* that share the search for holders */

#if defined(__AVX512BW__) && T_BYTES == 4
/* Both vectors of a block at once: one comparison of bytes makes the masks of both. */
INLINE void unpool_pair(const Holder *holder, int64_t n, const T *dy, const uint8_t *winners, T *to) {
  __m512 low = _mm512_setzero_ps(), high = low;
  for (int64_t k = 0; k < n; k++) {
    const __m256i places = _mm256_loadu_si256((const __m256i_u *)(winners + holder[k].winners));
    const __mmask32 won = _mm256_cmpeq_epi8_mask(places, _mm256_set1_epi8((char)holder[k].place));
    low = _mm512_mask_add_ps(low, (__mmask16)won, low, _mm512_loadu_ps(dy + holder[k].dy));
    high = _mm512_mask_add_ps(high, (__mmask16)(won >> VL), high, _mm512_loadu_ps(dy + holder[k].dy + VL));
  }
  store(to, (Vec)low);
  store(to + VL, (Vec)high);
}
#define HAS_PAIRS 1
#else
INLINE void unpool_pair(const Holder *holder, int64_t n, const T *dy, const uint8_t *winners, T *to) {
  (void)holder, (void)n, (void)dy, (void)winners, (void)to;
}
#define HAS_PAIRS 0
#endif

INLINE void unpool_place(const UnpoolRow *u, const Holder *holder, int64_t n, const T *dy, const uint8_t *winners,
                         T *to) {
  if (HAS_PAIRS && u->px == 2 * VL && u->images > VL) {
    unpool_pair(holder, n, dy, winners, to);
    return;
  }
  for (int64_t v = 0; v < u->px; v += VL) {
    Vec sum = {0};
    for (int64_t k = 0; v < u->images && k < n; k++) {
      const IVec won = load_bytes(winners + holder[k].winners + v) == (IVec){0} + holder[k].place;
      sum += (Vec)(won & (IVec)load_anywhere(dy + holder[k].dy + v));
    }
    store(to + v, sum);
  }
}

/* As many windows as there are: for more than HOLDERS. */
static void unpool_among_many(const UnpoolRow *u, const Run *columns, int64_t ncolumns, const T *dy,
                              const uint8_t *winners, T *to) {
  for (int64_t v = 0; v < u->px; v += VL) {
    Vec sum = {0};
    for (int64_t k = 0; v < u->images && k < u->nrows * ncolumns; k++) {
      const Run *row = &u->rows[k / ncolumns], *column = &columns[k % ncolumns];
      const I place = (I)((u->kh - 1 - row->tap) * u->kw + u->kw - 1 - column->tap);
      const IVec won =
          load_bytes(winners + row->at * u->winner_row + column->at * u->winner_column + v) == (IVec){0} + place;
      sum += (Vec)(won & (IVec)load_anywhere(dy + row->at * u->dy_row + column->at * u->dy_column + v));
    }
    store(to + v, sum);
  }
}

static void find_holders(const UnpoolRow *u, const Run *columns, int64_t ncolumns, Holder *holder) {
  for (int64_t k = 0; k < u->nrows * ncolumns; k++) {
    const Run *row = &u->rows[k / ncolumns], *column = &columns[k % ncolumns];
    holder[k].dy = row->at * u->dy_row + column->at * u->dy_column;
    holder[k].winners = row->at * u->winner_row + column->at * u->winner_column;
    holder[k].place = (I)((u->kh - 1 - row->tap) * u->kw + u->kw - 1 - column->tap);
  }
}

/* Begins to load the last window that holds place x, of all rows: windows lie too far apart for the processor to see
 * that they follow each other. */
INLINE void prefetch_windows(const UnpoolRow *u, int64_t x, const T *dy, const uint8_t *winners) {
  const Taps *columns = u->columns;
  if (x >= columns->places || columns->first[x] == columns->first[x + 1]) return;
  const int64_t at = columns->run[columns->first[x + 1] - 1].at;
  for (int64_t k = 0; k < u->nrows; k++) {
    const T *d = dy + u->rows[k].at * u->dy_row + at * u->dy_column;
    __builtin_prefetch(d);
    __builtin_prefetch(d + VL);
    __builtin_prefetch(winners + u->rows[k].at * u->winner_row + at * u->winner_column);
  }
}

#define AHEAD 6 /* places */

static void unpool_channels(const UnpoolRow *u, int64_t begin, int64_t end) {
  const Taps *columns = u->columns;
  Holder holder[HOLDERS];
  for (int64_t x = 0; x < columns->places; x++) {
    const Run *run = columns->run + columns->first[x];
    const int64_t across = columns->first[x + 1] - columns->first[x], n = u->nrows * across;
    if (n <= HOLDERS) find_holders(u, run, across, holder);
    for (int64_t c = begin; c < end; c++) {
      const T *dy = (const T *)u->dy + c * u->dy_channel;
      const uint8_t *winners = u->winners + c * u->winner_channel;
      T *to = (T *)u->to + x * u->to_column + c * u->px;
      prefetch_windows(u, x + AHEAD, dy, winners);
      if (n == 1) {
        unpool_place(u, holder, 1, dy, winners, to);
      } else if (n == 2) {
        unpool_place(u, holder, 2, dy, winners, to);
      } else if (n == 4) {
        unpool_place(u, holder, 4, dy, winners, to);
      } else if (n <= HOLDERS) {
        unpool_place(u, holder, n, dy, winners, to);
      } else {
        unpool_among_many(u, run, across, dy, winners, to);
      }
    }
  }
}

static void unpool(const UnpoolRow *u) {
  for (int64_t c = 0; c < u->channels; c += CHANNELS) {
    unpool_channels(u, c, c + CHANNELS < u->channels ? c + CHANNELS : u->channels);
  }
}

static double sum_won(int64_t n, int64_t images, const void *dy, int64_t step, int64_t sn, const uint8_t *winner,
                      int64_t winner_step) {
  const int64_t whole = sn == 1 ? images / VL * VL : 0;
  Vec lane = {0};
  for (int64_t k = 0; k < n; k++) {
    const T *d = (const T *)dy + k * step;
    const uint8_t *won = winner + k * winner_step;
    for (int64_t l = 0; l < whole; l += VL) {
      lane += (Vec)((load_bytes(won + l) != NO_WINNER) & (IVec)load_anywhere(d + l));
    }
    for (int64_t l = whole; l < images; l++) {
      if (won[l] != NO_WINNER) lane[l % VL] += d[l * sn];
    }
  }
  double sum = 0;
  for (int l = 0; l < VL; l++) sum += (double)lane[l];
  return sum;
}
