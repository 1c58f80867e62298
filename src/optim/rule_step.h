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

/* The pass of a rule that needs nothing besides: no sums, noise, arrays of its own, rows, columns or numbers as state.
 * NULL: more is to be done. */
RulePass *optim_only_pass(const Optim *o, DType dtype);

/* --- rule_pieces.c: steps of such rules in pieces ------------------------------------------------------------------- */

enum { OPTIM_PIECES = 16, OPTIM_PIECE_REGISTERS = 64, OPTIM_PIECE_ARRAYS = 8 };

typedef struct OptimPiece {
  int64_t bytes; /* of each array */
  RulePass *pass;
  RuleData data;
} OptimPiece;

/* The parameters that have gradients. */
typedef struct OptimPieces {
  int n;
  OptimPiece piece[OPTIM_PIECES];
  char *array[OPTIM_PIECES][OPTIM_PIECE_ARRAYS];
  double reg[OPTIM_PIECES][OPTIM_PIECE_REGISTERS];
} OptimPieces;

/* Whether a step with these gradients, which are yet to be made, can be done so: begin; run for each piece of the
 * elements, from any thread, once its gradients are there; end. */
bool optim_pieces_begin(const Optim *o, Tensor *const *grads, OptimPieces *all);
void optim_pieces_run(const OptimPieces *all, int64_t begin, int64_t end);
int optim_pieces_end(const Optim *o, Tensor *const *grads); /* -1 with err_set: an interrupt */

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
