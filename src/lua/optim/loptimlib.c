/*
 * loptimlib.c - optimizers as userdata: constructors, groups, methods; gradient clipping.
 *
 *   opt = optim.Adam(params, {lr = 0.01})    params: a list of tensors, or of groups {params = ..., lr = ...}
 *   opt:step([closure])  opt:zero_grad([{set_to_none = true}])  opt:add_param_group{params = ..., lr = ...}
 *   opt:state_dict()  opt:load_state_dict(d)
 */
#include <stdlib.h>
#include <string.h>

#include "lua/base/largs.h"
#include "lua/base/ldeclare.h"
#include "lua/base/lguard.h"
#include "lua/base/lrecord.h"
#include "lua/optim/loptim.h"
#include "optim/clip.h"
#include "optim/mean.h"

/* --- checking arguments ------------------------------------------------------------------------------------------- */

static OptimUD *check_open(lua_State *L, OptimUD *ud, int idx, const char *fn) {
  if (!ud) lb_badvalue(L, fn, "opt", idx, "an optimizer");
  if (!ud->open) lb_error(L, "%s: this optimizer was closed and cannot be used any more", fn);
  return ud;
}

static OptimUD *check_ud(lua_State *L, int idx, const char *fn) {
  return check_open(L, luaL_testudata(L, idx, OPTIM_MT), idx, fn);
}

/* The same for argument 1 of a method, whose upvalue 1 is the metatable: half the price, which small steps notice. */
static OptimUD *check_self(lua_State *L, const char *fn) {
  OptimUD *ud = lua_touserdata(L, 1);
  if (ud) {
    bool same = lua_getmetatable(L, 1) && lua_rawequal(L, -1, lua_upvalueindex(1));
    lua_pop(L, 1);
    if (!same) ud = NULL;
  }
  return check_open(L, ud, 1, fn);
}

Optim *loptim_check(lua_State *L, int idx, const char *fn) { return &check_ud(L, idx, fn)->o; }

void loptim_unwrap(lua_State *L, int idx) {
  while (lua_istable(L, idx) && luaL_getmetafield(L, idx, "__name") != LUA_TNIL) {
    const char *name = lua_tostring(L, -1);
    const bool wraps = name && strcmp(name, "optlab.WrappedOptimizer") == 0;
    lua_pop(L, 1);
    if (!wraps) return;
    lua_pushliteral(L, "optimizer");
    lua_rawget(L, idx);
    lua_replace(L, idx);
  }
}

/* --- parameters and groups ---------------------------------------------------------------------------------------- */

/* Pushes the list of tensor userdata at idx as a new list (a single tensor becomes a list of one), then a block of the
 * tensors. */
static Tensor **read_params(lua_State *L, int idx, int *n, const char *fn) {
  idx = lua_absindex(L, idx);
  bool single = lb_testtensor(L, idx) != NULL;
  if (!single && !lua_istable(L, idx)) {
    lb_badvalue(L, fn, "params", idx, "a list of tensors such as {w, b} or model:parameters()");
  }
  const int len = single ? 1 : lb_length(L, idx);
  if (!single) lb_checklist(L, idx, true, fn, "params");
  lua_newtable(L);
  int list = lua_gettop(L);
  Tensor **block = lua_newuserdatauv(L, (size_t)(len ? len : 1) * sizeof *block, 0);
  for (int i = 1; i <= len; i++) {
    if (single) {
      lua_pushvalue(L, idx);
    } else {
      lua_geti(L, idx, i);
    }
    block[i - 1] = lb_testtensor(L, -1);
    if (!block[i - 1]) {
      const bool module = luaL_getmetafield(L, -1, "own_parameters") != LUA_TNIL;
      if (module) lua_pop(L, 1);
      const char *what = module ? "a tensor; a module's parameters are model:parameters()" : "a tensor";
      lb_badvalue(L, fn, lua_pushfstring(L, "params[%d]", i), -2, what);
    }
    lua_rawseti(L, list, i);
  }
  *n = len;
  return block;
}

/* Makes the view of the newest group and files it and the list of tensors at `list`. Optimizer at `self`. */
static void file_group(lua_State *L, int self, int list, int index) {
  lua_getiuservalue(L, self, OPTIM_UV_PARAMS);
  lua_pushvalue(L, list);
  lua_rawseti(L, -2, index + 1);
  lua_getiuservalue(L, self, OPTIM_UV_GROUPS);
  loptim_newgroup(L, self, index);
  lua_rawseti(L, -2, index + 1);
  lua_pop(L, 2);
}

