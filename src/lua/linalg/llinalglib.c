/*
 * llinalglib.c - linear algebra for Lua.
 */
#include "lua/linalg/llinalg.h"

int luaopen_optlab_linalg(lua_State *L) {
  lua_newtable(L);
  const int lib = lua_gettop(L);
  llinalg_solve(L, lib);
  llinalg_decompose(L, lib);
  return 1;
}
