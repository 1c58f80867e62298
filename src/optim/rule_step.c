/*
 * rule_step.c - a rule's phases over all parameters.
 *
 * Nearly every rule has one phase: each parameter is updated by itself, with the registers and arrays of one Work. A
 * rule with totals needs something of all parameters before it goes on with the first, so each has a Work of its own.
 */
#include "optim/rule_step.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/interrupt.h"

/* One parameter under way. */
typedef struct Work {
  OptimGroup *group;
  OptimParam *q;
  Tensor *g, *flat; /* row-major copies of the gradient and the parameter; NULL where they are row-major already */
  Tensor *noise;    /* NULL where the rule has none */
  RuleRun run;
} Work;

static int narrays(const OptimRule *r) { return 3 + r->nslots + r->nowns; }

/* --- begin and end of one parameter ------------------------------------------------------------------------------- */

static inline void set_arrays(const Optim *o, const Work *w, Tensor *grad, char *own) {
  char **array = w->run.array;
  const OptimSlot *slot = o->def->slot;
  const double *h = w->group->h;
  array[0] = tensor_data(w->flat ? w->flat : w->q->p);
  array[1] = tensor_data(w->g ? w->g : grad);
  for (int k = 0; k < o->nslots; k++) {
    Tensor *state = w->q->state[k];
    array[2 + k] = state && (slot[k].when == 0 || h[slot[k].when] != 0) ? tensor_data(state) : NULL;
  }
  if (w->noise) array[2 + o->nslots] = tensor_data(w->noise);
  for (int k = 0; k < w->run.rule->nowns; k++) {
    array[3 + o->nslots + k] = own + (size_t)k * (size_t)w->run.numel * sizeof(double);
  }
}

/* States by row or column stand in arrays of all elements while the step lasts. */
static void expand_states(Work *w) {
  const OptimRule *r = w->run.rule;
  for (int i = 0; i < r->nper; i++) {
    char **state = &w->run.array[2 + r->per[i].slot], *all = w->run.array[r->per[i].after];
    if (!*state) continue;
    rule_expand(r->per[i].before, w->run.shape, w->run.dtype, *state, all);
    *state = all;
  }
}

static void collapse_states(const Work *w) {
  const OptimRule *r = w->run.rule;
  for (int i = 0; i < r->nper; i++) {
    Tensor *state = w->q->state[r->per[i].slot];
    if (!state || !w->run.array[2 + r->per[i].slot]) continue;
    rule_collapse(r->per[i].before, w->run.shape, w->run.dtype, w->run.array[r->per[i].after], tensor_data(state));
  }
}

static inline void read_slots(const Work *w) {
  const OptimRule *r = w->run.rule;
  double *reg = w->run.reg;
  optim_set_about(r, reg, w->q->p);
  for (int i = 0; i < r->nfresh; i++) reg[r->fresh[i].before] = w->q->fresh[r->fresh[i].slot];
  for (int i = 0; i < r->nslot_regs; i++) {
    const char *number = w->run.array[2 + r->slot[i].slot];
    if (number) reg[r->slot[i].before] = *(const double *)(const void *)number;
  }
}

static inline void write_slots(const Work *w) {
  const OptimRule *r = w->run.rule;
  for (int i = 0; i < r->nslot_regs; i++) {
    char *number = w->run.array[2 + r->slot[i].slot];
    if (number && r->slot[i].after >= 0) *(double *)(void *)number = w->run.reg[r->slot[i].after];
  }
}

static void release_copies(const Work *w) {
  if (w->flat) tensor_release(w->flat);
  if (w->g) tensor_release(w->g);
  if (w->noise) tensor_release(w->noise);
}

static int make_noise(Work *w, Rng *rng) {
  const Tensor *p = w->q->p;
  w->noise = tensor_new((DType)p->dtype, p->ndim, p->shape);
  if (!w->noise) return -1;
  const Recorder *paused = recorder_pause();
  rng_fill_normal(rng, w->noise, 0, 1);
  recorder_resume(paused);
  return 0;
}

/* own: room for the rule's own arrays. */
static inline __attribute__((always_inline)) int begin(const Optim *o, Work *w, Tensor *grad, Rng *rng, char *own) {
  Tensor *p = w->q->p;
  w->g = w->flat = w->noise = NULL;
  if (!grad->contiguous || grad->dtype != p->dtype) {
    w->g = tensor_cast(grad, (DType)p->dtype);
    if (!w->g) return -1;
  }
  if (!p->contiguous) {
    w->flat = tensor_clone(p);
    if (!w->flat) {
      release_copies(w);
      return -1;
    }
  }
  if (w->run.rule->needs_noise && make_noise(w, rng) < 0) {
    release_copies(w);
    return -1;
  }
  w->run.dtype = (DType)p->dtype;
  w->run.numel = p->numel;
  if (w->run.rule->nper || w->run.rule->spread) w->run.shape = rule_shape(p); /* a division */
  set_arrays(o, w, grad, own);
  if (w->run.rule->nper) expand_states(w);
  read_slots(w);
  return 0;
}

