/*
 * numbers.c - the numbers of an update, one a lane.
 *
 * A register holds one double for each run. An operation on numbers goes through all lanes, so what the runs have in
 * common costs little more than once: arithmetic is vector code, and functions such as pow are computed again only
 * where a lane's operands are not those of the lane before.
 */
#include "optim/rule/numbers.h"

#include <float.h>
#include <string.h>

#include "base/simd.h"
#include "plan/lanes/optim.h"

static double *registers(const LaneOptim *u, int group) {
  return u->reg + (size_t)group * (size_t)u->rule->nregs * LANES;
}

static void fill(double *reg, double x) {
  for (int l = 0; l < LANES; l++) reg[l] = x;
}

/* --- operations ----------------------------------------------------------------------------------------------------- */

/* clang-format off */
#define ARITHMETIC(X) \
  X(copy) X(neg) X(not) X(sqrt) X(abs) X(sign) X(add) X(sub) X(mul) X(div) X(maximum) X(minimum) X(and) X(or) X(eq) \
  X(ne) X(lt) X(le) X(gt) X(ge) X(where)
#define FUNCTIONS(X) \
  X(exp, 1) X(log, 1) X(tanh, 1) X(sigmoid, 1) X(floor, 1) X(ceil, 1) X(round, 1) X(log1p, 1) X(expm1, 1) X(sin, 1) \
  X(cos, 1) X(erf, 1) X(pow, 2) X(unpow_end, 1) X(unpow, 3)
/* clang-format on */

INLINE int64_t bits_of(const double *x) {
  int64_t bits;
  memcpy(&bits, x, sizeof bits);
  return bits;
}

/* Whether the operands of lane l are those of the lane before. */
INLINE bool is_again(const double *const *in, int operands, int l) {
  int64_t differ = l == 0;
  for (int k = 0; k < operands && l > 0; k++) differ |= bits_of(&in[k][l]) ^ bits_of(&in[k][l - 1]);
  return differ == 0;
}

static VECTORIZED(void, run_numbers, (const RuleNumber *number, int n, double *reg), (number, n, reg)) {
  for (const RuleNumber *s = number; s < number + n; s++) {
    const double *const in[3] = {reg + s->in[0] * LANES, reg + s->in[1] * LANES, reg + s->in[2] * LANES};
    double result[LANES] = {0};
    switch ((RuleNumberOp)s->op) {
#define ENTRY(name)                                                                          \
  case RULE_NUMBER_##name:                                                                   \
    for (int l = 0; l < LANES; l++) result[l] = number_##name(in[0][l], in[1][l], in[2][l]); \
    break;
      ARITHMETIC(ENTRY)
#undef ENTRY
#define ENTRY(name, operands)                                                                              \
  case RULE_NUMBER_##name:                                                                                 \
    for (int l = 0; l < LANES; l++) {                                                                      \
      result[l] = is_again(in, operands, l) ? result[l - 1] : number_##name(in[0][l], in[1][l], in[2][l]); \
    }                                                                                                      \
    break;
      FUNCTIONS(ENTRY)
#undef ENTRY
      default:
        break;
    }
    memcpy(reg + s->out * LANES, result, sizeof result);
  }
}

/* The registers that steps read, in the dtype of the elements, `often` times. */
static VECTORIZED(void, round_f32, (const double *reg, int often, float *to), (reg, often, to)) {
  for (int i = 0; i < often; i++, to += LANES) {
    for (int l = 0; l < LANES; l++) to[l] = (float)reg[l];
  }
}

/* all: also those that stay from update to update. */
static void round_numbers(const LaneOptim *u, const double *reg, const LaneParam *p, bool all) {
  for (int i = 0; i < u->rule->nused; i++) {
    if (!all && !u->used_by_t[i]) continue;
    const double *from = reg + u->rule->used[i] * LANES;
    void *to = p->number + (size_t)i * LANE_NUMBER;
    const int often = u->repeated[i] ? LANE_BLOCK : 1;
    if (u->dtype == DT_F32) {
      round_f32(from, often, to);
    } else {
      for (int k = 0; k < often; k++) memcpy((double *)to + k * LANES, from, LANES * sizeof *from);
    }
  }
}

/* --- what the runs have now ------------------------------------------------------------------------------------------ */

