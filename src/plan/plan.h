/*
 * plan.h - a recorded step made ready to be replayed (docs/explanation/compile.md).
 *
 * plan_new takes a recording, leaves out what need not be done at each step, and turns each event that is left into a
 * PlanStep: a function and its operands. Replaying is calling them one after the other.
 */
#ifndef OPTLAB_PLAN_PLAN_H
#define OPTLAB_PLAN_PLAN_H

#include "autograd/op.h"
#include "plan/record.h"

#define PLAN_BOTH 2

typedef struct PlanStep PlanStep;
typedef struct DirectProduct DirectProduct;

struct PlanStep {
  int (*run)(const PlanStep *s, Context *own); /* -1 with err_set; PLAN_BOTH: it has done the next step, too */
  union {                                      /* steps/lower.c: which one belongs to which run */
    struct {
      Kern1 *kern;
      int64_t n, sa;
      void *o;
      const void *a;
    } one;
    struct {
      Kern2 *kern;
      int64_t n, sa, sb;
      void *o;
      const void *a, *b;
    } two;
    struct {
      Kern3 *kern;
      int64_t n, sa, sb, sc;
      void *o;
      const void *a, *b, *c;
    } three;
    struct {
      void *o;
      const void *a;
      size_t bytes;
    } copy;
    struct {
      int64_t rows, n;
      float *o;
      const float *a;
    } sum;
    struct {
      const Op *op;
      Tensor *const *t; /* the output, then the inputs */
      int nin;
      const OpArgs *args;
    } op;
    struct ChainRun *chain;
    DirectProduct *product; /* steps/direct.c */
    struct {
      int64_t n;
      double by;
      float *o;
      const float *x, *y;
    } mse;
    Computation call; /* anything else: as it was recorded */
  } u;
};

/* A step that writes or reads a gradient which the plan leaves behind: its memory may have to be another one. */
typedef struct Movable {
  int step;
  const Event *e; /* in Plan.kept; NULL: of a chain */
} Movable;

/* Consecutive events that one step does, block by block. */
typedef struct Chain {
  int first, events;
  int64_t n;     /* elements of each */
  bool followed; /* by an optimizer's step over the same elements, which may be done piece by piece, too */
} Chain;

/* In the order of the events. */
typedef struct Chains {
  Chain *chain;
  int n, cap;
} Chains;

typedef struct Plan {
  int refs;
  Recording *r; /* owned: memory, conditions; its trace is gone, but see keep_trace */
  /* The plan of a run that did the same (plan/follow), owned, or NULL. Then this one has the memory and conditions of its
   * run, and steps only from plan_ready on. */
  struct Plan *like;
  bool ready;
  Trace whole; /* Recording.keep_whole: the events as they were recorded */
  PlanStep *step;
  int steps, step_cap;
  Arena memory;      /* of the steps' operands */
  Storage **written; /* memory from outside the step that it writes to; its version counts */
  int nwritten;
  Trace kept; /* the events of the movable steps */
  Movable *movable;
  int movables, movable_cap;
  const int *output; /* [results] what the step returns, as plan_new got it: borrowed */
  Tensor *const *result;
  int results;
  bool shares;     /* an operation shares much work among the threads itself */
  bool threadable; /* may run on any thread, beside plans that write to other memory (under alloc_share) */
  Modes modes;     /* conditions besides those in r */
} Plan;

/* Takes over r, which must be without failure; output[0..noutput-1] are the numbers of the buffers that the step
 * returns, result[i] the window onto it, or NULL: it is moved to the plan's memory. Both live as long as the plan. NULL
 * without memory (r is released).
 * To be called while the modes are as they were at the end of the step. */
Plan *plan_new(Recording *r, const int *output, Tensor *const *result, int noutput);
void plan_release(Plan *p); /* accepts NULL */

/* The plan of a run that was recorded in r, following `like`, without a difference. Otherwise as above. */
Plan *plan_follow(Plan *like, Recording *r, const int *output, Tensor *const *result, int noutput);
int plan_ready(Plan *p); /* makes the steps that plan_run needs, which calls it itself. -1 without memory */

/* The plan whose trace describes the steps of p. */
static inline const Plan *plan_form(const Plan *p) { return p->like ? p->like : p; }

/* The numbers of event i of plan_form(p) in p's run. */
void plan_event_args(const Plan *p, int i, void *args);

/* Whether everything that the recording took for granted is so in the context `own`. If not and why is not NULL, *why
 * says what changed (in err_message's way: valid until the next err_set). */
bool plan_holds(const Plan *p, const Context *own, const char **why);

/* One step of a run whose context is `own`. The arguments are in the input buffers (plan_input). -1 with err_set: an
 * event failed as it would have in the step itself; those before it have happened. */
int plan_run(Plan *p, Context *own);

/* What plan_run does besides the steps, before and after them. -1 with err_set. */
int plan_enter(Plan *p);
void plan_leave(const Plan *p);

/* Takes the graphs away from gradients that a replay will replace, as a step that was recorded may have left them: only
 * the thread that runs Lua releases graphs. To be called before another one replays p. -1 without memory. */
int plan_drop_graphs(const Plan *p);

bool plan_writes(const Plan *p, const Storage *s); /* s is memory from outside that the step changes */

Tensor *plan_input(const Plan *p, int i); /* the window to be filled before plan_run; borrowed */

bool plan_is_left(const Recording *r, int buffer); /* a gradient that the step leaves behind */

/* --- steps/lower.c ------------------------------------------------------------------------------------------------ */

/* Writes the shortest way to do e into *s, with operands in p->memory; *threadable: whether it may run on any thread.
 * -1 without memory. */
int plan_lower(Plan *p, PlanStep *s, const Event *e, bool *threadable);

bool plan_shares(const Event *e); /* whether it shares much work among the threads itself */

/* The same for a step of e that exists, after the memory of `buffer` has changed. */
void plan_lower_again(Plan *p, PlanStep *s, const Event *e, int buffer);

/* --- optimize.c: what need not be done at each step --------------------------------------------------------------- */

/* Drops events from r: those whose results are constant or never read, and copies that can be done without. kept: the
 * buffers that somebody reads afterwards. -1 without memory. */
int plan_optimize(Recording *r, const bool *kept);

/* --- steps/chain.c: element-wise events over the same elements ---------------------------------------------------- */

/* Finds the chains among the events of r and the temporaries that exist in their blocks only. -1 without memory. */
int plan_find_chains(Recording *r, const bool *kept, Chains *chains);

/* The step that does the events of a chain. -1 without memory. */
int plan_lower_chain(Plan *p, PlanStep *s, const Chain *chain);

/* The same for a step that exists, after the memory of `buffer` has changed. */
void plan_move_chain(const Plan *p, const PlanStep *s, int buffer);

/* --- memory.c ----------------------------------------------------------------------------------------------------- */

/* Gives every buffer that an event or somebody afterwards needs memory, its holder. -1 without memory. */
int plan_place(Recording *r, const Chains *chains, const bool *kept);

#endif
