/*
 * lsched_compose.c - schedules made of schedules.
 *
 *   sched.sequential{schedules = {s1, s2}, milestones = {10}}
 *   sched.chain{s1, s2, ...}                                      their product
 *   sched.warmup(s, {steps = 5, begin_lr = 0, mode = "linear"})
 *   sched.scale(s, factor)
 *
 * Formulas: src/sched/combinators.c. A composition keeps its parts in a user value; a Lua function may be one of them,
 * and is called when the composition is asked.
 */
#include "lua/base/lhyper.h"
#include "lua/sched/lsched.h"
#include "sched/schedule.h"

/* --- making one --------------------------------------------------------------------------------------------------- */

static const char *shown(lua_State *L, int idx) {
  return lua_isnoneornil(L, idx) ? "nothing" : luaL_tolstring(L, idx, NULL);
}

/* Raises unless the value at idx is a list of at least one schedule; its length. */
static int check_parts(lua_State *L, int idx, const char *fn) {
  if (!lua_istable(L, idx)) lb_error(L, "%s: the list of schedules must be a table, got %s", fn, shown(L, idx));
  const int n = (int)luaL_len(L, idx);
  if (n == 0) lb_error(L, "%s: the list of schedules is empty", fn);
  for (int i = 1; i <= n; i++) {
    lua_geti(L, idx, i);
    if (!lsched_is_schedule(L, -1)) {
      lb_error(L, "%s: schedule %d must be a schedule (a function of t or one of sched.*), got %s", fn, i,
               shown(L, -1));
    }
    lua_pop(L, 1);
  }
  return n;
}

/* Pushes a composition of the schedules in the list at `parts`, with the options at `options`. */
static int compose(lua_State *L, const SchedDef *def, int parts, int options, const char *fn) {
  const int n = check_parts(L, parts, fn);
  Sched *s = lsched_push_new(L, def, options, n, fn);
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lua_geti(L, parts, i + 1);
    s->part[i] = lsched_test(L, -1);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setiuservalue(L, -2, LSCHED_UV_PARTS);
  return lsched_finish(L, s);
}

/* Pushes the list {value at idx}. */
static int push_single(lua_State *L, int idx) {
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, idx);
  lua_rawseti(L, -2, 1);
  return lua_gettop(L);
}

/*** One schedule after another: from `milestones[i]` on, `schedules[i + 1]` runs with t counted from there.
 * @function sequential */
static int l_sequential(lua_State *L) {
  const char *const more[] = {"schedules", "milestones", NULL}, *fn = "sched.sequential";
  if (!lua_istable(L, 1)) return lb_error(L, "%s: the options must be a table, got %s", fn, shown(L, 1));
  lhyper_checkkeys(L, 1, fn, sched_sequential.hyper, more);
  lua_settop(L, 1);
  lua_getfield(L, 1, "schedules");
  return compose(L, &sched_sequential, 2, 1, fn);
}

/*** The product of several schedules, as PyTorch's ChainedScheduler: one gives a rate, the others factors
 * (`base_lr = 1`). @function chain */
static int l_chain(lua_State *L) {
  lua_settop(L, 1);
  lua_newtable(L);
  return compose(L, &sched_chain, 1, 2, "sched.chain");
}

/*** A warm-up before any schedule: `steps` updates up to s(0), then s counted from there. @function warmup */
static int l_warmup(lua_State *L) {
  static const char *const more[] = {NULL};
  const char *fn = "sched.warmup";
  lsched_check(L, 1, fn);
  if (!lua_istable(L, 2)) return lb_error(L, "%s: the options must be a table, got %s", fn, shown(L, 2));
  lhyper_checkkeys(L, 2, fn, sched_warmup.hyper, more);
  lua_settop(L, 2);
  return compose(L, &sched_warmup, push_single(L, 1), 2, fn);
}

/*** A schedule times a number. @function scale */
static int l_scale(lua_State *L) {
  const char *fn = "sched.scale";
  lsched_check(L, 1, fn);
  lua_settop(L, 2);
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, 2);
  lua_setfield(L, 3, "factor");
  return compose(L, &sched_scale, push_single(L, 1), 3, fn);
}

void lsched_open_compose(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"sequential", l_sequential}, {"chain", l_chain}, {"warmup", l_warmup}, {"scale", l_scale}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}

/* --- asking one --------------------------------------------------------------------------------------------------- */

typedef struct Asked {
  lua_State *L;
  int parts; /* where the list lies */
} Asked;

static double ask_part(void *who, int i, double t) {
  const Asked *a = who;
  lua_rawgeti(a->L, a->parts, i + 1);
  const double lr = lsched_rate(a->L, lua_gettop(a->L), t);
  lua_pop(a->L, 1);
  return lr;
}

double lsched_composed(lua_State *L, int idx, const Sched *s, double t) {
  luaL_checkstack(L, 10, "schedules nested too deeply");
  lua_getiuservalue(L, idx, LSCHED_UV_PARTS);
  Asked a = {L, lua_gettop(L)};
  const double lr = sched_compose(s, t, ask_part, &a);
  lua_pop(L, 1);
  return lr;
}
