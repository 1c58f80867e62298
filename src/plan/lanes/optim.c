/*
 * optim.c - the update of all runs at once.
 *
 * A rule is a list of kernels over elements and of numbers (optim/rule). The kernels run over the lanes, the numbers are
 * one a lane (numbers.c). A rule that needs more than one pass over the elements is done by each run.
 */
#include <string.h>

#include "plan/lanes/optim.h"

/* --- states --------------------------------------------------------------------------------------------------------- */

/* Slot k of some parameters. */
static void move_state(LaneGroup *g, const LaneOptim *u, const LaneParam *p, int k, int from, bool in) {
  const size_t size = dtype_size(u->dtype);
  char *at = p->array[2 + k];
  for (int i = 0; i < p->params; i++) {
    const int64_t n = lane_optim_param(u, p, i, 0)->p->numel;
    for (int l = from; l < g->count; l++) {
      char *own = tensor_data(lane_optim_param(u, p, i, l)->state[k]);
      if (in) {
        lanes_in(at, l, n, size, own);
      } else {
        lanes_out(at, l, n, size, own);
      }
    }
    at += (size_t)n * size * LANES;
  }
}

static void move_states(LaneGroup *g, LaneOptim *u, int from, bool in) {
  for (int i = 0; i < u->params; i++) {
    for (int k = 0; k < u->nslots; k++) {
      if (u->param[i].array[2 + k]) move_state(g, u, &u->param[i], k, from, in);
    }
  }
}

void lane_optims_in(LaneGroup *g) {
  for (LaneOptim *u = g->optim; u; u = u->next) {
    u->known = false;
    move_states(g, u, 0, true);
  }
}

/* The optimizers learn of the updates. */
static void count_updates(const LaneGroup *g, LaneOptim *u, int from) {
  for (const LaneParam *p = u->param; p < u->param + u->params; p++) {
    for (int i = 0; i < p->params; i++) {
      for (int l = from; l < g->count; l++) {
        OptimParam *q = lane_optim_param(u, p, i, l);
        q->t = q->t < OPTIM_MAX_UPDATES - u->count ? q->t + u->count : OPTIM_MAX_UPDATES;
      }
    }
  }
  if (from == 0) u->count = 0;
}

void lane_optims_out(LaneGroup *g, int from) {
  for (LaneOptim *u = g->optim; u; u = u->next) {
    count_updates(g, u, from);
    move_states(g, u, from, false);
  }
}

/* --- elements ------------------------------------------------------------------------------------------------------- */

static void run_kernel(const LaneOptim *u, const LaneCall *c, int64_t i, int64_t elements) {
  const BlocksStep *s = c->kernel;
  const int64_t n = elements * LANES;
  char *o = c->out + i * c->out_step, *in[4];
  for (int k = 0; k < 4; k++) in[k] = c->in[k] + i * c->in_step[k];
  switch (s->arity) {
    case BLOCKS_K1:
      s->kern.k1(n, o, 1, in[0], 1);
      break;
    case BLOCKS_K2:
      s->kern.k2(n, o, 1, in[0], 1, in[1], 1);
      break;
    case BLOCKS_K3:
      s->kern.k3(n, o, 1, in[0], 1, in[1], 1, in[2], 1);
      break;
    case BLOCKS_COMBINE:
      if (s->kern.combine == kern_xpby_f32 || s->kern.combine == kern_xpby_f64) {
        u->kernels->xpby(elements, o, in[1], in[2], in[3]);
      } else {
        u->kernels->axpby(elements, o, in[0], in[1], in[2], in[3]);
      }
      break;
  }
}

static void update_param(const LaneOptim *u, const LaneParam *p, const LaneCall *call) {
  const int64_t length = u->whole ? p->n : LANE_BLOCK;
  for (int64_t i = 0; i < p->n; i += length) {
    const int64_t elements = p->n - i < length ? p->n - i : length;
    for (int k = 0; k < u->plan.program.nsteps; k++) run_kernel(u, &call[k], i, elements);
  }
}

