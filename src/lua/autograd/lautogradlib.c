/*
 * lautogradlib.c - running the graph from Lua: backward, grad, no_grad.
 *
 * What can be written with these in Lua (func.grad, hessian, gradcheck) is in lua/optlab/autograd/func.lua.
 */
#include "autograd/backward.h"
#include "lua/tensor/ltensor.h"

static const char *const OPTIONS[] = {"gradient", "retain_graph", "create_graph", "allow_unused", "grad_outputs", NULL};

static BackwardOptions read_options(lua_State *L, int idx, const char *fn) {
  BackwardOptions o = {0};
  if (!lb_checkoptions(L, idx, fn, OPTIONS)) return o;
  o.create_graph = lb_optboolean(L, idx, fn, "create_graph", false);
  o.retain_graph = lb_optboolean(L, idx, fn, "retain_graph", o.create_graph);
  o.allow_unused = lb_optboolean(L, idx, fn, "allow_unused", false);
  return o;
}

/*** Adds the gradient of this tensor into .grad of every leaf it was computed from: `loss:backward()`,
 * `y:backward(gradient, {retain_graph=true})`. @function backward */
static int l_backward(lua_State *L) {
  Tensor *t = lb_checktensor(L, 1, "backward");
  Tensor *gradient = lb_testtensor(L, 2);
  int options = gradient || lua_isnil(L, 2) ? 3 : 2;
  if (autograd_backward(t, gradient, read_options(L, options, "backward")) < 0) return lb_coreerror(L);
  return 0;
}

/* A tensor or a list of tensors at idx; pushes the block that holds the list. */
static Tensor **one_or_list(lua_State *L, int idx, int *n, const char *fn) {
  Tensor *one = lb_testtensor(L, idx);
  if (!one) return lb_tensorlist(L, idx, n, fn);
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
  const char *fn = "autograd.grad";
  int nout, nin, ngrad = 0;
  bool as_list = !lb_testtensor(L, 2);
  lua_settop(L, 3);
  BackwardOptions o = read_options(L, 3, fn);
  Tensor **outputs = one_or_list(L, 1, &nout, fn), **inputs = one_or_list(L, 2, &nin, fn), **weights = NULL;
  if (lua_istable(L, 3) && lua_getfield(L, 3, "grad_outputs") != LUA_TNIL) {
    weights = one_or_list(L, lua_gettop(L), &ngrad, fn);
    if (ngrad != nout) return lb_error(L, "%s: %d grad_outputs for %d outputs", fn, ngrad, nout);
  }
  Tensor **result = lua_newuserdatauv(L, (size_t)(nin ? nin : 1) * sizeof *result, 0);
  if (autograd_grad(outputs, weights, nout, inputs, nin, result, o) < 0) return lb_coreerror(L);
  push_results(L, result, nin, as_list);
  return 1;
}

/* Calls the function at 1 with the other arguments under a grad mode, restores the mode whatever happens. */
static int call_with_mode(lua_State *L, const char *fn, bool mode) {
  if (lua_type(L, 1) != LUA_TFUNCTION) return lb_argerror(L, fn, 1, "a function");
  bool old = grad_set_mode(mode);
  int rc = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  grad_set_mode(old);
  return rc == LUA_OK ? lua_gettop(L) : lua_error(L);
}
/*** Calls f(...) without recording and returns its results: `lab.no_grad(function() ... end)`. @function no_grad */
static int l_no_grad(lua_State *L) { return call_with_mode(L, "no_grad", false); }
/*** Calls f(...) with recording on, inside no_grad. @function enable_grad */
static int l_enable_grad(lua_State *L) { return call_with_mode(L, "enable_grad", true); }
static int l_is_grad_enabled(lua_State *L) {
  lua_pushboolean(L, grad_mode());
  return 1;
}
/*** Turns recording on or off until further notice. @function set_grad_enabled */
static int l_set_grad_enabled(lua_State *L) {
  if (!lua_isboolean(L, 1)) return lb_argerror(L, "set_grad_enabled", 1, "true or false");
  grad_set_mode(lua_toboolean(L, 1));
  return 0;
}

/*** The names of all ops that have a gradient, for tests that must miss none. @function differentiable_ops */
static int l_differentiable_ops(lua_State *L) {
  lua_newtable(L);
  for (int i = 0, n = 0; i < OP_COUNT; i++) {
    if (!op_row((OpId)i)->backward) continue;
    lua_pushstring(L, op_row((OpId)i)->name);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

int luaopen_optlab_autograd(lua_State *L) {
  static const luaL_Reg functions[] = {{"backward", l_backward},
                                       {"grad", l_grad},
                                       {"no_grad", l_no_grad},
                                       {"enable_grad", l_enable_grad},
                                       {"is_grad_enabled", l_is_grad_enabled},
                                       {"set_grad_enabled", l_set_grad_enabled},
                                       {"differentiable_ops", l_differentiable_ops},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  luaL_getmetatable(L, TENSOR_MT); /* the method t:backward() */
  lua_getfield(L, -1, "__index");
  lua_getupvalue(L, -1, 1);
  lua_pushcfunction(L, l_backward);
  lua_setfield(L, -2, "backward");
  lua_pop(L, 3);
  return 1;
}
