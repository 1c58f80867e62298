/*
 * lautogradlib.c - running the graph from Lua: backward, grad, no_grad.
 *
 * What can be written with these in Lua (func.grad, hessian, gradcheck) is in lua/optlab/autograd/func.lua.
 */
#include "autograd/backward.h"
#include "lua/autograd/lcallback.h"
#include "lua/autograd/lrows.h"
#include "lua/base/lguard.h"
#include "lua/tensor/ltensor.h"

/* The rows that backward and grad share; retain_graph is create_graph unless given. */
#define GRAPH_ROWS \
  {.name = "retain_graph", .kind = ARG_FLAG, .def = ARG_UNSET}, { .name = "create_graph", .kind = ARG_FLAG }
enum { FIRST, RETAIN_GRAPH, CREATE_GRAPH, ALLOW_UNUSED, GRAD_COUNT };

static BackwardOptions graph_options(const double *x) {
  bool create = x[CREATE_GRAPH] != 0;
  return (BackwardOptions){.create_graph = create,
                           .retain_graph = isnan(x[RETAIN_GRAPH]) ? create : x[RETAIN_GRAPH] != 0};
}

static bool hooked_leaves; /* some tensors that were not computed have hooks (lua/optlab/autograd/hooks.lua) */

#define LEAVES_KEY "optlab.leaf_hooks"

/* set_leaf_hooks(on, fn): while it is on, fn("before") is called before backward, fn(what it returned, create_graph,
 * whether backward failed) after it, and fn(inputs, create_graph, gradients) after grad, whose result it returns */
static int l_set_leaf_hooks(lua_State *L) {
  hooked_leaves = lua_toboolean(L, 1);
  lua_settop(L, 2);
  lua_setfield(L, LUA_REGISTRYINDEX, LEAVES_KEY);
  return 0;
}

static int backward_with_hooks(lua_State *L, Tensor *t, Tensor *gradient, BackwardOptions o) {
  lua_getfield(L, LUA_REGISTRYINDEX, LEAVES_KEY);
  lua_pushvalue(L, -1);
  lua_pushliteral(L, "before");
  lua_call(L, 1, 1);
  lua_State *outer = lcallback_enter(L);
  const int rc = autograd_backward(t, gradient, o);
  lcallback_leave(outer);
  lua_pushboolean(L, o.create_graph);
  lua_pushboolean(L, rc < 0);
  lua_call(L, 3, 0);
  return rc < 0 ? lcallback_error(L, "Tensor:backward") : 0;
}

/*** Adds the gradient of this tensor into .grad of every leaf it was computed from: `loss:backward()`,
 * `y:backward(gradient, {retain_graph=true})`. @function backward */
static int l_backward(lua_State *L) {
  static const Arg args[] = {{.name = "gradient", .kind = ARG_TENSOR}, GRAPH_ROWS, {0}};
  const char *callee = "Tensor:backward";
  double x[CREATE_GRAPH + 1];
  Tensor *t = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = x});
  Tensor *gradient = x[FIRST] != 0 ? lb_testtensor(L, (int)x[FIRST]) : NULL;
  if (hooked_leaves) return backward_with_hooks(L, t, gradient, graph_options(x));
  lua_State *outer = lcallback_enter(L);
  const int rc = autograd_backward(t, gradient, graph_options(x));
  lcallback_leave(outer);
  return rc < 0 ? lcallback_error(L, callee) : 0;
}

/* A tensor or a list of tensors at idx; pushes the block that holds the list. */
static Tensor **one_or_list(lua_State *L, int idx, int *n, const char *callee, const char *name) {
  Tensor *one = lb_testtensor(L, idx);
  if (!one && !lua_istable(L, idx)) lb_badvalue(L, callee, name, idx, "a tensor or a list of tensors");
  if (!one) return lb_tensorlist(L, idx, n, callee, name);
  Tensor **list = lua_newuserdatauv(L, sizeof *list, 0);
  list[0] = one;
  *n = 1;
  return list;
}

/* Pushes the results as one tensor (for one input) or a list. The first failure releases the rest. */
static void push_results(lua_State *L, Tensor **result, int n, bool as_list) {
  if (as_list) lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    if (result[i]) {
      lb_pushtensor(L, result[i]);
    } else {
      lua_pushnil(L);
    }
    if (as_list) lua_rawseti(L, -2, i + 1);
  }
}

/*** The gradients of one output (or a list) with respect to one input or a list of inputs, without touching .grad:
 * `lab.autograd.grad(y, x, {create_graph=true})`. Options: grad_outputs, retain_graph, create_graph, allow_unused.
 * @function grad */
