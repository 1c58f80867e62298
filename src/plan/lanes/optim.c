/*
 * optim.c - the update of all runs at once.
 *
 * A rule is a list of kernels over elements and of numbers (optim/rule). The kernels run over the lanes, the numbers are
 * one a lane: each run's are computed by its own optimizer's registers. A rule that needs more than one pass over the
 * elements is done by each run.
 */
#include <float.h>
#include <string.h>

#include "plan/lanes/group.h"

#define BLOCK_OF 8 /* elements at a time */
#define NUMBER (BLOCK_OF * LANES)

typedef struct LaneParam {
  int group, index; /* place in the optimizer */
  int64_t n;
  char **array;  /* as RULE_ARRAY counts */
  float *number; /* [nused][NUMBER]: lanes, as often as a block needs */
} LaneParam;

struct LaneOptim {
  LaneOptim *next;
  int event;
  const LanesKernels *kernels;
  const OptimRule *rule;
  Optim *o[LANES];
  LaneParam *param;
  int params, nslots;
  RulePlan plan;
  double *reg;         /* [groups][LANES][nregs] */
  bool *repeated;      /* [nused] numbers that are operands of kernels, which take no numbers of lanes */
  bool by_t;           /* numbers depend on the count of updates */
  bool repeats[LANES]; /* the numbers of this lane are those of the lane before */
  bool known;          /* the numbers are computed */
  bool whole;          /* no number or temporary has the length of a block */
  int64_t count;       /* updates that the optimizers do not know of yet */
  float *temps;        /* [ntemps][NUMBER] */
};

static OptimParam *param_of(const LaneOptim *u, const LaneParam *p, int l) {
  return &u->o[l]->group[p->group].param[p->index];
}

static double *registers(const LaneOptim *u, int group, int l) {
  return u->reg + ((size_t)group * LANES + (size_t)l) * (size_t)u->rule->nregs;
}

/* --- states --------------------------------------------------------------------------------------------------------- */