/* Adds a group of the parameters at idx with hyperparameters h to the optimizer at `self`. */
static void add_params(lua_State *L, int self, Optim *o, int idx, const double *h, const char *fn) {
  int n, top = lua_gettop(L);
  Tensor **params = read_params(L, idx, &n, fn);
  if (optim_add_group(o, params, n, h) < 0) lb_coreerror(L);
  file_group(L, self, top + 1, o->ngroups - 1);
  lua_settop(L, top);
}

/* The same for a group table {params = ..., lr = ...} at idx, over the optimizer's defaults. */
static void add_group_table(lua_State *L, int self, Optim *o, int idx, const char *fn) {
  const Arg *args = o->def->args;
  size_t bytes = (size_t)args_places(args) * sizeof(double);
  int top = lua_gettop(L);
  idx = lua_absindex(L, idx);
  double *h = lua_newuserdatauv(L, bytes, 0);
  largs_checknames(L, idx, fn, args, loptim_group_keys, false);
  memcpy(h, o->defaults, bytes);
  largs_named(L, idx, fn, &(ArgValues){.args = args, .x = h});
  if (lua_getfield(L, idx, "params") == LUA_TNIL) lb_error(L, "%s: a parameter group needs a field 'params'", fn);
  largs_refusenames(L, -1, fn, "params");
  add_params(L, self, o, -1, h, fn);
  lua_settop(L, top);
}

/* Whether the list at idx is one of groups: its first entry is a table that holds params. */
static bool is_group_list(lua_State *L, int idx) {
  if (!lua_istable(L, idx)) return false;
  int top = lua_gettop(L);
  bool groups = lua_geti(L, idx, 1) == LUA_TTABLE && lua_getfield(L, -1, "params") != LUA_TNIL;
  lua_settop(L, top);
  return groups;
}

/* The hyperparameters of a constructor's call into h. Afterwards the parameters are at 1: they may stand in the table
 * of options, as its list or by name. */
static void read_call(lua_State *L, const char *fn, const Arg *args, double *h) {
  static const char *const params[] = {"params", NULL};
  bool one = largs_is_options(L, 1), list = one && lua_rawlen(L, 1) > 0;
  int options = one ? 1 : 2;
  if (one && !lua_isnil(L, 2)) lb_error(L, "%s: the table of options must be the last argument", fn);
  largs_checknames(L, options, fn, args, one && !list ? params : NULL, list);
  args_defaults(args, h);
  largs_named(L, options, fn, &(ArgValues){.args = args, .x = h});
  if (one && !list) {
    lua_getfield(L, 1, "params");
    largs_refusenames(L, -1, fn, "params");
    lua_replace(L, 1);
  }
}

/* Pushes a new optimizer without groups; it is at 3. */
static OptimUD *new_optimizer(lua_State *L, const OptimDef *def) {
  OptimUD *ud = lua_newuserdatauv(L, sizeof *ud, OPTIM_UV_COUNT);
  *ud = (OptimUD){0};
  luaL_setmetatable(L, OPTIM_MT);
  for (int i = OPTIM_UV_PARAMS; i <= OPTIM_UV_GROUPS; i++) {
    lua_newtable(L);
    lua_setiuservalue(L, 3, i);
  }
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_setiuservalue(L, 3, OPTIM_UV_DEFINITION);
  if (!optim_in_core(def)) {
    lua_newtable(L);
    lua_setiuservalue(L, 3, OPTIM_UV_STATES);
  }
  return ud;
}

/* Constructor of every optimizer. Upvalue 1: its OptimDef (light), 2: the userdata of a definition made in Lua, or nil,
 * 3: the callee. */
