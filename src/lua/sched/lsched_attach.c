/*
 * lsched_attach.c - an object that moves an optimizer's learning rate along a schedule.
 *
 *   a = sched.attach(opt, s)    opt.lr = s(0), the rate of the first update or epoch
 *   a:step()                    after each of them: opt.lr = s(1), s(2), ...; a.t counts
 *
 * Nothing else moves a rate along a schedule: train.fit, train.sweep and compiled steps use such an object too.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "core/recorder.h"
#include "lua/base/largs.h"
#include "lua/base/lrecord.h"
#include "lua/sched/lsched.h"

#define ATTACH_MT "optlab.LRScheduler"

typedef struct Attach {
  double t; /* updates so far; the groups' rates are those of t */
  int ngroups;
  double *ratio; /* [ngroups] owned: rate of the group over that of the first */
} Attach;

static size_t ratios_size(int n) { return (size_t)n * sizeof(double); }

/* Rate of group i over that of the first, now. Raises where there is none. */
static double ratio_now(lua_State *L, const Optim *o, int i, const char *fn) {
  const double lr = o->group[i].h[0], first = o->group[0].h[0];
  if (first == 0 && lr != 0) {
    lb_error(L, "%s: the first group's lr is 0, so group %d with lr %f has no ratio to it", fn, i + 1, lr);
  }
  return i == 0 || first == 0 ? 1 : lr / first;
}

/* Gives each group that was added since the last call the ratio that it has now. */
static void take_groups(lua_State *L, Attach *a, const Optim *o, const char *fn) {
  if (a->ngroups == o->ngroups) return;
  for (int i = a->ngroups; i < o->ngroups; i++) ratio_now(L, o, i, fn);
  double *ratio = alloc_get(ratios_size(o->ngroups));
  if (!ratio) lb_coreerror(L);
  for (int i = 0; i < o->ngroups; i++) ratio[i] = i < a->ngroups ? a->ratio[i] : ratio_now(L, o, i, fn);
  alloc_put(a->ratio, ratios_size(a->ngroups));
  a->ratio = ratio;
  a->ngroups = o->ngroups;
}

static int set_rates(const Attach *a, Optim *o, double lr) {
  for (int i = 0; i < a->ngroups && i < o->ngroups; i++) {
    double rate = lr * a->ratio[i];
    if (optim_set(o, i, &o->def->args[0], 0, &rate) < 0) return -1;
  }
  return 0;
}

/* The schedule's value at t. */
static double rate_at(lua_State *L, double t) {
  lua_getiuservalue(L, 1, LSCHED_UV_SCHEDULE);
  const double lr = lsched_rate(L, lua_gettop(L), t);
  lua_pop(L, 1);
  return lr;
}

/* Sets the rates for t and returns the first. */
static double move(lua_State *L, Attach *a, double t, const char *fn) {
  recorder_refuse("a schedule is attached or loaded inside the step");
  const double lr = rate_at(L, t);
  Optim *o = lsched_optim(L, fn);
  take_groups(L, a, o, fn);
  if (set_rates(a, o, lr) < 0) lb_coreerror(L);
  lua_pop(L, 1);
  return lr;
}

/*** Ties a schedule to an optimizer and sets its rate to s(0). With several groups the first gets s(t) and the others
 * keep the ratio to it that they have now, or, if they are added later, at the next step. @function attach */
int lsched_attach(lua_State *L) {
  loptim_check(L, 1, "sched.attach");
  lsched_check(L, 2, "sched.attach");
  lb_atmost(L, "sched.attach", 2);
  lua_settop(L, 2);
  Attach *a = lua_newuserdatauv(L, sizeof *a, LSCHED_UV_SCHEDULE);
  *a = (Attach){0};
  luaL_setmetatable(L, ATTACH_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 3, LSCHED_UV_OPTIMIZER);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, 3, LSCHED_UV_SCHEDULE);
  lua_replace(L, 1);
  lua_settop(L, 1);
  move(L, a, 0, "sched.attach");
  return 1;
}

static int attach_gc(lua_State *L) {
  Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  alloc_put(a->ratio, ratios_size(a->ngroups));
  a->ratio = NULL;
  a->ngroups = 0;
  return 0;
}

/* What a replayed step needs to move the rates along a ready-made schedule. */
typedef struct StepArgs {
  Attach *a;
  const Sched *s;
  Optim *o;
} StepArgs;

static int run_step(const Computation *c, Context *own) {
  StepArgs args;
  (void)own;
  memcpy(&args, c->args, sizeof args);
  return set_rates(args.a, args.o, sched_at(args.s, ++args.a->t));
}

/* The same as part of a step that is being recorded; returns nothing to Lua, which could not follow the rate. */
static int step_and_report(lua_State *L, Attach *a) {
  StepArgs args = {.a = a, .o = lsched_optim(L, "LRScheduler:step")};
  lua_getiuservalue(L, 1, LSCHED_UV_SCHEDULE);
  args.s = lsched_ready_made(L, -1);
  take_groups(L, a, args.o, "LRScheduler:step");
  lrecord_keep(L, 1);
  context->recorder->watch(&args.o->ngroups, sizeof args.o->ngroups, "the number of an optimizer's parameter groups");
  if (recorder_run(&(Computation){.name = "scheduler step", .run = run_step, .args = &args, .size = sizeof args}) < 0) {
    return lb_coreerror(L);
  }
  return 0;
}

