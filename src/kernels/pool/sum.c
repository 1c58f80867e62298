/*
 * sum.c - sums over windows (pool.h).
 */
#include "kernels/pool/planes.h"

static void sum_row(const Pass *p, int64_t block, int64_t y, View x, View to) {
  const int64_t first = p->rows->first[y];
  SumRow r = {.x = x, .weighted = p->rows->weighted || p->columns->weighted, .lanes = p->planes.lanes};
  (void)block;
  r.sight = (Sight){.rows = p->rows->seen + first,
                    .nrows = p->rows->first[y + 1] - first,
                    .columns = p->columns->seen,
                    .first = p->columns->first,
                    .outputs = p->columns->places};
  r.row_divisor = p->rows->divisor[y];
  r.divisor = p->columns->divisor;
  r.y = to.data;
  r.y_column = to.column;
  p->planes.k->sum(&r);
}

int pool_sum(const PoolShape *s, const Lists *rows, const Lists *columns, const Images *x, const Images *y) {
  Pass p = {.planes = planes_of(s), .rows = rows, .columns = columns, .x = x, .y = y, .h = s->h, .w = s->w};
  p.row = sum_row;
  return pass_run(&p);
}