static void move_states(LaneGroup *g, LaneOptim *u, int from, bool in) {
  for (int i = 0; i < u->params; i++) {
    const LaneParam *p = &u->param[i];
    for (int k = 0; k < u->nslots; k++) {
      for (int l = from; p->array[2 + k] && l < g->count; l++) {
        char *own = tensor_data(param_of(u, p, l)->state[k]);
        if (in) {
          lanes_in(p->array[2 + k], l, p->n, sizeof(float), own);
        } else {
          lanes_out(p->array[2 + k], l, p->n, sizeof(float), own);
        }
      }
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
  for (int i = 0; i < u->params; i++) {
    for (int l = from; l < g->count; l++) {
      OptimParam *q = param_of(u, &u->param[i], l);
      q->t = q->t < OPTIM_MAX_UPDATES - u->count ? q->t + u->count : OPTIM_MAX_UPDATES;
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

/* --- numbers -------------------------------------------------------------------------------------------------------- */

static void compute_group(const LaneOptim *u, double *reg, const OptimGroup *group, int64_t t) {
  const OptimRule *r = u->rule;
  const size_t bytes = (size_t)r->nhyper * sizeof *reg;
  if (memcmp(reg, group->h, bytes) != 0) {
    memcpy(reg, group->h, bytes);
    rule_run_held(r, reg);
  }
  reg[rule_reg_t(r)] = (double)t;
  reg[rule_reg_initial_lr(r)] = group->initial_lr;
  rule_run_once(r, reg);
}

static void compute_param(const LaneOptim *u, double *reg, const LaneParam *p, const Tensor *t, int l) {
  const OptimRule *r = u->rule;
  const RuleStage *stage = r->stage;
  reg[rule_reg_numel(r)] = (double)t->numel;
  reg[rule_reg_epsilon(r)] = (double)FLT_EPSILON;
  reg[rule_reg_ndim(r)] = (double)t->ndim;
  for (int i = 0; i < r->nfresh; i++) reg[r->fresh[i].before] = 0;
  if (stage->numbers) {
    stage->numbers(reg);
  } else {
    rule_numbers_run(r->number + stage->number, stage->nnumbers, reg);
  }
  for (int i = 0; i < r->nused; i++) p->number[i * NUMBER + l] = (float)reg[r->used[i]];
}

/* Whether all that is known of a run's numbers still holds. */
static bool are_known(const LaneOptim *u, int l) {
  if (!u->known || u->by_t) return false;
  for (int i = 0; i < u->o[l]->ngroups; i++) {
    if (memcmp(registers(u, i, l), u->o[l]->group[i].h, (size_t)u->rule->nhyper * sizeof(double)) != 0) return false;
  }
  return true;
}

static void compute_lane(const LaneOptim *u, int l) {
  int group = -1;
  for (int i = 0; i < u->params; i++) {
    const LaneParam *p = &u->param[i];
    const OptimParam *q = param_of(u, p, l);
    double *reg = registers(u, p->group, l);
    if (p->group != group) compute_group(u, reg, &u->o[l]->group[p->group], q->t + u->count + 1);
    group = p->group;
    compute_param(u, reg, p, q->p, l);
  }
}

/* Whether a run's numbers are those of the run in the lane before: runs that differ in their seeds alone. */
static bool is_repeated(const LaneOptim *u, int l) {
  const Optim *o = u->o[l], *before = u->o[l - 1];
  const size_t bytes = (size_t)u->rule->nhyper * sizeof(double);
  for (int i = 0; i < o->ngroups; i++) {
    const OptimGroup *x = &o->group[i], *y = &before->group[i];
    if (x->initial_lr != y->initial_lr || memcmp(x->h, y->h, bytes) != 0) return false;
  }
  for (int i = 0; i < u->params; i++) {
    if (param_of(u, &u->param[i], l)->t != param_of(u, &u->param[i], l - 1)->t) return false;
  }
  return true;
}

static void repeat_lane(LaneOptim *u, int l) {
  for (int i = 0; i < u->params; i++) {
    float *number = u->param[i].number + l;
    for (int k = 0; k < u->rule->nused; k++, number += NUMBER) *number = number[-1];
  }
}

/* Whether the kernels are the same in all runs, and none of them looks at how it is called. */
static bool set_program(LaneGroup *g, LaneOptim *u) {
  const OptimRule *r = u->rule;
  for (int i = 0; i < u->o[0]->ngroups; i++) {
    rule_plan(&u->plan, r, r->stage, DT_F32, registers(u, i, 0));
    for (int k = 0; k < u->o[0]->ngroups; k++) {
      for (int l = 0; l < g->count; l++) {
        if (!u->repeats[l] && !rule_plan_fits(&u->plan, r, r->stage, registers(u, k, l))) return false;
      }
    }
  }
  u->whole = u->plan.program.ntemps == 0;
  memset(u->repeated, 0, (size_t)r->nused * sizeof *u->repeated);
  for (const BlocksStep *s = u->plan.step; s < u->plan.step + u->plan.program.nsteps; s++) {
    for (int k = 0; s->arity != BLOCKS_COMBINE && k < (int)s->arity; k++) {
      if (s->in[k].kind != BLOCKS_NUMBER) continue;
      u->repeated[s->in[k].index] = true;
      u->whole = false;
    }
    if (s->arity == BLOCKS_K2 && s->kern.k2 == kern_pow_f32 && s->in[1].kind == BLOCKS_NUMBER) return false;
  }
  return true;
}

static void repeat_numbers(const LaneOptim *u) {
  for (int i = 0; i < u->params; i++) {
    for (int k = 0; k < u->rule->nused; k++) {
      float *number = u->param[i].number + k * NUMBER;
      for (int b = 1; u->repeated[k] && b < BLOCK_OF; b++) memcpy(number + b * LANES, number, LANES * sizeof *number);
    }
  }
}

/* Brings the numbers up to date. False: the runs do not go through the same kernels. */
static bool set_numbers(LaneGroup *g, LaneOptim *u) {
  bool changed = false;
  if (u->known && !u->by_t && g->alone_steps == 0) return true; /* nobody moves a rate */
  for (int l = 0; l < g->count; l++) {
    u->repeats[l] = l > 0 && u->by_t && is_repeated(u, l);
    if (!u->repeats[l] && are_known(u, l)) continue;
    if (u->repeats[l]) {
      repeat_lane(u, l);
    } else {
      compute_lane(u, l);
    }
    changed = true;
  }
  if (!changed) return true;
  u->known = set_program(g, u);
  if (u->known) repeat_numbers(u);
  return u->known;
}

/* --- elements ------------------------------------------------------------------------------------------------------- */

static char *place(const LaneOptim *u, const LaneParam *p, BlocksPlace at, int64_t i) {
  switch ((BlocksKind)at.kind) {
    case BLOCKS_ARRAY:
      return p->array[at.index] + (size_t)i * at.size * LANES;
    case BLOCKS_TEMP:
      return (char *)(u->temps + at.index * NUMBER);
    default:
      return (char *)(p->number + at.index * NUMBER);
  }
}

static void run_kernel(const LaneOptim *u, const LaneParam *p, const BlocksStep *s, int64_t i, int64_t elements) {
  const int64_t n = elements * LANES;
  char *o = place(u, p, s->out, i), *in[4] = {0};
  for (int k = 0; k < (int)s->arity; k++) in[k] = place(u, p, s->in[k], i);
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
      if (s->kern.combine == kern_xpby_f32) {
        u->kernels->xpby(elements, o, in[1], in[2], in[3]);
      } else {
        u->kernels->axpby(elements, o, in[0], in[1], in[2], in[3]);
      }
      break;
  }
}

static void update_param(const LaneOptim *u, const LaneParam *p) {
  const BlocksStep *end = u->plan.step + u->plan.program.nsteps;
  const int64_t length = u->whole ? p->n : BLOCK_OF;
  for (int64_t i = 0; i < p->n; i += length) {
    const int64_t elements = p->n - i < length ? p->n - i : length;
    for (const BlocksStep *s = u->plan.step; s < end; s++) run_kernel(u, p, s, i, elements);
  }
}

static void run_optim(const LaneStep *s, LaneGroup *g) {
  LaneOptim *u = s->u.optim;
  if (!set_numbers(g, u)) {
    count_updates(g, u, 0);
    move_states(g, u, 0, false);
    lanes_run_alone(g, u->event);
    move_states(g, u, 0, true);
    return;
  }
  for (int i = 0; i < u->params; i++) update_param(u, &u->param[i]);
  u->count++;
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

/* One pass over elements, which needs nothing besides. */
static bool is_plain_rule(const OptimRule *r) {
  const RuleStage *s = r->stage;
  return r->nphases == 1 && r->nstages == 1 && s->nsums == 0 && s->guard < 0 && s->nspreads == 0 && r->nowns == 0 &&
         r->nper == 0 && r->nslot_regs == 0 && !r->needs_noise && !r->needs_loss;
}

static bool reads_t(const OptimRule *r) {
  const RuleStage *s = r->stage;
  const int t = rule_reg_t(r);
  bool found = r->nonce > 0;
  for (int i = 0; i < s->nnumbers; i++) {
    for (int k = 0; k < 3; k++) found = found || r->number[s->number + i].in[k] == t;
  }
  for (int i = 0; i < r->nused; i++) found = found || r->used[i] == t;
  return found;
}

static bool is_plain_float(const Tensor *t, int64_t n) { return t->dtype == DT_F32 && t->contiguous && t->numel == n; }

/* Whether slot k of a parameter takes part: 1 or 0; -1: not in lanes. */
static int has_state(const Optim *o, const OptimGroup *group, const OptimParam *q, int k) {
  const OptimSlot *slot = &o->def->slot[k];
  const Tensor *t = q->state ? q->state[k] : NULL;
  if (slot->when != 0 && group->h[slot->when] == 0) return 0;
  return t && is_plain_float(t, q->p->numel) ? 1 : -1;
}

/* Whether the parameter is the same in run l as in the first. */
static bool same_param(const LaneOptim *u, const LaneParam *p, int l) {
  const Optim *o = u->o[l];
  const OptimGroup *group = &o->group[p->group];
  const OptimParam *q = &group->param[p->index];
  if (!is_plain_float(q->p, p->n) || q->any_fresh || q->t != group->param[0].t) return false;
  for (int k = 0; k < u->nslots; k++) {
    const int has = has_state(o, group, q, k);
    if (has < 0 || has != (p->array[2 + k] != NULL)) return false;
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

/* Parameter i of all: w is its window, grad that of its gradient. */
static bool set_param(LaneGroup *g, LaneOptim *u, LaneParam *p, const Window *w, const Window *grad) {
  const Optim *o = u->o[0];
  const OptimGroup *group = &o->group[p->group];
  const OptimParam *q = &group->param[p->index];
  p->n = q->p->numel;
  p->array = group_get(g, (size_t)(3 + u->nslots) * sizeof *p->array);
  p->number = group_get(g, (size_t)(u->rule->nused + 1) * NUMBER * sizeof(float));
  if (!p->array || !p->number) return false;
  const Layout *x = group_layout(g, w), *d = group_layout(g, grad);
  if (x->dtype != DT_F32 || d->dtype != DT_F32 || !x->contiguous || !d->contiguous || layout_numel(d) != p->n)
    return false;
  p->array[0] = group_window(g, w);
  p->array[1] = group_window(g, grad);
  for (int k = 0; k < u->nslots; k++) {
    const int has = has_state(o, group, q, k);
    if (has < 0) return false;
    if (has && !(p->array[2 + k] = group_get(g, (size_t)p->n * LANES * sizeof(float)))) return false;
  }
  for (int l = 0; l < g->count; l++) {
    if (!same_param(u, p, l)) return false;
  }
  return p->array[0] && p->array[1];
}

static bool set_params(LaneGroup *g, LaneOptim *u, const Event *e) {
  const Optim *o = u->o[0];
  u->param = group_get(g, (size_t)(e->nout + 1) * sizeof *u->param);
  if (!u->param) return false;
  for (int i = 0, k = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++, k++) {
      if (k >= e->nout) return false;
      if (e->w[k].buffer < 0) continue;
      LaneParam *p = &u->param[u->params++];
      p->group = i;
      p->index = j;
      if (!set_param(g, u, p, &e->w[k], &e->w[e->nout + k])) return false;
    }
  }
  return u->params > 0;
}

static bool set_memory(LaneGroup *g, LaneOptim *u) {
  const OptimRule *r = u->rule;
  const RuleStage *stage = r->stage;
  const size_t bytes = (size_t)r->nregs * sizeof(double);
  u->plan.step = group_get(g, (size_t)(stage->nsteps + 1) * sizeof(BlocksStep));
  u->plan.sum = group_get(g, sizeof(BlocksSum));
  u->plan.done = group_get(g, (size_t)stage->nsteps + 1);
  u->repeated = group_get(g, (size_t)r->nused + 1);
  u->reg = group_get(g, (size_t)u->o[0]->ngroups * LANES * bytes);
  u->temps = group_get(g, BLOCKS_MAX_TEMPS * NUMBER * sizeof(float));
  if (!u->plan.step || !u->plan.sum || !u->plan.done || !u->repeated || !u->reg || !u->temps) return false;
  for (int i = 0; i < u->o[0]->ngroups; i++) {
    for (int l = 0; l < g->count; l++) {
      memcpy(registers(u, i, l), u->o[l]->reg, bytes);
      registers(u, i, l)[0] = -1; /* no lr */
    }
  }
  return true;
}

bool lanes_lower_optim(LaneGroup *g, LaneStep *s, int i) {
  LaneOptim *u = group_get(g, sizeof *u);
  if (!u) return false;
  for (int l = 0; l < g->count; l++) {
    plan_event_args(g->plan[l], i, &u->o[l]);
    if (!same_groups(u->o[0], u->o[l]) || optim_check_in_training(u->o[l]) < 0) return false;
  }
  u->event = i;
  u->kernels = lanes_kernels(DT_F32);
  u->rule = u->o[0]->def->rule;
  u->nslots = u->o[0]->nslots;
  u->by_t = reads_t(u->rule);
  if (!is_plain_rule(u->rule) || !set_memory(g, u) || !set_params(g, u, g->trace->event[i])) return false;
  u->next = g->optim;
  g->optim = u;
  *s = (LaneStep){.run = run_optim, .u.optim = u};
  return true;
}
