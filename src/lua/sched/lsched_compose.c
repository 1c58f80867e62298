/*
 * lsched_compose.c - schedules made of schedules.
 *
 *   sched.sequential{schedules = {s1, s2}, milestones = {10}}
 *   sched.chain{s1, s2, ...}                                      their product
 *   sched.warmup(s, {steps = 5, begin_lr = 0, mode = "linear"})
 *   sched.scale(s, factor)   sched.clamp(s, {min =, max =})   sched.restart(s, {steps =, times =, decay =, growth =})
 *   sched.stretch(s, by)
 *
 * Formulas: src/sched/combinators.c. A composition keeps its parts in a user value; a Lua function may be one of them,
 * and is called when the composition is asked.
 */
#include <string.h>

#include "lua/base/largs.h"
#include "lua/base/ldeclare.h"
#include "lua/sched/lsched.h"

/* --- making one --------------------------------------------------------------------------------------------------- */

#define WHAT "a function of t or one of sched.*"
#define WHAT_PARTS "a list of at least one schedule"

static bool takes_list(const SchedDef *def) { return strcmp(def->args[0].name, "schedules") == 0; }

/* Raises unless the value at idx is a list of at least one schedule; its length. */
static int check_parts(lua_State *L, int idx, const char *fn) {
  const int n = lua_istable(L, idx) && !lsched_is_schedule(L, idx) ? lb_length(L, idx) : 0;
  if (n == 0) lb_badvalue(L, fn, "schedules", idx, WHAT_PARTS);
  for (int i = 1; i <= n; i++) {
    lua_geti(L, idx, i);
    const char *name = lua_pushfstring(L, "schedules[%d]", i);
    if (!lsched_is_schedule(L, -2)) lb_badvalue(L, fn, name, lua_gettop(L) - 1, WHAT);
    lua_pop(L, 2);
  }
  return n;
}

/* Pushes the list {value at idx}. */
static int push_single(lua_State *L, int idx) {
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, idx);
  lua_rawseti(L, -2, 1);
  return lua_gettop(L);
}

/* Fills in the parts of the composition at 1 from the list at `parts`. */
static void take_parts(lua_State *L, Sched *s, int parts) {
  lua_createtable(L, s->nparts, 0);
  for (int i = 0; i < s->nparts; i++) {
    lua_geti(L, parts, i + 1);
    s->part[i] = lsched_test(L, -1);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setiuservalue(L, 1, LSCHED_UV_PARTS);
}

/* Constructor of every composition, whose first argument is a schedule or the list `schedules`. Upvalue 1: its SchedDef
 * (light), 2: the callee. */
static int l_compose(lua_State *L) {
  const SchedDef *def = lua_touserdata(L, lua_upvalueindex(1));
  const char *fn = lua_tostring(L, lua_upvalueindex(2));
  Sched *s = lsched_push_new(L, def);
  lua_insert(L, 1);
  const int top = lua_gettop(L);
  largs_read(L, 2, fn, &s->args);
  const int given = (int)s->args.x[0], first = given ? given : lua_gettop(L) + 1; /* where it lies */
  int parts = first;
  if (first > top && takes_list(def)) largs_refusenames(L, first, fn, def->args[0].name); /* it was given by name */
  if (!takes_list(def)) {
    if (!lsched_is_schedule(L, first)) lb_badvalue(L, fn, "schedule", first, WHAT);
    parts = push_single(L, first);
  }
  if (sched_make_parts(s, check_parts(L, parts, fn)) < 0) return lb_coreerror(L);
  take_parts(L, s, parts);
  if (sched_finish(s) < 0) return lb_coreerror(L);
  lua_settop(L, 1);
  return 1;
}

static const SchedDef *const defs[] = {&sched_sequential, &sched_chain,   &sched_warmup, &sched_scale,
                                       &sched_clamp,      &sched_restart, &sched_stretch};
enum { COMPOSITIONS = sizeof defs / sizeof *defs };

/* The row of the parts says only that there is a value; l_compose checks what it is. */
void lsched_append_compositions(lua_State *L) {
  for (int i = 0; i < COMPOSITIONS; i++) {
    lsched_append_declaration(L, defs[i]);
    lua_geti(L, -1, (lua_Integer)lua_rawlen(L, -1));
    const char *name = defs[i]->args[0].name;
    ldeclare_setwhat(L, name, name, takes_list(defs[i]) ? WHAT_PARTS : WHAT, true);
    lua_pop(L, 1);
  }
}

void lsched_open_compose(lua_State *L) {
  for (int i = 0; i < COMPOSITIONS; i++) {
    lua_pushlightuserdata(L, (void *)defs[i]);
    lua_pushfstring(L, "sched.%s", defs[i]->name);
    lua_pushcclosure(L, l_compose, 2);
    lua_setfield(L, -2, defs[i]->name);
  }
}

/* --- asking one --------------------------------------------------------------------------------------------------- */

typedef struct Asked {
  lua_State *L;
  int parts; /* where the list lies */
} Asked;

static double ask_part(void *ctx, int i, double t) {
  const Asked *a = ctx;
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
