/*
 * loptim_define.c - optimizers of one's own (optim.define): a rule, or a Lua function.
 *
 * A definition is a userdata that holds an OptimDef: the hyperparameters' names and defaults come from Lua, and the core
 * treats them like a built-in's (groups, ranges of lr, zero_grad). With a rule it is a built-in's in all else, too.
 * Otherwise each parameter's state is a Lua table, and step(p, g, state, h, t) runs without recording, for each
 * parameter that has a gradient; or update(opt, states, closure) once for all.
 */
#include <string.h>

#include "lua/base/largs.h"
#include "lua/base/lguard.h"
#include "lua/optim/loptim.h"

#define DEFINITION_MT "optlab.OptimizerDefinition"

enum { UV_STEP = 1, UV_STATE, UV_STRINGS, UV_ROWS, UV_COUNT = UV_ROWS };

typedef struct Definition {
  OptimDef
      def;    /* first: optimizers know it alone. Names belong to the strings in UV_STRINGS, rows and lists of defaults
                   to the blocks in UV_ROWS */
  bool whole; /* the function updates all parameters in one call */
  const char *needs; /* "closure", "graph" or NULL: what it asks of those who call step() */
} Definition;

/* As lua/optlab/optim/own.lua names them. */
static const char *const RANGES[RANGE_COUNT] = {"finite",   "number",     "any",    "not negative",
                                                "positive", "at least 1", "0 to 1", "0 to below 1"};

/* --- definitions -------------------------------------------------------------------------------------------------- */

/* Pushes `bytes` of zeroed memory that lives as long as the list at `blocks`. */
static void *new_block(lua_State *L, int blocks, size_t bytes) {
  void *block = lua_newuserdatauv(L, bytes, 0);
  memset(block, 0, bytes);
  lua_rawseti(L, blocks, luaL_len(L, blocks) + 1);
  return block;
}

/* The string on top of the stack, kept alive by the list at `strings`; pops it. */
static const char *keep(lua_State *L, int strings) {
  const char *s = lua_tostring(L, -1);
  lua_rawseti(L, strings, luaL_len(L, strings) + 1);
  return s;
}

/* Pushes field `name` of names.of[a->name] (names at 2), or nil. */
static int push_more(lua_State *L, const char *of, const Arg *a) {
  if (lua_getfield(L, 2, of) == LUA_TTABLE) {
    const int type = lua_getfield(L, -1, a->name);
    lua_remove(L, -2);
    return type;
  }
  return LUA_TNIL;
}

static void read_range(lua_State *L, Arg *a) {
  const char *range = push_more(L, "range", a) == LUA_TSTRING ? lua_tostring(L, -1) : "finite";
  for (int i = 0; i < RANGE_COUNT; i++) {
    if (strcmp(RANGES[i], range) == 0) a->range = (ArgRange)i;
  }
  lua_pop(L, 1);
}

/* A choice whose default, a word, is on top of the stack. The words are in names.choices. */
static void read_choice(lua_State *L, int blocks, Arg *a) {
  const char *word = lua_tostring(L, -1);
  push_more(L, "choices", a);
  const int list = lua_gettop(L), n = lb_length(L, list);
  const char **choices = new_block(L, blocks, (size_t)(n + 1) * sizeof *choices);
  a->kind = ARG_CHOICE;
  a->choices = choices;
  for (int i = 0; i < n; i++) {
    lua_geti(L, list, i + 1);
    choices[i] = keep(L, blocks);
    if (strcmp(choices[i], word) == 0) a->def = i;
  }
  lua_pop(L, 1);
}

/* Fills row a from the default on top of the stack (a number, a boolean, a list of numbers or a word, as optim.lua has
 * checked). */
static void read_default(lua_State *L, int blocks, Arg *a) {
  if (lua_isboolean(L, -1)) {
    a->kind = ARG_FLAG;
    a->def = lua_toboolean(L, -1);
  } else if (lua_istable(L, -1)) {
    int list = lua_gettop(L);
    a->kind = ARG_TUPLE;
    a->width = lb_length(L, list);
    double *defs = new_block(L, blocks, (size_t)a->width * sizeof *defs);
    for (int i = 0; i < a->width; i++) {
      lua_geti(L, list, i + 1);
      defs[i] = lua_tonumber(L, -1);
      lua_pop(L, 1);
    }
    a->defs = defs;
  } else if (lua_type(L, -1) == LUA_TSTRING) {
    read_choice(L, blocks, a);
  } else {
    a->def = lua_tonumber(L, -1);
    if (push_more(L, "integer", a) != LUA_TNIL) a->kind = ARG_INTEGER;
    lua_pop(L, 1);
  }
}