/* Takes over the hyperparameters of a group; whether any has changed. */
static bool take_hyper(const LaneGroup *g, const LaneOptim *u, int group) {
  const OptimRule *r = u->rule;
  const size_t bytes = (size_t)r->nhyper * sizeof(double);
  double *reg = registers(u, group);
  bool changed = !u->known;
  for (int l = 0; l < LANES; l++) {
    const OptimGroup *from = &u->o[l < g->count ? l : 0]->group[group];
    double *held = u->hyper + (size_t)(group * LANES + l) * (size_t)(r->nhyper + 1);
    if (u->known && memcmp(held, from->h, bytes) == 0 && held[r->nhyper] == from->initial_lr) continue;
    memcpy(held, from->h, bytes);
    held[r->nhyper] = from->initial_lr;
    for (int k = 0; k < r->nhyper; k++) reg[k * LANES + l] = from->h[k];
    reg[rule_reg_initial_lr(r) * LANES + l] = from->initial_lr;
    changed = true;
  }
  if (changed) run_numbers(r->held, r->nheld, reg);
  return changed;
}

/* The counts of updates that the optimizers have. */
static void take_counts(const LaneGroup *g, const LaneOptim *u) {
  for (int i = 0; i < u->params; i++) {
    const LaneParam *p = &u->param[i];
    for (int l = 0; l < LANES; l++) {
      u->before[p->group * LANES + l] = lane_optim_param(u, p, 0, l < g->count ? l : 0)->t;
    }
  }
}

static void compute_group(const LaneOptim *u, int group) {
  const OptimRule *r = u->rule;
  double *reg = registers(u, group);
  for (int l = 0; l < LANES; l++) {
    reg[rule_reg_t(r) * LANES + l] = (double)(u->before[group * LANES + l] + u->count + 1);
  }
  run_numbers(r->once, r->nonce, reg);
}

static void compute_param(const LaneOptim *u, const LaneParam *p) {
  const OptimRule *r = u->rule;
  double *reg = registers(u, p->group);
  const Tensor *t = lane_optim_param(u, p, 0, 0)->p;
  fill(reg + rule_reg_numel(r) * LANES, (double)t->numel);
  fill(reg + rule_reg_epsilon(r) * LANES, u->dtype == DT_F32 ? (double)FLT_EPSILON : DBL_EPSILON);
  fill(reg + rule_reg_ndim(r) * LANES, (double)t->ndim);
  for (int i = 0; i < r->nfresh; i++) fill(reg + r->fresh[i].before * LANES, 0);
  run_numbers(r->number + r->stage->number, r->stage->nnumbers, reg);
}

/* --- what is done ---------------------------------------------------------------------------------------------------- */

static void registers_of_lane(const LaneOptim *u, int group, int l, double *one) {
  const double *reg = registers(u, group);
  for (int k = 0; k < u->rule->nregs; k++) one[k] = reg[k * LANES + l];
}

