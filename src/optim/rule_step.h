/*
 * rule_step.h - one step of an optimizer whose update is a rule (OptimDef.rule).
 */
#ifndef OPTLAB_OPTIM_RULE_STEP_H
#define OPTLAB_OPTIM_RULE_STEP_H

#include "optim/optimizer.h"

/* Updates every parameter that has a gradient: those of `grads`, one a parameter in all groups' order (NULL: none), or,
 * where grads is NULL, those that the parameters hold. The state exists. -1 with err_set: no memory, or an interrupt. */
int optim_rule_step(Optim *o, const OptimInput *in);

#endif
