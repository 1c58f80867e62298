/*
 * loptim_fields.c - the fields of optimizers and of their groups; both as text.
 *
 *   opt.lr and every other hyperparameter: read from the first group, written to all; opt.defaults, opt.name
 *   opt.elementwise: whether each element is updated by itself
 *   opt.needs: "loss", "closure", "graph" (of the gradients) where step() asks for it
 *   opt.param_groups: a list of live views; g.lr = 0.1, g.params, g.initial_lr
 */
#include <string.h>

#include "lua/base/largs.h"
#include "lua/base/lrecord.h"
#include "lua/optim/loptim.h"

#define GROUP_MT "optlab.ParamGroup"

typedef struct GroupUD {
  int index; /* of the group in the optimizer, which is user value 1 */
} GroupUD;

const char *const loptim_group_keys[] = {"params", "initial_lr", NULL};

/* --- the fields of an optimizer ----------------------------------------------------------------------------------- */

/* "lr, momentum" */
static const char *push_hypers(lua_State *L, const Optim *o) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (const Arg *a = o->def->args; a->name; a++) {
    if (a != o->def->args) luaL_addstring(&b, ", ");
    luaL_addstring(&b, a->name);
  }
  luaL_pushresult(&b);
  return lua_tostring(L, -1);
}

static int unknown_field(lua_State *L, const Optim *o, const char *key, const char *const more[]) {
  int n = args_count(o->def->args), k = 0;
  for (int i = 0; more[i]; i++) n++;
  const char **names = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *names, 0);
  for (const Arg *a = o->def->args; a->name; a++) names[k++] = a->name;
  for (; *more; more++) names[k++] = *more;
  names[k] = NULL;
  const char *near = lb_nearest(key, names);
  if (near) return lb_error(L, "%s has no field '%s'; did you mean '%s'?", o->def->name, key, near);
  return lb_error(L, "%s has no field '%s'; its hyperparameters are %s", o->def->name, key, push_hypers(L, o));
}

static const char *const FIELDS[] = {
    "param_groups", "defaults", "name",  "step",        "zero_grad", "add_param_group", "state_dict", "load_state_dict",
    "needs",        "eval",     "train", "elementwise", NULL};

/* A recorded step takes for granted what it read as a number, from the optimizer or group view at index 1. */
static void watch_hyper(lua_State *L, const Optim *o, const Arg *a, const double *value) {
  if (!context->recorder) return;
  lrecord_keep(L, 1);
  optim_watch_groups(o);
  for (int i = 0; i < arg_width(a); i++) recorder_watch(value + i, sizeof *value, a->name);
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
  const Optim *o = loptim_check(L, 1, key);
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
  } else if (strcmp(key, "elementwise") == 0) {
    lua_pushboolean(L, o->def->rule && rule_is_elementwise(o->def->rule));
  } else if (strcmp(key, "needs") == 0) {
    lua_pushstring(L, loptim_needs(o->def)); /* nil for NULL */
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
  double *value = lua_newuserdatauv(L, (size_t)arg_width(a) * sizeof *value, 0);
  largs_value(L, 3, lua_pushfstring(L, "optim.%s", o->def->name), a, value);
  for (int i = first; i <= last; i++) {
    if (optim_set(o, i, a, at, value) < 0) return lb_coreerror(L);
  }
  return 0;
}

static int optim_newindex(lua_State *L) {
  Optim *o = loptim_check(L, 1, "opt.field = value");
  return set_field(L, o, 0, o->ngroups - 1, FIELDS);
}

/* Row numbers of a declaration in the order of their names, in a block that is pushed. */
static const int *push_by_name(lua_State *L, const Arg *args) {
  int *order = lua_newuserdatauv(L, (size_t)args_count(args) * sizeof *order, 0);
  for (int n = 0; args[n].name; n++) {
    int i = n;
    for (; i > 0 && strcmp(args[n].name, args[order[i - 1]].name) < 0; i--) order[i] = order[i - 1];
    order[i] = n;
  }
  return order;
}

static void add_group_text(luaL_Buffer *b, const Arg *args, const int *order, const double *h) {
  for (int i = 0, at, n = args_count(args); i < n; i++) {
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
  const int *order = push_by_name(L, ud->o.def->args);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, ud->o.def->name);
  luaL_addstring(&b, " (\n");
  for (int i = 0; i < ud->o.ngroups; i++) {
    lua_pushfstring(L, "Parameter Group %d\n", i + 1);
    luaL_addvalue(&b);
    add_group_text(&b, ud->o.def->args, order, ud->o.group[i].h);
  }
  luaL_addstring(&b, ")");
  luaL_pushresult(&b);
  return 1;
}

static int optim_len(lua_State *L) {
  lua_pushinteger(L, loptim_check(L, 1, "#")->ngroups);
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
    return unknown_field(L, o, key, loptim_group_keys);
  }
  return 1;
}

static int group_newindex(lua_State *L) {
  int index;
  Optim *o = check_group(L, &index);
  return set_field(L, o, index, index, loptim_group_keys);
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
  const int *order = push_by_name(L, o->def->args);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  lua_pushfstring(L, "Parameter Group %d\n", index + 1);
  luaL_addvalue(&b);
  add_group_text(&b, o->def->args, order, o->group[index].h);
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

/* --- the metatables ----------------------------------------------------------------------------------------------- */

void loptim_newgroup(lua_State *L, int self, int index) {
  GroupUD *view = lua_newuserdatauv(L, sizeof *view, 1);
  view->index = index;
  luaL_setmetatable(L, GROUP_MT);
  lua_pushvalue(L, self);
  lua_setiuservalue(L, -2, 1);
}

static const luaL_Reg META[] = {
    {"__newindex", optim_newindex}, {"__tostring", optim_tostring}, {"__len", optim_len}, {NULL, NULL}};

static const luaL_Reg GROUP_META[] = {{"__index", group_index}, {"__newindex", group_newindex},
                                      {"__pairs", group_pairs}, {"__tostring", group_tostring},
                                      {"__len", group_len},     {NULL, NULL}};

void loptim_open_fields(lua_State *L) {
  lua_pushcclosure(L, optim_index, 1);
  lua_setfield(L, -2, "__index");
  luaL_setfuncs(L, META, 0);
  luaL_newmetatable(L, GROUP_MT);
  luaL_setfuncs(L, GROUP_META, 0);
  lua_pop(L, 1);
}
