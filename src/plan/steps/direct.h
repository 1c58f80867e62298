/*
 * direct.h - operations whose kernel is called at once (direct.c).
 */
#ifndef OPTLAB_PLAN_STEPS_DIRECT_H
#define OPTLAB_PLAN_STEPS_DIRECT_H

#include "plan/plan.h"

/* Whether the row may be one of these. */
bool direct_is(OpId op);

/* Writes such a step of the output t[0] and the inputs t[1..n-1] into *s: 1; 0: these operands need the row itself; -1
 * without memory. *s may be such a step already, whose memory is used again. */
int plan_lower_direct(Plan *p, PlanStep *s, const OpCall *call, const Tensor *t, int n);

#endif
