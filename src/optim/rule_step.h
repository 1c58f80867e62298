/*
 * rule_step.h - one step of an optimizer whose update is a rule (OptimDef.rule).
 */
#ifndef OPTLAB_OPTIM_RULE_STEP_H
#define OPTLAB_OPTIM_RULE_STEP_H

#include <float.h>

#include "optim/optimizer.h"

/* Updates every parameter that has a gradient: those of `grads`, one a parameter in all groups' order (NULL: none), or,
 * where grads is NULL, those that the parameters hold. The state exists. -1 with err_set: no memory, or an interrupt. */
int optim_rule_step(Optim *o, const OptimInput *in);

/* --- rule_ready.c: steps of plain rules on short parameters, from the second on ------------------------------------ */

/* Whether the step is one; else optim_rule_step does it. */
bool optim_is_ready(const Optim *o, const OptimInput *in);
int optim_step_ready(const Optim *o, const OptimInput *in); /* -1 with err_set: an interrupt */

/* The slots that these hyperparameters ask for, a bit each. */
uint64_t optim_wanted(const Optim *o, const double *h);
/* Whether one pass of one thread, for that dtype, can update p by grad as they lie in memory. */
static inline bool optim_is_short(const Tensor *p, const Tensor *grad, DType dtype) {
  return p->dtype == dtype && grad->dtype == dtype && p->contiguous && grad->contiguous && p->numel <= BLOCKS_CHUNK;
}

/* --- registers ----------------------------------------------------------------------------------------------------- */

/* Those of a group at update t; those of constants are set. */
void optim_set_registers(const OptimRule *r, double *reg, const OptimGroup *group, int64_t t);

/* What rules may ask about a parameter. */
static inline void optim_set_about(const OptimRule *r, double *reg, const Tensor *p) {
  reg[rule_reg_numel(r)] = (double)p->numel;
  reg[rule_reg_epsilon(r)] = p->dtype == DT_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
  reg[rule_reg_ndim(r)] = (double)p->ndim;
}

#endif
