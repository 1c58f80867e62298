/*
 * loptimlib.c - optimizers as userdata: constructors, groups, fields; gradient clipping.
 *
 *   opt = optim.Adam(params, {lr = 0.01})    params: a list of tensors, or of groups {params = ..., lr = ...}
 *   opt:step([closure])  opt:zero_grad([{set_to_none = true}])  opt:add_param_group{params = ..., lr = ...}
 *   opt:state_dict()  opt:load_state_dict(d)
 *   opt.lr and every other hyperparameter: read from the first group, written to all
 *   opt.param_groups: a list of live views; g.lr = 0.1, g.params, g.initial_lr
 */
#include <stdlib.h>
#include <string.h>

#include "lua/base/largs.h"
#include "lua/base/lrecord.h"
#include "lua/optim/loptim.h"
#include "optim/clip.h"

#define GROUP_MT "optlab.ParamGroup"

typedef struct OptimUD {
  Optim o;
  bool open;
} OptimUD;

typedef struct GroupUD {
  int index; /* of the group in the optimizer, which is user value 1 */
} GroupUD;

static const char *const GROUP_KEYS[] = {"params", "initial_lr", NULL};

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

Optim *lb_checkoptim(lua_State *L, int idx, const char *fn) { return &check_ud(L, idx, fn)->o; }

/* --- parameters and groups ---------------------------------------------------------------------------------------- */

/* Pushes the list of tensor userdata at idx as a new list (a single tensor becomes a list of one), then a block of the
 * tensors. */
static Tensor **read_params(lua_State *L, int idx, int *n, const char *fn) {
  idx = lua_absindex(L, idx);
  bool single = lb_testtensor(L, idx) != NULL;
  if (!single && !lua_istable(L, idx))
    lb_badvalue(L, fn, "params", idx, "a list of tensors such as {w, b} or model:parameters()");
  lua_Integer len = single ? 1 : luaL_len(L, idx);
  lua_createtable(L, (int)len, 0);
  int list = lua_gettop(L);
  Tensor **block = lua_newuserdatauv(L, (size_t)(len ? len : 1) * sizeof *block, 0);
  for (lua_Integer i = 1; i <= len; i++) {
    if (single) {
      lua_pushvalue(L, idx);
    } else {
      lua_geti(L, idx, i);
    }
    block[i - 1] = lb_testtensor(L, -1);
    if (!block[i - 1]) lb_badvalue(L, fn, lua_pushfstring(L, "params[%d]", (int)i), -2, "a tensor");
    lua_rawseti(L, list, i);
  }
  *n = (int)len;
  return block;
}

