/*
 * lanes.c - a group over the batches of its runs.
 */
#include "plan/lanes/lanes.h"

#include <string.h>

#include "base/interrupt.h"
#include "plan/lanes/group.h"

#define MIN_BATCHES 4 /* for fewer it does not pay to move everything into lanes */
#define STEP_GAIN 12  /* elements that a run may move for each step that it need not do by itself */

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

static bool same_place(const SweepRun *a, const SweepRun *b) {
  const Batches *x = &a->b, *y = &b->b;
  if (a->epoch != b->epoch || a->until != b->until || x->row != y->row || x->end != y->end) return false;
  return !x->order == !y->order && x->share.parts == 0 && y->share.parts == 0;
}

bool lanes_match(SweepRun *a, SweepRun *b) {
  const Tensor *loss, *weight;
  if (a->state != SWEEP_RUN_READY || b->state != SWEEP_RUN_READY || !a->open || !b->open) return false;
  if (!same_place(a, b) || !same_rows(a->l, b->l)) return false;
  const Plan *p = plan_of(a, &loss, &weight), *q = plan_of(b, &loss, &weight);
  return p && q && plans_alike(p, q);
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
  *g = (LaneGroup){.count = count, .kernels = lanes_kernels(), .weight = -1};
  g->rows = loader_ready(run[0]->l, &run[0]->b);
  for (int l = count - 1; l >= 0; l--) { /* the first one's loss and weight last */
    g->run[l] = run[l];
    g->plan[l] = plan_of(run[l], &loss, &weight);
    if (!g->plan[l] || (l < count - 1 && !plans_alike(g->plan[l], g->plan[count - 1]))) return false;
    g->watched = g->watched || is_watched(g->plan[l]->r);
  }
  if (!group_set_buffers(g) || !find_result(g, loss, &g->loss, &g->loss_at, &g->loss_dtype)) return false;
  return !weight || find_result(g, weight, &g->weight, &g->weight_at, &g->weight_dtype);
}

static bool lower(LaneGroup *g) {
  const Plan *p = g->plan[0];
  g->step = group_get(g, (size_t)p->steps * sizeof *g->step);
  if (!g->step) return false;
  for (int i = 0; i < p->steps; i++) {
    if (!lanes_lower(g, &g->step[g->steps++], i)) return false;
  }
  g->in_order = group_get(g, (size_t)g->rows * sizeof *g->in_order);
  for (int64_t i = 0; g->in_order && i < g->rows; i++) g->in_order[i] = i;
  return g->in_order && g->alone_elements <= STEP_GAIN * (int64_t)(g->steps - g->alone_steps);
}

/* What the runs have of their own between two batches: memory from outside the step, and gradients that it leaves. */
static bool is_lasting(const LaneGroup *g, int b, bool out) {
  const Plan *p = g->plan[0];
  const Buffer *buffer = &p->r->buffer[b];
  if (!g->buffer[b].at || g->buffer[b].constant) return false;
  if (plan_is_left(p->r, b)) return true;
  return buffer->kind == BUFFER_OUTSIDE && (!out || plan_writes(p, buffer->holder->storage));
}

static void move(LaneGroup *g, bool out) {
  for (int b = 0; b < g->plan[0]->r->buffers; b++) {
    if (!is_lasting(g, b, out)) continue;
    if (out) {
      group_out(g, b);
    } else {
      group_in(g, b);
    }
  }
}

static bool open_group(LaneGroup *g, SweepRun *const *run, int count) {
  if (!take_runs(g, run, count) || !lower(g)) {
    arena_free(&g->memory);
    return false;
  }
  for (int l = 0; l < count; l++) {
    if (plan_enter(g->plan[l]) < 0) group_fail(g, l);
  }
  move(g, false);
  lane_optims_in(g);
  return true;
}

static void close_group(LaneGroup *g) {
  move(g, true);
  lane_optims_out(g);
  for (int l = 0; l < g->count; l++) plan_leave(g->plan[l]);
  arena_free(&g->memory);
}

