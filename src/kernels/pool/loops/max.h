/*
 * max.h - maxima of windows, and the way back (kernels.h). T is the type of the elements.
 *
 * The usual numbers of rows and columns have loops of their own: with bounds that the compiler does not know they take
 * five times as long.
 */
#define FIXED_MOST 3 /* rows or columns of windows with loops of their own */

typedef int32_t WideVec __attribute__((vector_size(4 * VL)));

INLINE IVec load_winners(const void *from, int64_t at, bool wide) {
  if (wide) {
    WideVec w;
    memcpy(&w, (const int32_t *)from + at, sizeof w);
    return __builtin_convertvector(w, IVec);
  }
  return load_bytes((const uint8_t *)from + at);
}

INLINE void store_winners(void *to, int64_t at, IVec v, bool wide) {
  if (wide) {
    const WideVec w = __builtin_convertvector(v, WideVec);
    memcpy((int32_t *)to + at, &w, sizeof w);
  } else {
    const BVec b = __builtin_convertvector(v, BVec);
    memcpy((uint8_t *)to + at, &b, sizeof b);
  }
}

INLINE void take_better(Vec here, I tap, Vec *best, IVec *at) {
  const IVec better = (here > *best) | (here != here);
  *best = select_vec(better, here, *best);
  *at = select_int(better, (IVec){0} + tap, *at);
}

INLINE I first_tap(const MaxRow *r, const Seen *columns, int64_t nr, int64_t nc) {
  return nr > 0 && nc > 0 ? (I)(r->sight.rows[0].tap * r->kw + columns[0].tap) : 0;
}

/* Output j with nr x nc places, numbers that the compiler knows. */
INLINE void max_fixed(const MaxRow *r, int64_t j, const Seen *columns, int nr, int nc, bool wide) {
  const T *row[FIXED_MOST];
  int64_t column[FIXED_MOST];
  I row_tap[FIXED_MOST], column_tap[FIXED_MOST];
  for (int a = 0; a < nr; a++) {
    row[a] = (const T *)r->x.data + r->sight.rows[a].at * r->x.row;
    row_tap[a] = (I)(r->sight.rows[a].tap * r->kw);
  }
  for (int b = 0; b < nc; b++) {
    column[b] = columns[b].at * r->x.column;
    column_tap[b] = (I)columns[b].tap;
  }
  T *y = (T *)r->y + j * r->y_column;
  const int64_t lanes = r->lanes;
  void *winners = r->winners;
  EACH_VECTOR(v, lanes) {
    Vec best = (Vec){0} - (T)INFINITY;
    IVec at = (IVec){0} + (row_tap[0] + column_tap[0]);
    for (int a = 0; a < nr; a++) {
      for (int b = 0; b < nc; b++) {
        take_better(load_anywhere(row[a] + column[b] + v), row_tap[a] + column_tap[b], &best, &at);
      }
    }
    store_anywhere(y + v, best);
    store_winners(winners, j * lanes + v, at, wide);
  }
}

INLINE void max_any(const MaxRow *r, int64_t j, const Seen *columns, int64_t nc, bool wide) {
  const Sight *s = &r->sight;
  const I first = first_tap(r, columns, s->nrows, nc);
  EACH_VECTOR(v, r->lanes) {
    Vec best = (Vec){0} - (T)INFINITY;
    IVec at = (IVec){0} + first;
    for (int64_t a = 0; a < s->nrows; a++) {
      const T *row = (const T *)r->x.data + s->rows[a].at * r->x.row + v;
      const I tap = (I)(s->rows[a].tap * r->kw);
      for (int64_t b = 0; b < nc; b++) {
        take_better(load_anywhere(row + columns[b].at * r->x.column), tap + (I)columns[b].tap, &best, &at);
      }
    }
    store_anywhere((T *)r->y + j * r->y_column + v, best);
    store_winners(r->winners, j * r->lanes + v, at, wide);
  }
}

static void max_row(const MaxRow *r) {
  const Sight *s = &r->sight;
  for (int64_t j = 0; j < s->outputs; j++) {
    const Seen *columns = s->columns + s->first[j];
    const int64_t nc = s->first[j + 1] - s->first[j];
    if (r->wide) {
      max_any(r, j, columns, nc, true);
    } else if (s->nrows == 2 && nc == 2) {
      max_fixed(r, j, columns, 2, 2, false);
    } else if (s->nrows == 3 && nc == 3) {
      max_fixed(r, j, columns, 3, 3, false);
    } else if (s->nrows == 1 && nc == 2) {
      max_fixed(r, j, columns, 1, 2, false);
    } else if (s->nrows == 1 && nc == 3) {
      max_fixed(r, j, columns, 1, 3, false);
    } else {
      max_any(r, j, columns, nc, false);
    }
  }
}

/* --- back ------------------------------------------------------------------------------------------------------------- */

/* Place j, which nr x nc windows see. */
INLINE void unmax_place(const MaxRow *r, int64_t j, const Seen *columns, int64_t nr, int64_t nc, bool wide) {
  const Seen *rows = r->sight.rows;
  const T *dy = r->x.data;
  T *y = (T *)r->y + j * r->y_column;
  const void *winners = r->winners;
  const int64_t lanes = r->lanes, row = r->x.row, column = r->x.column, winner_row = r->winner_row, kw = r->kw;
  EACH_VECTOR(v, lanes) {
    Vec sum = {0};
    for (int64_t a = 0; a < nr; a++) {
      for (int64_t b = 0; b < nc; b++) {
        const I tap = (I)(rows[a].tap * kw + columns[b].tap);
        const IVec winner = load_winners(winners, rows[a].at * winner_row + columns[b].at * lanes + v, wide);
        const Vec here = load_anywhere(dy + rows[a].at * row + columns[b].at * column + v);
        sum += (Vec)((winner == (IVec){0} + tap) & (IVec)here);
      }
    }
    store_anywhere(y + v, sum);
  }
}

static void unmax_row(const MaxRow *r) {
  const Sight *s = &r->sight;
  for (int64_t j = 0; j < s->outputs; j++) {
    const Seen *columns = s->columns + s->first[j];
    const int64_t nc = s->first[j + 1] - s->first[j];
    if (r->wide) {
      unmax_place(r, j, columns, s->nrows, nc, true);
    } else if (s->nrows == 1 && nc == 1) {
      unmax_place(r, j, columns, 1, 1, false);
    } else if (s->nrows == 1 && nc == 2) {
      unmax_place(r, j, columns, 1, 2, false);
    } else if (s->nrows == 2 && nc == 1) {
      unmax_place(r, j, columns, 2, 1, false);
    } else if (s->nrows == 2 && nc == 2) {
      unmax_place(r, j, columns, 2, 2, false);
    } else if (s->nrows == 2 && nc == 3) {
      unmax_place(r, j, columns, 2, 3, false);
    } else if (s->nrows == 3 && nc == 2) {
      unmax_place(r, j, columns, 3, 2, false);
    } else if (s->nrows == 3 && nc == 3) {
      unmax_place(r, j, columns, 3, 3, false);
    } else {
      unmax_place(r, j, columns, s->nrows, nc, false);
    }
  }
}
