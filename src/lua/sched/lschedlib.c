/*
 * lschedlib.c - learning-rate schedules as callable userdata, and the two objects that move an optimizer's rate.
 *
 *   s = sched.StepLR{base_lr = 0.4, step_size = 7}    s(t) is the rate at t = 0, 1, ...; s.name, s.options
 *   sched.at(s, t)                                    the checked rate of any schedule, a Lua function included
 *   sched.values(s, n[, first])                       the list s(first), ..., n of them; first = 0
 *   a = sched.attach(opt, s)                          sets opt.lr = s(0); a:step() moves on to s(1), s(2), ...
 *   r = sched.ReduceLROnPlateau(opt, {...})           r:step(metric)
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/recorder.h"
#include "lua/base/lhyper.h"
#include "lua/sched/lsched.h"

#define SCHED_MT "optlab.Schedule"
#define FN_SIZE 64

const Sched *lsched_test(lua_State *L, int idx) { return luaL_testudata(L, idx, SCHED_MT); }

/* --- making a schedule -------------------------------------------------------------------------------------------- */

/* Length of the list option in the options at idx; raises if it is missing or no list of numbers. */
static int list_length(lua_State *L, int idx, const char *fn, const char *name) {
  if (!name) return 0;
  int type = lua_getfield(L, idx, name);
  if (type != LUA_TTABLE) {
    return lb_error(L, "%s: %s must be a list of update counts such as {15, 30}, got %s", fn, name,
                    type == LUA_TNIL ? "nothing" : luaL_tolstring(L, -1, NULL));
  }
  int n = (int)luaL_len(L, -1);
  for (int i = 1; i <= n; i++) {
    if (lua_geti(L, -1, i) != LUA_TNUMBER) {
      return lb_error(L, "%s: %s[%d] must be a number, got %s", fn, name, i, luaL_tolstring(L, -1, NULL));
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return n;
}

static void read_list(lua_State *L, int idx, Sched *s, const char *name) {
  if (!name) return;
  lua_getfield(L, idx, name);
  for (int i = 0; i < s->nlist; i++) {
    lua_geti(L, -1, i + 1);
    s->list[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void check_required(lua_State *L, int idx, const char *fn, const Hyper *x) {
  for (; x->name; x++) {
    if (!x->required) continue;
    if (lua_getfield(L, idx, x->name) == LUA_TNIL) lb_error(L, "%s: the option '%s' is required", fn, x->name);
    lua_pop(L, 1);
  }
}

Sched *lsched_push_new(lua_State *L, const SchedDef *def, int options, int nparts, const char *fn) {
  check_required(L, options, fn, def->hyper);
  const int n = list_length(L, options, fn, def->list);
  Sched *s = lua_newuserdatauv(L, sched_size(n, nparts), nparts ? LSCHED_UV_PARTS : 0);
  sched_init(s, def, n, nparts);
  lhyper_read(L, options, fn, def->hyper, s->h);
  read_list(L, options, s, def->list);
  return s;
}

int lsched_finish(lua_State *L, Sched *s) {
  if (sched_finish(s) < 0) return lb_coreerror(L);
  luaL_setmetatable(L, SCHED_MT);
  return 1;
}

/* Constructor of every schedule that is no composition. Upvalue 1: its SchedDef (light). */
static int sched_new(lua_State *L) {
  const SchedDef *def = lua_touserdata(L, lua_upvalueindex(1));
  char fn[FN_SIZE] = "sched.";
  strncat(fn, def->name, FN_SIZE - 7);
  if (!lua_istable(L, 1)) {
    return lb_error(
        L, "%s: a schedule is made by one table of options: %s{%s = 0.1, ...}; sched.attach ties it to an optimizer",
        fn, fn, def->hyper[0].name);
  }
  lua_settop(L, 1);
  const char *const more[] = {def->list, NULL};
  lhyper_checkkeys(L, 1, fn, def->hyper, more);
  return lsched_finish(L, lsched_push_new(L, def, 1, 0, fn));
}

/* --- asking a schedule -------------------------------------------------------------------------------------------- */

double lsched_t(lua_State *L, int idx, const char *name) {
  double t = lua_tonumber(L, idx);
  if (lua_type(L, idx) == LUA_TNUMBER && t >= 0 && isfinite(t)) return t;
  return lb_error(L, "%s: t must be a number >= 0, the count of updates, got %s", name,
                  lua_isnone(L, idx) ? "nothing" : luaL_tolstring(L, idx, NULL));
}

/* The rate at t of the schedule s at idx. */
static double rate_of(lua_State *L, int idx, const Sched *s, double t) {
  return s->nparts ? lsched_composed(L, idx, s, t) : sched_at(s, t);
}

static int sched_call(lua_State *L) {
  const Sched *s = luaL_checkudata(L, 1, SCHED_MT);
  lua_pushnumber(L, rate_of(L, 1, s, lsched_t(L, 2, s->def->name)));
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
  const char *text = luaL_tolstring(L, value, NULL);
  const char *got = lua_pushfstring(L, "a %s", luaL_typename(L, value));
  if (type == LUA_TNIL) got = "nothing";
  if (type == LUA_TSTRING) got = lua_pushfstring(L, "a string ('%s')", text);
  if (type == LUA_TNUMBER) got = isnan(lua_tonumber(L, value)) ? "nan (not a number)" : text;
  lsched_push_t(L, t);
  const char *at = lua_tostring(L, -1);
  return lb_error(L, "%s gave %s at t = %s; a learning rate is a finite number >= 0", lsched_describe(L, idx), got, at);
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
  if (lsched_is_schedule(L, idx)) return;
  lb_error(L, "%s: argument #%d must be a schedule: a function of t or one of sched.*, got a %s", fn, idx,
           luaL_typename(L, idx));
}

/*** The learning rate of any schedule at t, checked to be one. @function at */
static int l_at(lua_State *L) {
  lsched_check(L, 1, "sched.at");
  lua_pushnumber(L, lsched_rate(L, 1, lsched_t(L, 2, "sched.at")));
  return 1;
}

/*** The list s(first), s(first + 1), ... of n rates, for plots; first is 0 unless given. @function values */
static int l_values(lua_State *L) {
  lsched_check(L, 1, "sched.values");
  int n = (int)lsched_t(L, 2, "sched.values");
  double first = lua_isnoneornil(L, 3) ? 0 : lsched_t(L, 3, "sched.values");
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lua_pushnumber(L, lsched_rate(L, 1, first + i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* --- fields of a schedule ----------------------------------------------------------------------------------------- */

static void push_list(lua_State *L, const Sched *s) {
  lua_createtable(L, s->nlist, 0);
  for (int i = 0; i < s->nlist; i++) {
    lsched_push_t(L, s->list[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

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
    lhyper_setfields(L, s->def->hyper, s->h);
    if (s->def->list) {
      push_list(L, s);
      lua_setfield(L, -2, s->def->list);
    }
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

static bool is_default(const Hyper *x, const double *value) {
  for (int i = 0; i < hyper_width(x); i++) {
    if (value[i] != x->def[i] && !(isnan(value[i]) && isnan(x->def[i]))) return false;
  }
  return !x->required;
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
  const double *h = s->h;
  const char *comma = "";
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, s->def->name);
  luaL_addchar(&b, '(');
  add_parts(L, &b, s->nparts);
  if (s->nparts) comma = ", ";
  for (const Hyper *x = s->def->hyper; x->name; h += hyper_width(x++)) {
    if (is_default(x, h)) continue;
    lua_pushfstring(L, "%s%s=", comma, x->name);
    luaL_addvalue(&b);
    lhyper_addtext(&b, x, h);
    comma = ", ";
  }
  for (int i = 0; i < s->nlist; i++) {
    if (i == 0) {
      lua_pushfstring(L, "%s%s={", comma, s->def->list);
      luaL_addvalue(&b);
    }
    lsched_push_t(L, s->list[i]);
    luaL_addvalue(&b);
    luaL_addstring(&b, i + 1 < s->nlist ? ", " : "}");
  }
  luaL_addchar(&b, ')');
  luaL_pushresult(&b);
  return 1;
}

/* --- objects that hold an optimizer ------------------------------------------------------------------------------- */

/* The optimizer of the object at 1; leaves one value on the stack. */
Optim *lsched_optim(lua_State *L, const char *fn) {
  lua_getiuservalue(L, 1, LSCHED_UV_OPTIMIZER);
  return lb_checkoptim(L, lua_gettop(L), fn);
}

/* The current rate of every group. */
int lsched_push_rates(lua_State *L) {
  recorder_refuse("learning rates are read as numbers");
  const Optim *o = lsched_optim(L, "get_last_lr");
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

static const luaL_Reg FUNCTIONS[] = {
    {"at", l_at}, {"values", l_values}, {"attach", lsched_attach}, {"ReduceLROnPlateau", lsched_plateau}, {NULL, NULL}};

static const luaL_Reg SCHED_META[] = {
    {"__call", sched_call}, {"__index", sched_index}, {"__tostring", sched_tostring}, {NULL, NULL}};

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
      lua_pushcclosure(L, sched_new, 1);
      lua_setfield(L, -2, def->name);
    }
  }
  return 1;
}
