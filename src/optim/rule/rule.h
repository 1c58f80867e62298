/*
 * rule.h - an update rule as data: operations on numbers, and passes over the elements of a parameter.
 *
 * lua/optlab/optim/rule compiles the text of a rule to such a table (the language is described there). For the built-in
 * optimizers it also writes C functions that do the same in one loop, when the library is built; without them a pass is
 * kernels on blocks (kernels/blocks). The bits are the same.
 *
 * Numbers are doubles in registers. The first registers are the hyperparameters in the order of their places, then t,
 * which update of the parameter this is, the number of its elements, the loss, lr when the group was added, the
 * number of its dimensions, the epsilon of its dtype. Results that depend on hyperparameters alone are
 * held until one of these changes; those that depend on t, too, are computed once a group.
 */
#ifndef OPTLAB_OPTIM_RULE_RULE_H
#define OPTLAB_OPTIM_RULE_RULE_H

#include "core/tensor.h"
#include "kernels/blocks/blocks.h"

/* --- numbers ------------------------------------------------------------------------------------------------------ */

/* clang-format off */
#define RULE_NUMBER_OPS(X)                                                                                         \
  X(copy) X(neg) X(not) X(sqrt) X(exp) X(log) X(abs) X(sign) X(tanh) X(sigmoid) X(floor) X(ceil) X(round) X(log1p) \
  X(expm1) X(sin) X(cos) X(erf) X(add) X(sub) X(mul) X(div) X(pow) X(maximum) X(minimum) X(and) X(or) X(eq) X(ne)  \
  X(lt) X(le) X(gt) X(ge) X(where) X(unpow_end) X(unpow)
/* clang-format on */

typedef enum RuleNumberOp {
#define ENTRY(name) RULE_NUMBER_##name,
  RULE_NUMBER_OPS(ENTRY)
#undef ENTRY
      RULE_NUMBER_OP_COUNT
} RuleNumberOp;

typedef struct RuleNumber {
  int16_t op; /* a RuleNumberOp */
  int16_t out, in[3];
} RuleNumber;

const char *rule_number_op_name(int op);
void rule_numbers_run(const RuleNumber *number, int n, double *reg);

/* --- elements ----------------------------------------------------------------------------------------------------- */

typedef enum RuleKind {
  RULE_NONE,
  RULE_REG,   /* a number, rounded to the dtype of the elements */
  RULE_ARRAY, /* 0 the parameter, 1 its gradient, then the state slots, the noise, then arrays of the step's own */
  RULE_VALUE, /* the result of a step, by number */
} RuleKind;

typedef struct RuleRef {
  int16_t kind, index;
} RuleRef;

/* The operations over elements: two of rules alone, then kernels by their names.
 *   choose  in[0] is a number: in[1] where it is not 0, else in[2]
 *   copy    in[0] */
/* clang-format off */
#define RULE_OPS(X) \
  X(choose) X(copy) KERN1_LIST(X) KERN2_LIST(X) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) \
  X(logical_and) X(logical_or) X(logical_not) X(where) X(axpby) X(xpby)
/* clang-format on */

typedef enum RuleOp {
#define ENTRY(name) RULE_OP_##name,
  RULE_OPS(ENTRY)
#undef ENTRY
      RULE_OP_COUNT
} RuleOp;

typedef struct RuleStep {
  int16_t op;    /* a RuleOp */
  int16_t guard; /* the register that must not be 0 for the step to be done; -1: always */
  int16_t mask;  /* 1: the result is a mask */
  int16_t own;   /* of choose, 1: the result needs memory of its own, because its source is written before it is read */
  RuleRef out, in[4];
} RuleStep;

int rule_op(const char *name); /* a RuleOp by its name; -1 if there is none */

typedef enum RuleSumKind { RULE_SUM, RULE_AMAX, RULE_AMIN, RULE_MEAN /* of spreads alone */ } RuleSumKind;

typedef struct RuleSum {
  RuleRef of;
  int16_t how;   /* a RuleSumKind */
  int16_t reg;   /* where it goes */
  int16_t total; /* 1: over all parameters of the step */
  int16_t guard; /* the register that must not be 0 for the sum to be wanted; -1: always */
} RuleSum;

typedef enum RuleAxis { RULE_ROW, RULE_COLUMN, RULE_MATRIX } RuleAxis;

/* What is made of each row, column or matrix of an array, in all its elements. */
typedef struct RuleSpread {
  int16_t axis;     /* a RuleAxis */
  int16_t how;      /* a RuleSumKind */
  int16_t from, to; /* arrays */
} RuleSpread;

/* Whether a step, a sum or a pass with that guard is done. */
static inline bool rule_is_on(int guard, const double *reg) { return guard < 0 || reg[guard] != 0; }

/* What a pass reads and writes. */
typedef struct RuleData {
  char *const *array;
  const double *reg;
} RuleData;

/* A pass in one loop, generated: elements begin..end-1. ctx is a RuleData. */
typedef BlocksPiece RulePass;