/* Pushes a definition with the name at 1 and the hyperparameters of 2 (names) and 3 (defaults) at 6, its strings at 7
 * and its blocks at 8. */
static Definition *new_definition(lua_State *L) {
  Definition *d = lua_newuserdatauv(L, sizeof *d, UV_COUNT);
  memset(d, 0, sizeof *d);
  luaL_setmetatable(L, DEFINITION_MT);
  lua_newtable(L); /* 7: strings */
  lua_newtable(L); /* 8: blocks */
  lua_pushvalue(L, 8);
  lua_setiuservalue(L, 6, UV_ROWS);
  lua_pushvalue(L, 7);
  lua_setiuservalue(L, 6, UV_STRINGS);
  lua_pushvalue(L, 1);
  d->def.name = keep(L, 7);
  int n = lb_length(L, 2);
  Arg *args = new_block(L, 8, (size_t)(n + 1) * sizeof *args);
  d->def.args = args;
  for (int i = 0; i < n; i++) {
    lua_geti(L, 2, i + 1);
    args[i].name = keep(L, 7);
    lua_getfield(L, 3, args[i].name);
    read_default(L, 8, &args[i]);
    lua_pop(L, 1);
    read_range(L, &args[i]);
  }
  args[0].range = RANGE_NOT_NEGATIVE; /* lr */
  if (lua_getfield(L, 2, "needs") == LUA_TSTRING) {
    d->needs = keep(L, 7);
  } else {
    lua_pop(L, 1);
  }
  return d;
}

int loptim_define(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TTABLE);
  luaL_checktype(L, 5, LUA_TFUNCTION);
  const bool whole = lua_toboolean(L, 6);
  lua_settop(L, 5);
  new_definition(L)->whole = whole;
  lua_settop(L, 6);
  lua_pushvalue(L, 5);
  lua_setiuservalue(L, 6, UV_STEP);
  lua_pushvalue(L, 4);
  lua_setiuservalue(L, 6, UV_STATE);
  return 1;
}

/* --- rules -------------------------------------------------------------------------------------------------------- */

static void read_slot(lua_State *L, OptimSlot *slot) {
  lua_getfield(L, -1, "name");
  slot->name = keep(L, 7);
  lua_getfield(L, -1, "letter");
  slot->doc = keep(L, 7);
  lua_getfield(L, -1, "when");
  slot->when = (int)lua_tointeger(L, -1);
  lua_getfield(L, -2, "start");
  slot->start = lua_tonumber(L, -1);
  lua_getfield(L, -3, "initial");
  slot->initial = (int)lua_tointeger(L, -1);
  lua_getfield(L, -4, "number");
  if (lua_toboolean(L, -1)) {
    slot->shape = optim_scalar;
    slot->dtype = OPTIM_F64;
  }
  lua_getfield(L, -5, "per");
  const char *per = lua_tostring(L, -1);
  if (per) slot->shape = *per == 'r' ? optim_rows : optim_columns;
  lua_pop(L, 1);
  lua_getfield(L, -5, "copy");
  slot->copy = lua_toboolean(L, -1);
  lua_pop(L, 5);
}

int loptim_define_rule(lua_State *L) {
  for (int i = 2; i <= 5; i++) luaL_checktype(L, i, LUA_TTABLE);
  lua_settop(L, 5);
  Definition *d = new_definition(L);
  const int n = lb_length(L, 4);
  OptimSlot *slots = new_block(L, 8, (size_t)(n + 1) * sizeof *slots);
  for (int i = 0; i < n; i++) {
    lua_geti(L, 4, i + 1);
    read_slot(L, &slots[i]);
    lua_pop(L, 1);
  }
  d->def.slot = slots;
  d->def.rule = loptim_readrule(L, 5, 8);
  lua_settop(L, 6);
  return 1;
}

