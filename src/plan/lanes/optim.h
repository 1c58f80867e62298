/*
 * optim.h - the update of all runs at once: what optim.c and numbers.c share.
 */
#ifndef OPTLAB_PLAN_LANES_OPTIM_H
#define OPTLAB_PLAN_LANES_OPTIM_H

#include "plan/lanes/group.h"

#define LANE_BLOCK 8 /* elements at a time, where a number or a temporary has the length of a block */
#define LANE_NUMBER (LANE_BLOCK * LANES * sizeof(double)) /* bytes of one */

/* Parameters of a group that lie one behind the other: one pass goes through all of them. */
typedef struct LaneParam {
  int group, index, params; /* the first one's place in the optimizer, and how many they are */
  int64_t n;                /* elements of all */
  char **array;             /* as RULE_ARRAY counts */
  char *number;             /* [nused][LANE_NUMBER]: lanes, as often as a block needs */
} LaneParam;

/* A kernel with its operands for one LaneParam; steps are bytes from element to element. */
typedef struct LaneCall {
  const BlocksStep *kernel;
  char *out, *in[4];
  int64_t out_step, in_step[4];
} LaneCall;

struct LaneOptim {
  LaneOptim *next;
  int event;
  DType dtype;
  const LanesKernels *kernels;
  const OptimRule *rule;
  Optim *o[LANES];
  LaneParam *param;
  int params, nslots;
  RulePlan plan;
  LaneCall *call;  /* [params][steps of the plan] */
  double *reg;     /* [groups][nregs][LANES] */
  double *hyper;   /* [groups][LANES][nhyper + 1] what the numbers are for: hyperparameters and the first rate */
  int64_t *before; /* [groups][LANES] updates before the group was opened */
  bool *repeated;  /* [nused] numbers that are operands of kernels, which take no numbers of lanes */
  bool *used_by_t; /* [nused] numbers that depend on the count of updates; */
  bool by_t;       /* any of them does, */
  bool stage_by_t; /* numbers of the stage do, */
  bool guard_by_t; /* what is done does, */
  bool by_param;   /* numbers depend on the parameter's shape */
  bool known;      /* the numbers are computed */
  bool whole;      /* no number or temporary has the length of a block */
  int64_t count;   /* updates that the optimizers do not know of yet */
  char *temps;     /* [BLOCKS_MAX_TEMPS][LANE_NUMBER] */
};

static inline OptimParam *lane_optim_param(const LaneOptim *u, const LaneParam *p, int i, int l) {
  return &u->o[l]->group[p->group].param[p->index + i];
}

/* --- numbers.c ------------------------------------------------------------------------------------------------------ */

/* Memory; what numbers depend on. False without memory. */
bool lane_numbers_open(LaneGroup *g, LaneOptim *u);
/* Brings the numbers up to date. False: the runs do not go through the same kernels. */
bool lane_numbers_set(LaneGroup *g, LaneOptim *u);

#endif