typedef struct RuleStage {
  int16_t phase;                                      /* 1, 2, ...: totals of one phase are known in the next */
  int16_t guard;                                      /* the register that must not be 0 for its pass; -1: always */
  int16_t number, nnumbers, step, nsteps, sum, nsums; /* the first and how many in the lists of the rule */
  int16_t spread, nspreads;                           /* after the pass */
  void (*numbers)(double *reg);                       /* does the stage's numbers; NULL: interpret them */
  RulePass *pass[2];                                  /* DT_F32, DT_F64; NULL: blocks */
} RuleStage;

/* A slot whose number takes part: the register that holds it before, and the one that holds it afterwards (or -1). */
typedef struct RuleSlotReg {
  int16_t slot, before, after;
} RuleSlotReg;

typedef struct OptimRule {
  int nhyper, nregs, nslots;
  bool needs_loss, needs_noise; /* whether it reads the loss, and standard normal numbers */
  int nowns;                    /* arrays of a step's own */
  int nvalues;                  /* results of steps are numbered from 0 */
  int nphases, nstages, nheld, nonce;
  const double *constant;   /* [nregs] what registers hold at the start */
  const RuleNumber *held;   /* [nheld] of hyperparameters alone */
  const RuleNumber *once;   /* [nonce] of hyperparameters and t alone */
  const RuleNumber *number; /* of the stages */
  const RuleStep *step;
  const RuleSum *sum;
  const RuleStage *stage;
  const RuleSlotReg *slot;  /* [nslot_regs] */
  const RuleSlotReg *fresh; /* [nfresh] .before: the register that is 1 in the update for which the slot was made */
  int nslot_regs, nfresh;
  const RuleSpread *spread;
  const RuleSlotReg *per; /* [nper] states by row or column: slot, a RuleAxis, the array in which it is spread */
  int nper;
  const int16_t *used; /* [nused] registers that steps read as elements */
  int nused;
  void (*held_numbers)(double *reg); /* does `held`; NULL: interpret it */
  void (*once_numbers)(double *reg); /* does `once` */
} OptimRule;

/* Whether what becomes of an element depends on nothing of the others. */
static inline bool rule_is_elementwise(const OptimRule *r) {
  bool sums = r->needs_loss || r->nper > 0;
  for (int i = 0; i < r->nstages; i++) sums = sums || r->stage[i].nsums > 0 || r->stage[i].nspreads > 0;
  return !sums;
}

static inline int rule_reg_t(const OptimRule *r) { return r->nhyper; }
static inline int rule_reg_numel(const OptimRule *r) { return r->nhyper + 1; }
static inline int rule_reg_loss(const OptimRule *r) { return r->nhyper + 2; }
static inline int rule_reg_initial_lr(const OptimRule *r) { return r->nhyper + 3; }
static inline int rule_reg_ndim(const OptimRule *r) { return r->nhyper + 4; }
static inline int rule_reg_epsilon(const OptimRule *r) { return r->nhyper + 5; }

/* --- passes as blocks (plan.c) ------------------------------------------------------------------------------------ */

/* The kernels of one stage for one dtype, for given guards. */
typedef struct RulePlan {
  bool ready;
  BlocksProgram program;
  bool *done;       /* [nsteps + nsums] whether each step (then each sum) is done, or what `choose` chooses */
  BlocksStep *step; /* [nsteps] */
  BlocksSum *sum;   /* [nsums] */
} RulePlan;

/* Makes the plan for the registers' values, unless it is that already. */
void rule_plan(RulePlan *plan, const OptimRule *r, const RuleStage *stage, DType dtype, const double *reg);
bool rule_plan_fits(const RulePlan *plan, const OptimRule *r, const RuleStage *stage, const double *reg);

/* --- rows and columns (spread.c) ---------------------------------------------------------------------------------- */

/* The elements of a parameter as matrices. */
typedef struct RuleShape {
  int64_t count, rows, cols;
} RuleShape;

RuleShape rule_shape(const Tensor *p);
void rule_spread(const RuleSpread *s, RuleShape shape, DType dtype, const void *from, void *to);
/* Between a state by row or column and an array of all elements. */
void rule_expand(int axis, RuleShape shape, DType dtype, const void *state, void *all);
void rule_collapse(int axis, RuleShape shape, DType dtype, const void *all, void *state);

/* --- running a rule (run.c) --------------------------------------------------------------------------------------- */

typedef struct RulePlans RulePlans; /* of one optimizer; NULL where all passes are generated */

/* Whether a stage has no generated pass. */
bool rule_needs_plans(const OptimRule *r);
/* Room for the plans of all stages. NULL with err_set without memory. */
RulePlans *rule_plans_new(const OptimRule *r);
void rule_plans_free(RulePlans *plans); /* accepts NULL */

/* Whether new optimizers use blocks although there are generated passes; for tests of both. */
void rule_set_blocks_only(bool on);

/* What a rule works on for one parameter. */
typedef struct RuleRun {
  const OptimRule *rule;
  RulePlans *plans;
  DType dtype;
  int64_t numel;
  RuleShape shape;
  char **array; /* as RULE_ARRAY counts */
  double *reg;  /* [nregs] */
} RuleRun;

/* Numbers that depend on hyperparameters alone, and on t, too. */
void rule_run_held(const OptimRule *r, double *reg);
void rule_run_once(const OptimRule *r, double *reg);
/* The stages of one phase for one parameter; totals are added to (or joined with) their registers. */
void rule_run_phase(const RuleRun *run, int phase);

#endif
