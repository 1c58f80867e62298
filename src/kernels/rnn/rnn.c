/*
 * rnn.c - the steps of a recurrent layer.
 */
#include "kernels/rnn/rnn.h"

#include <string.h>

#include "base/alloc.h"
#include "base/interrupt.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/gemm/gemm.h"

#define GRAIN 2048 /* elements of states that a thread takes at a time */

/* --- steps and rows ----------------------------------------------------------------------------------------------- */

/* The step under way: its rows are first, first + apart, ... */
typedef struct Step {
  int64_t number, first, apart, rows;
} Step;

static int64_t rows_of(const RnnShape *s, int64_t t) { return s->sizes ? s->sizes[t] : s->batch; }

/* In front of the first step, or behind the last one. */
static Step step_outside(const RnnShape *s, bool behind) {
  const int64_t apart = s->batch_first ? s->steps : 1;
  return (Step){.number = behind ? s->steps : -1, .first = behind && !s->batch_first ? s->rows : 0, .apart = apart};
}

static void go_up(const RnnShape *s, Step *t) {
  t->first = s->batch_first ? t->number + 1 : t->first + t->rows;
  t->rows = rows_of(s, ++t->number);
}

static void go_down(const RnnShape *s, Step *t) {
  t->rows = rows_of(s, --t->number);
  t->first = s->batch_first ? t->number : t->first - t->rows;
}

/* --- pointers ----------------------------------------------------------------------------------------------------- */

/* Everything that a step needs; widths are in numbers. */
typedef struct Job {
  const RnnShape *s;
  Step t;
  size_t size; /* bytes of a number */
  const char *bias, *dy;
  char *work, *hidden, *h, *c, *y, *dx, *dhidden;
} Job;

static char *row(const Job *j, const char *base, int64_t at, int64_t width) {
  return base ? (char *)base + (size_t)at * (size_t)width * j->size : NULL;
}

static int64_t row_of_sequence(const Job *j, int64_t b) { return j->t.first + b * j->t.apart; }

static void for_rows(Job *j, void (*body)(void *job, int64_t begin, int64_t end)) {
  parallel_for(j->t.rows, GRAIN / j->s->hidden + 1, body, j);
}

/* C (m, n) = A (m, k) B, or C += ..; B (k, n) is row-major, or transposed. */
static int multiply(const Job *j, int64_t m, int64_t n, int64_t k, const void *a, int64_t rsa, const void *b,
                    bool trans, void *c, int64_t rsc, bool accumulate) {
  const int64_t rsb = trans ? 1 : n, csb = trans ? k : 1;
  return j->s->dtype == DT_F32 ? gemm_f32(m, n, k, a, rsa, 1, b, rsb, csb, c, rsc, accumulate)
                               : gemm_f64(m, n, k, a, rsa, 1, b, rsb, csb, c, rsc, accumulate);
}

/* --- forward ------------------------------------------------------------------------------------------------------ */

static void note_states(void *job, int64_t begin, int64_t end) {
  Job *j = job;
  const int64_t n = j->s->hidden, blocks = j->s->cell->work;
  for (int64_t b = begin; b < end; b++) {
    char *last = row(j, j->work, row_of_sequence(j, b) * blocks + blocks - 1, n);
    memcpy(last, row(j, j->h, b, n), (size_t)n * j->size);
  }
}

static void run_cells(void *job, int64_t begin, int64_t end) {
  Job *j = job;
  const int64_t n = j->s->hidden;
  const RnnCell *cell = j->s->cell;
  for (int64_t b = begin; b < end; b++) {
    const int64_t at = row_of_sequence(j, b);
    cell->forward[j->s->dtype](n, row(j, j->work, at, cell->work * n), row(j, j->hidden, b, cell->gates * n), j->bias,
                               row(j, j->h, b, n), row(j, j->c, b, n), row(j, j->y, at, n));
  }
}

static int step_forward(Job *j, const void *w_hh) {
  const RnnShape *s = j->s;
  const int64_t n = s->hidden, width = s->cell->gates * n, stride = j->t.apart * s->cell->work * n;
  char *gates = row(j, j->work, j->t.first, s->cell->work * n);
  for_rows(j, note_states);
  const int rc = s->cell->apart ? multiply(j, j->t.rows, width, n, j->h, n, w_hh, true, j->hidden, width, false)
                                : multiply(j, j->t.rows, width, n, j->h, n, w_hh, true, gates, stride, true);
  if (rc == 0) for_rows(j, run_cells);
  return rc;
}

