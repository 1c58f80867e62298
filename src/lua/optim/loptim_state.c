/*
 * loptim_state.c - an optimizer's state as plain Lua tables and back.
 *
 *   { name = "Adam",
 *     state = { [1] = { step = 3, exp_avg = tensor, exp_avg_sq = tensor }, ... },      numbered over all groups, from 1
 *     param_groups = { { lr = 0.01, ..., initial_lr = 0.01, params = {1, 2} }, ... } }
 *
 * Tensors are copies on the way out and on the way in. Everything is checked and copied before anything is changed, so
 * that a state which does not fit, or for which there is no memory, changes nothing. The state of an optimizer written
 * in Lua is whatever its step keeps: tables are copied to any depth.
 */
#include <stdio.h>
#include <string.h>

#include "lua/base/largs.h"
#include "lua/optim/loptim.h"

#define FN "Optimizer:load_state_dict"

/* Pushes a copy of the value at idx: tensors cloned, tables copied to any depth, everything else as it is. */
static void push_copy(lua_State *L, int idx) {
  idx = lua_absindex(L, idx);
  Tensor *t = lb_testtensor(L, idx);
  if (t) {
    lb_pushtensor(L, tensor_clone(t));
  } else if (lua_istable(L, idx)) {
    luaL_checkstack(L, 6, "state nested too deeply");
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, idx)) {
      lua_pushvalue(L, -2);
      push_copy(L, -2);
      lua_settable(L, -5);
      lua_pop(L, 1);
    }
  } else {
    lua_pushvalue(L, idx);
  }
}

/* --- out ---------------------------------------------------------------------------------------------------------- */

/* Whether parameter i (0-based, over all groups) of the optimizer at index 1 has state. */
static bool has_state(lua_State *L, Optim *o, int i) {
  const OptimParam *q = optim_param(o, i);
  if (!optim_in_core(o->def)) {
    lua_getiuservalue(L, 1, OPTIM_UV_STATES);
    const bool has = lua_rawgeti(L, -1, i + 1) == LUA_TTABLE;
    lua_pop(L, 2);
    return has;
  }
  bool any = q->t > 0;
  for (int k = 0; k < o->nslots; k++) any = any || q->state[k];
  return any;
}

/* Pushes the state table of parameter i (0-based, over all groups). */
static void push_param_state(lua_State *L, Optim *o, int i) {
  const OptimParam *q = optim_param(o, i);
  if (!optim_in_core(o->def)) {
    lua_getiuservalue(L, 1, OPTIM_UV_STATES);
    lua_rawgeti(L, -1, i + 1);
    push_copy(L, -1);
    lua_replace(L, -3);
    lua_pop(L, 1);
    return;
  }
  lua_newtable(L);
  lua_pushinteger(L, q->t);
  lua_setfield(L, -2, "step");
  for (int k = 0; k < o->nslots; k++) {
    if (!q->state[k]) continue;
    lb_pushtensor(L, tensor_clone(q->state[k]));
    lua_setfield(L, -2, o->def->slot[k].name);
  }
}

/* Sets t[name] = {count of updates of each parameter} in the table on top of the stack. */
static void set_updates(lua_State *L, const OptimGroup *group, const char *name) {
  lua_createtable(L, group->nparams, 0);
  for (int j = 0; j < group->nparams; j++) {
    lua_pushinteger(L, group->param[j].t);
    lua_rawseti(L, -2, j + 1);
  }
  lua_setfield(L, -2, name);
}

/* Pushes a group's table; first: number (1-based) of its first parameter. */
static void push_group(lua_State *L, const Optim *o, const OptimGroup *group, int first) {
  lua_newtable(L);
  largs_setfields(L, o->def->args, group->h, NULL);
  lua_pushnumber(L, group->initial_lr);
  lua_setfield(L, -2, "initial_lr");
  if (!optim_in_core(o->def)) set_updates(L, group, "updates");
  lua_createtable(L, group->nparams, 0);
  for (int j = 0; j < group->nparams; j++) {
    lua_pushinteger(L, first + j);
    lua_rawseti(L, -2, j + 1);
  }
  lua_setfield(L, -2, "params");
}

