/*
 * lanes.c - a group over the batches of its runs.
 */
#include "plan/lanes/lanes.h"

#include <string.h>

#include "base/interrupt.h"
#include "plan/lanes/group.h"

#define MIN_BATCHES 4 /* for fewer it does not pay to move everything into lanes */
#define STEP_GAIN 80  /* elements that a run may move for each step that it need not do by itself */

/* --- what goes together --------------------------------------------------------------------------------------------- */

static Plan *plan_of(SweepRun *run, const Tensor **loss, const Tensor **weight) {
  return run->find(run->ctx, &run->own, run->l, loader_ready(run->l, &run->b), loss, weight);
}

static bool same_rows(const Loader *a, const Loader *b) {
  if (a->nfields != b->nfields || a->rows != b->rows || a->draws != b->draws) return false;
  if (a->opt.batch_size != b->opt.batch_size || a->opt.drop_last != b->opt.drop_last) return false;
  if (a->opt.has_transform || b->opt.has_transform) return false;
  if (augment_is_on(a->opt.augment) || augment_is_on(b->opt.augment)) return false;
  for (int i = 0; i < a->nfields; i++) {
    if (a->field[i]->storage != b->field[i]->storage || !tensor_same_window(a->field[i], b->field[i])) return false;
  }
  return true;
}

/* Runs may be a few batches apart, as one that was recorded more often than the others. */
static bool same_place(const SweepRun *a, const SweepRun *b) {
  const Batches *x = &a->b, *y = &b->b;
  const int64_t apart = x->row < y->row ? y->row - x->row : x->row - y->row, size = a->l->opt.batch_size;
  if (a->open != b->open || a->epoch != b->epoch || a->until != b->until || a->sums != b->sums || x->end != y->end) {
    return false;
  }
  if (apart % size != 0 || apart >= (a->open ? MIN_BATCHES : 1) * size) return false;
  return !x->order == !y->order && x->share.parts == 0 && y->share.parts == 0;
}

/* Rows of the next batch, which may be the first of an epoch. */
static int64_t next_rows(const SweepRun *run) {
  const Loader *l = run->l;
  if (run->open) return loader_ready(l, &run->b);
  return l->draws < l->opt.batch_size ? l->draws : l->opt.batch_size;
}

Plan *lanes_plan(SweepRun *run) {
  const Tensor *loss, *weight;
  if (run->state != SWEEP_RUN_READY || (!run->open && run->epoch == run->until)) return NULL;
  return run->find(run->ctx, &run->own, run->l, next_rows(run), &loss, &weight);
}

bool lanes_match(const SweepRun *a, const Plan *p, const SweepRun *b, const Plan *q) {
  return same_place(a, b) && same_rows(a->l, b->l) && plans_alike(p, q);
}

/* --- rows of batches ------------------------------------------------------------------------------------------------ */

#define MAX_TABLE (1 << 20) /* bytes of data that are laid out anew */

static bool is_in_table(const LaneGroup *g, int i) {
  return g->buffer[i].at && (DType)g->run[0]->l->field[i]->dtype == g->table_dtype;
}

static int64_t width_of(const Tensor *field) { return field->numel / field->shape[0]; }

/* The columns of field i, from `at` on. */
static void add_field(LaneGroup *g, int i, int64_t at, char *rows) {
  const Tensor *field = g->run[0]->l->field[i];
  const size_t size = dtype_size(g->table_dtype);
  const int64_t width = width_of(field);
  const char *from = tensor_data(field);
  for (int64_t k = 0; k < width; k++) {
    g->table.to[at + k] = g->buffer[i].at + (size_t)k * LANES * size;
    g->table.step[at + k] = width;
  }
  for (int64_t r = 0; r < field->shape[0]; r++) {
    memcpy(rows + (size_t)(r * g->table.pieces * LANES_PIECE + at) * size, from + (size_t)(r * width) * size,
           (size_t)width * size);
  }
}

/* The dtype of the first field that lies in lanes, of floats or doubles; false: there is none. */
static bool find_table_dtype(LaneGroup *g) {
  const Loader *l = g->run[0]->l;
  for (int i = 0; i < l->nfields; i++) {
    g->table_dtype = (DType)l->field[i]->dtype;
    if (g->buffer[i].at && (g->table_dtype == DT_F32 || g->table_dtype == DT_F64)) return true;
  }
  return false;
}