#define ADD_UP(T)                                                                            \
  for (int64_t i = 0; i < width; i++) ((T *)sum)[i] = ((const T *)a)[i] + ((const T *)b)[i]; \
  if (s->cell->apart) {                                                                      \
    memcpy((T *)sum + last, (const T *)a + last, (size_t)s->hidden * sizeof(T));             \
    memcpy((T *)sum + width, (const T *)b + last, (size_t)s->hidden * sizeof(T));            \
  }

/* The bias as cells read it. */
static void join_biases(const RnnShape *s, const void *a, const void *b, void *sum, size_t bytes) {
  const int64_t width = s->cell->gates * s->hidden, last = width - s->hidden;
  if (!a) {
    memset(sum, 0, bytes);
  } else if (s->dtype == DT_F32) {
    ADD_UP(float)
  } else {
    ADD_UP(double)
  }
}

int rnn_forward(const RnnShape *s, const void *x, const void *w_ih, const void *w_hh, const void *b_ih,
                const void *b_hh, void *h, void *c, void *y, void *work) {
  Job j = {.s = s, .size = dtype_size(s->dtype), .h = h, .c = s->cell->carries ? c : NULL, .y = y, .work = work};
  const int64_t n = s->hidden, width = s->cell->gates * n;
  if (n == 0) return 0;
  const size_t bias_bytes = SIZE_BYTES(j.size, s->cell->bias, n);
  const size_t hidden_bytes = s->cell->apart ? SIZE_BYTES(j.size, s->batch, width) : 0;
  char *bias = alloc_get(bias_bytes);
  j.hidden = hidden_bytes ? alloc_get(hidden_bytes) : NULL;
  j.bias = bias;
  int rc = bias && (j.hidden || !hidden_bytes) ? 0 : -1;
  if (rc == 0) {
    join_biases(s, b_ih, b_hh, bias, bias_bytes);
    rc = multiply(&j, s->rows, width, s->inputs, x, s->inputs, w_ih, true, work, s->cell->work * n, false);
  }
  j.t = step_outside(s, s->reverse);
  for (int64_t i = 0; rc == 0 && i < s->steps && !interrupt_requested(); i++) {
    (s->reverse ? go_down : go_up)(s, &j.t);
    rc = step_forward(&j, w_hh);
  }
  alloc_put(j.hidden, hidden_bytes);
  alloc_put(bias, bias_bytes);
  return rc;
}

/* --- backward ----------------------------------------------------------------------------------------------------- */

static void run_gradients(void *job, int64_t begin, int64_t end) {
  Job *j = job;
  const int64_t n = j->s->hidden;
  const RnnCell *cell = j->s->cell;
  for (int64_t b = begin; b < end; b++) {
    const int64_t at = row_of_sequence(j, b);
    cell->backward[j->s->dtype](n, row(j, j->work, at, cell->work * n), row(j, j->dy, at, n), row(j, j->h, b, n),
                                row(j, j->c, b, n), row(j, j->dx, at, cell->gates * n),
                                row(j, j->dhidden, at, cell->gates * n));
  }
}

int rnn_backward(const RnnShape *s, const void *dy, const void *work, const void *w_hh, void *dh, void *dc, void *dx,
                 void *dhidden) {
  Job j = {.s = s, .size = dtype_size(s->dtype), .dy = dy, .work = (char *)work, .h = dh, .dx = dx, .dhidden = dhidden};
  j.c = s->cell->carries ? dc : NULL;
  const int64_t n = s->hidden, width = s->cell->gates * n;
  int rc = 0;
  if (n == 0) return 0;
  j.t = step_outside(s, !s->reverse);
  for (int64_t i = 0; rc == 0 && i < s->steps && !interrupt_requested(); i++) {
    (s->reverse ? go_up : go_down)(s, &j.t);
    for_rows(&j, run_gradients);
    rc = multiply(&j, j.t.rows, n, width, row(&j, dhidden, j.t.first, width), j.t.apart * width, w_hh, false, dh, n,
                  s->cell->apart);
  }
  return rc;
}
