/*
 * lcompile_sweep.c - many compiled steps, each over the epochs of its own loader, shared among threads.
 *
 *   run = core.compile.sweep_run(step, loader, epochs[, sums])   with a copy of the context: random numbers, modes
 *   core.compile.advance({run, ...}[, first[, until]])   trains them all to their end, or until so many epochs are over
 *   run:losses()                                         the mean loss of each epoch, a list
 *   run:continue()                                       the random numbers stand where the run left them
 *
 * Runs with plans run in C on worker threads. A run that meets a batch without a plan stops; when all have stopped,
 * this thread calls the step of each on that batch, in the run's context, and records it, and the runs go on.
 */
#include <string.h>

#include "autograd/formula.h"
#include "base/alloc.h"
#include "base/parallel.h"
#include "base/size.h"
#include "lua/base/lbind.h"
#include "lua/compile/lcompile.h"
#include "lua/data/ldata.h"
#include "plan/sweep_run.h"

#define SWEEP_RUN_MT "optlab.SweepRun"

enum { UV_STEP = 1, UV_LOADER, UV_COUNT = UV_LOADER };

typedef struct SweepRunUD {
  SweepRun run;
  Compiled *c; /* belongs to a user value */
} SweepRunUD;

static SweepRunUD *check_run(lua_State *L, int idx) { return luaL_checkudata(L, idx, SWEEP_RUN_MT); }

static Plan *find_plan(void *ctx, const Context *own, const Loader *l, int64_t n, const Tensor **loss,
                       const Tensor **weight) {
  const Entry *e = lcompile_entry_for(NULL, 0, ctx, own, l, n);
  if (!e) return NULL;
  *loss = e->last.result[0];
  *weight = lcompile_weight(ctx, e);
  return e->plan;
}

/* run(step, loader, epochs[, sums]); sums: the step's loss is the sum over the rows of a batch */
static int l_run(lua_State *L) {
  Compiled *c = lcompile_check(L, 1, "sweep_run");
  Loader *l = ldata_testloader(L, 2);
  const lua_Integer epochs = luaL_checkinteger(L, 3);
  if (!l) return lb_badvalue(L, "sweep_run", "loader", 2, "a loader (data.loader)");
  if (epochs < 1) return lb_badvalue(L, "sweep_run", "epochs", 3, "an integer of at least 1");
  const size_t losses = SIZE_BYTES(sizeof(double), epochs);
  if (losses == SIZE_MAX) {
    return lb_error(L, "train.sweep: epochs is %I, which gives more losses than memory can hold", (LUAI_UACINT)epochs);
  }
  SweepRunUD *ud = lua_newuserdatauv(L, sizeof *ud + losses, UV_COUNT);
  memset(ud, 0, sizeof *ud);
  ud->c = c;
  ud->run = (SweepRun){
      .l = l, .epochs = epochs, .until = epochs, .loss = (double *)(void *)(ud + 1), .find = find_plan, .ctx = c};
  ud->run.sums = lua_toboolean(L, 4);
  ud->run.own = *context;
  ud->run.own.recorder = NULL;
  ud->run.own.recording = NULL;
  luaL_setmetatable(L, SWEEP_RUN_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, UV_STEP);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, UV_LOADER);
  return 1;
}

static int run_gc(lua_State *L) {
  sweep_run_free(&check_run(L, 1)->run);
  return 0;
}