/* Lays the fields of floats out as rows of whole vectors. False: their rows are taken one by one. */
static bool make_table(LaneGroup *g) {
  const Loader *l = g->run[0]->l;
  LanesTable *t = &g->table;
  if (!find_table_dtype(g)) return false;
  for (int i = 0; i < l->nfields; i++) t->columns += is_in_table(g, i) ? width_of(l->field[i]) : 0;
  t->pieces = (t->columns + LANES_PIECE - 1) / LANES_PIECE;
  const int64_t width = t->pieces * LANES_PIECE, size = (int64_t)dtype_size(g->table_dtype);
  if (t->columns == 0 || l->rows > MAX_TABLE / (width * size)) return false;
  g->table_kernels = lanes_kernels(g->table_dtype);
  char *rows = group_get(g, (size_t)(l->rows * width * size)), *nowhere = group_get(g, LANES * (size_t)size);
  t->row = rows;
  t->to = group_get(g, (size_t)width * sizeof *t->to);
  t->step = group_get(g, (size_t)width * sizeof *t->step);
  if (!t->row || !nowhere || !t->to || !t->step) return false;
  for (int64_t i = 0, at = 0; i < l->nfields; i++) {
    if (!is_in_table(g, (int)i)) continue;
    add_field(g, (int)i, at, rows);
    g->in_table[i] = true;
    at += width_of(l->field[i]);
  }
  for (int64_t k = t->columns; k < width; k++) t->to[k] = nowhere;
  return true;
}

/* Field i, a row at a time. order: NULL where all runs take the rows as they are. */
static void take_field(LaneGroup *g, int i, const int64_t *const *order, int64_t at) {
  const LaneBuffer *b = &g->buffer[i];
  const Tensor *field = g->run[0]->l->field[i];
  const int64_t width = width_of(field);
  const char *from = tensor_data(field);
  for (int64_t r = 0; r < g->rows; r++) {
    char *to = b->at + (size_t)(r * width) * b->size * LANES;
    for (int l = 0; l < LANES; l++) { /* those beyond the runs repeat the first */
      const int64_t row = order ? order[l][at + r] : at + r;
      lanes_in(to, l, width, b->size, from + (size_t)(row * width) * b->size);
    }
  }
}

/* The rows from place `at` of the epochs on. */
static void take_batch(LaneGroup *g, const int64_t *const *order, int64_t at) {
  if (g->table.row && order) {
    g->table_kernels->rows(&g->table, g->rows, order, at);
  } else if (g->table.row) {
    g->table_kernels->same_rows(&g->table, g->rows, at);
  }
  for (int i = 0; i < g->run[0]->l->nfields; i++) {
    if (g->buffer[i].at && !g->in_table[i]) take_field(g, i, order, at);
  }
}

/* --- opening and closing -------------------------------------------------------------------------------------------- */

/* Where a number that the step returns lies. */
static bool find_result(LaneGroup *g, const Tensor *t, int *buffer, int64_t *at, DType *dtype) {
  const Plan *p = g->plan[0];
  int i = 0;
  while (i < p->results && p->result[i] != t) i++;
  if (i == p->results || p->output[i] < 0 || (t->dtype != DT_F32 && t->dtype != DT_F64)) return false;
  *buffer = p->output[i];
  *at = t->offset;
  *dtype = (DType)t->dtype;
  if (g->buffer[*buffer].constant) return false;
  return g->buffer[*buffer].size == dtype_size(*dtype) && group_lanes(g, *buffer);
}

static bool is_watched(const Recording *r) {
  for (int i = 0; i < r->watches; i++) {
    if (r->watch[i].size == sizeof(double)) return true; /* a hyperparameter, which a schedule may move */
  }
  return false;
}

static bool take_runs(LaneGroup *g, SweepRun *const *run, int count) {
  const Tensor *loss = NULL, *weight = NULL;
  *g = (LaneGroup){.count = count, .weight = -1};
  g->rows = loader_ready(run[0]->l, &run[0]->b);
  for (int l = count - 1; l >= 0; l--) { /* the first one's loss and weight last */
    g->run[l] = run[l];
    g->plan[l] = plan_of(run[l], &loss, &weight);
    if (!g->plan[l] || (l < count - 1 && !plans_alike(g->plan[l], g->plan[count - 1]))) return false;
    g->watched = g->watched || is_watched(g->plan[l]->r);
  }
  g->trace = &plan_form(g->plan[0])->r->trace;
  if (!group_set_buffers(g) || !find_result(g, loss, &g->loss, &g->loss_at, &g->loss_dtype)) return false;
  g->loss_kernels = lanes_kernels(g->loss_dtype);
  return !weight || find_result(g, weight, &g->weight, &g->weight_at, &g->weight_dtype);
}

