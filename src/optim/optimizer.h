/*
 * optimizer.h - optimizers: parameters in groups, their state, one fused update a step.
 *
 * An optimizer is one const OptimDef: name, hyperparameters, state slots, and the update as data (rule/rule.h). Those of
 * the library are written as texts, lua/optlab/optim/rules, from which their C is made when it is built. A step reads
 * each parameter's .grad, computes what depends on hyperparameters and the update count once in double, and makes as
 * few passes over the parameter's memory as the rule allows. It allocates nothing once the state exists, unless the rule
 * keeps elements from one pass to the next.
 *
 * A definition without a rule has its update elsewhere (an optimizer written in Lua): groups, hyperparameters and
 * zero_grad work all the same; optim_step must not be called for it.
 */
#ifndef OPTLAB_OPTIM_OPTIMIZER_H
#define OPTLAB_OPTIM_OPTIMIZER_H

#include <stdbool.h>
#include <stdint.h>

#include "args/arg.h"
#include "core/recorder.h"
#include "core/tensor.h"
#include "optim/rule/rule.h"

/* The shape of a slot for the parameter p: writes it to `shape` and returns the number of dimensions, or -1 where this
 * parameter has no such state. It depends on p's shape alone. */
typedef int OptimShape(const Tensor *p, int64_t shape[TENSOR_MAX_DIM]);

OptimShape optim_scalar; /* one value a parameter */
/* One value a row, or a column, of the last two dimensions. A parameter of fewer is one row. */
OptimShape optim_rows, optim_columns;

typedef enum OptimDType { OPTIM_LIKE_PARAM, OPTIM_F64, OPTIM_I64 } OptimDType;

/* One state tensor that a parameter may have, row-major. */
typedef struct OptimSlot {
  const char *name; /* PyTorch's; NULL in the row that ends a list */
  const char *doc;  /* for the reference: its letter in the equation, what it holds */
  int when;         /* place of the hyperparameter that asks for it by being non-zero; 0 (lr's place): always */
  int initial;      /* 1 + the place of the hyperparameter that holds its first value; 0: that is `start` */
  double start;
  bool copy;         /* it starts as a copy of the parameter */
  OptimShape *shape; /* NULL: the parameter's */
  OptimDType dtype;
} OptimSlot;

typedef struct OptimDef {
  const char *name;
  const char *doc, *equation, *paper; /* for the reference: a sentence; the update, in lines of ASCII; the source */
  const Arg *args;                    /* the hyperparameters, none of them a list; row 0 is lr */
  const OptimSlot *slot;              /* NULL: no state */
  /* Relations between hyperparameters; NULL: none. -1 with a sentence that lacks the optimizer's name. */
  int (*check)(const double *h);
  const OptimRule *rule; /* the update as data; NULL: it is elsewhere */
  /* mean.h: 1 + the number of the slot that holds z, or 0; the place and the name of the hyperparameter beta. */
  int mean_slot, mean_hyper;
  const char *mean_name;
} OptimDef;

/* Whether the update is done here, not by a function of Lua. */
static inline bool optim_in_core(const OptimDef *def) { return def->rule; }

/* What a step reads besides the optimizer. */
typedef struct OptimInput {
  Tensor *const *grads; /* of all parameters, in order, NULL where there is none; NULL: those the parameters hold */
  const Tensor *loss;   /* may be NULL */
  Rng *rng;
} OptimInput;

/* Every built-in optimizer, ended by NULL: rules/CMakeLists.txt lists their files. */
extern const OptimDef *const optim_defs[];

#define OPTIM_MAX_UPDATES ((int64_t)1 << 53) /* a count goes no further: floats hold all integers up to here */

