/*
 * lcompile_sweep.c - many compiled steps, each over the epochs of its own loader, shared among threads.
 *
 *   run = core.compile.sweep_run(step, loader, epochs[, sums[, follows[, modules, optimizer]]])   with a copy of the
 *                                                        context: random numbers, modes; see plan/follow
 *   core.compile.advance({run, ...}[, first[, until]])   trains them all to their end, or until so many epochs are over
 *   core.compile.all_finite(tensors)                     whether none of them has an infinite or nan element
 *   run:losses()                                         the mean loss of each epoch, a list
 *   run:shared()                                         whether it went through a plan together with others
 *   run:continue()                                       the random numbers stand where the run left them
 *
 * Runs with plans run in C on worker threads. A run that meets a batch without a plan stops; when all have stopped,
 * this thread calls the step of each on that batch, in the run's context, and records it, and the runs go on.
 */
#include <math.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/alloc.h"
#include "base/parallel.h"
#include "base/size.h"
#include "lua/base/lbind.h"
#include "lua/compile/lcompile.h"
#include "lua/data/ldata.h"
#include "lua/optim/loptim.h"
#include "plan/lanes/lanes.h"

#define SWEEP_RUN_MT "optlab.SweepRun"

#define MIN_PARTY 4 /* fewer runs gain nothing from each other */

enum { UV_STEP = 1, UV_LOADER, UV_MODULES, UV_OPTIM, UV_COUNT = UV_OPTIM };

