/*
 * lcompile_sweep.c - many compiled steps, each over the epochs of its own loader, shared among threads.
 *
 *   lane = core.compile.lane(step, loader, epochs)    takes the random numbers as they stand now
 *   core.compile.advance({lane, ...})                 trains them all to their end
 *   lane:losses()                                     the mean loss of each epoch, a list
 *   lane:continue()                                   the random numbers stand where the lane left them
 *
 * Lanes with plans run in C on worker threads. A lane that meets a batch without a plan stops; when all have stopped,
 * this thread runs the step of each on that batch and records it, with the lane's random numbers in place of the global
 * ones, and the lanes go on.
 */
#include <string.h>

#include "autograd/formula.h"
#include "base/alloc.h"
#include "base/parallel.h"
#include "lua/base/lbind.h"
#include "lua/compile/lcompile.h"
#include "lua/data/ldata.h"
#include "plan/sweep_run.h"

#define LANE_MT "optlab.Lane"

enum { UV_STEP = 1, UV_LOADER, UV_COUNT = UV_LOADER };

typedef struct LaneUD {
  Lane lane;
  Compiled *c; /* belongs to a user value */
} LaneUD;

static LaneUD *check_lane(lua_State *L, int idx) { return luaL_checkudata(L, idx, LANE_MT); }

static const Plan *find_plan(void *who, const Loader *l, int64_t n, const Tensor **loss) {
  const Entry *e = lcompile_entry_for(NULL, 0, who, l, n);
  if (!e) return NULL;
  *loss = e->last.result[0];
  return e->plan;
}

/* lane(step, loader, epochs) */
static int l_lane(lua_State *L) {
  Compiled *c = lcompile_check(L, 1, "lane");
  Loader *l = ldata_testloader(L, 2);
  const lua_Integer epochs = luaL_checkinteger(L, 3);
  if (!l || epochs < 1) return lb_argerror(L, "lane", 2, "a loader and a number of epochs");
  LaneUD *ud = lua_newuserdatauv(L, sizeof *ud + (size_t)epochs * sizeof(double), UV_COUNT);
  memset(ud, 0, sizeof *ud);
  ud->c = c;
  ud->lane = (Lane){.l = l, .epochs = epochs, .loss = (double *)(void *)(ud + 1), .find = find_plan, .who = c};
  memcpy(ud->lane.rng, rng_for((RngPurpose)0), sizeof ud->lane.rng);
  luaL_setmetatable(L, LANE_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, UV_STEP);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, -2, UV_LOADER);
  return 1;
}

static int lane_gc(lua_State *L) {
  lane_free(&check_lane(L, 1)->lane);
  return 0;
}

static int lane_losses(lua_State *L) {
  const Lane *lane = &check_lane(L, 1)->lane;
  lua_createtable(L, (int)lane->epoch, 0);
  for (int64_t i = 0; i < lane->epoch; i++) {
    lua_pushnumber(L, lane->loss[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* The global random numbers go on where the lane's stand. */
static int lane_continue(lua_State *L) {
  memcpy(rng_for((RngPurpose)0), check_lane(L, 1)->lane.rng, sizeof(Rng[RNG_PURPOSES]));
  return 0;
}

/* --- together ----------------------------------------------------------------------------------------------------- */

static bool is_threadable(const Compiled *c) {
  for (int i = 0; i < c->entries; i++) {
    if (c->entry[i]->plan && !c->entry[i]->plan->threadable) return false;
  }
  return true;
}

static void advance_lanes(void *ctx, int64_t begin, int64_t end) {
  LaneUD **ud = ctx;
  for (int64_t i = begin; i < end; i++) lane_advance(&ud[i]->lane);
  fm_forget();
}

/* Whether two lanes write to the same memory of the world outside: models that share parameters. */
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

static bool are_independent(LaneUD **ud, int n) {
  for (int i = 0; i < n; i++) {
    if (!is_threadable(ud[i]->c)) return false;
    for (int k = 0; k < i; k++) {
      if (ud[i]->c == ud[k]->c || share_memory(ud[i]->c, ud[k]->c)) return false;
    }
  }
  return true;
}

/* Lets every lane run as far as it gets by itself. */
static void advance(LaneUD **ud, int n) {
  if (!are_independent(ud, n)) {
    advance_lanes(ud, 0, n);
    return;
  }
  alloc_share(true);
  parallel_for(n, 1, advance_lanes, ud);
  alloc_share(false);
}

/* Runs the step of the lane at `idx` on its next batch as Lua, with the lane's random numbers. */
static void call_step(lua_State *L, LaneUD *ud, int idx) {
  Rng *global = rng_for((RngPurpose)0), kept[RNG_PURPOSES];
  const int64_t n = loader_ready(ud->lane.l, &ud->lane.b);
  lua_getiuservalue(L, idx, UV_STEP);
  memcpy(kept, global, sizeof kept);
  memcpy(global, ud->lane.rng, sizeof kept);
  const double loss = lcompile_call_batch(L, ud->lane.l, &ud->lane.b, lua_gettop(L));
  memcpy(ud->lane.rng, global, sizeof kept);
  memcpy(global, kept, sizeof kept);
  lua_pop(L, 1);
  lane_count(&ud->lane, loss, n);
  ud->lane.state = LANE_READY;
}

static int lane_failed(lua_State *L, const Lane *lane, int number) {
  return lb_error(L, "train.sweep: run %d: %s", number, lane->error);
}

/* advance(lanes[, first]); first: the number of the first one, for messages */
static int l_advance(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const int n = (int)luaL_len(L, 1), first = (int)luaL_optinteger(L, 2, 1);
  LaneUD **ud = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof(LaneUD *), 0);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    ud[i] = check_lane(L, -1);
    lua_pop(L, 1);
  }
  for (bool busy = true; busy;) {
    advance(ud, n);
    busy = false;
    for (int i = 0; i < n; i++) {
      if (ud[i]->lane.state == LANE_FAILED) return lane_failed(L, &ud[i]->lane, first + i);
      if (ud[i]->lane.state != LANE_WAITS) continue;
      lua_rawgeti(L, 1, i + 1);
      call_step(L, ud[i], lua_gettop(L));
      lua_pop(L, 1);
      busy = true;
    }
  }
  return 0;
}

void lcompile_open_sweep(lua_State *L) {
  static const luaL_Reg functions[] = {{"lane", l_lane}, {"advance", l_advance}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"losses", lane_losses}, {"continue", lane_continue}, {NULL, NULL}};
  luaL_newmetatable(L, LANE_MT);
  lua_pushcfunction(L, lane_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
