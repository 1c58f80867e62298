/*
 * lsched_plateau.c - ReduceLROnPlateau, the one schedule that needs feedback.
 *
 *   r = sched.ReduceLROnPlateau(opt, {patience = 5})
 *   r:step(loss)
 */
#include <stddef.h>
#include <string.h>

#include "core/recorder.h"
#include "lua/base/largs.h"
#include "lua/sched/lsched.h"
#include "sched/plateau.h"

#define PLATEAU_MT "optlab.ReduceLROnPlateau"

/*** Lowers the rate by `factor` when the metric has not improved for more than `patience` steps. Options and defaults:
 * see src/sched/plateau.h. @function ReduceLROnPlateau */
int lsched_plateau(lua_State *L) {
  const char *fn = "sched.ReduceLROnPlateau";
  loptim_unwrap(L, 1);
  loptim_check(L, 1, fn);
  lb_atmost(L, fn, 2);
  lua_settop(L, 2);
  Plateau *p = lua_newuserdatauv(L, sizeof *p, 1);
  largs_options(L, 2, fn, &(ArgValues){.args = plateau_args, .x = p->h});
  if (plateau_start(p) < 0) return lb_coreerror(L);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 3, LSCHED_UV_OPTIMIZER);
  luaL_setmetatable(L, PLATEAU_MT);
  return 1;
}

/*** Takes one value of the metric, a number or a one-element tensor; returns whether the rates were lowered.
 * @function ReduceLROnPlateau:step */
static int plateau_method_step(lua_State *L) {
  Plateau *p = luaL_checkudata(L, 1, PLATEAU_MT);
  const Tensor *t = lb_testtensor(L, 2);
  if (t ? t->numel != 1 : lua_type(L, 2) != LUA_TNUMBER) {
    return lb_badvalue(L, "ReduceLROnPlateau:step", "metric", 2, "a number or a tensor of one element");
  }
  Optim *o = lsched_optim(L, "ReduceLROnPlateau:step");
  recorder_refuse("ReduceLROnPlateau looks at a metric; call its step() outside of the compiled step");
  bool lower = plateau_step(p, t ? tensor_get(t, 0) : lua_tonumber(L, 2));
  for (int i = 0; lower && i < o->ngroups; i++) o->group[i].h[0] = plateau_lower(p, o->group[i].h[0]);
  lua_pushboolean(L, lower);
  return 1;
}

static int plateau_get_last_lr(lua_State *L) {
  luaL_checkudata(L, 1, PLATEAU_MT);
  return lsched_push_rates(L);
}

/* The counters under the names of PyTorch. */
typedef struct Counter {
  const char *name;
  size_t offset;
} Counter;
static const Counter COUNTERS[] = {{"best", offsetof(Plateau, best)},
                                   {"num_bad_epochs", offsetof(Plateau, bad)},
                                   {"cooldown_counter", offsetof(Plateau, cooldown)},
                                   {"last_epoch", offsetof(Plateau, t)}};
#define NCOUNTERS (int)(sizeof COUNTERS / sizeof *COUNTERS)

static double *counter(Plateau *p, int i) { return (double *)((char *)p + COUNTERS[i].offset); }

/*** {best, num_bad_epochs, cooldown_counter, last_epoch}. @function ReduceLROnPlateau:state_dict */
static int plateau_state_dict(lua_State *L) {
  Plateau *p = luaL_checkudata(L, 1, PLATEAU_MT);
  lua_newtable(L);
  for (int i = 0; i < NCOUNTERS; i++) {
    lua_pushnumber(L, *counter(p, i));
    lua_setfield(L, -2, COUNTERS[i].name);
  }
  return 1;
}

static int plateau_load(lua_State *L) {
  const char *fn = "ReduceLROnPlateau:load_state_dict";
  Arg args[NCOUNTERS + 1] = {{0}};
  double value[NCOUNTERS];
  Plateau *p = luaL_checkudata(L, 1, PLATEAU_MT);
  for (int i = 0; i < NCOUNTERS; i++) {
    args[i] = (Arg){.name = COUNTERS[i].name, .range = i == 0 ? RANGE_NUMBER : RANGE_NOT_NEGATIVE};
    value[i] = *counter(p, i);
  }
  if (!lua_istable(L, 2)) return lb_badvalue(L, fn, "state", 2, "a table from state_dict()");
  largs_checknames(L, 2, fn, args, NULL, false);
  largs_named(L, 2, fn, &(ArgValues){.args = args, .x = value});
  for (int i = 0; i < NCOUNTERS; i++) *counter(p, i) = value[i];
  return 0;
}

/* Upvalue 1: the methods. */
static int plateau_index(lua_State *L) {
  Plateau *p = luaL_checkudata(L, 1, PLATEAU_MT);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  const char *key = luaL_tolstring(L, 2, NULL);
  for (int i = 0; i < NCOUNTERS; i++) {
    if (strcmp(key, COUNTERS[i].name) != 0) continue;
    lua_pushnumber(L, *counter(p, i));
    return 1;
  }
  int at;
  const Arg *a = args_find(plateau_args, key, &at);
  if (!a) return lb_error(L, "ReduceLROnPlateau has no field '%s'", key);
  largs_push(L, a, p->h + at, NULL);
  return 1;
}

static int plateau_tostring(lua_State *L) {
  const Plateau *p = luaL_checkudata(L, 1, PLATEAU_MT);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, "ReduceLROnPlateau(");
  for (int i = 0; i < PLATEAU_COUNT; i++) {
    lua_pushfstring(L, "%s%s=", i ? ", " : "", plateau_args[i].name);
    luaL_addvalue(&b);
    largs_addtext(&b, &plateau_args[i], &p->h[i], NULL);
  }
  luaL_addchar(&b, ')');
  luaL_pushresult(&b);
  return 1;
}

static const luaL_Reg PLATEAU_METHODS[] = {{"step", plateau_method_step},
                                           {"get_last_lr", plateau_get_last_lr},
                                           {"state_dict", plateau_state_dict},
                                           {"load_state_dict", plateau_load},
                                           {NULL, NULL}};

void lsched_open_plateau(lua_State *L) { lsched_type(L, PLATEAU_MT, PLATEAU_METHODS, plateau_index, plateau_tostring); }
