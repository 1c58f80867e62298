/*
 * lnnlib.c - nn for Lua: layers and losses as userdata ("optlab.Module"), nn.functional and nn.init.
 *
 * Everything comes out of two tables, layer_defs (nn/layers/layers.h) and init_defs (nn/init.h): a row gives the
 * constructor, its arguments with their checks, and the functional form. What every module can do (parameters,
 * state_dict, to, printing, ...) is written once in lua/optlab/nn/module.lua, which fills the table `methods` and
 * speaks to built-in and user-defined modules alike.
 *
 * A module's parameters and buffers are pushed once and kept in its user values: m.weight is the same userdata every
 * time.
 */
#include <string.h>

#include "core/recorder.h"
#include "lua/base/lrecord.h"
#include "lua/nn/lnn.h"
#include "nn/chain.h"
#include "nn/labels.h"

/* registry: function(module) -> " (layer 1 'Linear' of Sequential)" or "" */
#define MODULE_PATH_KEY "optlab.nn.module_path"
/* registry: function(module, ...) that calls a module with its hooks */
#define HOOKS_KEY "optlab.nn.hooks"

static const void *module_mt; /* address of the metatable of the state that opened the library last */

/* --- modules ------------------------------------------------------------------------------------------------------ */

Module *lnn_test_module(lua_State *L, int idx) {
  Module **ud = lua_touserdata(L, idx);
  if (!ud || !lua_getmetatable(L, idx)) return NULL;
  bool ok = lua_topointer(L, -1) == module_mt;
  lua_pop(L, 1);
  if (!ok) ud = luaL_testudata(L, idx, MODULE_MT);
  return ud ? *ud : NULL;
}

Module *lnn_check_module(lua_State *L, int idx, const char *callee) {
  Module *m = lnn_test_module(L, idx);
  if (!m) lb_badvalue(L, callee, "self", idx, "a layer");
  return m;
}

const char *lnn_pushmodulepath(lua_State *L, int idx) {
  if (idx == 0) return "";
  idx = lua_absindex(L, idx);
  if (lua_getfield(L, LUA_REGISTRYINDEX, MODULE_PATH_KEY) != LUA_TFUNCTION) return "";
  lua_pushvalue(L, idx);
  lua_call(L, 1, 1);
  return lua_tostring(L, -1);
}

/* Raises the core's message for the module at idx. */
static int module_error(lua_State *L, int idx, const Module *m) {
  lua_pushstring(L, err_message()); /* before lnn_pushmodulepath may run anything that sets another */
  const char *message = lua_tostring(L, -1);
  return lb_error(L, "nn.%s: %s%s", m->def->name, message, lnn_pushmodulepath(L, idx));
}

static int count_tensors(const Module *m) { return layer_tensors(m->def->params) + layer_tensors(m->def->buffers); }

/* Keeps the tensors as userdata in the user values of the module at the top. */
static void keep_tensors(lua_State *L, const Module *m) {
  for (int i = 0, n = count_tensors(m); i < n; i++) {
    if (!m->param[i]) continue; /* the buffers follow the parameters */
    lb_pushtensor(L, tensor_retain(m->param[i]));
    lua_setiuservalue(L, -2, i + 1);
  }
}

/* Refuses the inputs of a call in the place of a constructor's arguments: nn.MSELoss(x, y). */
static void refuse_inputs(lua_State *L, int first, const LayerDef *def, const char *callee) {
  const Arg *a = def->args;
  int n = 0;
  bool fits = true;
  for (; def->inputs[n]; n++) {
    if (!lb_testtensor(L, first + n)) return;
    fits = fits && a->name && a->kind == ARG_TENSOR;
    if (a->name) a++;
  }
  for (a = def->args; a->name; a++) fits = fits || a->required;
  if (fits || n == 0) return;
  lua_pushstring(L, def->inputs[0]);
  for (int i = 1; i < n; i++) {
    lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), def->inputs[i]);
    lua_remove(L, -2);
  }
  lb_error(L, "%s: make it first, then call it: %s()(%s)", callee, callee, lua_tostring(L, -1));
}

