/*
 * lsched_attach.c - an object that moves an optimizer's hyperparameters along schedules.
 *
 *   a = sched.attach(opt, s)    opt.lr = s(0), the rate of the first update or epoch
 *   a:step()                    after each of them: opt.lr = s(1), s(2), ...; a.t counts
 *   sched.attach(opt, {lr = s1, momentum = s2})    several hyperparameters, each along its own schedule
 *
 * Nothing else moves a rate along a schedule: train.fit, train.sweep and compiled steps use such an object too.
 */
#include <math.h>
#include <string.h>

#include "core/recorder.h"
#include "lua/base/largs.h"
#include "lua/base/lrecord.h"
#include "lua/sched/ltracks.h"

#define ATTACH_MT "optlab.LRScheduler"

typedef struct Attach {
  double t; /* updates so far; the hyperparameters are those of t */
  Tracks tracks;
} Attach;

/* The values of all schedules of the object at 1 at t. */
static void ask(lua_State *L, Attach *a, double t) {
  lua_getiuservalue(L, 1, LSCHED_UV_LIST);
  ltracks_ask(L, lua_gettop(L), &a->tracks, t);
  lua_pop(L, 1);
}

/* Sets the hyperparameters for t. */
static void move(lua_State *L, Attach *a, double t, const char *fn) {
  recorder_refuse("a schedule is attached or loaded inside the step");
  ask(L, a, t);
  Optim *o = lsched_optim(L, fn);
  ltracks_take_groups(L, &a->tracks, o, fn);
  if (ltracks_set(&a->tracks, o) < 0) lb_coreerror(L);
  lua_pop(L, 1);
}

/*** Ties schedules to an optimizer's hyperparameters and sets them to s(0); see ltracks.h. @function attach */
int lsched_attach(lua_State *L) {
  const char *fn = "sched.attach";
  loptim_unwrap(L, 1);
  const Optim *o = loptim_check(L, 1, fn);
  lb_atmost(L, fn, 2);
  lua_settop(L, 2);
  Attach *a = lua_newuserdatauv(L, sizeof *a, LSCHED_UV_LIST);
  *a = (Attach){0};
  luaL_setmetatable(L, ATTACH_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 3, LSCHED_UV_OPTIMIZER);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, 3, LSCHED_UV_SCHEDULE);
  ltracks_read(L, 2, o, &a->tracks, fn);
  lua_setiuservalue(L, 3, LSCHED_UV_LIST);
  lua_replace(L, 1);
  lua_settop(L, 1);
  move(L, a, 0, fn);
  return 1;
}

static int attach_gc(lua_State *L) {
  Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  ltracks_free(&a->tracks);
  return 0;
}

/* What a replayed step needs to move along ready-made schedules. */
typedef struct StepArgs {
  Attach *a;
  Optim *o;
} StepArgs;

static int run_step(const Computation *c, Context *own) {
  StepArgs args;
  (void)own;
  memcpy(&args, c->args, sizeof args);
  ltracks_evaluate(&args.a->tracks, ++args.a->t);
  return ltracks_set(&args.a->tracks, args.o);
}

/* The same as part of a step that is being recorded; returns nothing to Lua, which could not follow the rate. */
static int step_and_report(lua_State *L, Attach *a) {
  StepArgs args = {.a = a, .o = lsched_optim(L, "LRScheduler:step")};
  ltracks_take_groups(L, &a->tracks, args.o, "LRScheduler:step");
  lrecord_keep(L, 1);
  optim_watch_groups(args.o);
  if (recorder_run(&(Computation){
          .name = "scheduler step", .run = run_step, .own = true, .args = &args, .size = sizeof args}) < 0) {
    return lb_coreerror(L);
  }
  return 0;
}