/*** The optimizer's state and hyperparameters as a plain table; its tensors are copies. @function state_dict */
int loptim_state_dict(lua_State *L) {
  recorder_refuse("an optimizer's state is read");
  Optim *o = loptim_check(L, 1, "Optimizer:state_dict");
  lb_atmost(L, "Optimizer:state_dict", 1);
  if (optim_check_in_training(o) < 0) return lb_coreerror(L);
  lua_settop(L, 1);
  lua_newtable(L);
  lua_pushstring(L, o->def->name);
  lua_setfield(L, 2, "name");
  lua_newtable(L);
  for (int i = 0, n = optim_nparams(o); i < n; i++) {
    if (!has_state(L, o, i)) continue;
    push_param_state(L, o, i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, 2, "state");
  lua_createtable(L, o->ngroups, 0);
  for (int i = 0, first = 1; i < o->ngroups; first += o->group[i++].nparams) {
    push_group(L, o, &o->group[i], first);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, 2, "param_groups");
  return 1;
}

/* --- in ----------------------------------------------------------------------------------------------------------- */

/* Pushes field `name` of the table at idx, which must be a table itself. */
static void need_table(lua_State *L, int idx, const char *name) {
  lua_pushstring(L, name);
  if (lua_rawget(L, idx) != LUA_TTABLE) {
    lb_error(L, FN ": the state has no table '%s'; it must come from state_dict()", name);
  }
}

static void check_name(lua_State *L, const Optim *o) {
  if (lua_getfield(L, 2, "name") == LUA_TSTRING && strcmp(lua_tostring(L, -1), o->def->name) != 0) {
    lb_error(L, FN ": this is the state of an optimizer %s, it cannot be loaded into %s", lua_tostring(L, -1),
             o->def->name);
  }
  lua_pop(L, 1);
}

static void check_count(lua_State *L, int i) {
  if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0 && lua_tointeger(L, -1) <= OPTIM_MAX_UPDATES) return;
  lb_error(L, FN ": parameter %d needs a count of updates, an integer from 0 to 2^53, got %s", i + 1,
           lb_pushgot(L, -1));
}

/* Reads group table number i on top of the stack into h (the hyperparameters, then initial_lr) and checks it. */
static void check_group(lua_State *L, const Optim *o, int i, double *h) {
  const OptimGroup *group = &o->group[i];
  int top = lua_gettop(L);
  need_table(L, top, "params");
  int n = lb_length(L, -1);
  if (n != group->nparams) {
    lb_error(L, FN ": group %d of the state has %d parameter%s, the optimizer's has %d", i + 1, n, n == 1 ? "" : "s",
             group->nparams);
  }
  static const char *const more[] = {"params", "initial_lr", "updates", NULL};
  static const Arg initial[] = {{.name = "initial_lr"}, {0}};
  int places = args_places(o->def->args);
  largs_checknames(L, top, FN, o->def->args, more, false);
  memcpy(h, group->h, (size_t)places * sizeof *h);
  largs_named(L, top, FN, &(ArgValues){.args = o->def->args, .x = h});
  h[places] = group->initial_lr;
  largs_named(L, top, FN, &(ArgValues){.args = initial, .x = h + places});
  if (!optim_in_core(o->def)) {
    need_table(L, top, "updates");
    for (int j = 0; j < n; j++) {
      lua_rawgeti(L, -1, j + 1);
      check_count(L, j);
      lua_pop(L, 1);
    }
  }
  lua_settop(L, top);
}