static void run_optim(const LaneStep *s, LaneGroup *g) {
  LaneOptim *u = s->u.optim;
  if (!lane_numbers_set(g, u)) {
    count_updates(g, u, 0);
    move_states(g, u, 0, false);
    lanes_run_alone(g, u->event);
    move_states(g, u, 0, true);
    return;
  }
  for (int i = 0; i < u->params; i++) update_param(u, &u->param[i], u->call + i * u->plan.program.nsteps);
  u->count++;
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

/* One pass over elements, which needs nothing besides. */
static bool is_plain_rule(const OptimRule *r) {
  const RuleStage *s = r->stage;
  return r->nphases == 1 && r->nstages == 1 && s->nsums == 0 && s->guard < 0 && s->nspreads == 0 && r->nowns == 0 &&
         r->nper == 0 && r->nslot_regs == 0 && !r->needs_noise && !r->needs_loss;
}

/* Whether slot k of a parameter takes part: 1 or 0; -1: not in lanes. */
static int has_state(const Optim *o, const OptimGroup *group, const OptimParam *q, int k) {
  const OptimSlot *slot = &o->def->slot[k];
  const Tensor *t = q->state ? q->state[k] : NULL;
  if (slot->when != 0 && group->h[slot->when] == 0) return 0;
  return t && t->dtype == q->p->dtype && t->contiguous && t->numel == q->p->numel ? 1 : -1;
}

/* Whether parameter `index` of a group is in run l as in the first one, and has such slots in all runs. */
static bool same_param(const LaneOptim *u, int i, int index, int l, const int *has) {
  const OptimGroup *group = &u->o[l]->group[i], *first = &u->o[0]->group[i];
  const OptimParam *q = &group->param[index];
  if ((DType)q->p->dtype != u->dtype || !q->p->contiguous || q->p->numel != first->param[index].p->numel) return false;
  if (q->any_fresh || q->t != group->param[0].t) return false;
  for (int k = 0; k < u->nslots; k++) {
    if (has_state(u->o[l], group, q, k) != has[k]) return false;
  }
  return true;
}

static bool same_groups(const Optim *a, const Optim *b) {
  if (a->def != b->def || a->ngroups != b->ngroups) return false;
  for (int i = 0; i < a->ngroups; i++) {
    if (a->group[i].nparams != b->group[i].nparams) return false;
  }
  return true;
}

/* Adds parameter `index` of group i: w is its window, grad that of its gradient. */
static bool add_param(LaneGroup *g, LaneOptim *u, int i, int index, const Window *w, const Window *grad) {
  const OptimGroup *group = &u->o[0]->group[i];
  const OptimParam *q = &group->param[index];
  const Layout *x = group_layout(g, w), *d = group_layout(g, grad);
  int has[u->nslots + 1];
  if ((DType)x->dtype != u->dtype || (DType)d->dtype != u->dtype || !x->contiguous || !d->contiguous) return false;
  if (layout_numel(d) != q->p->numel) return false;
  for (int k = 0; k < u->nslots; k++) {
    if ((has[k] = has_state(u->o[0], group, q, k)) < 0) return false;
  }
  for (int l = 0; l < g->count; l++) {
    if (!same_param(u, i, index, l, has)) return false;
  }
  char *at = group_window(g, w), *grad_at = group_window(g, grad);
  if (!at || !grad_at) return false;
  LaneParam *p = &u->param[u->params++];
  *p = (LaneParam){.group = i, .index = index, .params = 1, .n = q->p->numel};
  p->array = group_get(g, (size_t)(3 + u->nslots) * sizeof *p->array);
  if (!p->array) return false;
  p->array[0] = at;
  p->array[1] = grad_at;
  for (int k = 0; k < u->nslots; k++) p->array[2 + k] = has[k] ? at : NULL; /* memory comes later: set_memory */
  return true;
}

static bool add_params(LaneGroup *g, LaneOptim *u, const Event *e) {
  const Optim *o = u->o[0];
  u->param = group_get(g, (size_t)(e->nout + 1) * sizeof *u->param);
  if (!u->param) return false;
  for (int i = 0, k = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++, k++) {
      if (k >= e->nout) return false;
      if (e->w[k].buffer >= 0 && !add_param(g, u, i, j, &e->w[k], &e->w[e->nout + k])) return false;
    }
  }
  return u->params > 0;
}