static bool lower(LaneGroup *g) {
  g->step = group_get(g, (size_t)g->trace->events * sizeof *g->step);
  if (!g->step) return false;
  for (int i = 0; i < g->trace->events; i++) {
    const Event *e = g->trace->event[i];
    if (e->run == optim_rerun_step && !lanes_place_params(g, e)) return false;
  }
  for (int i = 0; i < g->trace->events; i++) {
    if (!lanes_lower(g, &g->step[g->steps++], i)) return false;
  }
  return g->alone_elements <= STEP_GAIN * (int64_t)(g->steps - g->alone_steps);
}

/* What the runs have of their own between two batches: memory from outside the step, and gradients that it leaves. */
static bool is_lasting(const LaneGroup *g, int b, bool out) {
  const Plan *p = g->plan[0];
  const Buffer *buffer = &p->r->buffer[b];
  if (!g->buffer[b].at || g->buffer[b].constant) return false;
  if (plan_is_left(p->r, b)) return true;
  return buffer->kind == BUFFER_OUTSIDE && (!out || plan_writes(p, buffer->holder->storage));
}

static void move_in(LaneGroup *g) {
  for (int b = 0; b < g->plan[0]->r->buffers; b++) {
    if (is_lasting(g, b, false)) group_in(g, b);
  }
}

/* The lanes from `from` on leave the group. */
static void leave(LaneGroup *g, int from) {
  for (int b = 0; b < g->plan[0]->r->buffers; b++) {
    if (is_lasting(g, b, true)) group_out(g, b, from);
  }
  lane_optims_out(g, from);
  for (int l = from; l < g->count; l++) plan_leave(g->plan[l]);
  g->count = from;
}

/* Runs that take the rows as they are but stand at different places need a list of them. */
static bool find_order(LaneGroup *g) {
  const SweepRun *first = g->run[0], *last = g->run[g->count - 1];
  if (first->b.order || first->b.row == last->b.row) return true;
  g->in_order = group_get(g, (size_t)first->l->rows * sizeof *g->in_order);
  for (int64_t i = 0; g->in_order && i < first->l->rows; i++) g->in_order[i] = i;
  return g->in_order;
}

static bool open_group(LaneGroup *g, SweepRun *const *run, int count) {
  if (!take_runs(g, run, count) || !lower(g) || !find_order(g)) {
    arena_free(&g->memory);
    return false;
  }
  if (!make_table(g)) g->table = (LanesTable){0};
  for (int l = 0; l < count; l++) {
    if (plan_enter(g->plan[l]) < 0) group_fail(g, l);
  }
  move_in(g);
  lane_optims_in(g);
  return true;
}

static void close_group(LaneGroup *g) {
  leave(g, 0);
  arena_free(&g->memory);
}

/* --- a stretch of batches ------------------------------------------------------------------------------------------- */

/* Batches of this size that are left in the epoch. */
static int64_t batches_left(const SweepRun *run) {
  const int64_t size = run->l->opt.batch_size, left = run->b.end - run->b.row;
  return left < size ? 1 : left / size;
}

static const void *number_at(const LaneGroup *g, int buffer, int64_t at, DType dtype) {
  return g->buffer[buffer].at + (size_t)(at * LANES) * dtype_size(dtype);
}

/* Adds the losses of a batch and their weights, as sweep_run_count does. */
static void count_losses(const LaneGroup *g, double *total, double *weight) {
  const void *loss = number_at(g, g->loss, g->loss_at, g->loss_dtype);
  const bool sums = g->run[0]->sums;
  if (g->weight < 0) {
    g->loss_kernels->add(loss, sums ? 1 : (double)g->rows, total);
    for (int l = 0; l < LANES; l++) weight[l] += (double)g->rows;
    return;
  }
  double losses[LANES], by[LANES];
  g->loss_kernels->read(loss, losses);
  lanes_kernels(g->weight_dtype)->read(number_at(g, g->weight, g->weight_at, g->weight_dtype), by);
  for (int l = 0; l < LANES; l++) {
    total[l] += sums ? losses[l] : losses[l] * by[l];
    weight[l] += by[l];
  }
}