typedef struct SweepRunUD {
  SweepRun run;
  Loader l;    /* a copy, whose place in its epochs is the run's own; the tensors belong to a user value */
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

/* run(step, loader, epochs[, sums[, follows]]); sums: the step's loss is the sum over the rows of a batch; follows: the
 * step depends on nothing of its own but tensors, hyperparameters and schedules; modules, optimizer: all that it depends
 * on, but for a loss that all runs have in common; containers among the modules call what is in them one after the other */
static int l_run(lua_State *L) {
  lua_settop(L, 7);
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
  ud->l = *l;
  c->keep_trace = true;
  ud->run = (SweepRun){
      .l = &ud->l, .epochs = epochs, .until = epochs, .loss = (double *)(void *)(ud + 1), .find = find_plan, .ctx = c};
  ud->run.sums = lua_toboolean(L, 4);
  c->follows = lua_toboolean(L, 5);
  ud->run.own = *context;
  ud->run.own.recorder = NULL;
  ud->run.own.recording = NULL;
  luaL_setmetatable(L, SWEEP_RUN_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, UV_STEP);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, UV_LOADER);
  for (int i = 0; i < 2; i++) { /* nil where they are not given */
    lua_pushvalue(L, 6 + i);
    lua_setiuservalue(L, -2, UV_MODULES + i);
  }
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

/* Whether it went through batches together with other runs. */
static int run_shared(lua_State *L) {
  lua_pushboolean(L, check_run(L, 1)->run.lanes);
  return 1;
}

/* The random numbers of the current context go on where the run's stand. */
static int run_continue(lua_State *L) {
  context->random = check_run(L, 1)->run.own.random;
  return 0;
}

/* Whether all elements of a tensor are finite; false also where that is not found out here. */
static bool is_finite(const Tensor *t) {
  bool finite = t->contiguous && dtype_is_float((DType)t->dtype);
  if (finite && t->dtype == DT_F32) {
    for (int64_t i = 0; i < t->numel; i++) finite &= isfinite(tensor_f32(t)[i]);
  } else if (finite) {
    for (int64_t i = 0; i < t->numel; i++) finite &= isfinite(tensor_f64(t)[i]);
  }
  return finite;
}

/* all_finite(tensors): whether they are known to have no element that is infinite or nan */
static int l_all_finite(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  bool finite = true;
  for (int i = 1, n = lb_length(L, 1); i <= n && finite; i++) {
    lua_rawgeti(L, 1, i);
    const Tensor *t = lb_testtensor(L, -1);
    finite = t && is_finite(t);
    lua_pop(L, 1);
  }
  lua_pushboolean(L, finite);
  return 1;
}

/* --- together ----------------------------------------------------------------------------------------------------- */

static bool is_threadable(const Compiled *c) {
  for (int i = 0; i < c->entries; i++) {
    if (c->entry[i]->plan && !c->entry[i]->plan->threadable) return false;
  }
  return true;
}

static bool shares(const Compiled *c) {
  for (int i = 0; i < c->entries; i++) {
    if (c->entry[i]->plan && c->entry[i]->plan->shares) return true;
  }
  return false;
}

/* Runs that go together: LANES at most. */
typedef struct Party {
  SweepRun *run[LANES];
  int count;
} Party;

static void advance_parties(void *ctx, int64_t begin, int64_t end) {
  Party *party = ctx;
  for (int64_t i = begin; i < end; i++) lanes_advance(party[i].run, party[i].count);
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

/* How many of `n` runs that match go together: as few parties as lanes allow, but one for each thread. */
static int party_size(int n) {
  const int least = (n + LANES - 1) / LANES, threads = parallel_threads(), most = n / MIN_PARTY;
  int parties = threads < most ? threads : most;
  if (parties < least) parties = least;
  return (n + parties - 1) / parties;
}

/* of[i]: the first run that matches run i. */
static void match_runs(SweepRunUD **ud, int n, Plan **plan, int *of) {
  for (int i = 0; i < n; i++) {
    of[i] = i;
    plan[i] = lanes_plan(&ud[i]->run);
    for (int k = 0; plan[i] && k < i && of[i] == i; k++) {
      if (of[k] == k && plan[k] && lanes_match(&ud[k]->run, plan[k], &ud[i]->run, plan[i])) of[i] = k;
    }
  }
}

/* Sorts the runs into parties; returns how many. */
static int make_parties(SweepRunUD **ud, int n, Party *party, const int *of) {
  int parties = 0;
  for (int i = 0; i < n; i++) {
    if (of[i] != i) continue;
    int alike = 0, size;
    for (int k = i; k < n; k++) alike += of[k] == i;
    size = party_size(alike);
    for (int k = i, taken = 0; k < n; k++) {
      if (of[k] != i) continue;
      if (taken++ % size == 0) party[parties++].count = 0;
      party[parties - 1].run[party[parties - 1].count++] = &ud[k]->run;
    }
  }
  return parties;
}

static void advance_one_by_one(SweepRunUD **ud, int from, int to) {
  for (int i = from; i < to; i++) sweep_run_advance(&ud[i]->run);
  fm_free_temporaries();
}

static void advance_alone(void *ctx, int64_t begin, int64_t end) { advance_one_by_one(ctx, (int)begin, (int)end); }

/* Runs whose operations would share the threads: as many side by side as occupy all threads to the end, the others one
 * after the other. */
static void advance_large(SweepRunUD **ud, int n) {
  const int together = n - n % parallel_threads();
  alloc_share(true);
  parallel_for(together, 1, advance_alone, ud);
  alloc_share(false);
  advance_one_by_one(ud, together, n);
}

/* Small ones, in parties. -1 without memory. */
static int advance_small(SweepRunUD **ud, int n) {
  const size_t bytes = (size_t)(n + 1) * (sizeof(Party) + sizeof(Plan *) + sizeof(int));
  Party *party = alloc_get(bytes);
  if (!party) return -1;
  Plan **plan = (Plan **)(void *)(party + n + 1);
  int *of = (int *)(void *)(plan + n + 1);
  match_runs(ud, n, plan, of);
  const int parties = make_parties(ud, n, party, of);
  alloc_share(true);
  parallel_for(parties, 1, advance_parties, party);
  alloc_share(false);
  alloc_put(party, bytes);
  return 0;
}

static int drop_graphs(const Compiled *c) {
  int rc = 0;
  for (int i = 0; i < c->entries && rc == 0; i++) rc = c->entry[i]->plan ? plan_drop_graphs(c->entry[i]->plan) : 0;
  return rc;
}

/* Lets every run run as far as it gets by itself. -1 without memory. */
static int advance(SweepRunUD **ud, int n) {
  bool large = false;
  for (int i = 0; i < n; i++) {
    if (drop_graphs(ud[i]->c) < 0) return -1;
  }
  for (int i = 0; i < n; i++) large = large || shares(ud[i]->c);
  if (!are_independent(ud, n)) {
    advance_one_by_one(ud, 0, n);
  } else if (large) {
    advance_large(ud, n);
  } else {
    return advance_small(ud, n);
  }
  return 0;
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

/* Calls the steps of a run until its next batch has a plan, which other runs can follow; false: it has none yet. */
static bool lead(lua_State *L, SweepRunUD *ud, int idx) {
  enum { CALLS = 3 }; /* recordings until there is a plan */
  const int64_t rows = loader_ready(ud->run.l, &ud->run.b);
  for (int i = 0; i < CALLS; i++) {
    call_step(L, ud, idx);
    if (!ud->c->follows || ud->c->eager || !ud->run.open || loader_ready(ud->run.l, &ud->run.b) != rows) return false;
    if (lcompile_entry_for(NULL, 0, ud->c, &ud->run.own, ud->run.l, rows)) return true;
  }
  return false;
}

/* The parts of the run at idx; pushes two values. */
static TwinRun parts_of(lua_State *L, SweepRunUD *ud, int idx) {
  TwinRun t = {.step = ud->c, .at = lua_gettop(L) + 1, .modules = lua_gettop(L) + 2};
  lua_getiuservalue(L, idx, UV_STEP);
  lua_getiuservalue(L, idx, UV_MODULES);
  if (lua_getiuservalue(L, idx, UV_OPTIM) == LUA_TUSERDATA && luaL_testudata(L, -1, OPTIM_MT)) {
    t.optim = loptim_check(L, -1, "sweep_run");
  }
  lua_pop(L, 1);
  if (lua_type(L, t.modules) != LUA_TTABLE) t.optim = NULL;
  return t;
}

/* Gives the runs that wait and are built as the leader, number `first`, plans like its own. */
static void give_twins(lua_State *L, SweepRunUD **ud, int n, int first) {
  const int top = lua_gettop(L);
  luaL_checkstack(L, 8, NULL);
  lua_rawgeti(L, 1, first + 1);
  const SweepRun *leader = &ud[first]->run;
  const TwinRun a = parts_of(L, ud[first], top + 1);
  const Entry *like = lcompile_entry_for(NULL, 0, a.step, &leader->own, leader->l, leader->l->opt.batch_size);
  for (int i = 0; a.optim && like && i < n; i++) {
    SweepRun *run = &ud[i]->run;
    if (i == first || run->state != SWEEP_RUN_WAITS || !ud[i]->c->follows || run->b.row > 0) continue;
    lua_rawgeti(L, 1, i + 1);
    const TwinRun b = parts_of(L, ud[i], lua_gettop(L));
    if (lcompile_twin(L, &a, like, &b)) run->state = SWEEP_RUN_READY;
    lua_settop(L, b.at - 2);
  }
  lua_settop(L, top);
}

static int run_failed(lua_State *L, const SweepRun *run, int number) {
  return lb_error(L, "train.sweep: run %d: %s", number, run->error ? run->error : "out of memory");
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
    Compiled *leader = NULL;
    if (advance(ud, n) < 0) return lb_coreerror(L);
    busy = false;
    for (int i = 0; i < n; i++) {
      if (ud[i]->run.state == SWEEP_RUN_FAILED) return run_failed(L, &ud[i]->run, first + i);
      if (ud[i]->run.state != SWEEP_RUN_WAITS) continue;
      lua_rawgeti(L, 1, i + 1);
      ud[i]->c->first = ud[i]->c->follows ? leader : NULL;
      if (leader) {
        call_step(L, ud[i], lua_gettop(L));
      } else if (lead(L, ud[i], lua_gettop(L))) {
        leader = ud[i]->c;
        give_twins(L, ud, n, i);
      }
      ud[i]->c->first = NULL;
      lua_pop(L, 1);
      busy = true;
    }
  }
  return 0;
}

void lcompile_open_sweep(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"sweep_run", l_run}, {"advance", l_advance}, {"all_finite", l_all_finite}, {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"losses", run_losses}, {"continue", run_continue}, {"shared", run_shared}, {NULL, NULL}};
  luaL_newmetatable(L, SWEEP_RUN_MT);
  lua_pushcfunction(L, run_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