/* Whether q, the next parameter, lies behind p, and the same is done to both. */
static bool is_behind(const LaneOptim *u, const LaneParam *p, const LaneParam *q) {
  const size_t bytes = (size_t)p->n * dtype_size(u->dtype) * LANES;
  if (u->by_param || p->group != q->group || p->index + p->params != q->index) return false;
  for (int k = 0; k < u->nslots; k++) {
    if (!p->array[2 + k] != !q->array[2 + k]) return false;
  }
  return p->array[0] + bytes == q->array[0] && p->array[1] + bytes == q->array[1];
}

static void join_params(LaneOptim *u) {
  int n = 0;
  for (int i = 1; i < u->params; i++) {
    LaneParam *p = &u->param[n];
    const LaneParam *q = &u->param[i];
    if (is_behind(u, p, q)) {
      p->n += q->n;
      p->params++;
    } else {
      u->param[++n] = *q;
    }
  }
  u->params = n + 1;
}

static bool set_memory(LaneGroup *g, LaneOptim *u) {
  for (LaneParam *p = u->param; p < u->param + u->params; p++) {
    const size_t bytes = (size_t)p->n * dtype_size(u->dtype) * LANES;
    if (!(p->number = group_get(g, (size_t)(u->rule->nused + 1) * LANE_NUMBER))) return false;
    for (int k = 0; k < u->nslots; k++) {
      if (p->array[2 + k] && !(p->array[2 + k] = group_get(g, bytes))) return false;
    }
  }
  return (u->call = group_get(g, (size_t)u->params * (size_t)(u->rule->stage->nsteps + 1) * sizeof *u->call));
}

/* The dtype of the parameters that an event updates. */
static DType dtype_of(const LaneGroup *g, const Event *e) {
  int k = 0;
  while (k < e->nout - 1 && e->w[k].buffer < 0) k++;
  return e->nout == 0 || e->w[k].buffer < 0 ? DT_U8 : (DType)group_layout(g, &e->w[k])->dtype;
}

bool lanes_lower_optim(LaneGroup *g, LaneStep *s, int i) {
  const Event *e = g->trace->event[i];
  LaneOptim *u = group_get(g, sizeof *u);
  if (!u) return false;
  for (int l = 0; l < g->count; l++) {
    plan_event_args(g->plan[l], i, &u->o[l]);
    if (!same_groups(u->o[0], u->o[l]) || optim_check_in_training(u->o[l]) < 0) return false;
  }
  u->event = i;
  u->dtype = dtype_of(g, e);
  u->kernels = lanes_kernels(u->dtype);
  u->rule = u->o[0]->def->rule;
  u->nslots = u->o[0]->nslots;
  if ((u->dtype != DT_F32 && u->dtype != DT_F64) || !is_plain_rule(u->rule)) return false;
  if (!lane_numbers_open(g, u) || !add_params(g, u, e)) return false;
  join_params(u);
  if (!set_memory(g, u)) return false;
  u->next = g->optim;
  g->optim = u;
  *s = (LaneStep){.run = run_optim, .u.optim = u};
  return true;
}

/* --- where parameters lie -------------------------------------------------------------------------------------------- */

/* Whether a window is all of a buffer that has no lanes yet. */
static bool is_free(const LaneGroup *g, const Window *w) {
  if (w->buffer < 0) return false;
  const Layout *l = group_layout(g, w);
  const LaneBuffer *b = &g->buffer[w->buffer];
  return !b->at && !b->constant && l->contiguous && l->offset == 0 && layout_numel(l) == b->count;
}

bool lanes_place_params(LaneGroup *g, const Event *e) {
  for (int first = 0; first < 2 * e->nout; first += e->nout) { /* the parameters, then their gradients */
    size_t bytes = 0;
    for (int k = first; k < first + e->nout; k++) {
      if (is_free(g, &e->w[k]))
        bytes += (size_t)g->buffer[e->w[k].buffer].count * g->buffer[e->w[k].buffer].size * LANES;
    }
    char *at = group_get(g, bytes);
    if (!at) return false;
    for (int k = first; k < first + e->nout; k++) {
      if (!is_free(g, &e->w[k])) continue;
      LaneBuffer *b = &g->buffer[e->w[k].buffer];
      b->at = at;
      at += (size_t)b->count * b->size * LANES;
    }
  }
  return true;
}