const OptimDef *loptim_definition(lua_State *L, int idx) {
  const Definition *d = luaL_testudata(L, idx, DEFINITION_MT);
  return d ? &d->def : NULL;
}

const char *loptim_needs(const OptimDef *def) {
  if (def->rule) return def->rule->needs_loss ? "loss" : NULL;
  return optim_in_core(def) ? NULL : ((const Definition *)(const void *)def)->needs;
}

bool loptim_is_whole(const OptimDef *def) {
  return !optim_in_core(def) && ((const Definition *)(const void *)def)->whole;
}

/* --- one step ----------------------------------------------------------------------------------------------------- */

/* Where the values of a step lie on the stack; whether it is the first update of all parameters that it is for, and
 * whether one of them was changed, or returned. */
typedef struct Frame {
  int definition, step, states;
  bool first, changed;
} Frame;

static const char IDLE = 0; /* its address is the key of the function that loptim_on_idle got */

void loptim_on_idle(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &IDLE);
}

/* Says that the first update, by the function at `step`, has changed no parameter of the optimizer at index 1. */
static void tell_idle(lua_State *L, int step) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &IDLE) == LUA_TFUNCTION) {
    lua_pushvalue(L, 1);
    lua_pushvalue(L, step);
    lua_pushboolean(L, context->recorder != NULL);
    lua_call(L, 3, 0);
  } else {
    lua_pop(L, 1);
  }
}

static int bad_result(lua_State *L, const Optim *o, const char *what, int function, const char *wanted) {
  lua_Debug ar;
  lua_pushvalue(L, function);
  lua_getinfo(L, ">S", &ar);
  return lb_error(L, "%s: %s (defined at %s:%d) must return %s, got %s", o->def->name, what, ar.short_src,
                  ar.linedefined, wanted, lb_pushgot(L, -1));
}

/* Pushes a new state table for the parameter at index p: zero tensors under the given names, or what the state function
 * makes. */
static void push_new_state(lua_State *L, const Optim *o, const Frame *f, const Tensor *q, int p, int group) {
  int type = lua_getiuservalue(L, f->definition, UV_STATE), spec = lua_gettop(L);
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(L, spec);
    lua_pushvalue(L, p);
    loptim_pushgroup(L, group);
    lua_call(L, 2, 1);
    if (!lua_istable(L, -1)) bad_result(L, o, "state", spec, "a table");
  } else {
    lua_newtable(L);
    for (lua_Integer i = 1, n = type == LUA_TTABLE ? luaL_len(L, spec) : 0; i <= n; i++) {
      lua_geti(L, spec, i);
      lb_pushtensor(L, tensor_full((DType)q->dtype, q->ndim, q->shape, 0));
      lua_settable(L, -3);
    }
  }
  lua_replace(L, spec);
}

/* What step returned (on top): nothing, or the parameter's new value. */
static void take_result(lua_State *L, const Optim *o, const Frame *f, Tensor *p) {
  if (lua_isnil(L, -1)) return;
  Tensor *value = lb_testtensor(L, -1);
  if (!value) bad_result(L, o, "step", f->step, "nothing or the parameter's new value");
  if (value == p) return;
  if (!tensor_same_shape(value, p)) {
    lb_error(L, "%s: step returned a tensor of shape %s for a parameter of shape %s", o->def->name,
             tensor_shape_str(value), tensor_shape_str(p));
  }
  if (tensor_copy_(p, value) < 0) lb_coreerror(L);
}

static int run_count(const Computation *c, Context *own) {
  OptimParam *q;
  (void)own;
  memcpy(&q, c->args, sizeof q);
  optim_count(q);
  return 0;
}

/* Counts an update, and reports that to a recorder: a replayed step counts too. */
static void count_update(const Optim *o, OptimParam *q) {
  optim_watch_groups(o);
  recorder_run(
      &(Computation){.name = "the count of updates", .run = run_count, .own = true, .args = &q, .size = sizeof q});
}