/* nn.<Layer>(args..., {options}); upvalue 1: the LayerDef, 2: the callee. */
static int module_create(lua_State *L) {
  const LayerDef *def = lua_touserdata(L, lua_upvalueindex(1));
  const char *callee = lua_tostring(L, lua_upvalueindex(2));
  Module **ud = lua_newuserdatauv(L, sizeof *ud, layer_tensors(def->params) + layer_tensors(def->buffers));
  *ud = NULL;
  luaL_setmetatable(L, MODULE_MT);
  Module *m = *ud = module_new(def);
  if (!m) return lb_coreerror(L);
  lua_insert(L, 1);
  refuse_inputs(L, 2, def, callee);
  largs_read(L, 2, callee, &m->args);
  lnn_giventensors(L, def->args, m->args.x, m->buffer);
  for (int i = 0, n = layer_tensors(def->buffers); i < n; i++) {
    if (m->buffer[i]) tensor_retain(m->buffer[i]);
  }
  if (module_build(m) < 0) return lb_calleeerror(L, callee);
  lua_settop(L, 1);
  keep_tensors(L, m);
  return 1;
}

void lnn_giventensors(lua_State *L, const Arg *args, const double *x, Tensor **tensor) {
  for (; args->name; x += arg_width(args++)) {
    if (args->kind != ARG_TENSOR) continue;
    *tensor++ = *x != 0 ? lb_testtensor(L, (int)*x) : NULL;
  }
}

void lnn_inputs(lua_State *L, int first, const LayerDef *def, Tensor **in, int module, const char *callee) {
  for (int i = 0; def->inputs[i]; i++) {
    in[i] = lb_testtensor(L, first + i);
    if (in[i]) continue;
    if (module) callee = lua_pushfstring(L, "nn.%s", def->name);
    const char *what = lua_pushfstring(L, "a tensor");
    if (lua_isnoneornil(L, first + i)) {
      lb_error(L, "%s: %s is missing; it must be %s%s", callee, def->inputs[i], what, lnn_pushmodulepath(L, module));
    }
    const char *got = lb_pushgot(L, first + i);
    lb_error(L, "%s: %s must be %s, got %s%s", callee, def->inputs[i], what, got, lnn_pushmodulepath(L, module));
  }
}

/* Calls the module with its hooks: the function at HOOKS_KEY does. */
static int hooked_call(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, HOOKS_KEY);
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* m:forward(x), or loss:forward(input, target) */
static int module_forward_call(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "nn.Module:forward");
  const LayerDef *def = m->def;
  int n = layer_inputs(def), nout = layer_outputs(def), given = lua_gettop(L) - 1;
  Tensor *in[n + 1], *out[nout];
  lnn_inputs(L, 2, def, in, 1, NULL);
  while (given > n && lua_isnil(L, given + 1)) given--;
  in[n] = NULL;
  if (def->extra && given > n) in[n++] = lb_testtensor(L, layer_inputs(def) + 2);
  if (n > layer_inputs(def) && !in[n - 1]) {
    const char *got = lb_pushgot(L, n + 1);
    return lb_error(L, "nn.%s: %s must be a tensor, got %s%s", def->name, def->extra, got, lnn_pushmodulepath(L, 1));
  }
  if (given > n) {
    return lb_error(L, "nn.%s: too many arguments (%d, at most %d)%s", def->name, given, n, lnn_pushmodulepath(L, 1));
  }
  if (module_forward(m, in, out) < 0) return module_error(L, 1, m);
  return lnn_pushoutputs(L, nout, out);
}

/* m(x) */
static int module_call(lua_State *L) {
  return lnn_check_module(L, 1, "nn.Module:forward")->hooked ? hooked_call(L) : module_forward_call(L);
}

int lnn_pushoutputs(lua_State *L, int n, Tensor **out) {
  for (int i = 0; i < n; i++) lb_pushunseen(L, out[i]); /* the userdata own them before anything may raise */
  for (int i = 0; context->recorder && i < n; i++) lrecord_tensor(L, out[i]);
  return n;
}

#define CHAIN_PART 32 /* layers that are handed to the core at a time */