static int run_losses(lua_State *L) {
  const SweepRun *run = &check_run(L, 1)->run;
  lua_createtable(L, (int)run->epoch, 0);
  for (int64_t i = 0; i < run->epoch; i++) {
    lua_pushnumber(L, run->loss[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* The random numbers of the current context go on where the run's stand. */
static int run_continue(lua_State *L) {
  context->random = check_run(L, 1)->run.own.random;
  return 0;
}

/* --- together ----------------------------------------------------------------------------------------------------- */

static bool is_threadable(const Compiled *c) {
  for (int i = 0; i < c->entries; i++) {
    if (c->entry[i]->plan && !c->entry[i]->plan->threadable) return false;
  }
  return true;
}

static void advance_runs(void *ctx, int64_t begin, int64_t end) {
  SweepRunUD **ud = ctx;
  for (int64_t i = begin; i < end; i++) sweep_run_advance(&ud[i]->run);
  fm_free_temporaries();
}

/* Whether two runs write to the same memory from outside the step: models that share parameters. */
static bool share_memory(const Compiled *a, const Compiled *b) {
  for (int i = 0; i < a->entries; i++) {
    const Plan *p = a->entry[i]->plan;
    for (int k = 0; p && k < p->nwritten; k++) {
      for (int j = 0; j < b->entries; j++) {
        if (b->entry[j]->plan && plan_writes(b->entry[j]->plan, p->written[k])) return true;
      }
    }
  }
  return false;
}

static bool are_independent(SweepRunUD **ud, int n) {
  for (int i = 0; i < n; i++) {
    if (!is_threadable(ud[i]->c)) return false;
    for (int k = 0; k < i; k++) {
      if (ud[i]->c == ud[k]->c || share_memory(ud[i]->c, ud[k]->c)) return false;
    }
  }
  return true;
}

/* Lets every run run as far as it gets by itself. */
static void advance(SweepRunUD **ud, int n) {
  if (!are_independent(ud, n)) {
    advance_runs(ud, 0, n);
    return;
  }
  alloc_share(true);
  parallel_for(n, 1, advance_runs, ud);
  alloc_share(false);
}

/* The loss of the step at 1 on the next batch of the run at 2, and its weight. */
static int l_call_batch(lua_State *L) {
  SweepRun *run = &check_run(L, 2)->run;
  BatchNumbers numbers = {.weight = (double)loader_ready(run->l, &run->b)};
  lcompile_call_batch(L, run->l, &run->b, 1, &numbers);
  lua_pushnumber(L, numbers.loss);
  lua_pushnumber(L, numbers.weight);
  return 2;
}

/* Calls the step of the run at `idx` on its next batch, in the run's context. */
static void call_step(lua_State *L, SweepRunUD *ud, int idx) {
  lua_pushcfunction(L, l_call_batch);
  lua_getiuservalue(L, idx, UV_STEP);
  lua_pushvalue(L, idx);
  Context *before = context_switch(&ud->run.own);
  const int status = lua_pcall(L, 2, 2, 0);
  context_switch(before);
  if (status != LUA_OK) lua_error(L);
  sweep_run_count(&ud->run, lua_tonumber(L, -2), lua_tonumber(L, -1));
  lua_pop(L, 2);
  ud->run.state = SWEEP_RUN_READY;
}

static int run_failed(lua_State *L, const SweepRun *run, int number) {
  return lb_error(L, "train.sweep: run %d: %s", number, run->error);
}

/* With how many epochs the runs are to end now. */
static void set_goal(SweepRunUD **ud, int n, lua_Integer until) {
  for (int i = 0; i < n; i++) {
    SweepRun *run = &ud[i]->run;
    run->until = until < run->epochs ? until : run->epochs;
    if (run->state == SWEEP_RUN_DONE && run->epoch < run->until) run->state = SWEEP_RUN_READY;
  }
}

/* advance(runs[, first[, until]]); first: the number of the first one, for messages */
static int l_advance(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const int n = lb_length(L, 1), first = (int)luaL_optinteger(L, 2, 1);
  const lua_Integer until = luaL_optinteger(L, 3, LUA_MAXINTEGER);
  SweepRunUD **ud = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof(SweepRunUD *), 0);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    ud[i] = check_run(L, -1);
    lua_pop(L, 1);
  }
  set_goal(ud, n, until);
  for (bool busy = true; busy;) {
    advance(ud, n);
    busy = false;
    for (int i = 0; i < n; i++) {
      if (ud[i]->run.state == SWEEP_RUN_FAILED) return run_failed(L, &ud[i]->run, first + i);
      if (ud[i]->run.state != SWEEP_RUN_WAITS) continue;
      lua_rawgeti(L, 1, i + 1);
      call_step(L, ud[i], lua_gettop(L));
      lua_pop(L, 1);
      busy = true;
    }
  }
  return 0;
}

void lcompile_open_sweep(lua_State *L) {
  static const luaL_Reg functions[] = {{"sweep_run", l_run}, {"advance", l_advance}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"losses", run_losses}, {"continue", run_continue}, {NULL, NULL}};
  luaL_newmetatable(L, SWEEP_RUN_MT);
  lua_pushcfunction(L, run_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