/* Parameter j of a group, number k (0-based) over all groups. */
static void step_param(lua_State *L, Optim *o, Frame *f, int group, int j, int k) {
  OptimParam *q = &o->group[group].param[j];
  recorder_grad_read(q->p);
  if (!q->p->grad) return;
  if (optim_check_grad(o, q, k + 1) < 0) lb_coreerror(L);
  int top = lua_gettop(L);
  loptim_pushparam(L, group, j);
  Tensor *p = q->p; /* kept alive by the userdata just pushed */
  if (lua_rawgeti(L, f->states, k + 1) != LUA_TTABLE) {
    lua_pop(L, 1);
    push_new_state(L, o, f, p, top + 1, group);
    lua_pushvalue(L, -1);
    lua_rawseti(L, f->states, k + 1);
  }
  lua_pushvalue(L, f->step);
  lua_pushvalue(L, top + 1);
  lb_pushtensor(L, tensor_retain(p->grad));
  lua_pushvalue(L, top + 2);
  loptim_pushgroup(L, group);
  lua_pushinteger(L, q->t + 1);
  const uint32_t version = p->storage->version;
  f->first = f->first && q->t == 0;
  lua_call(L, 5, 1);
  loptim_check(L, 1, "Optimizer:step"); /* the function may have closed it, or added a group */
  f->changed = f->changed || !lua_isnil(L, -1) || p->storage->version != version;
  take_result(L, o, f, p);
  count_update(o, &o->group[group].param[j]);
  lua_settop(L, top);
}

/* The update of all parameters of the optimizer at index 1. */
static int step_all(lua_State *L) {
  Optim *o = loptim_check(L, 1, "Optimizer:step");
  Frame f = {.first = true};
  luaL_checkstack(L, 20, NULL);
  lua_getiuservalue(L, 1, OPTIM_UV_DEFINITION);
  f.definition = lua_gettop(L);
  lua_getiuservalue(L, f.definition, UV_STEP);
  f.step = lua_gettop(L);
  lua_getiuservalue(L, 1, OPTIM_UV_STATES);
  f.states = lua_gettop(L);
  int k = 0;
  for (int i = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++) step_param(L, o, &f, i, j, k++);
  }
  if (f.first && !f.changed) tell_idle(L, f.step);
  return 0;
}

void loptim_lua_step(lua_State *L) {
  lua_pushcfunction(L, step_all);
  lua_pushvalue(L, 1);
  lguard_grad_mode(L, false, 1, 0);
}

/* A number that grows with each write to a parameter, and whether none has been updated yet. */
static uint64_t writes(Optim *o, bool *first) {
  uint64_t sum = 0;
  *first = true;
  for (int i = 0, n = optim_nparams(o); i < n; i++) {
    const OptimParam *q = optim_param(o, i);
    sum += q->p->storage->version;
    *first = *first && q->t == 0;
  }
  return sum;
}

/* All parameters of the optimizer at index 1 in one call; 2: the closure, or nil. */
static int update_whole(lua_State *L) {
  Optim *o = loptim_check(L, 1, "Optimizer:step");
  luaL_checkstack(L, 20, NULL);
  lua_settop(L, 2);
  lua_getiuservalue(L, 1, OPTIM_UV_DEFINITION);
  lua_getiuservalue(L, 3, UV_STEP);
  lua_pushvalue(L, 1);
  lua_getiuservalue(L, 1, OPTIM_UV_STATES);
  const int states = lua_gettop(L);
  for (int i = 1, n = optim_nparams(o); i <= n; i++) {
    if (lua_rawgeti(L, states, i) != LUA_TTABLE) {
      lua_newtable(L);
      lua_rawseti(L, states, i);
    }
    lua_pop(L, 1);
  }
  bool first;
  const uint64_t before = writes(o, &first);
  lua_pushvalue(L, 2);
  lua_call(L, 3, 1);
  o = loptim_check(L, 1, "Optimizer:step"); /* the function may have closed it */
  bool still_first;
  if (first && writes(o, &still_first) == before) {
    lua_getiuservalue(L, 3, UV_STEP);
    tell_idle(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  for (int i = 0, n = optim_nparams(o); i < n; i++) {
    OptimParam *q = optim_param(o, i);
    recorder_grad_read(q->p);
    if (q->p->grad) count_update(o, q);
  }
  return 1;
}

int loptim_lua_update(lua_State *L) {
  lua_pushcfunction(L, update_whole);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lguard_grad_mode(L, false, 2, 1);
  return lua_isnil(L, 2) ? 0 : 1;
}

void loptim_open_define(lua_State *L) {
  luaL_newmetatable(L, DEFINITION_MT);
  lua_pop(L, 1);
}
