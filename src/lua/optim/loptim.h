/*
 * loptim.h - what the files of the optimizer library share among themselves and with lschedlib.c.
 *
 *   loptimlib.c      constructors, parameters and groups, methods, clip_grad_*
 *   loptim_fields.c  fields of optimizers and groups
 *   loptim_state.c   state_dict and load_state_dict
 *   loptim_define.c  optimizers whose update is a Lua function
 *
 * An optimizer is a userdata with user values; the core keeps the tensors, the user values keep the very userdata
 * that the script passed in, so that group.params gives those back.
 */
#ifndef OPTLAB_LUA_OPTIM_LOPTIM_H
#define OPTLAB_LUA_OPTIM_LOPTIM_H

#include "lua/base/lbind.h"
#include "optim/optimizer.h"

#define OPTIM_MT "optlab.Optimizer"

/* The user values of an optimizer. */
enum {
  OPTIM_UV_PARAMS = 1, /* list (groups) of lists of tensor userdata */
  OPTIM_UV_GROUPS,     /* list of group views */
  OPTIM_UV_DEFINITION, /* written in Lua: the definition's userdata; else nil */
  OPTIM_UV_STATES,     /* written in Lua: list (parameters) of state tables; else nil */
  OPTIM_UV_COUNT = OPTIM_UV_STATES
};

typedef struct OptimUD {
  Optim o;
  bool open;
} OptimUD;

/* Borrowed; raises naming fn and the argument if the value is no optimizer, or a closed one. */
Optim *loptim_check(lua_State *L, int idx, const char *fn);

/* Replaces a wrapper (lua/optlab/optim/wrappers) at an absolute index by the optimizer inside. */
void loptim_unwrap(lua_State *L, int idx);

/* Pushes the parameter's userdata (group and position 0-based) of the optimizer at index 1. */
void loptim_pushparam(lua_State *L, int group, int i);

/* Pushes group view number `group` (0-based) of the optimizer at index 1. */
void loptim_pushgroup(lua_State *L, int group);

/* --- loptim_fields.c ---------------------------------------------------------------------------------------------- */

extern const char *const loptim_group_keys[]; /* what a group has besides its hyperparameters */

/* Pushes a new view of group number `index` (0-based) of the optimizer at `self`. */
void loptim_newgroup(lua_State *L, int self, int index);

/* Completes the optimizers' metatable, at -2; pops the table of methods above it. */
void loptim_open_fields(lua_State *L);

/* --- loptim_state.c: methods -------------------------------------------------------------------------------------- */

int loptim_state_dict(lua_State *L);
int loptim_load_state_dict(lua_State *L);

/* --- loptim_define.c ---------------------------------------------------------------------------------------------- */

/* The compiled rule in the table at an absolute index; its memory lives as long as the list at `blocks`. */
const OptimRule *loptim_readrule(lua_State *L, int table, int blocks);

/* define(name, names, defaults, state, step, whole): pushes the definition's userdata. Checked by lua/optlab/optim. names
 * may have the tables range, choices and integer, by name, and needs. whole: step is update(opt, states, closure). */
int loptim_define(lua_State *L);

/* on_idle(f): f(opt, fn, recorded) is called behind the first update of an optimizer that fn has made, where it changed
 * and returned no parameter; recorded: whether the step is being recorded, so that no values can be read. */
void loptim_on_idle(lua_State *L);
const OptimDef *loptim_definition(lua_State *L, int idx); /* of the userdata at idx; NULL if it is none */

/* define_rule(name, names, defaults, slots, lists): the same for a rule. slots: a list of {name, letter, when = place of
 * a hyperparameter, number = true, start = number}. */
int loptim_define_rule(lua_State *L);

/* One update of the optimizer at index 1, whose definition has no rule. */
void loptim_lua_step(lua_State *L);

/* What step() asks for: "loss", "closure", "graph" (of the gradients) or NULL. */
const char *loptim_needs(const OptimDef *def);

/* Whether the definition is a function for all parameters, and its step with the closure (or nil) at index 2: returns
 * how many results it pushed. */
bool loptim_is_whole(const OptimDef *def);
int loptim_lua_update(lua_State *L);

void loptim_open_define(lua_State *L);

#endif
