/*
 * lsched.h - what the files of the schedule library share among themselves.
 *
 *   lschedlib.c       schedules: making, asking, showing them
 *   lsched_compose.c  schedules made of schedules
 *   lsched_attach.c   sched.attach: an object that moves an optimizer's hyperparameters along schedules
 *   ltracks.c         which hyperparameters follow which schedules
 *   lsched_plateau.c  sched.ReduceLROnPlateau
 */
#ifndef OPTLAB_LUA_SCHED_LSCHED_H
#define OPTLAB_LUA_SCHED_LSCHED_H

#include "lua/optim/loptim.h"
#include "sched/schedule.h"

/* User values of the two objects; only the attached one has schedules: what was given, and the list of them. */
enum { LSCHED_UV_OPTIMIZER = 1, LSCHED_UV_SCHEDULE, LSCHED_UV_LIST };

/* User value of a composition: the list of its parts. */
enum { LSCHED_UV_PARTS = 1 };

/* The number t at idx; raises unless it is finite and >= 0. */
double lsched_t(lua_State *L, int idx, const char *name);
void lsched_push_t(lua_State *L, double t); /* as an integer where it is whole */

/* Pushes "the schedule function of file:line" or "the schedule StepLR(...)" for the value at idx. */
const char *lsched_describe(lua_State *L, int idx);

/* The rate at t of the schedule at idx (absolute). Raises, naming the schedule, if what it gives is no rate. */
double lsched_rate(lua_State *L, int idx, double t);

/* The schedule at idx if it can be evaluated without Lua; NULL if it is a Lua function or a composition with one. */
const Sched *lsched_ready_made(lua_State *L, int idx);

const Sched *lsched_test(lua_State *L, int idx); /* one of ours, also such a composition; else NULL */
bool lsched_is_schedule(lua_State *L, int idx);  /* one of ours, a function, or anything that can be called */

/* Raises unless the value at idx is a schedule. */
void lsched_check(lua_State *L, int idx, const char *fn);

/* Pushes a schedule with the defaults; options and parts are to be filled in before sched_finish. */
Sched *lsched_push_new(lua_State *L, const SchedDef *def);

/* lsched_compose.c: the rate at t of the composition s at idx (absolute), each part checked as by lsched_rate. */
double lsched_composed(lua_State *L, int idx, const Sched *s, double t);

/* The optimizer of the object at index 1, pushed. */
Optim *lsched_optim(lua_State *L, const char *fn);

/* Pushes the current rate of each of its groups as a list; returns 1. */
int lsched_push_rates(lua_State *L);

/* Registers the metatable `name` of an object; `index` gets the methods as upvalue 1. */
void lsched_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction index, lua_CFunction tostring);

/* The functions of the library that the other two files hold; open registers their metatables. */
int lsched_attach(lua_State *L);
int lsched_plateau(lua_State *L);
void lsched_open_compose(lua_State *L); /* adds its functions to the table on top */

/* Add the declaration of one schedule, of all compositions to the list on top. */
void lsched_append_declaration(lua_State *L, const SchedDef *def);
void lsched_append_compositions(lua_State *L);
void lsched_open_attach(lua_State *L);
void lsched_open_plateau(lua_State *L);

#endif
