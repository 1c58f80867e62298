/*
 * wide.c - operations that take the lanes for one more dimension.
 *
 * What is computed element by element, or along some dimensions, does the same to each position of the others. So the
 * row's own forward runs on windows with a last dimension of LANES more, and each lane has the bits of the run alone.
 */
#include <string.h>

#include "autograd/op.h"
#include "kernels/elementwise/map.h"
#include "kernels/softmax/score_rows.h"
#include "plan/lanes/group.h"

struct LaneWide {
  int event;
  const Op *op; /* NULL: a call */
  OpArgs args;
  Computation call;
  Tensor **t; /* [n] the output, then the inputs */
  int n;
};

static void run_wide(const LaneStep *s, LaneGroup *g) {
  const LaneWide *w = s->u.wide;
  const int rc = w->op ? w->op->forward(w->t[0], w->t + 1, w->n - 1, &w->args) : w->call.run(&w->call, &g->run[0]->own);
  if (rc < 0) lanes_run_alone(g, w->event); /* which run is to blame, and where, is said there */
}

/* A window with its lanes as a tensor, which borrows the memory and is never released. */
static Tensor *window(LaneGroup *g, const Window *w) {
  const Layout *l = group_layout(g, w);
  Tensor *t = group_get(g, sizeof *t);
  Storage *s = group_get(g, sizeof *s);
  if (!t || !s || l->ndim == TENSOR_MAX_DIM || !group_lanes(g, w->buffer)) return NULL;
  const LaneBuffer *b = &g->buffer[w->buffer];
  *s = (Storage){.refs = 1, .nbytes = (size_t)b->count * b->size * LANES, .data = b->at};
  *t =
      (Tensor){.refs = 1, .dtype = l->dtype, .ndim = (uint8_t)(l->ndim + 1), .contiguous = l->contiguous, .storage = s};
  t->offset = l->offset * LANES;
  t->numel = layout_numel(l) * LANES;
  for (int d = 0; d < l->ndim; d++) {
    t->shape[d] = l->size[d];
    t->stride[d] = l->size[l->ndim + d] * LANES;
  }
  t->shape[l->ndim] = LANES;
  t->stride[l->ndim] = 1;
  return t;
}

static bool is_pow(const Op *op) { return op == op_row(OP_POW); }

/* Whether the scores of a row alone are not computed side by side. */
static bool by_panels(const LaneGroup *g, const Window *w, int64_t dim) {
  const Layout *l = group_layout(g, w);
  return l->size[dim] < SCORE_ROW_LEAST;
}

/* Whether the row does the same to each position of a last dimension; pow looks at how it is called. */
static bool takes_lanes(const LaneGroup *g, const Event *e, const OpCall *call) {
  const Op *op = op_row((OpId)call->op);
  switch (call->op) {
    case OP_CLAMP:
    case OP_CAST:
    case OP_CLONE:
    case OP_ADDCMUL:
    case OP_ADDCDIV:
    case OP_LERP:
    case OP_SUM:
    case OP_MEAN:
    case OP_AMAX:
    case OP_AMIN:
      return true;
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX:
    case OP_SOFTMAX_GRAD:
    case OP_LOG_SOFTMAX_GRAD:
      return by_panels(g, &e->w[0], call->args.along.dim);
    default:
      return !is_pow(op) && (op->kern1[DT_F32] || op->kern2[DT_F32] || op->kern3[DT_F32]);
  }
}

/* Bits of dimensions that are not there would name the lanes. */
static void mask_dims(const LaneGroup *g, const Event *e, OpCall *call) {
  if (call->op != OP_SUM && call->op != OP_MEAN && call->op != OP_AMAX && call->op != OP_AMIN) return;
  call->args.reduce.dims &= (1u << group_layout(g, &e->w[1])->ndim) - 1;
}

bool lanes_lower_wide(LaneGroup *g, LaneStep *s, int i) {
  const Event *e = g->trace->event[i];
  LaneWide *w = group_get(g, sizeof *w);
  OpCall call;
  if (!w) return false;
  if (e->run == op_rerun) {
    event_args(e, &call);
    if (!takes_lanes(g, e, &call)) return false;
    mask_dims(g, e, &call);
    w->op = op_row((OpId)call.op);
    w->args = call.args;
  } else {
    void *args = group_get(g, (size_t)e->size + 1);
    if (!args) return false;
    event_args(e, args);
    w->call = (Computation){.name = e->name, .run = e->run, .nout = e->nout, .n = e->n, .args = args, .size = e->size};
  }
  w->event = i;
  w->n = e->n;
  w->t = group_get(g, (size_t)e->n * sizeof *w->t);
  for (int k = 0; k < e->n; k++) {
    if (!w->t || !(w->t[k] = window(g, &e->w[k]))) return false;
  }
  w->call.t = w->t;
  *s = (LaneStep){.run = run_wide, .u.wide = w};
  return true;
}