/* Makes the view of the newest group and files it and the list of tensors at `list`. Optimizer at `self`. */
static void file_group(lua_State *L, int self, int list, int index) {
  lua_getiuservalue(L, self, OPTIM_UV_PARAMS);
  lua_pushvalue(L, list);
  lua_rawseti(L, -2, index + 1);
  lua_getiuservalue(L, self, OPTIM_UV_GROUPS);
  GroupUD *view = lua_newuserdatauv(L, sizeof *view, 1);
  view->index = index;
  luaL_setmetatable(L, GROUP_MT);
  lua_pushvalue(L, self);
  lua_setiuservalue(L, -2, 1);
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
  int places = args_places(args);
  double h[places];
  idx = lua_absindex(L, idx);
  largs_checknames(L, idx, fn, args, GROUP_KEYS, false);
  memcpy(h, o->defaults, (size_t)places * sizeof *h);
  largs_named(L, idx, fn, &(ArgValues){.args = args, .x = h});
  if (lua_getfield(L, idx, "params") == LUA_TNIL) lb_error(L, "%s: a parameter group needs a field 'params'", fn);
  add_params(L, self, o, -1, h, fn);
  lua_pop(L, 1);
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
  lb_atmost(L, fn, 2);
  lua_settop(L, 2);
  if (one && !lua_isnil(L, 2)) lb_error(L, "%s: the table of options must be the last argument", fn);
  largs_checknames(L, options, fn, args, one && !list ? params : NULL, list);
  args_defaults(args, h);
  largs_named(L, options, fn, &(ArgValues){.args = args, .x = h});
  if (one && !list) {
    lua_getfield(L, 1, "params");
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
  if (!def->kernel[0]) {
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setiuservalue(L, 3, OPTIM_UV_DEFINITION);
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
  double h[args_places(def->args)];
  read_call(L, fn, def->args, h);
  OptimUD *ud = new_optimizer(L, def);
  if (optim_init(&ud->o, def, h) < 0) return lb_coreerror(L);
  ud->open = true;
  if (!is_group_list(L, 1)) {
    add_params(L, 3, &ud->o, 1, h, fn);
    return 1;
  }
  for (lua_Integer i = 1, n = luaL_len(L, 1); i <= n; i++) {
    if (lua_geti(L, 1, i) != LUA_TTABLE)
      return lb_badvalue(L, fn, lua_pushfstring(L, "params[%d]", (int)i), -2, "a group like the others");
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

/*** One update of every parameter that has a gradient. A closure computes the loss and its gradients anew; step returns
 * its loss.
 * @function step */
static int l_step(lua_State *L) {
  OptimUD *ud = check_self(L, "Optimizer:step");
  lb_atmost(L, "Optimizer:step", 2);
  if (context->recorder) lrecord_keep(L, 1);
  bool closure = !lua_isnoneornil(L, 2);
  lua_settop(L, 2);
  if (closure) {
    if (lua_type(L, 2) != LUA_TFUNCTION)
      return lb_badvalue(L, "Optimizer:step", "closure", 2, "a function that returns the loss");
    loptim_grad_mode(L, true);
    int guard = lua_gettop(L);
    lua_pushvalue(L, 2);
    lua_call(L, 0, 1);
    lua_closeslot(L, guard);
    check_self(L, "Optimizer:step");
  }
  if (!ud->o.def->kernel[0]) {
    loptim_lua_step(L, &ud->o);
  } else if (optim_step(&ud->o) < 0) {
    return lb_coreerror(L);
  }
  if (closure) lua_settop(L, 4);
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

/* --- fields ------------------------------------------------------------------------------------------------------- */

static int unknown_field(lua_State *L, const Optim *o, const char *key, const char *const more[]) {
  int n = args_count(o->def->args), k = 0;
  for (int i = 0; more[i]; i++) n++;
  const char **names = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *names, 0);
  for (const Arg *a = o->def->args; a->name; a++) names[k++] = a->name;
  for (; *more; more++) names[k++] = *more;
  names[k] = NULL;
  const char *near = lb_nearest(key, names);
  if (near) return lb_error(L, "%s has no field '%s'; did you mean '%s'?", o->def->name, key, near);
  return lb_error(L, "%s has no field '%s'", o->def->name, key);
}

static const char *const FIELDS[] = {"param_groups", "defaults",        "name", "step", "zero_grad", "add_param_group",
                                     "state_dict",   "load_state_dict", NULL};

/* A recorded step takes for granted what it read as a number, from the optimizer or group view at index 1. */
static void watch_hyper(lua_State *L, const Optim *o, const Arg *a, const double *value) {
  if (!context->recorder) return;
  lrecord_keep(L, 1);
  context->recorder->watch(&o->ngroups, sizeof o->ngroups, "the number of an optimizer's parameter groups");
  for (int i = 0; i < arg_width(a); i++) context->recorder->watch(value + i, sizeof *value, a->name);
}

/* A copy of the list in a user value of the value at idx. */
static void push_list_copy(lua_State *L, int list) {
  list = lua_absindex(L, list);
  lua_Integer n = luaL_len(L, list);
  lua_createtable(L, (int)n, 0);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, list, i);
    lua_rawseti(L, -2, i);
  }
}

/* Upvalue 1: the methods. */
static int optim_index(lua_State *L) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_tolstring(L, 2, NULL);
  const Optim *o = lb_checkoptim(L, 1, key);
  int at;
  const Arg *a = args_find(o->def->args, key, &at);
  if (a) {
    watch_hyper(L, o, a, o->group[0].h + at);
    largs_push(L, a, o->group[0].h + at, NULL);
  } else if (strcmp(key, "param_groups") == 0) {
    lua_getiuservalue(L, 1, OPTIM_UV_GROUPS);
    push_list_copy(L, -1);
  } else if (strcmp(key, "defaults") == 0) {
    lua_newtable(L);
    largs_setfields(L, o->def->args, o->defaults, NULL);
  } else if (strcmp(key, "name") == 0) {
    lua_pushstring(L, o->def->name);
  } else {
    return unknown_field(L, o, key, FIELDS);
  }
  return 1;
}

/* Reads the value at index 3 for field `key` into groups first..last. */
static int set_field(lua_State *L, Optim *o, int first, int last, const char *const more[]) {
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_tolstring(L, 2, NULL);
  int at;
  const Arg *a = args_find(o->def->args, key, &at);
  for (int i = 0; !a && more[i]; i++) {
    if (strcmp(more[i], key) == 0) return lb_error(L, "%s: the field '%s' cannot be set", o->def->name, key);
  }
  if (!a) return unknown_field(L, o, key, more);
  recorder_refuse("a hyperparameter is set inside the step; set it before the call, which takes it as it is then");
  double value[arg_width(a)];
  largs_value(L, 3, lua_pushfstring(L, "optim.%s", o->def->name), a, value);
  for (int i = first; i <= last; i++) {
    if (optim_set(o, i, a, at, value) < 0) return lb_coreerror(L);
  }
  return 0;
}

static int optim_newindex(lua_State *L) {
  Optim *o = lb_checkoptim(L, 1, "opt.field = value");
  return set_field(L, o, 0, o->ngroups - 1, FIELDS);
}

/* Row numbers of a declaration in the order of their names. */
static void by_name(const Arg *args, int *order) {
  for (int n = 0; args[n].name; n++) {
    int i = n;
    for (; i > 0 && strcmp(args[n].name, args[order[i - 1]].name) < 0; i--) order[i] = order[i - 1];
    order[i] = n;
  }
}

static void add_group_text(luaL_Buffer *b, const Arg *args, const double *h) {
  const int n = args_count(args);
  int order[n], at;
  by_name(args, order);
  for (int i = 0; i < n; i++) {
    const Arg *a = args_find(args, args[order[i]].name, &at);
    luaL_addstring(b, "    ");
    luaL_addstring(b, a->name);
    luaL_addstring(b, ": ");
    largs_addtext(b, a, h + at, NULL);
    luaL_addstring(b, "\n");
  }
}

static int optim_tostring(lua_State *L) {
  const OptimUD *ud = luaL_checkudata(L, 1, OPTIM_MT);
  if (!ud->open) {
    lua_pushliteral(L, "optimizer (closed)");
    return 1;
  }
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, ud->o.def->name);
  luaL_addstring(&b, " (\n");
  for (int i = 0; i < ud->o.ngroups; i++) {
    lua_pushfstring(L, "Parameter Group %d\n", i + 1);
    luaL_addvalue(&b);
    add_group_text(&b, ud->o.def->args, ud->o.group[i].h);
  }
  luaL_addstring(&b, ")");
  luaL_pushresult(&b);
  return 1;
}

