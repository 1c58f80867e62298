/*
 * lguard.c - protected calls that set state back.
 */
#include "lua/base/lguard.h"

#include <lauxlib.h>

#include "core/context.h"

void lguard_grad_mode(lua_State *L, bool on, int nargs, int nresults) {
  const bool old = context->grad_mode;
  context->grad_mode = on;
  const int status = lua_pcall(L, nargs, nresults, 0);
  context->grad_mode = old;
  if (status != LUA_OK) lua_error(L);
}

int lguard_ensure(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_pushvalue(L, 1);
  const int status = lua_pcall(L, 0, LUA_MULTRET, 0);
  lua_pushvalue(L, 2);
  lua_call(L, 0, 0);
  return status == LUA_OK ? lua_gettop(L) - 2 : lua_error(L);
}