/* The built-in layers with one input and one output that stand at list[i], list[i + 1], ...: their number. */
static int next_layers(lua_State *L, int list, lua_Integer i, const Module **layer) {
  int n = 0;
  for (; n < CHAIN_PART; n++) {
    lua_rawgeti(L, list, i + n);
    const Module *m = lnn_test_module(L, -1);
    lua_pop(L, 1);
    if (!m || m->hooked || m->def->extra || layer_inputs(m->def) != 1 || layer_outputs(m->def) != 1) break;
    layer[n] = m;
  }
  return n;
}

/* run_chain(list, x): x through list[1], list[2], ... in turn. Built-in layers hand tensors on directly (nn/chain.h);
 * anything else is called. */
static int run_chain(lua_State *L) {
  enum { LIST = 1, X, LAYER };
  const Module *layer[CHAIN_PART];
  Tensor *mine = NULL; /* the current value, where no userdata owns it yet; then nothing may raise */
  lua_settop(L, X);
  if (!lua_istable(L, LIST)) return lb_badvalue(L, "Sequential:forward", "self", LIST, "a Sequential");
  Tensor *x = lb_testtensor(L, X);
  for (lua_Integer i = 1;;) {
    const int n = x ? next_layers(L, LIST, i, layer) : 0;
    if (n > 0) {
      Tensor *y;
      const int done = chain_run(layer, n, x, &y);
      tensor_release(mine);
      if (done < n) {
        lua_rawgeti(L, LIST, i + done);
        return module_error(L, LAYER, layer[done]);
      }
      x = mine = y;
      i += n;
    }
    if (lua_rawgeti(L, LIST, i) == LUA_TNIL) break;
    if (n == CHAIN_PART) {
      lua_settop(L, X);
      continue;
    }
    Tensor *settled = mine;
    mine = NULL;
    if (settled) lb_pushtensor(L, settled);
    if (!settled) lua_pushvalue(L, X);
    lua_call(L, 1, 1);
    lua_replace(L, X);
    x = lb_testtensor(L, X);
    i++;
  }
  if (mine) lb_pushtensor(L, mine);
  if (!mine) lua_settop(L, X);
  return 1;
}

/* --- fields of a module ------------------------------------------------------------------------------------------- */

int lnn_find_tensor(const LayerDef *def, const char *key) {
  int nparams = layer_tensors(def->params);
  for (int i = 0; i < nparams; i++) {
    if (strcmp(def->params[i].name, key) == 0) return i;
  }
  for (int i = 0, n = layer_tensors(def->buffers); i < n; i++) {
    if (strcmp(def->buffers[i].name, key) == 0) return nparams + i;
  }
  return -1;
}

static int push_field(lua_State *L, const Module *m, const char *key) {
  int at, i = lnn_find_tensor(m->def, key);
  if (i >= 0) {
    lua_getiuservalue(L, 1, i + 1);
    return 1;
  }
  const Arg *a = args_find(m->def->args, key, &at);
  if (!a || a->kind == ARG_FLOAT_DTYPE) return 0; /* to() changes the dtype: the parameters know it */
  largs_push(L, a, m->args.x + at, m->args.list);
  return 1;
}

/* m.weight, m.in_features, m.training, m.class (the constructor), methods; upvalues: methods, constructors by name. */
static int module_index(lua_State *L) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  const Module *m = lnn_check_module(L, 1, "nn.Module");
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (strcmp(key, "training") == 0) {
    lua_pushboolean(L, m->training);
    return 1;
  }
  if (strcmp(key, "class") == 0) {
    lua_getfield(L, lua_upvalueindex(2), m->def->name);
    return 1;
  }
  return push_field(L, m, key);
}

static int no_such_field(lua_State *L, const Module *m, const char *key) {
  int n = 0;
  const char **names = lua_newuserdatauv(L, (size_t)(count_tensors(m) + 2) * sizeof *names, 0);
  for (const ModuleTensor *t = m->def->params; t && t->name; t++) names[n++] = t->name;
  for (const ModuleTensor *t = m->def->buffers; t && t->name; t++) names[n++] = t->name;
  names[n++] = "training";
  names[n] = NULL;
  const char *near = lb_nearest(key, names);
  if (near) return lb_error(L, "nn.%s: cannot set '%s'; did you mean '%s'?", m->def->name, key, near);
  return lb_error(L, "nn.%s: cannot set '%s' (only: %s)", m->def->name, key, lb_pushwords(L, names));
}