static int optim_len(lua_State *L) {
  lua_pushinteger(L, lb_checkoptim(L, 1, "#")->ngroups);
  return 1;
}

/* --- group views -------------------------------------------------------------------------------------------------- */

/* The optimizer of the view at index 1 (pushed) and the view's group. */
static Optim *check_group(lua_State *L, int *index) {
  const GroupUD *view = luaL_checkudata(L, 1, GROUP_MT);
  *index = view->index;
  lua_getiuservalue(L, 1, 1);
  const OptimUD *ud = lua_touserdata(L, -1);
  if (!ud->open) lb_error(L, "this group's optimizer was closed and cannot be used any more");
  return (Optim *)&ud->o;
}

static int group_index(lua_State *L) {
  int index, at;
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_tolstring(L, 2, NULL);
  const Optim *o = check_group(L, &index);
  const Arg *a = args_find(o->def->args, key, &at);
  if (a) {
    watch_hyper(L, o, a, o->group[index].h + at);
    largs_push(L, a, o->group[index].h + at, NULL);
  } else if (strcmp(key, "params") == 0) {
    lua_getiuservalue(L, -1, OPTIM_UV_PARAMS);
    lua_rawgeti(L, -1, index + 1);
    push_list_copy(L, -1);
  } else if (strcmp(key, "initial_lr") == 0) {
    lua_pushnumber(L, o->group[index].initial_lr);
  } else {
    return unknown_field(L, o, key, GROUP_KEYS);
  }
  return 1;
}

static int group_newindex(lua_State *L) {
  int index;
  Optim *o = check_group(L, &index);
  return set_field(L, o, index, index, GROUP_KEYS);
}

/* for name, value in pairs(group): the hyperparameters as they are now. */
static int group_pairs(lua_State *L) {
  int index;
  const Optim *o = check_group(L, &index);
  recorder_refuse("all hyperparameters of a group are read as numbers; read those that the step needs by name");
  lua_getglobal(L, "next");
  lua_newtable(L);
  largs_setfields(L, o->def->args, o->group[index].h, NULL);
  lua_pushnil(L);
  return 3;
}