/* --- one batch ------------------------------------------------------------------------------------------------------ */

static void take_field(LaneGroup *g, int i, const int64_t *const *order, int64_t first) {
  const LaneBuffer *b = &g->buffer[i];
  const Tensor *field = g->run[0]->l->field[i];
  if (!b->at || field->numel == 0) return;
  const int64_t width = field->numel / field->shape[0];
  const char *from = (const char *)tensor_data(field) + (size_t)(first * width) * b->size;
  if (b->size == sizeof(float)) {
    g->kernels->rows(g->rows, width, (const float *)(const void *)from, order, (float *)(void *)b->at);
    return;
  }
  for (int64_t r = 0; r < g->rows; r++) {
    char *to = b->at + (size_t)(r * width) * b->size * LANES;
    for (int l = 0; l < g->count; l++) lanes_in(to, l, width, b->size, from + (size_t)(order[l][r] * width) * b->size);
  }
}

static void take_batch(LaneGroup *g) {
  const int64_t *order[LANES];
  const Batches *first = &g->run[0]->b;
  for (int l = 0; l < LANES; l++) {
    const Batches *b = &g->run[l < g->count ? l : 0]->b;
    order[l] = b->order ? b->order + b->row : g->in_order;
  }
  for (int i = 0; i < g->run[0]->l->nfields; i++) take_field(g, i, order, first->order ? 0 : first->row);
  for (int l = 0; l < g->count; l++) loader_pass(g->run[l]->l, &g->run[l]->b);
}

static void count_losses(LaneGroup *g) {
  for (int l = 0; l < g->count; l++) {
    const double loss = group_number(g, g->loss, g->loss_at, g->loss_dtype, l);
    const double weight =
        g->weight < 0 ? (double)g->rows : group_number(g, g->weight, g->weight_at, g->weight_dtype, l);
    sweep_run_count(g->run[l], loss, weight);
  }
}

/* Whether all runs can go on with a batch of this size. */
static bool go_on(LaneGroup *g) {
  bool ready = true;
  if (interrupt_check() < 0) {
    for (int l = 0; l < g->count; l++) group_fail(g, l);
  }
  for (int l = 0; l < g->count; l++) {
    SweepRun *run = g->run[l];
    if (run->state == SWEEP_RUN_READY) sweep_run_open(run);
    ready = ready && run->state == SWEEP_RUN_READY;
  }
  if (!ready || loader_ready(g->run[0]->l, &g->run[0]->b) != g->rows) return false;
  for (int l = 0; g->watched && l < g->count; l++) {
    if (!plan_holds(g->plan[l], &g->run[l]->own, NULL)) return false;
  }
  return true;
}

static bool has_failed(const LaneGroup *g) {
  for (int l = 0; l < g->count; l++) {
    if (g->run[l]->state == SWEEP_RUN_FAILED) return true;
  }
  return false;
}

static void run_group(LaneGroup *g) {
  do {
    take_batch(g);
    for (const LaneStep *s = g->step, *end = s + g->steps; s < end; s++) s->run(s, g);
    if (has_failed(g)) return;
    count_losses(g);
  } while (go_on(g));
}

/* --- all of it ------------------------------------------------------------------------------------------------------ */

static bool all_ready(SweepRun *const *run, int count) {
  bool ready = true;
  for (int l = 0; l < count; l++) {
    if (run[l]->state == SWEEP_RUN_READY) sweep_run_open(run[l]);
    ready = ready && run[l]->state == SWEEP_RUN_READY;
  }
  return ready;
}

/* Batches of this size that are left in the epoch. */
static int64_t batches_left(const SweepRun *run) {
  const int64_t size = run->l->opt.batch_size, left = run->b.end - run->b.row;
  return left < size ? 1 : left / size;
}

void lanes_advance(SweepRun *const *run, int count) {
  bool fits = count > 1;
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