static int l_grad(lua_State *L) {
  static const Arg args[] = {
      {.name = "grad_outputs", .kind = ARG_VALUE}, GRAPH_ROWS, {.name = "allow_unused", .kind = ARG_FLAG}, {0}};
  const char *fn = "autograd.grad";
  double x[GRAD_COUNT];
  int nout, nin, ngrad = 0;
  bool as_list = !lb_testtensor(L, 2);
  lb_atmost(L, fn, 3);
  if (lua_gettop(L) < 3) lua_settop(L, 3);
  largs_options(L, 3, fn, &(ArgValues){.args = args, .x = x});
  BackwardOptions o = graph_options(x);
  o.allow_unused = x[ALLOW_UNUSED] != 0;
  Tensor **outputs = one_or_list(L, 1, &nout, fn, "outputs"), **inputs = one_or_list(L, 2, &nin, fn, "inputs");
  Tensor **weights = x[FIRST] != 0 ? one_or_list(L, (int)x[FIRST], &ngrad, fn, "grad_outputs") : NULL;
  if (weights && ngrad != nout) return lb_error(L, "%s: %d grad_outputs for %d outputs", fn, ngrad, nout);
  Tensor **result = lua_newuserdatauv(L, (size_t)(nin ? nin : 1) * sizeof *result, 0);
  lua_State *outer = lcallback_enter(L);
  const int rc = autograd_grad(outputs, weights, nout, inputs, nin, result, o);
  lcallback_leave(outer);
  if (rc < 0) return lcallback_error(L, fn);
  push_results(L, result, nin, as_list);
  if (!hooked_leaves) return 1;
  lua_getfield(L, LUA_REGISTRYINDEX, LEAVES_KEY);
  lua_pushvalue(L, 2);
  lua_pushboolean(L, o.create_graph);
  lua_pushvalue(L, -4);
  lua_call(L, 3, 1);
  return 1;
}

/* Calls the function or the module at 1 with the other arguments under a grad mode. */
static int call_with_mode(lua_State *L, const char *fn, bool mode) {
  const int given = lua_gettop(L);
  const bool callable = lua_type(L, 1) == LUA_TFUNCTION || luaL_getmetafield(L, 1, "__call") != LUA_TNIL;
  if (!callable) return lb_badvalue(L, fn, "f", 1, "a function or a module");
  lua_settop(L, given);
  lguard_grad_mode(L, mode, given - 1, LUA_MULTRET);
  return lua_gettop(L);
}
/*** Calls f(...) without recording and returns its results: `lab.no_grad(function() ... end)`, `lab.no_grad(net, x)`.
 * @function no_grad */
static int l_no_grad(lua_State *L) { return call_with_mode(L, "lab.no_grad", false); }
/*** Calls f(...) with recording on, inside no_grad. @function enable_grad */
static int l_enable_grad(lua_State *L) { return call_with_mode(L, "lab.enable_grad", true); }
static int l_is_grad_enabled(lua_State *L) {
  lb_atmost(L, "lab.is_grad_enabled", 0);
  lua_pushboolean(L, grad_mode());
  return 1;
}
/*** Turns recording on or off until further notice. @function set_grad_enabled */
static int l_set_grad_enabled(lua_State *L) {
  static const Arg args[] = {{.name = "on", .kind = ARG_FLAG, .required = true}, {0}};
  double on = 0;
  largs_read(L, 1, "lab.set_grad_enabled", &(ArgValues){.args = args, .x = &on});
  grad_set_mode(on != 0);
  return 0;
}

/* version(t): a number that changes when t's memory is written to in place */
static int l_version(lua_State *L) {
  lua_pushinteger(L, lb_checktensor(L, 1, "autograd.version", "t")->storage->version);
  return 1;
}

int luaopen_optlab_autograd(lua_State *L) {
  static const luaL_Reg functions[] = {{"backward", l_backward},
                                       {"grad", l_grad},
                                       {"no_grad", l_no_grad},
                                       {"enable_grad", l_enable_grad},
                                       {"is_grad_enabled", l_is_grad_enabled},
                                       {"set_grad_enabled", l_set_grad_enabled},
                                       {"version", l_version},
                                       {"custom", lcallback_custom},
                                       {"add_hook", lcallback_add_hook},
                                       {"remove_hook", lcallback_remove_hook},
                                       {"set_leaf_hooks", l_set_leaf_hooks},
                                       {"differentiable_ops", lrows_differentiable},
                                       {"computing_ops", lrows_computing},
                                       {"observe_ops", lrows_observe},
                                       {NULL, NULL}};
  lcallback_open(L);
  luaL_newlib(L, functions);
  luaL_getmetatable(L, TENSOR_MT); /* the method t:backward() */
  lua_getfield(L, -1, "__index");
  lua_getupvalue(L, -1, 1);
  lua_pushcfunction(L, l_backward);
  lua_setfield(L, -2, "backward");
  lua_pop(L, 3);
  return 1;
}