static int optim_new(lua_State *L) {
  const OptimDef *def = lua_touserdata(L, lua_upvalueindex(1));
  const char *fn = lua_tostring(L, lua_upvalueindex(3));
  lb_atmost(L, fn, 2);
  lua_settop(L, 2);
  OptimUD *ud = new_optimizer(L, def);
  double *h = lua_newuserdatauv(L, (size_t)args_places(def->args) * sizeof *h, 0);
  read_call(L, fn, def->args, h);
  if (optim_init(&ud->o, def, h) < 0) return lb_coreerror(L);
  ud->open = true;
  if (!is_group_list(L, 1)) {
    add_params(L, 3, &ud->o, 1, h, fn);
    lua_settop(L, 3);
    return 1;
  }
  for (lua_Integer i = 1, n = luaL_len(L, 1); i <= n; i++) {
    if (lua_geti(L, 1, i) != LUA_TTABLE) {
      return lb_badvalue(L, fn, lua_pushfstring(L, "params[%d]", i), -2, "a group like the others");
    }
    add_group_table(L, 3, &ud->o, -1, fn);
    lua_settop(L, 3);
  }
  return 1;
}

void loptim_pushparam(lua_State *L, int group, int i) {
  lua_getiuservalue(L, 1, OPTIM_UV_PARAMS);
  lua_rawgeti(L, -1, group + 1);
  lua_rawgeti(L, -1, i + 1);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

void loptim_pushgroup(lua_State *L, int group) {
  lua_getiuservalue(L, 1, OPTIM_UV_GROUPS);
  lua_rawgeti(L, -1, group + 1);
  lua_remove(L, -2);
}

/* --- methods ------------------------------------------------------------------------------------------------------ */

/* The loss at index 2 or what a closure returned, on top: a tensor. NULL where there is none. */
static Tensor *loss_of(lua_State *L) {
  if (lua_type(L, -1) != LUA_TNUMBER) return lb_testtensor(L, -1);
  lb_pushtensor(L, tensor_full(DT_F64, 0, NULL, lua_tonumber(L, -1)));
  Tensor *loss = lb_testtensor(L, -1);
  lua_replace(L, -2);
  return loss;
}

/*** One update of every parameter that has a gradient. A closure computes the loss and its gradients anew; step returns
 * its loss. Optimizers that look at the loss take it as step(loss), or from the closure.
 * @function step */
static int l_step(lua_State *L) {
  OptimUD *ud = check_self(L, "Optimizer:step");
  lb_atmost(L, "Optimizer:step", 2);
  if (context->recorder) lrecord_keep(L, 1);
  const int type = lua_type(L, 2);
  const bool closure = type != LUA_TNIL && type != LUA_TNONE && type != LUA_TNUMBER && !lb_testtensor(L, 2);
  lua_settop(L, 2);
  if (closure && type != LUA_TFUNCTION) {
    return lb_badvalue(L, "Optimizer:step", "closure", 2, "a function that returns the loss, or the loss");
  }
  if (loptim_is_whole(ud->o.def)) {
    if (!closure) {
      lua_settop(L, 1);
      lua_pushnil(L);
    }
    return loptim_lua_update(L);
  }
  if (closure) {
    lua_pushvalue(L, 2);
    lguard_grad_mode(L, true, 0, 1);
    check_self(L, "Optimizer:step");
  }
  if (!optim_in_core(ud->o.def)) {
    loptim_lua_step(L);
  } else if (optim_step(&ud->o, lua_isnil(L, -1) ? NULL : loss_of(L)) < 0) {
    return lb_coreerror(L);
  }
  lua_settop(L, closure ? 3 : 2);
  return closure;
}

/*** Drops the gradients: p.grad becomes nil. With {set_to_none = false} they are filled with zeros. @function zero_grad
 */
static int l_zero_grad(lua_State *L) {
  static const Arg args[] = {{.name = "set_to_none", .kind = ARG_FLAG, .def = 1}, {0}};
  double none = 0;
  OptimUD *ud = check_self(L, "Optimizer:zero_grad");
  largs_read(L, 2, "Optimizer:zero_grad", &(ArgValues){.args = args, .x = &none});
  if (optim_zero_grad(&ud->o, none != 0) < 0) return lb_coreerror(L);
  return 0;
}

/*** Adds parameters later: `opt:add_param_group{params = {w}, lr = 0.01}`; what the group does not set is the
 * optimizer's.
 * @function add_param_group */
static int l_add_param_group(lua_State *L) {
  recorder_refuse("a parameter group is added");
  OptimUD *ud = check_self(L, "Optimizer:add_param_group");
  const char *fn = "Optimizer:add_param_group";
  if (!lua_istable(L, 2)) return lb_badvalue(L, fn, "group", 2, "a table {params = ..., lr = ...}");
  lb_atmost(L, fn, 2);
  add_group_table(L, 1, &ud->o, 2, fn);
  return 0;
}

static int l_close(lua_State *L) {
  OptimUD *ud = luaL_testudata(L, 1, OPTIM_MT);
  if (ud && ud->open) {
    ud->open = false;
    optim_free(&ud->o);
  }
  return 0;
}

/* --- clipping ----------------------------------------------------------------------------------------------------- */

enum { MAX_NORM, NORM_TYPE, ERROR_IF_NONFINITE, NORM_COUNT };
static const Arg norm_args[] = {
    {.name = "max_norm", .range = RANGE_NUMBER, .required = true, .doc = "The largest norm that is left as it is."},
    {.name = "norm_type",
     .range = RANGE_NUMBER,
     .def = 2,
     .doc = "p of the p-norm; math.huge for the largest element."},
    {.name = "error_if_nonfinite",
     .kind = ARG_FLAG,
     .doc = "Whether a norm that is nan or infinite is an error instead of being used."},
    {0},
};

/*** Scales all gradients together so that their norm is at most max_norm; returns the norm before:
 * `optim.clip_grad_norm_(params, 1.0, {norm_type = 2, error_if_nonfinite = false})`. @function clip_grad_norm_ */
static int l_clip_grad_norm(lua_State *L) {
  const char *fn = "optim.clip_grad_norm_";
  double x[NORM_COUNT];
  int n;
  largs_read(L, 2, fn, &(ArgValues){.args = norm_args, .x = x});
  largs_refusenames(L, 1, fn, "params");
  Tensor **params = read_params(L, 1, &n, fn);
  Tensor *total = clip_grad_norm_(params, n, x[MAX_NORM], x[NORM_TYPE], x[ERROR_IF_NONFINITE] != 0);
  lb_pushtensor(L, total);
  if (context->recorder) {
    return 1; /* while a step is recorded its numbers are not known; the tensor can be computed with */
  }
  lua_pushnumber(L, tensor_get(total, 0));
  return 1;
}

static const Arg value_args[] = {
    {.name = "clip_value",
     .range = RANGE_NUMBER,
     .required = true,
     .doc = "The largest absolute value; elements beyond it are set to it, with their sign."},
    {0},
};

/*** Limits every element of the gradients to -clip_value..clip_value. @function clip_grad_value_ */
static int l_clip_grad_value(lua_State *L) {
  const char *fn = "optim.clip_grad_value_";
  double value = 0;
  int n;
  largs_read(L, 2, fn, &(ArgValues){.args = value_args, .x = &value});
  largs_refusenames(L, 1, fn, "params");
  Tensor **params = read_params(L, 1, &n, fn);
  if (clip_grad_value_(params, n, value) < 0) return lb_coreerror(L);
  return 0;
}

/* --- the library -------------------------------------------------------------------------------------------------- */

/* define(...): makes a definition and returns its constructor. */
static int push_constructor(lua_State *L) {
  const OptimDef *def = loptim_definition(L, -1);
  lua_pushlightuserdata(L, (void *)def);
  lua_insert(L, -2);
  lua_pushfstring(L, "optim.%s", def->name);
  lua_pushcclosure(L, optim_new, 3);
  return 1;
}

static int l_define(lua_State *L) {
  loptim_define(L);
  return push_constructor(L);
}

static int l_define_rule(lua_State *L) {
  loptim_define_rule(L);
  return push_constructor(L);
}

/* on_idle(f): f(opt, fn, recorded) is called where the first update by a Lua function changed no parameter */
static int l_on_idle(lua_State *L) {
  loptim_on_idle(L);
  return 0;
}

/* blocks_only(on): see rule_set_blocks_only; for tests. */
static int l_blocks_only(lua_State *L) {
  rule_set_blocks_only(lua_toboolean(L, 1));
  return 0;
}

/* What a slot takes: a number for each element of the parameter ("n"), each row ("r"), each column ("c"), or one (""). */
static const char *size_of(const OptimSlot *slot) {
  if (!slot->shape) return "n";
  return slot->shape == optim_rows ? "r" : slot->shape == optim_columns ? "c" : "";
}

/* declarations() -> a list of {space =, name =, doc =, equation =, paper =, args =, needs =, state = {{name =, doc =,
 * size =, optional =}, ...}}; what has no state is a function, and no optimizer. */
static int l_declarations(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; optim_defs[i]; i++) {
    const OptimDef *def = optim_defs[i];
    ldeclare_push(L, "optim", def->name, def->doc, def->equation, def->paper, def->args);
    lua_newtable(L);
    for (const OptimSlot *slot = def->slot; slot && slot->name; slot++) {
      lua_newtable(L);
      ldeclare_settext(L, "name", slot->name);
      ldeclare_settext(L, "doc", slot->doc);
      ldeclare_settext(L, "size", size_of(slot));
      lua_pushboolean(L, slot->when != 0);
      lua_setfield(L, -2, "optional");
      ldeclare_append(L);
    }
    lua_setfield(L, -2, "state");
    ldeclare_settext(L, "needs", loptim_needs(def));
    ldeclare_append(L);
  }
  ldeclare_push(L, "optim", "clip_grad_norm_",
                "Scales all gradients together so that their norm is at most max_norm; returns the norm before.",
                "g <- g min(1, max_norm / (norm + 1e-6)),  norm: of all gradients as one vector", NULL, norm_args);
  ldeclare_append(L);
  ldeclare_push(L, "optim", "clip_grad_value_", "Limits every element of the gradients.",
                "g <- max(-clip_value, min(g, clip_value))", NULL, value_args);
  ldeclare_append(L);
  return 1;
}