/* The hyperparameters of all groups, in a block that stays on the stack. */
static double *check_groups(lua_State *L, const Optim *o) {
  need_table(L, 2, "param_groups");
  int list = lua_gettop(L), n = lb_length(L, list);
  if (n != o->ngroups) {
    lb_error(L, FN ": the state has %d parameter group%s, the optimizer has %d", n, n == 1 ? "" : "s", o->ngroups);
  }
  int stride = args_places(o->def->args) + 1;
  double *h = lua_newuserdatauv(L, (size_t)(n * stride) * sizeof *h, 0);
  for (int i = 0; i < n; i++) {
    if (lua_rawgeti(L, list, i + 1) != LUA_TTABLE) lb_error(L, FN ": group %d of the state is no table", i + 1);
    check_group(L, o, i, h + i * stride);
    lua_pop(L, 1);
  }
  return h;
}

static int slot_named(const Optim *o, const char *name) {
  for (int k = 0; k < o->nslots; k++) {
    if (strcmp(o->def->slot[k].name, name) == 0) return k;
  }
  return -1;
}

/* Checks entry (key at -2, value at -1) of the state of parameter i. */
static void check_entry(lua_State *L, Optim *o, int i) {
  const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
  if (!optim_in_core(o->def)) return;
  if (strcmp(key, "step") == 0) {
    check_count(L, i);
    return;
  }
  int64_t shape[TENSOR_MAX_DIM];
  const Tensor *t = lb_testtensor(L, -1), *p = optim_param(o, i)->p;
  const int k = slot_named(o, key), ndim = k < 0 ? -1 : optim_slot_shape(o, k, p, shape);
  if (ndim < 0) lb_error(L, FN ": %s has no state '%s' (parameter %d)", o->def->name, key, i + 1);
  if (!t) lb_error(L, FN ": '%s' of parameter %d must be a tensor, got %s", key, i + 1, lb_pushgot(L, -1));
  if (shape_equal(t->ndim, t->shape, ndim, shape)) return;
  if (!o->def->slot[k].shape) {
    lb_error(L, FN ": '%s' of parameter %d has shape %s, the parameter has shape %s", key, i + 1, tensor_shape_str(t),
             tensor_shape_str(p));
  }
  lb_error(L, FN ": '%s' of parameter %d has shape %s; for a parameter of shape %s it must have shape %s", key, i + 1,
           tensor_shape_str(t), tensor_shape_str(p), shape_str(ndim, shape));
}

static void check_states(lua_State *L, Optim *o) {
  need_table(L, 2, "state");
  int states = lua_gettop(L), n = optim_nparams(o);
  for (lua_pushnil(L); lua_next(L, states); lua_pop(L, 1)) {
    lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (i < 1 || i > n) {
      lb_error(L, FN ": state of parameter %s, but the optimizer has %d", luaL_tolstring(L, -2, NULL), n);
    }
    if (!lua_istable(L, -1)) lb_error(L, FN ": the state of parameter %d is no table", (int)i);
    int entry = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, entry); lua_pop(L, 1)) check_entry(L, o, (int)i - 1);
  }
}

/* --- taking over -------------------------------------------------------------------------------------------------- */

/* What a parameter gets. */
typedef struct Fresh {
  int64_t t;
  Tensor **state; /* [nslots] borrowed from the userdata in the list of copies; NULL: none */
} Fresh;

/* Pushes a block with an empty Fresh for each parameter, and a list that will keep the copies alive. */
static Fresh *push_fresh(lua_State *L, Optim *o) {
  const size_t n = (size_t)optim_nparams(o), slots = n * (size_t)o->nslots;
  Fresh *fresh = lua_newuserdatauv(L, n * sizeof *fresh + slots * sizeof(Tensor *) + 1, 0);
  Tensor **state = (Tensor **)(void *)(fresh + n);
  for (size_t k = 0; k < slots; k++) state[k] = NULL;
  for (size_t i = 0; i < n; i++) fresh[i] = (Fresh){.state = state + i * (size_t)o->nslots};
  lua_newtable(L);
  return fresh;
}

/* Pushes entry `key` of the table at idx, which lua_next has seen: without metamethods, as that does. */
static void get_checked(lua_State *L, int idx, const char *key) {
  lua_pushstring(L, key);
  lua_rawget(L, idx);
}

