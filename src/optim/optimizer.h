/*
 * optimizer.h - optimizers: parameters in groups, their state, one fused update a step.
 *
 * An optimizer is one const OptimDef (name, hyperparameters, state slots, a kernel for each float type); optimizer.c
 * owns the rest. A step reads each parameter's .grad, computes the coefficients that depend on hyperparameters and the
 * update count once in double, and makes one pass over the parameter's memory. It allocates nothing once the state
 * exists.
 *
 * A definition without kernels has its update elsewhere (an optimizer written in Lua): groups, hyperparameters and
 * zero_grad work all the same; optim_step must not be called for it.
 */
#ifndef OPTLAB_OPTIM_OPTIMIZER_H
#define OPTLAB_OPTIM_OPTIMIZER_H

#include <stdbool.h>
#include <stdint.h>

#include "args/arg.h"
#include "core/recorder.h"
#include "core/tensor.h"

#define OPTIM_SLOTS 4
#define OPTIM_COEFS 16

/* One state tensor that a parameter may have, row-major, of the parameter's shape and dtype. */
typedef struct OptimSlot {
  const char *name; /* PyTorch's */
  int when;         /* place of the hyperparameter that asks for it by being non-zero; -1: always */
  int initial;      /* place of the hyperparameter that holds its first value; -1: zero */
} OptimSlot;

/* What a kernel gets: one parameter, row-major arrays of n elements. */
typedef struct OptimRun {
  void *p;                  /* parameter, updated in place */
  const void *g;            /* gradient */
  void *state[OPTIM_SLOTS]; /* NULL where the slot is not asked for */
  unsigned fresh;           /* bit k: state[k] was made for this very update */
  double c[OPTIM_COEFS];    /* from OptimDef.coef */
} OptimRun;

/* Updates elements begin..end-1. May run on several threads at once for disjoint ranges. */
typedef void OptimKernel(const OptimRun *run, int64_t begin, int64_t end);

typedef struct OptimDef {
  const char *name;
  const Arg *args; /* the hyperparameters, none of them a list; row 0 is lr */
  OptimSlot slot[OPTIM_SLOTS];
  int nslots;
  /* Relations between hyperparameters; NULL: none. -1 with a sentence that lacks the optimizer's name. */
  int (*check)(const double *h);
  void (*coef)(double *c, const double *h, int64_t t); /* t = 1, 2, ...: which update of the parameter this is */
  OptimKernel *kernel[2];                              /* DT_F32, DT_F64; NULL: the update is elsewhere */
} OptimDef;

extern const OptimDef optim_sgd, optim_adagrad, optim_rmsprop, optim_adadelta, optim_adam, optim_adamw, optim_yogi;

/* Every built-in optimizer, ended by NULL. */
extern const OptimDef *const optim_defs[];

typedef struct OptimParam {
  Tensor *p;                  /* owned reference */
  Tensor *state[OPTIM_SLOTS]; /* owned; NULL until a step needs it */
  unsigned fresh;             /* during a step: slots made for it */
  int64_t t;                  /* updates so far */
} OptimParam;

typedef struct OptimGroup {
  double *h;         /* hyperparameters, args_places(def->args) of them */
  double initial_lr; /* lr when the group was added */
  OptimParam *param;
  int nparams;
} OptimGroup;

typedef struct Optim {
  const OptimDef *def; /* borrowed */
  double *defaults;    /* hyperparameters of groups that do not set their own */
  OptimGroup *group;
  int ngroups;
} Optim;

/* An optimizer without groups; h: the defaults of groups added later. -1 with err_set if h is out of range or
 * without memory (nothing to free). */
int optim_init(Optim *o, const OptimDef *def, const double *h);
void optim_free(Optim *o); /* accepts a zeroed one and one already freed */

/* Adds a group of n parameters with hyperparameters h. -1 with err_set, o unchanged: h out of range, no parameters, one
 * that is no float tensor, is not a leaf, or is there already; no memory. */
int optim_add_group(Optim *o, Tensor *const *params, int n, const double *h);

/* One update of every parameter that has a gradient. -1 with err_set: a gradient of another shape or no memory for the
 * state (then nothing was updated), or no memory for the copy of a strided gradient. */
int optim_step(Optim *o);

/* How a recorder (core/recorder.h) is told of a step: args holds the Optim *, t the parameters and then their
 * gradients.
 */
Recompute optim_rerun;

/* Drops the gradients, or fills them with zeros. -1: no memory for a zero gradient. */
int optim_zero_grad(Optim *o, bool set_to_none);

/* Sets a hyperparameter (row a at place `at` of the definition's table) in one group. -1 with err_set if out of range. */
int optim_set(Optim *o, int group, const Arg *a, int at, const double *value);

/* Parameters in all groups, and the i-th of them (0-based, in the groups' order). */
int optim_nparams(const Optim *o);
OptimParam *optim_param(Optim *o, int i);

/* The gradient check of optim_step for one parameter; k is its 1-based number for the message. */
int optim_check_grad(const Optim *o, const OptimParam *q, int k);

#endif