/* m.weight = tensor, m.training = flag */
static int module_newindex(lua_State *L) {
  Module *m = lnn_check_module(L, 1, "nn.Module");
  const char *key = luaL_tolstring(L, 2, NULL), *callee = lua_pushfstring(L, "nn.%s", m->def->name);
  if (strcmp(key, "training") == 0) {
    if (!lua_isboolean(L, 3)) return lb_badvalue(L, callee, key, 3, "true or false");
    if (m->training != lua_toboolean(L, 3)) recorder_toggle_plans(&m->training);
    m->training = lua_toboolean(L, 3);
    return 0;
  }
  int i = lnn_find_tensor(m->def, key), nparams = layer_tensors(m->def->params);
  if (i < 0) return no_such_field(L, m, key);
  Tensor *t = lb_testtensor(L, 3);
  if (!t) return lb_error(L, "%s: %s must be a tensor, got %s", callee, key, lb_pushgot(L, 3));
  recorder_invalidate_plans();
  int rc = i < nparams ? module_set_param(m, i, t) : module_set_buffer(m, i - nparams, t);
  if (rc < 0) return lb_calleeerror(L, callee);
  lua_pushvalue(L, 3);
  lua_setiuservalue(L, 1, i + 1);
  return 0;
}

static int module_gc(lua_State *L) {
  Module **ud = luaL_checkudata(L, 1, MODULE_MT);
  Module *m = *ud;
  *ud = NULL;
  module_free(m);
  return 0;
}

static int module_reset_parameters(lua_State *L) {
  Module *m = lnn_check_module(L, 1, "nn.Module:reset_parameters");
  if (m->def->reset_parameters) m->def->reset_parameters(m);
  lua_settop(L, 1);
  return 1;
}

/* --- what module.lua asks of a built-in module -------------------------------------------------------------------- */

/* Pushes {{name, tensor}, ...} for the present ones; the first of them is user value `uservalue`. */
static int push_pairs(lua_State *L, const ModuleTensor *names, Tensor *const *tensors, int uservalue) {
  lua_newtable(L);
  int n = 0;
  for (int i = 0; names && names[i].name; i++) {
    if (!tensors[i]) continue;
    lua_createtable(L, 2, 0);
    lua_pushstring(L, names[i].name);
    lua_rawseti(L, -2, 1);
    lua_getiuservalue(L, 1, uservalue + i);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

static int own_parameters(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "nn.Module:parameters");
  return push_pairs(L, m->def->params, m->param, 1);
}

static int own_buffers(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "nn.Module:buffers");
  return push_pairs(L, m->def->buffers, m->buffer, 1 + layer_tensors(m->def->params));
}

/* describe(m) -> name, what PyTorch prints between the parentheses */
static int describe(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "tostring");
  char text[256] = "";
  if (m->def->describe) m->def->describe(m, text, sizeof text);
  lua_pushstring(L, m->def->name);
  lua_pushstring(L, text);
  return 2;
}

/* kind(v) -> "tensor", "module" (a built-in one), or nil */
static int kind(lua_State *L) {
  if (lb_testtensor(L, 1)) {
    lua_pushliteral(L, "tensor");
  } else if (lnn_test_module(L, 1)) {
    lua_pushliteral(L, "module");
  } else {
    lua_pushnil(L);
  }
  return 1;
}

/* convert_(tensor, dtype): in place, so that every holder of the tensor sees it */
static int convert(lua_State *L) {
  static const Arg args[] = {{.name = "dtype", .kind = ARG_DTYPE, .required = true}, {0}};
  double dt = 0;
  Tensor *t = lb_checktensor(L, 1, "nn.Module:to", "tensor");
  largs_read(L, 2, "nn.Module:to", &(ArgValues){.args = args, .x = &dt});
  return module_convert_tensor_(t, (DType)dt) < 0 ? lb_calleeerror(L, "nn.Module:to") : 0;
}

/* copy_(dst, src): the values only, also into a parameter */
static int copy(lua_State *L) {
  Tensor *dst = lb_checktensor(L, 1, "nn: copy", "dst"), *src = lb_checktensor(L, 2, "nn: copy", "src");
  return tensor_copy_(dst, src) < 0 ? lb_coreerror(L) : 0;
}