static inline int end(const Optim *o, Work *w) {
  OptimParam *q = w->q;
  write_slots(w);
  if (w->run.rule->nper) collapse_states(w);
  const int status = w->flat ? tensor_copy_(q->p, w->flat) : 0;
  tensor_touch(q->p);
  release_copies(w);
  if (status < 0 || interrupt_check() < 0) return -1;
  if (q->any_fresh) memset(q->fresh, 0, (size_t)o->nslots * sizeof *q->fresh);
  q->any_fresh = false;
  optim_count(q);
  return 0;
}

/* --- registers ---------------------------------------------------------------------------------------------------- */

/* What the hyperparameters alone decide stays as it is while they do (reg[0] starts as a number that no lr is). */
void optim_set_registers(const OptimRule *r, double *reg, const OptimGroup *group, int64_t t) {
  const size_t bytes = (size_t)r->nhyper * sizeof *reg;
  if (memcmp(reg, group->h, bytes) != 0) {
    memcpy(reg, group->h, bytes);
    rule_run_held(r, reg);
  }
  reg[rule_reg_t(r)] = (double)t;
  reg[rule_reg_initial_lr(r)] = group->initial_lr;
  if (r->nonce > 0) rule_run_once(r, reg);
}

/* --- one phase ---------------------------------------------------------------------------------------------------- */

static Tensor *grad_of(const OptimParam *q, Tensor *const *grads, int k) { return grads ? grads[k] : q->p->grad; }

static int64_t largest(Optim *o) {
  int64_t n = 0;
  for (int i = 0; i < optim_nparams(o); i++) {
    const int64_t numel = optim_param(o, i)->p->numel;
    if (numel > n) n = numel;
  }
  return n;
}

RulePass *optim_only_pass(const Optim *o, DType dtype) {
  const OptimRule *r = o->def->rule;
  const RuleStage *stage = r->stage;
  const bool is_plain = r->nstages == 1 && stage->nsums == 0 && stage->guard < 0 && !o->plans && !r->needs_noise &&
                        !r->needs_loss && r->nowns == 0 && r->nper == 0 && r->nslot_regs == 0 && stage->nspreads == 0;
  return is_plain ? stage->pass[dtype == DT_F64] : NULL;
}

/* What begin, rule_run_phase and end do with such a rule for a short parameter, in one go. The next step finds it noted
 * (rule_ready.c). */
static inline int update_short(const Optim *o, const Work *w, RulePass *pass, Tensor *grad) {
  OptimParam *q = w->q;
  const RuleStage *stage = w->run.rule->stage;
  set_arrays(o, w, grad, NULL);
  read_slots(w);
  if (stage->numbers) stage->numbers(w->run.reg);
  const RuleData data = {w->run.array, w->run.reg};
  pass((void *)&data, 0, w->run.numel, NULL);
  tensor_touch(q->p);
  if (q->any_fresh) memset(q->fresh, 0, (size_t)o->nslots * sizeof *q->fresh);
  q->any_fresh = false;
  optim_count(q);
  q->pass = pass;
  q->dtype = w->run.dtype;
  memcpy(q->array, w->run.array, (2 + (size_t)o->nslots) * sizeof *q->array);
  return interrupt_check();
}

/* What was noted for parameters is for the slots that were wanted then. */
static void look_at_slots(const Optim *o, OptimGroup *group) {
  const uint64_t wanted = optim_wanted(o, group->h);
  if (wanted == group->wanted) return;
  group->wanted = wanted;
  for (int j = 0; j < group->nparams; j++) group->param[j].pass = NULL;
}

static int update_group(const Optim *o, OptimGroup *group, const OptimInput *in, int k, Work *w, char *own) {
  int64_t t = 0; /* what the registers are for: nearly always the same for the whole group */
  const DType dtype = (DType)group->param[0].p->dtype;
  RulePass *pass = optim_only_pass(o, dtype);
  look_at_slots(o, group);
  for (int j = 0; j < group->nparams; j++, k++) {
    OptimParam *q = &group->param[j];
    Tensor *g = grad_of(q, in->grads, k);
    if (!g) continue;
    if (q->t + 1 != t) optim_set_registers(w->run.rule, w->run.reg, group, t = q->t + 1);
    w->group = group;
    w->q = q;
    if (pass && optim_is_short(q->p, g, dtype)) {
      w->g = w->flat = w->noise = NULL;
      w->run.dtype = dtype;
      w->run.numel = q->p->numel;
      if (update_short(o, w, pass, g) < 0) return -1;
      continue;
    }
    if (begin(o, w, g, in->rng, own) < 0) return -1;
    rule_run_phase(&w->run, 1);
    if (end(o, w) < 0) return -1;
  }
  return 0;
}

static int step_in_one_phase(Optim *o, const OptimInput *in) {
  const OptimRule *r = o->def->rule;
  char *array[narrays(r)];
  const size_t bytes = r->nowns ? (size_t)r->nowns * (size_t)largest(o) * sizeof(double) : 0;
  char *own = bytes ? alloc_get(bytes) : NULL;
  if (bytes && !own) return -1;
  Work w = {.run = {.rule = r, .plans = o->plans, .array = array, .reg = o->reg}}; /* no copies, no noise */
  int status = 0;
  for (int i = 0, k = 0; i < o->ngroups && status == 0; k += o->group[i++].nparams) {
    status = update_group(o, &o->group[i], in, k, &w, own);
  }
  if (own) alloc_put(own, bytes);
  return status;
}