/* Whether the kernels are the same in all runs, and none of them looks at how it is called. */
static bool set_program(const LaneGroup *g, LaneOptim *u) {
  const OptimRule *r = u->rule;
  double one[r->nregs];
  registers_of_lane(u, u->param->group, 0, one);
  rule_plan(&u->plan, r, r->stage, u->dtype, one);
  for (int i = 0; i < u->params; i++) {
    for (int l = 0; l < g->count; l++) {
      registers_of_lane(u, u->param[i].group, l, one);
      if (!rule_plan_fits(&u->plan, r, r->stage, one)) return false;
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
    const bool is_pow = s->arity == BLOCKS_K2 && (s->kern.k2 == kern_pow_f32 || s->kern.k2 == kern_pow_f64);
    if (is_pow && s->in[1].kind == BLOCKS_NUMBER) return false;
  }
  return true;
}

static char *place(const LaneOptim *u, const LaneParam *p, BlocksPlace at, int64_t *step) {
  *step = 0;
  if (at.kind == BLOCKS_TEMP) return u->temps + at.index * LANE_NUMBER;
  if (at.kind == BLOCKS_NUMBER) return p->number + at.index * LANE_NUMBER;
  *step = (int64_t)at.size * LANES;
  return p->array[at.index];
}

static void set_calls(const LaneOptim *u) {
  LaneCall *c = u->call;
  for (const LaneParam *p = u->param; p < u->param + u->params; p++) {
    for (int i = 0; i < u->plan.program.nsteps; i++, c++) {
      *c = (LaneCall){.kernel = &u->plan.step[i]};
      c->out = place(u, p, c->kernel->out, &c->out_step);
      for (int k = 0; k < (int)c->kernel->arity; k++) c->in[k] = place(u, p, c->kernel->in[k], &c->in_step[k]);
    }
  }
}

/* --- all of it ------------------------------------------------------------------------------------------------------- */

bool lane_numbers_set(LaneGroup *g, LaneOptim *u) {
  bool changed = !u->known;
  if (u->known && !u->by_t && g->alone_steps == 0) return true; /* nobody moves a rate */
  if (!u->known) take_counts(g, u);
  for (int i = 0; i < u->o[0]->ngroups && (!u->known || g->alone_steps > 0); i++) {
    changed = take_hyper(g, u, i) || changed;
  }
  if (!changed && !u->by_t) return true;
  u->known = false;
  for (int i = 0; i < u->params; i++) {
    if (i > 0 && u->param[i].group == u->param[i - 1].group) continue;
    compute_group(u, u->param[i].group);
    if (changed || u->stage_by_t) compute_param(u, &u->param[i]);
  }
  if (changed || u->guard_by_t) {
    if (!set_program(g, u)) return false;
    set_calls(u);
  }
  for (int i = 0; i < u->params; i++) {
    if (u->by_param) compute_param(u, &u->param[i]);
    round_numbers(u, registers(u, u->param[i].group), &u->param[i], changed || u->by_param || u->guard_by_t);
  }
  return (u->known = true);
}

/* Marks what depends on marked registers. */
static void spread(const RuleNumber *number, int n, bool *marked) {
  for (const RuleNumber *s = number; s < number + n; s++) {
    marked[s->out] = marked[s->in[0]] || marked[s->in[1]] || marked[s->in[2]];
  }
}

static bool any_used(const OptimRule *r, const bool *marked) {
  bool any = false;
  for (int i = 0; i < r->nused; i++) any = any || marked[r->used[i]];
  return any;
}

static bool any_number(const RuleNumber *number, int n, const bool *marked) {
  bool any = false;
  for (int i = 0; i < n; i++) any = any || marked[number[i].out];
  return any;
}

static bool any_guard(const OptimRule *r, const bool *marked) {
  for (const RuleStep *s = r->step + r->stage->step, *end = s + r->stage->nsteps; s < end; s++) {
    if (s->guard >= 0 && marked[s->guard]) return true;
    if (s->op == RULE_OP_choose && marked[s->in[0].index]) return true;
  }
  return false;
}

/* False: which kernels run depends on the parameter. */
static bool find_dependences(LaneOptim *u) {
  const OptimRule *r = u->rule;
  bool marked[r->nregs];
  memset(marked, 0, sizeof marked);
  marked[rule_reg_t(r)] = true;
  spread(r->once, r->nonce, marked);
  spread(r->number + r->stage->number, r->stage->nnumbers, marked);
  u->guard_by_t = any_guard(r, marked);
  u->by_t = u->guard_by_t || any_used(r, marked);
  u->stage_by_t = any_number(r->number + r->stage->number, r->stage->nnumbers, marked);
  for (int i = 0; i < r->nused; i++) u->used_by_t[i] = marked[r->used[i]];
  memset(marked, 0, sizeof marked);
  marked[rule_reg_numel(r)] = marked[rule_reg_ndim(r)] = true;
  spread(r->number + r->stage->number, r->stage->nnumbers, marked);
  u->by_param = any_used(r, marked);
  return !any_guard(r, marked);
}

bool lane_numbers_open(LaneGroup *g, LaneOptim *u) {
  const OptimRule *r = u->rule;
  const size_t groups = (size_t)u->o[0]->ngroups, nsteps = (size_t)r->stage->nsteps;
  u->plan.step = group_get(g, (nsteps + 1) * sizeof(BlocksStep));
  u->plan.sum = group_get(g, sizeof(BlocksSum));
  u->plan.done = group_get(g, nsteps + 1);
  u->repeated = group_get(g, (size_t)r->nused + 1);
  u->used_by_t = group_get(g, (size_t)r->nused + 1);
  u->reg = group_get(g, groups * (size_t)r->nregs * LANES * sizeof(double));
  u->hyper = group_get(g, groups * LANES * (size_t)(r->nhyper + 1) * sizeof(double));
  u->before = group_get(g, groups * LANES * sizeof(int64_t));
  u->temps = group_get(g, BLOCKS_MAX_TEMPS * LANE_NUMBER);
  if (!u->plan.step || !u->plan.sum || !u->plan.done || !u->repeated || !u->used_by_t || !u->reg || !u->hyper ||
      !u->before || !u->temps)
    return false;
  for (int i = 0; i < (int)groups; i++) {
    for (int k = 0; k < r->nregs; k++) fill(registers(u, i) + k * LANES, r->constant[k]);
  }
  return find_dependences(u);
}
