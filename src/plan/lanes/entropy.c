/*
 * entropy.c - the cross entropy: rows of scores side by side, which is how its kernels take them anyway.
 *
 * A mean over labels of which some are ignored divides by a number of each run's own: then the runs do it themselves.
 */
#include <string.h>

#include "autograd/op.h"
#include "kernels/loss/cross_entropy.h"
#include "plan/lanes/group.h"

struct LaneEntropy {
  int event;
  DType dtype;
  const LanesKernels *kernels;
  CrossEntropyJob job;
  int64_t rows; /* of all lanes */
  LossReduction reduction;
  const char *d; /* backward: the gradient of all rows; NULL: of each */
  char *each;    /* forward: losses; backward: gradients; of each row, unless they lie elsewhere */
  void *scratch, *out;
};

static bool any_ignored(const LaneEntropy *c) {
  int64_t all = 0;
  for (int64_t r = 0; r < c->rows; r++) all |= c->job.label[r];
  return all < 0;
}

static void run_forward(const LaneStep *s, LaneGroup *g) {
  const LaneEntropy *c = s->u.entropy;
  if (any_ignored(c)) {
    lanes_run_alone(g, c->event);
    return;
  }
  cross_entropy_kernels()->forward[c->dtype == DT_F64](&c->job, 0, c->rows, c->scratch);
  if (c->reduction == REDUCE_NONE) return;
  const LanesTotal total = {c->rows / LANES, c->each, c->out, c->reduction == REDUCE_MEAN};
  c->kernels->total(&total);
}

static void run_backward(const LaneStep *s, LaneGroup *g) {
  const LaneEntropy *c = s->u.entropy;
  const size_t bytes = LANES * dtype_size(c->dtype);
  if (any_ignored(c)) {
    lanes_run_alone(g, c->event);
    return;
  }
  for (int64_t r = 0; c->d && r < c->rows / LANES; r++) memcpy(c->each + (size_t)r * bytes, c->d, bytes);
  cross_entropy_kernels()->backward[c->dtype == DT_F64](&c->job, 0, c->rows, c->scratch);
}

/* What both have: scores and labels. False: another kernel computes a run alone, or memory has another order. */
static bool set_job(LaneGroup *g, LaneEntropy *c, const Window *scores, const Window *labels, const LossArgs *a) {
  const Layout *x = group_layout(g, scores), *y = group_layout(g, labels);
  int64_t inner = 1;
  if ((x->dtype != DT_F32 && x->dtype != DT_F64) || y->dtype != DT_I64 || x->ndim < 2 || !x->contiguous ||
      !y->contiguous) {
    return false;
  }
  for (int d = 2; d < x->ndim; d++) inner *= x->size[d];
  const int64_t n = x->size[1], rows = x->size[0] * inner;
  if (n >= SCORE_ROW_LEAST || n == 0 || rows == 0 || rows > LANES_MAX_SUM || layout_numel(y) != rows) return false;
  c->dtype = (DType)x->dtype;
  c->kernels = lanes_kernels(c->dtype);
  c->rows = rows * LANES;
  c->reduction = (LossReduction)a->reduction;
  c->job = (CrossEntropyJob){.n = n, .inner = inner * LANES, .smoothing = a->smoothing, .weight_sum = (double)n};
  c->job.x = (ScoreMemory){group_window(g, scores), n * inner * LANES, inner * LANES, 1};
  c->job.label = (const int64_t *)(const void *)group_window(g, labels);
  c->scratch = group_get(g, (size_t)(n * SCORE_PANEL) * dtype_size(c->dtype));
  c->each = group_get(g, (size_t)c->rows * dtype_size(c->dtype));
  return c->job.x.data && c->job.label && c->scratch && c->each;
}

/* t: the loss, the scores, the labels */
static bool lower_forward(LaneGroup *g, LaneStep *s, LaneEntropy *c, const Event *e, const LossArgs *a) {
  const Layout *o = group_layout(g, &e->w[0]);
  if (e->n != 3 || !o->contiguous || !set_job(g, c, &e->w[1], &e->w[2], a)) return false;
  c->out = group_window(g, &e->w[0]);
  c->job.loss = c->reduction == REDUCE_NONE ? c->out : c->each;
  *s = (LaneStep){.run = run_forward, .u.entropy = c};
  return c->out;
}

/* t: the scores' gradient, the scores, the labels, the loss's gradient */
static bool lower_backward(LaneGroup *g, LaneStep *s, LaneEntropy *c, const Event *e, const LossArgs *a) {
  const Layout *dx = group_layout(g, &e->w[0]), *d = group_layout(g, &e->w[3]);
  if (e->n != 4 || !dx->contiguous || !d->contiguous || !set_job(g, c, &e->w[1], &e->w[2], a)) return false;
  const char *at = group_window(g, &e->w[3]);
  c->d = c->reduction == REDUCE_NONE ? NULL : at;
  c->job.d = c->reduction == REDUCE_NONE ? at : c->each;
  c->job.d_stride = 1;
  c->job.scale = c->reduction == REDUCE_MEAN ? 1 / (double)(c->rows / LANES) : 1;
  c->job.dx = (ScoreMemory){group_window(g, &e->w[0]), c->job.x.outer, c->job.x.step, 1};
  *s = (LaneStep){.run = run_backward, .u.entropy = c};
  return at && c->job.dx.data;
}

bool lanes_lower_entropy(LaneGroup *g, LaneStep *s, int i) {
  const Event *e = g->trace->event[i];
  LaneEntropy *c = group_get(g, sizeof *c);
  OpCall call;
  event_args(e, &call);
  if (!c) return false;
  c->event = i;
  if (call.op == OP_CROSS_ENTROPY) return lower_forward(g, s, c, e, &call.args.loss);
  return lower_backward(g, s, c, e, &call.args.loss);
}
