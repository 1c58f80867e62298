/*
 * lschedlib.c - learning-rate schedules as callable userdata, and the two objects that move an optimizer's rate.
 *
 *   s = sched.StepLR{base_lr = 0.4, step_size = 7}    s(t) is the rate at t = 0, 1, ...; s.name, s.options
 *   sched.at(s, t)                                    the checked rate of any schedule, a Lua function included
 *   sched.values(s, n[, first])                       the list s(first), ..., n of them; first = 0
 *   a = sched.attach(opt, s)                          sets opt.lr = s(0); a:step() moves on to s(1), s(2), ...
 *   r = sched.ReduceLROnPlateau(opt, {...})           r:step(metric)
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/recorder.h"
#include "lua/base/largs.h"
#include "lua/base/ldeclare.h"
#include "lua/sched/lsched.h"
#include "sched/plateau.h"

#define SCHED_MT "optlab.Schedule"

const Sched *lsched_test(lua_State *L, int idx) { return luaL_testudata(L, idx, SCHED_MT); }

/* --- making a schedule -------------------------------------------------------------------------------------------- */

Sched *lsched_push_new(lua_State *L, const SchedDef *def) {
  Sched *s = lua_newuserdatauv(L, sizeof *s, LSCHED_UV_PARTS);
  *s = (Sched){0};
  luaL_setmetatable(L, SCHED_MT);
  if (sched_init(s, def) < 0) lb_coreerror(L);
  return s;
}

/* Constructor of every schedule that is no composition. Upvalue 1: its SchedDef (light), 2: the callee. */
static int sched_new(lua_State *L) {
  const SchedDef *def = lua_touserdata(L, lua_upvalueindex(1));
  const char *fn = lua_tostring(L, lua_upvalueindex(2));
  if (!lua_istable(L, 1)) {
    return lb_error(
        L, "%s: a schedule is made by one table of options: %s{%s = 0.1, ...}; sched.attach ties it to an optimizer",
        fn, fn, def->args[0].name);
  }
  lb_atmost(L, fn, 1);
  lua_settop(L, 1);
  Sched *s = lsched_push_new(L, def);
  largs_options(L, 1, fn, &s->args);
  if (sched_finish(s) < 0) return lb_coreerror(L);
  lua_settop(L, 2);
  return 1;
}

static int sched_gc(lua_State *L) {
  sched_free(luaL_checkudata(L, 1, SCHED_MT));
  return 0;
}

/* --- asking a schedule -------------------------------------------------------------------------------------------- */

double lsched_t(lua_State *L, int idx, const char *name) {
  double t = lua_tonumber(L, idx);
  if (lua_type(L, idx) == LUA_TNUMBER && t >= 0 && isfinite(t)) return t;
  return lb_badvalue(L, name, "t", idx, "a number of at least 0, the count of updates");
}

/* The rate at t of the schedule s at idx. */
static double rate_of(lua_State *L, int idx, const Sched *s, double t) {
  return s->nparts ? lsched_composed(L, idx, s, t) : sched_at(s, t);
}

static int sched_call(lua_State *L) {
  const Sched *s = luaL_checkudata(L, 1, SCHED_MT);
  lua_settop(L, 2);
  double t = lua_type(L, 2) == LUA_TNUMBER ? lua_tonumber(L, 2) : -1;
  if (!(t >= 0 && isfinite(t))) lsched_t(L, 2, lua_pushfstring(L, "sched.%s", s->def->name));
  lua_pushnumber(L, rate_of(L, 1, s, t));
  return 1;
}

void lsched_push_t(lua_State *L, double t) {
  if (t == floor(t) && t < 0x1p53) {
    lua_pushinteger(L, (lua_Integer)t);
  } else {
    lua_pushnumber(L, t);
  }
}

/* Pushes "the schedule function of file:line" or "the schedule StepLR" for the value at idx. */
const char *lsched_describe(lua_State *L, int idx) {
  lua_Debug ar;
  if (lua_type(L, idx) != LUA_TFUNCTION) return lua_pushfstring(L, "the schedule %s", luaL_tolstring(L, idx, NULL));
  lua_pushvalue(L, idx);
  lua_getinfo(L, ">S", &ar);
  return lua_pushfstring(L, "the schedule function of %s:%d", ar.short_src, ar.linedefined);
}