/*** Moves on to the next t; returns the first group's new rate. @function LRScheduler:step */
static int attach_step(lua_State *L) {
  Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  const bool known = ltracks_known(&a->tracks);
  if (context->recorder && !known) {
    recorder_refuse(
        "a schedule that is a Lua function moves the learning rate; call its step() outside of the compiled step, or "
        "use one of sched.*");
    if (context->recorder) return 0; /* an error is under way; else the step goes on as plain Lua */
  }
  if (context->recorder) return step_and_report(L, a);
  move(L, a, a->t + 1, "LRScheduler:step");
  a->t++;
  lua_pushnumber(L, lsched_optim(L, "LRScheduler:step")->group[0].h[0]);
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
  ltracks_take_groups(L, &a->tracks, lsched_optim(L, fn), fn);
  lua_newtable(L);
  lsched_push_t(L, a->t);
  lua_setfield(L, -2, "t");
  lua_createtable(L, a->tracks.ngroups, 0);
  for (int i = 0; i < a->tracks.ngroups; i++) {
    lua_pushnumber(L, a->tracks.ratio[i]);
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
  ask(L, a, t); /* a schedule that fails, does so before anything is changed */
  ltracks_take_groups(L, &a->tracks, lsched_optim(L, fn), fn);
  lua_pop(L, 1);
  bool ratios = lua_getfield(L, 2, "ratios") != LUA_TNIL;
  if (ratios && !lua_istable(L, -1)) return lb_badvalue(L, fn, "ratios", -1, "a list of numbers");
  if (ratios && luaL_len(L, -1) != a->tracks.ngroups) {
    return lb_error(L, "%s: the state is for %d groups, the optimizer has %d", fn, (int)luaL_len(L, -1),
                    a->tracks.ngroups);
  }
  for (int pass = 0; ratios && pass < 2; pass++) { /* check all, then take all */
    for (int i = 0; i < a->tracks.ngroups; i++) {
      const double ratio = lua_rawgeti(L, -1, i + 1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
      if (!(ratio >= 0 && isfinite(ratio * a->tracks.value[0]))) {
        return lb_error(L, "%s: ratios[%d] must be a number of at least 0, got %s", fn, i + 1, lb_pushgot(L, -1));
      }
      if (pass) a->tracks.ratio[i] = ratio;
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
    lua_pushboolean(L, ltracks_known(&a->tracks));
  } else {
    return lb_error(L,
                    "an attached schedule has no field '%s' (it has t, schedule, recordable, step, get_last_lr, "
                    "state_dict, load_state_dict)",
                    key);
  }
  return 1;
}

/* Pushes "lr of group 2: " for a track. */
static const char *push_track(lua_State *L, const Track *k) {
  const char *member = k->row->kind == ARG_TUPLE ? lua_pushfstring(L, "[%d]", k->member + 1) : "";
  const char *group = k->group == TRACK_ALL ? "" : lua_pushfstring(L, " of group %d", k->group + 1);
  return lua_pushfstring(L, "%s%s%s: ", k->row->name, member, group);
}

/* "LRScheduler(StepLR(...), t=0)"; by name: "LRScheduler(lr: StepLR(...), momentum: ..., t=0)". */
static int attach_tostring(lua_State *L) {
  const Attach *a = luaL_checkudata(L, 1, ATTACH_MT);
  lua_getiuservalue(L, 1, LSCHED_UV_SCHEDULE);
  const bool alone = lsched_is_schedule(L, -1);
  lua_getiuservalue(L, 1, LSCHED_UV_LIST);
  const int list = lua_gettop(L), text = list + 1;
  lua_pushliteral(L, "LRScheduler(");
  for (int i = 0; i < a->tracks.n; i++) {
    const char *name = alone ? "" : push_track(L, &a->tracks.track[i]);
    lua_rawgeti(L, list, i + 1);
    const char *what = lsched_describe(L, lua_gettop(L)) + strlen("the schedule ");
    lua_pushfstring(L, "%s%s%s, ", lua_tostring(L, text), name, what);
    lua_replace(L, text);
    lua_settop(L, text);
  }
  lsched_push_t(L, a->t);
  lua_pushfstring(L, "%st=%s)", lua_tostring(L, text), lua_tostring(L, -1));
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