/* counted(): what happens now depends on the number of the update, which a recorded step would not see. */
static int l_counted(lua_State *L) {
  (void)L;
  recorder_refuse(
      "an optimizer does something only at some updates (each k-th, or from a certain one on); compile what computes "
      "the gradients, and call its step() outside of the compiled step");
  return 0;
}

static const luaL_Reg FUNCTIONS[] = {{"clip_grad_norm_", l_clip_grad_norm},
                                     {"clip_grad_value_", l_clip_grad_value},
                                     {"define", l_define},
                                     {"define_rule", l_define_rule},
                                     {"on_idle", l_on_idle},
                                     {"declarations", l_declarations},
                                     {"blocks_only", l_blocks_only},
                                     {"counted", l_counted},
                                     {NULL, NULL}};

/*** Puts what is to be evaluated in place of the parameters, the mean of Schedule-Free; nothing happens where an optimizer
 * keeps none. Then `opt:train()` before the next step.
 * @function eval */
static int l_eval(lua_State *L) {
  recorder_refuse("the mean of an optimizer takes the place of the parameters");
  OptimUD *ud = check_self(L, "Optimizer:eval");
  if (optim_to_mean(&ud->o) < 0) return lb_coreerror(L);
  return 0;
}

/*** Puts back where the training stands, after `opt:eval()`.
 * @function train */