/* Whether the step() of the object at 1 may be part of a recorded step: its schedule needs no Lua. */
static bool is_recordable(lua_State *L) {
  lua_getiuservalue(L, 1, LSCHED_UV_SCHEDULE);
  const bool known = lsched_ready_made(L, -1) != NULL;
  lua_pop(L, 1);
  return known;
}

/*** Moves on to the next t; returns the first group's new rate. @function LRScheduler:step */
static int attach_step(lua_State *L) {
  Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  if (context->recorder && !is_recordable(L)) {
    recorder_refuse(
        "a schedule that is a Lua function moves the learning rate; call its step() outside of the compiled step, or "
        "use one of sched.*");
    if (context->recorder) return 0; /* an error is under way; else the step goes on as plain Lua */
  }
  if (context->recorder) return step_and_report(L, a);
  double lr = move(L, a, a->t + 1, "LRScheduler:step");
  a->t++;
  lua_pushnumber(L, lr);
  return 1;
}

static int attach_get_last_lr(lua_State *L) {
  luaL_checkudata(L, 1, ATTACH_MT);
  return lsched_push_rates(L);
}

/*** {t = ..., ratios = {...}}; the schedule itself is a function and needs no state. @function LRScheduler:state_dict
 */
static int attach_state_dict(lua_State *L) {
  Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  const char *fn = "LRScheduler:state_dict";
  take_groups(L, a, lsched_optim(L, fn), fn);
  lua_newtable(L);
  lsched_push_t(L, a->t);
  lua_setfield(L, -2, "t");
  lua_createtable(L, a->ngroups, 0);
  for (int i = 0; i < a->ngroups; i++) {
    lua_pushnumber(L, a->ratio[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "ratios");
  return 1;
}

/*** Continues at another t: sets the rates of that t at once. @function LRScheduler:load_state_dict */
static int attach_load(lua_State *L) {
  static const Arg args[] = {{.name = "t"}, {.name = "ratios"}, {0}};
  const char *fn = "LRScheduler:load_state_dict";
  Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  if (!lua_istable(L, 2)) return lb_badvalue(L, fn, "state", 2, "a table from state_dict()");
  largs_checknames(L, 2, fn, args, NULL, false);
  lua_getfield(L, 2, "t");
  double t = lsched_t(L, -1, fn);
  const double lr = rate_at(L, t); /* a schedule that fails, does so before anything is changed */
  take_groups(L, a, lsched_optim(L, fn), fn);
  lua_pop(L, 1);
  bool ratios = lua_getfield(L, 2, "ratios") != LUA_TNIL;
  if (ratios && !lua_istable(L, -1)) return lb_badvalue(L, fn, "ratios", -1, "a list of numbers");
  if (ratios && luaL_len(L, -1) != a->ngroups) {
    return lb_error(L, "%s: the state is for %d groups, the optimizer has %d", fn, (int)luaL_len(L, -1), a->ngroups);
  }
  for (int pass = 0; ratios && pass < 2; pass++) { /* check all, then take all */
    for (int i = 0; i < a->ngroups; i++) {
      const double ratio = lua_rawgeti(L, -1, i + 1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
      if (!(ratio >= 0 && isfinite(ratio * lr))) {
        return lb_error(L, "%s: ratios[%d] must be a number of at least 0, got %s", fn, i + 1, lb_pushgot(L, -1));
      }
      if (pass) a->ratio[i] = ratio;
      lua_pop(L, 1);
    }
  }
  move(L, a, t, fn);
  a->t = t;
  return 0;
}

/* Upvalue 1: the methods. */
static int attach_index(lua_State *L) {
  const Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  const char *key = luaL_tolstring(L, 2, NULL);
  if (strcmp(key, "t") == 0) {
    recorder_refuse("the count of a schedule is read as a number");
    lsched_push_t(L, a->t);
  } else if (strcmp(key, "schedule") == 0) {
    lua_getiuservalue(L, 1, LSCHED_UV_SCHEDULE);
  } else if (strcmp(key, "recordable") == 0) {
    lua_pushboolean(L, is_recordable(L));
  } else {
    return lb_error(L,
                    "an attached schedule has no field '%s' (it has t, schedule, recordable, step, get_last_lr, "
                    "state_dict, load_state_dict)",
                    key);
  }
  return 1;
}

static int attach_tostring(lua_State *L) {
  const Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  lua_getiuservalue(L, 1, LSCHED_UV_SCHEDULE);
  const char *what = lsched_describe(L, lua_gettop(L));
  lsched_push_t(L, a->t);
  lua_pushfstring(L, "LRScheduler(%s, t=%s)", what + strlen("the schedule "), lua_tostring(L, -1));
  return 1;
}

static const luaL_Reg ATTACH_METHODS[] = {{"step", attach_step},
                                          {"get_last_lr", attach_get_last_lr},
                                          {"state_dict", attach_state_dict},
                                          {"load_state_dict", attach_load},
                                          {NULL, NULL}};

void lsched_open_attach(lua_State *L) {
  lsched_type(L, ATTACH_MT, ATTACH_METHODS, attach_index, attach_tostring);
  luaL_getmetatable(L, ATTACH_MT);
  lua_pushcfunction(L, attach_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}
