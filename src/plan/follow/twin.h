/*
 * twin.h - a plan for a run that is built as another one is (twin.c).
 */
#ifndef OPTLAB_PLAN_FOLLOW_TWIN_H
#define OPTLAB_PLAN_FOLLOW_TWIN_H

#include "optim/optimizer.h"
#include "plan/plan.h"

/* What belongs to two runs; the caller vouches that they are built alike. */
typedef struct Twins {
  int n;
  Tensor *const *from, *const *to; /* [n] parameters and buffers of the first one, of the other */
  const Optim *optim;
  Optim *other;
} Twins;

enum { TWIN_MADE, TWIN_OTHER, TWIN_NO_MEMORY };

/* Sets *made to a plan as plan_follow gives it, and result[i] to the windows that it returns (some may be set in any
 * case). output: like's. TWIN_OTHER: they are not alike after all. */
int plan_twin(Plan *like, const Twins *t, Plan **made, const int *output, Tensor **result);

#endif
