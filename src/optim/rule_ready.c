/*
 * rule_ready.c - a step in which there is nothing left to find out.
 *
 * The first step of a plain rule (rule_step.c) notes for each short parameter its pass and where its states lie. From
 * then on a step looks at the gradients alone: whether they have the dtype and the shape that the pass is for. Small
 * models take most of their time with such steps.
 */
#include "base/interrupt.h"
#include "optim/rule_step.h"

uint64_t optim_wanted(const Optim *o, const double *h) {
  uint64_t wanted = 0;
  for (int k = 0; k < o->nslots; k++) {
    const int when = o->def->slot[k].when;
    wanted |= (uint64_t)(when == 0 || h[when] != 0) << k;
  }
  return wanted;
}

static inline Tensor *grad_of(const OptimParam *q, Tensor *const *grads, int k) {
  return grads ? grads[k] : q->p->grad;
}

static bool group_is_ready(const Optim *o, const OptimGroup *group, Tensor *const *grads, int k) {
  if (o->nslots > 0 && optim_wanted(o, group->h) != group->wanted) return false;
  for (const OptimParam *q = group->param, *end = q + group->nparams; q < end; q++, k++) {
    const Tensor *g = grad_of(q, grads, k);
    if (g && (!q->pass || !optim_is_short(q->p, g, q->dtype) || !tensor_same_shape(q->p, g))) return false;
  }
  return true;
}

bool optim_is_ready(const Optim *o, const OptimInput *in) {
  for (int i = 0, k = 0; i < o->ngroups; k += o->group[i++].nparams) {
    if (!group_is_ready(o, &o->group[i], in->grads, k)) return false;
  }
  return true;
}

static void update_group(const Optim *o, const OptimGroup *group, Tensor *const *grads, int k) {
  const OptimRule *r = o->def->rule;
  void (*const numbers)(double *reg) = r->stage->numbers;
  double *reg = o->reg;
  int64_t t = 0; /* what the registers are for */
  for (OptimParam *q = group->param, *end = q + group->nparams; q < end; q++, k++) {
    const Tensor *g = grad_of(q, grads, k);
    if (!g) continue;
    if (q->t + 1 != t) optim_set_registers(r, reg, group, t = q->t + 1);
    q->array[0] = tensor_data(q->p);
    q->array[1] = tensor_data(g);
    optim_set_about(r, reg, q->p);
    for (int i = 0; i < r->nfresh; i++) reg[r->fresh[i].before] = 0;
    if (numbers) numbers(reg);
    q->pass((void *)&(RuleData){q->array, reg}, 0, q->p->numel, NULL);
    tensor_touch(q->p);
    optim_count(q);
  }
}

int optim_step_ready(const Optim *o, const OptimInput *in) {
  for (int i = 0, k = 0; i < o->ngroups; k += o->group[i++].nparams) update_group(o, &o->group[i], in->grads, k);
  return interrupt_check();
}