static int l_train(lua_State *L) {
  recorder_refuse("the parameters come back from the mean of an optimizer");
  OptimUD *ud = check_self(L, "Optimizer:train");
  if (optim_from_mean(&ud->o) < 0) return lb_coreerror(L);
  return 0;
}

static const luaL_Reg METHODS[] = {{"step", l_step},
                                   {"zero_grad", l_zero_grad},
                                   {"add_param_group", l_add_param_group},
                                   {"eval", l_eval},
                                   {"train", l_train},
                                   {"state_dict", loptim_state_dict},
                                   {"load_state_dict", loptim_load_state_dict},
                                   {NULL, NULL}};

static const luaL_Reg META[] = {{"__gc", l_close}, {"__close", l_close}, {NULL, NULL}};

int luaopen_optlab_optim(lua_State *L) {
  luaL_newmetatable(L, OPTIM_MT);
  luaL_setfuncs(L, META, 0);
  luaL_newlibtable(L, METHODS);
  lua_pushvalue(L, -2);
  luaL_setfuncs(L, METHODS, 1);
  loptim_open_fields(L);
  loptim_open_define(L);
  lua_pop(L, 1);
  luaL_newlib(L, FUNCTIONS);
  for (int i = 0; optim_defs[i]; i++) {
    lua_pushlightuserdata(L, (void *)optim_defs[i]);
    lua_pushnil(L);
    lua_pushfstring(L, "optim.%s", optim_defs[i]->name);
    lua_pushcclosure(L, optim_new, 3);
    lua_setfield(L, -2, optim_defs[i]->name);
  }
  return 1;
}
