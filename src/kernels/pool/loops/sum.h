/*
 * sum.h - sums over windows, with weights or without (kernels.h). T is the type of the elements.
 */

/* Output j with nr x nc places: without weights one sum in the order of the places, with weights a sum of rows. */
INLINE void sum_window(const SumRow *r, int64_t j, const Seen *columns, int64_t nr, int64_t nc, bool weighted) {
  const Seen *rows = r->sight.rows;
  const T *x = r->x.data;
  T *y = (T *)r->y + j * r->y_column;
  const int64_t lanes = r->lanes, row = r->x.row, column = r->x.column;
  const T divisor = (T)(r->row_divisor * (r->divisor ? r->divisor[j] : 1));
  EACH_VECTOR(v, lanes) {
    Vec sum = {0};
    for (int64_t a = 0; a < nr; a++) {
      Vec along = {0};
      for (int64_t b = 0; b < nc; b++) {
        const Vec here = load_anywhere(x + rows[a].at * row + columns[b].at * column + v);
        if (weighted) {
          along += (T)columns[b].weight * here;
        } else {
          sum += here;
        }
      }
      if (weighted) sum += (T)rows[a].weight * along;
    }
    if (divisor != 1) sum /= divisor;
    store_anywhere(y + v, sum);
  }
}

INLINE void sum_outputs(const SumRow *r, bool weighted) {
  const Sight *s = &r->sight;
  for (int64_t j = 0; j < s->outputs; j++) {
    const Seen *columns = s->columns + s->first[j];
    const int64_t nc = s->first[j + 1] - s->first[j];
    if (s->nrows == 1 && nc == 1) {
      sum_window(r, j, columns, 1, 1, weighted);
    } else if (s->nrows == 2 && nc == 2) {
      sum_window(r, j, columns, 2, 2, weighted);
    } else if (s->nrows == 3 && nc == 3) {
      sum_window(r, j, columns, 3, 3, weighted);
    } else {
      sum_window(r, j, columns, s->nrows, nc, weighted);
    }
  }
}

static void sum_row(const SumRow *r) {
  if (r->weighted) {
    sum_outputs(r, true);
  } else {
    sum_outputs(r, false);
  }
}