/* --- several phases ----------------------------------------------------------------------------------------------- */

/* All parameters of a step, in one block. */
typedef struct Works {
  int n;
  Work *work;
  size_t bytes;
} Works;

static size_t own_bytes(const OptimRule *r, const Tensor *p) {
  return (size_t)r->nowns * (size_t)p->numel * sizeof(double);
}

static size_t work_bytes(const OptimRule *r, const Tensor *p) {
  return (size_t)r->nregs * sizeof(double) + (size_t)narrays(r) * sizeof(char *) + own_bytes(r, p);
}

static int works_new(Works *all, Optim *o, Tensor *const *grads) {
  const OptimRule *r = o->def->rule;
  *all = (Works){0};
  for (int i = 0; i < optim_nparams(o); i++) {
    const OptimParam *q = optim_param(o, i);
    if (!grad_of(q, grads, i)) continue;
    all->n++;
    all->bytes += sizeof(Work) + work_bytes(r, q->p);
  }
  if (all->n == 0) return 0;
  all->work = alloc_get(all->bytes);
  if (!all->work) return -1;
  memset(all->work, 0, (size_t)all->n * sizeof(Work));
  return 0;
}

/* Begins all of them; those that began are ended or given up by the caller. */
static int begin_all(Works *all, Optim *o, const OptimInput *in, int *begun) {
  const OptimRule *r = o->def->rule;
  char *at = (char *)(all->work + all->n);
  Work *w = all->work;
  for (int i = 0, k = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++, k++) {
      OptimParam *q = &o->group[i].param[j];
      Tensor *g = grad_of(q, in->grads, k);
      if (!g) continue;
      w->group = &o->group[i];
      w->q = q;
      w->run = (RuleRun){.rule = r, .plans = o->plans, .reg = (double *)(void *)at};
      w->run.array = (char **)(void *)(at + (size_t)r->nregs * sizeof(double));
      optim_set_registers(r, o->reg, w->group, q->t + 1);
      memcpy(w->run.reg, o->reg, (size_t)r->nregs * sizeof *o->reg);
      if (begin(o, w, g, in->rng, (char *)(w->run.array + narrays(r))) < 0) return -1;
      (*begun)++;
      at += work_bytes(r, q->p);
      w++;
    }
  }
  return 0;
}

static double nothing(int how) { return how == RULE_SUM ? 0 : how == RULE_AMAX ? -INFINITY : INFINITY; }

/* The totals of a phase, from one parameter's registers to the next one's, and at the end to all. */
static void run_phase_of_all(const Works *all, const OptimRule *r, int phase) {
  double total[r->nregs];
  for (int i = 0; i < r->nstages; i++) {
    const RuleStage *stage = &r->stage[i];
    for (int k = 0; k < stage->nsums; k++) total[r->sum[stage->sum + k].reg] = nothing(r->sum[stage->sum + k].how);
  }
#define EACH_TOTAL(ACTION)                                                      \
  for (int i = 0; i < r->nstages; i++) {                                        \
    for (int k = 0; r->stage[i].phase == phase && k < r->stage[i].nsums; k++) { \
      const RuleSum *s = &r->sum[r->stage[i].sum + k];                          \
      if (s->total) ACTION;                                                     \
    }                                                                           \
  }
  for (Work *w = all->work; w < all->work + all->n; w++) {
    EACH_TOTAL(w->run.reg[s->reg] = total[s->reg])
    rule_run_phase(&w->run, phase);
    EACH_TOTAL(total[s->reg] = w->run.reg[s->reg])
  }
  for (Work *w = all->work; w < all->work + all->n; w++) EACH_TOTAL(w->run.reg[s->reg] = total[s->reg])
#undef EACH_TOTAL
}

static int step_in_phases(Optim *o, const OptimInput *in) {
  const OptimRule *r = o->def->rule;
  Works all;
  int begun = 0, status = works_new(&all, o, in->grads);
  if (status < 0 || all.n == 0) return status;
  status = begin_all(&all, o, in, &begun);
  for (int phase = 1; status == 0 && phase <= r->nphases; phase++) run_phase_of_all(&all, r, phase);
  for (int i = 0; i < begun; i++) {
    if (status == 0) {
      status = end(o, &all.work[i]);
    } else {
      release_copies(&all.work[i]);
    }
  }
  alloc_put(all.work, all.bytes);
  return status;
}

int optim_rule_step(Optim *o, const OptimInput *in) {
  const OptimRule *r = o->def->rule;
  blocks_turn();
  if (r->needs_loss) o->reg[rule_reg_loss(r)] = tensor_get(in->loss, 0);
  return r->nphases == 1 ? step_in_one_phase(o, in) : step_in_phases(o, in);
}