/* Raises about the value on top, which the schedule at idx gave for t. */
static int bad_rate(lua_State *L, int idx, double t) {
  int value = lua_gettop(L), type = lua_type(L, value);
  const char *got = lb_pushgot(L, value);
  if (type == LUA_TNUMBER && isnan(lua_tonumber(L, value))) got = "nan (not a number)";
  lsched_push_t(L, t);
  const char *at = lua_tostring(L, -1);
  return lb_error(L, "%s gave %s at t = %s; it must be a finite number >= 0", lsched_describe(L, idx), got, at);
}

/* The rate at t of the schedule at idx (absolute): one of ours, a function, or anything that can be called. */
double lsched_rate(lua_State *L, int idx, double t) {
  const Sched *s = lsched_test(L, idx);
  if (s) {
    lua_pushnumber(L, rate_of(L, idx, s, t));
  } else {
    lua_pushvalue(L, idx);
    lsched_push_t(L, t);
    lua_call(L, 1, 1);
  }
  double lr = lua_tonumber(L, -1);
  if (lua_type(L, -1) != LUA_TNUMBER || !(lr >= 0) || isinf(lr)) bad_rate(L, idx, t);
  lua_pop(L, 1);
  return lr;
}

const Sched *lsched_ready_made(lua_State *L, int idx) {
  const Sched *s = lsched_test(L, idx);
  return s && s->known ? s : NULL;
}

bool lsched_is_schedule(lua_State *L, int idx) {
  if (lua_type(L, idx) == LUA_TFUNCTION) return true;
  if (luaL_getmetafield(L, idx, "__call") == LUA_TNIL) return false;
  lua_pop(L, 1);
  return true;
}

void lsched_check(lua_State *L, int idx, const char *fn) {
  if (!lsched_is_schedule(L, idx)) lb_badvalue(L, fn, "schedule", idx, "a function of t or one of sched.*");
}

/*** The learning rate of any schedule at t, checked to be one. @function at */
static int l_at(lua_State *L) {
  lb_atmost(L, "sched.at", 2);
  lsched_check(L, 1, "sched.at");
  lua_pushnumber(L, lsched_rate(L, 1, lsched_t(L, 2, "sched.at")));
  return 1;
}