/* Copies the checked state table on top of the stack for parameter i; the copies go into the list at `copies`. */
static void copy_state(lua_State *L, const Optim *o, const OptimParam *q, int i, Fresh *fresh, int copies) {
  const int entry = lua_gettop(L);
  if (!optim_in_core(o->def)) {
    push_copy(L, entry);
    lua_rawseti(L, copies, i + 1);
    return;
  }
  get_checked(L, entry, "step");
  fresh->t = lua_tointeger(L, -1);
  for (int k = 0; k < o->nslots; k++) {
    get_checked(L, entry, o->def->slot[k].name);
    const Tensor *t = lb_testtensor(L, -1);
    if (!t) continue;
    fresh->state[k] = tensor_cast(t, optim_slot_dtype(o, k, q->p));
    lb_pushtensor(L, fresh->state[k]);
    lua_rawseti(L, copies, (lua_Integer)lua_rawlen(L, copies) + 1);
  }
  lua_settop(L, entry);
}

/* Reads the checked counts of updates of an optimizer written in Lua; the list of groups is at `groups`. */
static void copy_updates(lua_State *L, const Optim *o, Fresh *fresh, int groups) {
  for (int i = 0; i < o->ngroups; i++) {
    lua_rawgeti(L, groups, i + 1);
    get_checked(L, lua_gettop(L), "updates");
    for (int j = 0; j < o->group[i].nparams; j++) {
      lua_rawgeti(L, -1, j + 1);
      (fresh++)->t = lua_tointeger(L, -1);
      lua_pop(L, 1);
    }
    lua_pop(L, 2);
  }
}

static void take_state(const Optim *o, OptimParam *q, const Fresh *fresh) {
  for (int k = 0; k < o->nslots; k++) {
    tensor_release(q->state[k]);
    q->state[k] = fresh->state[k] ? tensor_retain(fresh->state[k]) : NULL;
    q->fresh[k] = false;
  }
  q->any_fresh = false;
  q->t = fresh->t;
  optim_state_changed(q);
}

/* Nothing here can fail. h: what check_groups read. */
static void take_all(lua_State *L, Optim *o, const double *h, const Fresh *fresh, int copies) {
  const int places = args_places(o->def->args);
  for (int i = 0; i < o->ngroups; i++, h += places + 1) {
    memcpy(o->group[i].h, h, (size_t)places * sizeof *h);
    o->group[i].initial_lr = h[places];
  }
  for (int i = 0, n = optim_nparams(o); i < n; i++) take_state(o, optim_param(o, i), fresh + i);
  if (optim_in_core(o->def)) return;
  recorder_invalidate_plans(); /* they go on with the tensors that were there */
  lua_pushvalue(L, copies);
  lua_setiuservalue(L, 1, OPTIM_UV_STATES);
}

/*** Takes over what state_dict() gave, perhaps in another run; it must fit groups, parameters and shapes. @function
 * load_state_dict */
int loptim_load_state_dict(lua_State *L) {
  Optim *o = loptim_check(L, 1, FN);
  recorder_refuse("an optimizer's state is loaded");
  if (!lua_istable(L, 2)) return lb_badvalue(L, FN, "state", 2, "a table from state_dict()");
  lb_atmost(L, FN, 2);
  if (optim_check_in_training(o) < 0) return lb_coreerror(L);
  lua_settop(L, 2);
  check_name(L, o);
  const double *h = check_groups(L, o);
  const int groups = lua_gettop(L) - 1;
  check_states(L, o);
  const int states = lua_gettop(L);
  Fresh *fresh = push_fresh(L, o);
  const int copies = lua_gettop(L);
  luaL_checkstack(L, 10, NULL);
  for (int i = 0, n = optim_nparams(o); i < n; i++) {
    if (lua_rawgeti(L, states, i + 1) == LUA_TTABLE) copy_state(L, o, optim_param(o, i), i, &fresh[i], copies);
    lua_settop(L, copies);
  }
  if (!optim_in_core(o->def)) copy_updates(L, o, fresh, groups);
  take_all(L, o, h, fresh, copies);
  return 0;
}