typedef struct OptimParam {
  Tensor *p;      /* owned reference */
  Tensor **state; /* [slots] owned; NULL until a step needs it */
  bool *fresh;    /* [slots] during a step: made for it */
  bool any_fresh; /* at least one of them */
  int64_t t;      /* updates so far */
  RulePass *pass; /* what a step of a plain rule comes to (rule_ready.c); NULL: that is to be found out */
  DType dtype;    /* for which that is */
  Tensor *kept;   /* owned; its point in training, while the mean is in its place (mean.h) */
  char **array;   /* [2 + slots] what it works on, if there is one */
} OptimParam;

/* To be called when a parameter's states have become others. */
static inline void optim_state_changed(OptimParam *q) { q->pass = NULL; }

static inline void optim_count(OptimParam *q) { q->t += q->t < OPTIM_MAX_UPDATES; }

typedef struct OptimGroup {
  double *h;         /* hyperparameters, args_places(def->args) of them */
  double initial_lr; /* lr when the group was added */
  OptimParam *param;
  int nparams;
  uint64_t wanted; /* the slots that h asked for when passes were noted, a bit each */
} OptimGroup;

typedef struct Optim {
  const OptimDef *def; /* borrowed */
  double *defaults;    /* hyperparameters of groups that do not set their own */
  OptimGroup *group;
  int ngroups;
  bool at_mean;     /* the parameters hold what mean.h says */
  int nslots;       /* of the definition */
  RulePlans *plans; /* of a rule that runs as blocks */
  double *reg;      /* of a rule: its registers, with the constants set */
} Optim;

/* An optimizer without groups; h: the defaults of groups added later. -1 with err_set if h is out of range or
 * without memory (nothing to free). */
int optim_init(Optim *o, const OptimDef *def, const double *h);
void optim_free(Optim *o); /* accepts a zeroed one and one already freed */

/* Adds a group of n parameters with hyperparameters h. -1 with err_set, o unchanged: h out of range, no parameters, one
 * that is no float tensor, is not a leaf, or is there already; no memory. */
int optim_add_group(Optim *o, Tensor *const *params, int n, const double *h);

/* One update of every parameter that has a gradient. loss: what the gradients are of, one element, or NULL; few optimizers
 * look at it. -1 with err_set: a gradient of another shape, a loss that is missing or no memory for the state (then
 * nothing was updated), or no memory for the copy of a strided gradient. */
int optim_step(Optim *o, Tensor *loss);

void optim_watch_groups(const Optim *o); /* a step that is being recorded takes the number of groups for granted */

/* How a step is reported to a recorder: args holds the Optim *, t the parameters, then their gradients (both NULL where
 * there is none) and the loss. */
Recompute optim_rerun_step;

/* -1 with err_set where the parameters hold the mean of mean.h. */
int optim_check_in_training(const Optim *o);

/* Whether two optimizers are of the same kind, with as many groups of as many parameters, and ask for the same state. */
bool optim_alike(const Optim *a, const Optim *b);

/* Makes the state that `like`, which is alike, has made by now, as the first step would. 0: done; 1: that step does more
 * than the later ones; -1 with err_set: no memory. */
int optim_prepare_like(Optim *o, const Optim *like);

/* Drops the gradients, or fills them with zeros. -1: no memory for a zero gradient. */
int optim_zero_grad(Optim *o, bool set_to_none);

/* Sets a hyperparameter (row a at place `at` of the definition's table) in one group. -1 with err_set if it is out
 * of range. */
int optim_set(Optim *o, int group, const Arg *a, int at, const double *value);

/* Parameters in all groups, and the i-th of them (0-based, in the groups' order). */
int optim_nparams(const Optim *o);
OptimParam *optim_param(Optim *o, int i);

/* The dtype and the shape of slot k of a parameter; returns the number of dimensions, -1 if it has no such state. */
DType optim_slot_dtype(const Optim *o, int k, const Tensor *p);
int optim_slot_shape(const Optim *o, int k, const Tensor *p, int64_t shape[TENSOR_MAX_DIM]);

/* The gradient check of optim_step for one parameter; k is its 1-based number for the message. */
int optim_check_grad(const Optim *o, const OptimParam *q, int k);

#endif