/* clear_grads(m): p.grad = nil for its parameters */
static int clear_grads(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "nn.Module:zero_grad");
  for (int i = 0, n = layer_tensors(m->def->params); i < n; i++) {
    if (m->param[i]) tensor_set_grad(m->param[i], NULL);
  }
  return 0;
}

/* mean_weight(loss, prediction, y): what the mean of a loss divided by, where that is no fixed number per row; else nil
 */
static int mean_weight(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "mean_weight");
  Tensor *in[2], *out = NULL;
  if (m->def->inputs != loss_inputs || !m->def->mean_weight) return 0;
  lnn_inputs(L, 2, m->def, in, 1, NULL);
  if (m->def->mean_weight(m, in, &out) < 0) return module_error(L, 1, m);
  return out ? lnn_pushoutputs(L, 1, &out) : 0;
}

/* set_hook_caller(fn): the function that calls a module which has hooks, with its arguments */
static int set_hook_caller(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_setfield(L, LUA_REGISTRYINDEX, HOOKS_KEY);
  return 0;
}

/* set_module_path(fn): the function that gives the path of a module, for messages */
static int set_module_path(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_setfield(L, LUA_REGISTRYINDEX, MODULE_PATH_KEY);
  return 0;
}

/* --- the library -------------------------------------------------------------------------------------------------- */

static const luaL_Reg FUNCTIONS[] = {
    {"declarations", lnn_declarations},
    {"run_chain", run_chain},
    {"own_parameters", own_parameters},
    {"own_buffers", own_buffers},
    {"describe", describe},
    {"kind", kind},
    {"convert_", convert},
    {"copy_", copy},
    {"clear_grads", clear_grads},
    {"mean_weight", mean_weight},
    {"count_right", lnn_count_right},
    {"count_signs", lnn_count_signs},
    {"set_module_path", set_module_path},
    {"rnn", lnn_rnn},
    {"twin", lnn_twin},
    {"swap_tensor", lnn_swap_tensor},
    {"set_hooked", lnn_set_hooked},
    {"in_evaluation", lnn_in_evaluation},
    {"parameter_list", lnn_parameter_list},
    {"set_hook_caller", set_hook_caller},
    {NULL, NULL},
};

static const luaL_Reg METHODS[] = {
    {"forward", module_forward_call},
    {"reset_parameters", module_reset_parameters},
    {NULL, NULL},
};

static const luaL_Reg METAMETHODS[] = {
    {"__call", module_call},
    {"__newindex", module_newindex},
    {"__gc", module_gc},
    {NULL, NULL},
};

void lnn_setclosure(lua_State *L, const char *space, const char *name, lua_CFunction fn, const void *row) {
  lua_pushlightuserdata(L, (void *)row);
  lua_pushfstring(L, "%s.%s", space, name);
  lua_pushcclosure(L, fn, 2);
  lua_setfield(L, -2, name);
}

static void push_layers(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; layer_defs[i]; i++) lnn_setclosure(L, "nn", layer_defs[i]->name, module_create, layer_defs[i]);
}

/* Makes the metatable of modules; pushes their method table. The constructors are on the top. */
static void push_methods(lua_State *L) {
  luaL_newlib(L, METHODS);
  luaL_newmetatable(L, MODULE_MT);
  module_mt = lua_topointer(L, -1);
  luaL_setfuncs(L, METAMETHODS, 0);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -4);
  lua_pushcclosure(L, module_index, 2);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

/* The table that lua/optlab/nn/init.lua completes: {layers, methods, metatable, functional, init, and FUNCTIONS}. */
int luaopen_optlab_nn(lua_State *L) {
  luaL_newlib(L, FUNCTIONS);
  push_layers(L);
  push_methods(L);
  lua_setfield(L, -3, "methods");
  lua_setfield(L, -2, "layers");
  luaL_getmetatable(L, MODULE_MT);
  lua_setfield(L, -2, "metatable");
  lnn_pushfunctional(L);
  lua_setfield(L, -2, "functional");
  lnn_pushinit(L);
  lua_setfield(L, -2, "init");
  return 1;
}
