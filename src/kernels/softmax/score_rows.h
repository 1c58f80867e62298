/*
 * score_rows.h - rows of scores along any dimension of a tensor, as the kernels of softmax and of the cross entropy see
 * them.
 *
 * A tensor is seen as (outer, n, inner); there is a row for each pair of an outer and an inner position, and row r
 * stands for the pair (r / inner, r % inner).
 */
#ifndef OPTLAB_KERNELS_SOFTMAX_SCORE_ROWS_H
#define OPTLAB_KERNELS_SOFTMAX_SCORE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* Strides in elements. */
typedef struct ScoreMemory {
  void *data;
  int64_t outer, step, inner; /* from one outer position, score of a row, inner position to the next */
} ScoreMemory;

#define SCORE_PANEL 32 /* rows that are computed side by side where a row's scores do not lie side by side in memory */

#define SCORE_ROW_LEAST 32 /* scores of a row that is worth vectors along it; at least VL */

static inline int64_t score_row_at(const ScoreMemory *m, int64_t inner, int64_t r) {
  return inner == 1 ? r * m->outer : r / inner * m->outer + r % inner * m->inner;
}

/* Rows that a thread takes at a time: some 16,000 scores; whole panels where rows are computed side by side. */
static inline int64_t score_grain(int64_t n, bool panels) {
  const int64_t rows = 1 + 16384 / (n + 1);
  if (!panels && rows < SCORE_PANEL / 2) return rows;
  return (rows + SCORE_PANEL - 1) / SCORE_PANEL * SCORE_PANEL;
}

#endif