static int group_tostring(lua_State *L) {
  int index;
  const Optim *o = check_group(L, &index);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  lua_pushfstring(L, "Parameter Group %d\n", index + 1);
  luaL_addvalue(&b);
  add_group_text(&b, o->def->args, o->group[index].h);
  luaL_buffsub(&b, 1);
  luaL_pushresult(&b);
  return 1;
}

static int group_len(lua_State *L) {
  int index;
  const Optim *o = check_group(L, &index);
  lua_pushinteger(L, o->group[index].nparams);
  return 1;
}

/* --- clipping ----------------------------------------------------------------------------------------------------- */

/*** Scales all gradients together so that their norm is at most max_norm; returns the norm before:
 * `optim.clip_grad_norm_(params, 1.0, {norm_type = 2, error_if_nonfinite = false})`. @function clip_grad_norm_ */
static int l_clip_grad_norm(lua_State *L) {
  enum { MAX_NORM, NORM_TYPE, ERROR_IF_NONFINITE, COUNT };
  static const Arg args[] = {
      {.name = "max_norm", .range = RANGE_NUMBER, .required = true},
      {.name = "norm_type", .range = RANGE_NUMBER, .def = 2},
      {.name = "error_if_nonfinite", .kind = ARG_FLAG},
      {0},
  };
  const char *fn = "optim.clip_grad_norm_";
  double x[COUNT];
  int n;
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = x});
  Tensor **params = read_params(L, 1, &n, fn);
  Tensor *total = clip_grad_norm_(params, n, x[MAX_NORM], x[NORM_TYPE], x[ERROR_IF_NONFINITE] != 0);
  lb_pushtensor(L, total);
  if (context->recorder)
    return 1; /* while a step is recorded its numbers are not known; the tensor can be computed with */
  lua_pushnumber(L, tensor_get(total, 0));
  return 1;
}

/*** Limits every element of the gradients to -clip_value..clip_value. @function clip_grad_value_ */
static int l_clip_grad_value(lua_State *L) {
  static const Arg args[] = {{.name = "clip_value", .range = RANGE_NUMBER, .required = true}, {0}};
  const char *fn = "optim.clip_grad_value_";
  double value = 0;
  int n;
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = &value});
  Tensor **params = read_params(L, 1, &n, fn);
  if (clip_grad_value_(params, n, value) < 0) return lb_coreerror(L);
  return 0;
}

/* --- the library -------------------------------------------------------------------------------------------------- */

/* define(...): makes a definition and returns its constructor. */
static int l_define(lua_State *L) {
  loptim_define(L);
  const OptimDef *def = loptim_definition(L, -1);
  lua_pushlightuserdata(L, (void *)def);
  lua_insert(L, -2);
  lua_pushfstring(L, "optim.%s", def->name);
  lua_pushcclosure(L, optim_new, 3);
  return 1;
}

static const luaL_Reg FUNCTIONS[] = {
    {"clip_grad_norm_", l_clip_grad_norm}, {"clip_grad_value_", l_clip_grad_value}, {"define", l_define}, {NULL, NULL}};

static const luaL_Reg METHODS[] = {{"step", l_step},
                                   {"zero_grad", l_zero_grad},
                                   {"add_param_group", l_add_param_group},
                                   {"state_dict", loptim_state_dict},
                                   {"load_state_dict", loptim_load_state_dict},
                                   {NULL, NULL}};

static const luaL_Reg META[] = {{"__newindex", optim_newindex}, {"__tostring", optim_tostring},
                                {"__len", optim_len},           {"__gc", l_close},
                                {"__close", l_close},           {NULL, NULL}};

static const luaL_Reg GROUP_META[] = {{"__index", group_index}, {"__newindex", group_newindex},
                                      {"__pairs", group_pairs}, {"__tostring", group_tostring},
                                      {"__len", group_len},     {NULL, NULL}};

int luaopen_optlab_optim(lua_State *L) {
  luaL_newmetatable(L, OPTIM_MT);
  luaL_setfuncs(L, META, 0);
  luaL_newlibtable(L, METHODS);
  lua_pushvalue(L, -2);
  luaL_setfuncs(L, METHODS, 1);
  lua_pushcclosure(L, optim_index, 1);
  lua_setfield(L, -2, "__index");
  luaL_newmetatable(L, GROUP_MT);
  luaL_setfuncs(L, GROUP_META, 0);
  loptim_open_define(L);
  lua_pop(L, 2);
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