/*** The list s(first), s(first + 1), ... of n rates, for plots; first is 0 unless given. @function values */
static int l_values(lua_State *L) {
  lsched_check(L, 1, "sched.values");
  static const Arg args[] = {{.name = "n", .kind = ARG_INTEGER, .range = RANGE_NOT_NEGATIVE, .required = true},
                             {.name = "first", .range = RANGE_NOT_NEGATIVE},
                             {0}};
  double x[2];
  largs_read(L, 2, "sched.values", &(ArgValues){.args = args, .x = x});
  int n = (int)fmin(x[0], INT_MAX);
  lua_newtable(L);
  for (int i = 0; i < n; i++) {
    lua_pushnumber(L, lsched_rate(L, 1, x[1] + i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* --- fields of a schedule ----------------------------------------------------------------------------------------- */

/* A copy of the list of parts of the composition at 1. */
static void push_parts(lua_State *L, const Sched *s) {
  lua_getiuservalue(L, 1, LSCHED_UV_PARTS);
  lua_createtable(L, s->nparts, 0);
  for (int i = 1; i <= s->nparts; i++) {
    lua_rawgeti(L, -2, i);
    lua_rawseti(L, -2, i);
  }
  lua_remove(L, -2);
}

static int sched_index(lua_State *L) {
  const Sched *s = luaL_checkudata(L, 1, SCHED_MT);
  const char *key = luaL_tolstring(L, 2, NULL);
  if (strcmp(key, "name") == 0) {
    lua_pushstring(L, s->def->name);
  } else if (strcmp(key, "options") == 0) {
    lua_newtable(L);
    largs_setfields(L, s->def->args, s->args.x, s->args.list);
    if (s->nparts) {
      push_parts(L, s);
      lua_setfield(L, -2, "schedules");
    }
  } else {
    return lb_error(L, "a schedule has the fields 'name' and 'options' and is called with t; it has no field '%s'",
                    key);
  }
  return 1;
}

/* Adds the parts of the composition at 1. */
static void add_parts(lua_State *L, luaL_Buffer *b, int n) {
  for (int i = 1; i <= n; i++) {
    if (i > 1) luaL_addstring(b, ", ");
    lua_getiuservalue(L, 1, LSCHED_UV_PARTS);
    lua_rawgeti(L, -1, i);
    luaL_tolstring(L, -1, NULL);
    lua_replace(L, -3);
    lua_pop(L, 1);
    luaL_addvalue(b);
  }
}

/* "StepLR(base_lr=0.4, step_size=7)", "scale(StepLR(...), factor=2)": the parts, and what differs from the defaults. */
static int sched_tostring(lua_State *L) {
  const Sched *s = luaL_checkudata(L, 1, SCHED_MT);
  const double *x = s->args.x;
  const char *comma = "";
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, s->def->name);
  luaL_addchar(&b, '(');
  add_parts(L, &b, s->nparts);
  if (s->nparts) comma = ", ";
  for (const Arg *a = s->def->args; a->name; x += arg_width(a++)) {
    if (a->kind == ARG_VALUE || (!arg_is_list(a) && arg_is_default(a, x))) continue;
    lua_pushfstring(L, "%s%s=", comma, a->name);
    luaL_addvalue(&b);
    largs_addtext(&b, a, x, s->args.list);
    comma = ", ";
  }
  luaL_addchar(&b, ')');
  luaL_pushresult(&b);
  return 1;
}

/* --- objects that hold an optimizer ------------------------------------------------------------------------------- */

/* The optimizer of the object at 1; leaves one value on the stack. */
Optim *lsched_optim(lua_State *L, const char *fn) {
  lua_getiuservalue(L, 1, LSCHED_UV_OPTIMIZER);
  return loptim_check(L, lua_gettop(L), fn);
}

/* The current rate of every group. */
int lsched_push_rates(lua_State *L) {
  recorder_refuse("learning rates are read as numbers");
  const Optim *o = lsched_optim(L, "LRScheduler:get_last_lr");
  lua_createtable(L, o->ngroups, 0);
  for (int i = 0; i < o->ngroups; i++) {
    lua_pushnumber(L, o->group[i].h[0]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

void lsched_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction index, lua_CFunction tostring) {
  luaL_newmetatable(L, name);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_pushcclosure(L, index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pop(L, 1);
}

/* --- the library -------------------------------------------------------------------------------------------------- */

void lsched_append_declaration(lua_State *L, const SchedDef *def) {
  ldeclare_push(L, "sched", def->name, def->doc, def->equation, def->paper, def->args);
  ldeclare_append(L);
}

/* declarations() -> a list of {space =, name =, doc =, equation =, paper =, args =}: schedules, compositions, and
 * ReduceLROnPlateau. */
static int l_declarations(lua_State *L) {
  static const SchedDef plateau = {
      .name = "ReduceLROnPlateau",
      .doc = "Lowers the rate when a metric has stopped improving. A metric of nan counts as no improvement.",
      .args = plateau_args};
  lua_newtable(L);
  for (int i = 0; sched_families[i]; i++) {
    for (const SchedDef *def = sched_families[i]; def->name; def++) lsched_append_declaration(L, def);
  }
  lsched_append_compositions(L);
  lsched_append_declaration(L, &plateau);
  return 1;
}

static const luaL_Reg FUNCTIONS[] = {{"at", l_at},
                                     {"values", l_values},
                                     {"attach", lsched_attach},
                                     {"ReduceLROnPlateau", lsched_plateau},
                                     {"declarations", l_declarations},
                                     {NULL, NULL}};

static const luaL_Reg SCHED_META[] = {
    {"__call", sched_call}, {"__index", sched_index}, {"__tostring", sched_tostring}, {"__gc", sched_gc}, {NULL, NULL}};

int luaopen_optlab_sched(lua_State *L) {
  luaL_newmetatable(L, SCHED_MT);
  luaL_setfuncs(L, SCHED_META, 0);
  lua_pop(L, 1);
  lsched_open_attach(L);
  lsched_open_plateau(L);
  luaL_newlib(L, FUNCTIONS);
  lsched_open_compose(L);
  for (int i = 0; sched_families[i]; i++) {
    for (const SchedDef *def = sched_families[i]; def->name; def++) {
      lua_pushlightuserdata(L, (void *)def);
      lua_pushfstring(L, "sched.%s", def->name);
      lua_pushcclosure(L, sched_new, 2);
      lua_setfield(L, -2, def->name);
    }
  }
  return 1;
}
