/*
 * lcompile.h - what the files of lab.compile share.
 *
 *   lcompilelib.c    lab.compile; calling a compiled step: finding its plan, replaying it
 *   lcompile_record.c  recording a call
 *   lcompile_pass.c  a compiled step over the batches of a loader, in C
 *   lcompile_sweep.c many of them on several threads
 *   lcompile_twin.c  plans for those that are built alike
 */
#ifndef OPTLAB_LUA_COMPILE_LCOMPILE_H
#define OPTLAB_LUA_COMPILE_LCOMPILE_H

#include <lua.h>

#include "core/tensor.h"
#include "data/loader.h"
#include "lua/optim/loptim.h"
#include "plan/plan.h"

#define COMPILED_MT "optlab.CompiledStep"
#define COMPILE_MAX_ARGS 16
#define COMPILE_MAX_UPVALUES 48 /* of a step's function; more are not watched */
#define COMPILE_MAX_PLANS 16    /* of one step; one more replaces the least recently used */

/* --- a compiled step ---------------------------------------------------------------------------------------------- */

/* What an argument was when a plan was recorded. */
typedef struct ArgKey {
  int type;      /* of Lua; LUA_TUSERDATA: a tensor */
  double number; /* numbers and booleans */
  uint8_t dtype, ndim;
  int64_t shape[TENSOR_MAX_DIM];
} ArgKey;

/* What a variable held that the function uses from outside. */
typedef struct Upvalue {
  int64_t type;  /* of Lua */
  const void *p; /* identity of what is no number */
  double number; /* numbers and booleans */
} Upvalue;

/* One recorded call and what it returned. */
typedef struct RecordedCall {
  Recording *r; /* owned; NULL: none, or a plan has taken it over */
  int nresults;
  Tensor *result[COMPILE_MAX_ARGS]; /* windows, owned; NULL: the Lua value kept in the entry's table */
  int output[COMPILE_MAX_ARGS];     /* their buffers in r, or -1 */
  Upvalue *upvalue; /* [upvalues] afterwards, of the function and of the Lua functions among these; owned */
  int upvalues;
  Modes modes; /* afterwards */
} RecordedCall;

/* One set of argument shapes: recordings first, then a plan. */
typedef struct Entry {
  int nargs, ninputs;
  ArgKey arg[COMPILE_MAX_ARGS];
  int input[COMPILE_MAX_ARGS]; /* arguments that are tensors, in order */
  RecordedCall now;            /* the call under way */
  RecordedCall last;           /* the call before; with a plan: what it returns */
  int calls;                   /* recorded so far */
  Plan *plan;                  /* owned */
  uint64_t used;
  /* Place of its Lua table in the step's user value: the arguments, from COMPILE_RESULTS on the results that are no
   * tensors, at COMPILE_ANCHORS what the plan keeps alive. */
  int slot;
} Entry;

enum {
  COMPILE_RESULTS = COMPILE_MAX_ARGS + 1,
  COMPILE_ANCHORS = 2 * COMPILE_MAX_ARGS + 1,
  COMPILE_UPVALUES = COMPILE_ANCHORS /* + 1, ...: kept, so that an address means one value */
};

typedef struct Compiled Compiled;
struct Compiled {
  Entry *entry[COMPILE_MAX_PLANS]; /* owned */
  int entries, slots;
  bool fallback;   /* a step that cannot be recorded goes on as plain Lua */
  bool eager;      /* ... and has done so */
  bool weighted;   /* its second result is what the mean of the loss divided by, a tensor of one element */
  int measured;    /* results behind that one: counts of right answers and the like, tensors of one element */
  bool numbers;    /* called from a script, it gives tensors of one element as numbers */
  bool check_kept; /* look for tensors of the step that are kept outside of it */
  bool keep_trace; /* its plans keep their events, for runs side by side (plan/lanes) */
  bool follows;    /* one of many that are told apart by tensors and hyperparameters alone; others may follow it */
  Compiled *first; /* another of these that it may follow; borrowed while it is called, NULL: none */
  bool busy;       /* its function is running and being recorded */
  uint64_t clock;
  int streak; /* recordings since the last replay */
  int64_t replays, recordings;
  char *reason; /* why the last plan did not fit or the step is eager; owned, NULL: nothing of the kind */
};

enum { COMPILED_UV_FN = 1, COMPILED_UV_ENTRIES, COMPILED_UV_COUNT = COMPILED_UV_ENTRIES };

Compiled *lcompile_check(lua_State *L, int idx, const char *fn);

/* Calls the step at idx, whose nargs arguments are on top of the stack, and leaves its results there (how many is
 * returned): replays, or records. */
int lcompile_call(lua_State *L, int idx, int nargs);

void lcompile_set_reason(Compiled *c, const char *why);
void lcompile_forget(RecordedCall *t);                             /* frees what it owns */
void lcompile_drop(lua_State *L, int self, Compiled *c, Entry *e); /* takes e out of the step's list and frees it */

/* lcompile_record.c: whether the variables that the step's function uses from outside hold what they held after the
 * call that was recorded. Takes three places of the stack. */
bool lcompile_same_upvalues(lua_State *L, int self, const RecordedCall *t);

/* lcompile_record.c: runs the step's function on copies of the arguments at first.. and records it for e. Returns how
 * many results are on the stack. */
int lcompile_record(lua_State *L, int self, Compiled *c, Entry *e, int first, int nargs);

/* What a step gave for a batch. */
typedef struct BatchNumbers {
  double loss, weight; /* by what the loss counts; of a step that is not weighted it stays what it is */
  double *measured;    /* [Compiled.measured], or NULL: not wanted */
} BatchNumbers;

/* lcompile_pass.c: the entry with a plan for a batch of n rows in the context `own`, or NULL (L may be NULL: no Lua has
 * run since the last time, so the variables need no look); one batch as a script would run it; the methods.
 * The step is at index `step`. */
const Tensor *lcompile_weight(const Compiled *c, const Entry *e); /* of the loss; NULL: the number of rows */
Entry *lcompile_entry_for(lua_State *L, int step, const Compiled *c, const Context *own, const Loader *l, int64_t n);
void lcompile_call_batch(lua_State *L, Loader *l, Batches *b, int step, BatchNumbers *numbers);
int lcompile_run(lua_State *L);
int lcompile_pass(lua_State *L);
void lcompile_open_pass(lua_State *L);

/* What a run of a sweep consists of; indices of the stack. */
typedef struct TwinRun {
  Compiled *step;
  int at, modules; /* the step; its model's modules, a list */
  Optim *optim;    /* NULL: none that is known */
} TwinRun;

/* lcompile_twin.c: gives the step of `run`, which was never called, a plan like that of `like`, an entry of `first`, if it
 * is built alike. The caller vouches for what cannot be compared: the loss and the containers are the same. */
bool lcompile_twin(lua_State *L, const TwinRun *first, const Entry *like, const TwinRun *run);

void lcompile_open_sweep(lua_State *L); /* lcompile_sweep.c: adds its functions to the table on top */

#endif