static bool hold(const LaneGroup *g) {
  for (int l = 0; g->watched && l < g->count; l++) {
    if (!plan_holds(g->plan[l], &g->run[l]->own, NULL)) return false;
  }
  return true;
}

static void run_batch(LaneGroup *g, const int64_t *const *order, int64_t at) {
  take_batch(g, order, at);
  for (const LaneStep *s = g->step, *end = s + g->steps; s < end; s++) s->run(s, g);
  if (interrupt_check() < 0) {
    for (int l = 0; l < g->count; l++) group_fail(g, l);
  }
}

/* Up to n batches of the epoch; whether the group can go on. */
static bool run_stretch(LaneGroup *g, int64_t n) {
  double total[LANES] = {0}, weight[LANES] = {0};
  const int64_t *order[LANES], first = g->run[0]->b.row;
  const bool listed = g->run[0]->b.order || g->in_order;
  int64_t done = 0;
  bool holds = true;
  for (int l = 0; l < LANES; l++) {
    const SweepRun *run = g->run[l < g->count ? l : 0];
    if (listed) order[l] = (run->b.order ? run->b.order : g->in_order) + (run->b.row - first);
    total[l] = run->total;
    weight[l] = run->weight;
  }
  while (done < n && holds) {
    run_batch(g, listed ? order : NULL, first + done * g->rows);
    if (g->failed) return false;
    count_losses(g, total, weight);
    done++;
    holds = hold(g);
  }
  for (int l = 0; l < g->count; l++) {
    SweepRun *run = g->run[l];
    run->total = total[l];
    run->weight = weight[l];
    loader_pass(run->l, &run->b, done);
    sweep_run_close(run);
  }
  return holds;
}

/* Opens a run's next epoch where it is time; whether it can go on. */
static bool is_ready(SweepRun *run) {
  if (run->state == SWEEP_RUN_READY) sweep_run_open(run);
  return run->state == SWEEP_RUN_READY;
}

static bool all_ready(SweepRun *const *run, int count) {
  bool ready = true;
  for (int l = 0; l < count; l++) ready = is_ready(run[l]) && ready;
  return ready;
}

static bool can_stay(const LaneGroup *g, int l) {
  const SweepRun *run = g->run[l];
  if (!is_ready(g->run[l]) || loader_ready(run->l, &run->b) != g->rows) return false;
  return !g->in_order || run->b.row > 0;
}

/* Whether all can go on. The last one, which may be ahead of the others, leaves them where it cannot; a list of rows is
 * for one epoch. */
static bool all_stay(LaneGroup *g) {
  bool stay = true;
  if (g->count > 1 && !can_stay(g, g->count - 1)) leave(g, g->count - 1);
  for (int l = 0; l < g->count; l++) stay = can_stay(g, l) && stay;
  return stay;
}

static int64_t least_left(const LaneGroup *g) {
  int64_t least = INT64_MAX;
  for (int l = 0; l < g->count; l++) {
    const int64_t left = batches_left(g->run[l]);
    if (left < least) least = left;
  }
  return least;
}

static void run_group(LaneGroup *g) {
  while (run_stretch(g, least_left(g)) && all_stay(g)) continue;
}

/* --- all of it ------------------------------------------------------------------------------------------------------ */

/* The runs that are ahead last. */
static void sort_runs(SweepRun **run, int count) {
  for (int i = 1; i < count; i++) {
    for (int k = i; k > 0 && run[k - 1]->b.row > run[k]->b.row; k--) {
      SweepRun *before = run[k - 1];
      run[k - 1] = run[k];
      run[k] = before;
    }
  }
}

void lanes_advance(SweepRun **run, int count) {
  bool fits = count > 1;
  sort_runs(run, count);
  while (fits && all_ready(run, count)) {
    LaneGroup g;
    if (batches_left(run[0]) < MIN_BATCHES) {
      for (int l = 0; l < count; l++) sweep_run_step(run[l]);
    } else if (open_group(&g, run, count)) {
      for (int l = 0; l < count; l++) run[l]->lanes = true;
      run_group(&g);
      close_group(&g);
    } else {
      fits = false;
    }
  }
  for (int l = 0; l < count; l++) sweep_run_advance(run[l]);
}
