/*
 * lnn_modes.c - what sweeps ask of each model: its parameters; evaluation mode for the length of a call.
 */
#include <lauxlib.h>

#include "core/context.h"
#include "core/recorder.h"
#include "lua/nn/lnn.h"

/* Switches module i of the list at idx; returns how it was. */
static bool switch_module(lua_State *L, int idx, int i, bool training) {
  lua_rawgeti(L, idx, i);
  Module *m = lnn_test_module(L, -1);
  bool before = m && m->training;
  if (!m) { /* one that is written in Lua */
    lua_getfield(L, -1, "training");
    before = lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  if (before != training) {
    recorder_toggle_plans(m ? (const void *)&m->training : lua_topointer(L, -1));
    if (m) {
      m->training = training;
    } else {
      lua_pushboolean(L, training);
      lua_setfield(L, -2, "training");
    }
  }
  lua_pop(L, 1);
  return before;
}

/* parameter_list(layer): its parameters, a list. */
int lnn_parameter_list(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "nn.Module:parameters");
  const int n = layer_tensors(m->def->params);
  lua_createtable(L, n, 0);
  for (int i = 0, k = 0; i < n; i++) {
    if (!m->param[i]) continue;
    lua_getiuservalue(L, 1, i + 1);
    lua_rawseti(L, -2, ++k);
  }
  return 1;
}

/* in_evaluation(modules, f, ...): f(...), without gradients and with the modules of the list in evaluation mode. */
int lnn_in_evaluation(lua_State *L) {
  enum { MODULES = 1, BEFORE, F };
  luaL_checktype(L, MODULES, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  const int n = (int)lua_rawlen(L, MODULES), nargs = lua_gettop(L) - 2;
  bool *before = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *before, 0);
  lua_insert(L, BEFORE);
  luaL_checkstack(L, 4, NULL);
  for (int i = 0; i < n; i++) before[i] = switch_module(L, MODULES, i + 1, false);
  const bool mode = context->grad_mode;
  context->grad_mode = false;
  const int status = lua_pcall(L, nargs, LUA_MULTRET, 0);
  context->grad_mode = mode;
  for (int i = 0; i < n; i++) switch_module(L, MODULES, i + 1, before[i]);
  return status == LUA_OK ? lua_gettop(L) - (F - 1) : lua_error(L);
}
