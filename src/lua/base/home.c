/*
 * home.c - tries the known layouts one after the other.
 *
 *   build/optlab, build/optlab.so          build/share/optlab/lua
 *   <prefix>/bin/optlab                    <prefix>/share/optlab/lua
 *   <prefix>/lib/lua/5.4/optlab.so         <prefix>/share/optlab/lua, or <prefix>/share/lua/5.4 for a rock
 *   <prefix>/bin/optlab of a rock, which LuaRocks copies from
 *   <prefix>/lib/luarocks/rocks-5.4/optlab/scm-1/bin/optlab   <prefix>/share/lua/5.4
 *   <prefix>/lib/<arch>/lua/5.4/optlab.so  <prefix>/share/optlab/lua
 */
#include "lua/base/home.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua/base/lbind.h"

static const char *const LAYOUTS[] = {
    "share/optlab/lua", "../share/optlab/lua",    "../../../share/optlab/lua",       "../../../../share/optlab/lua",
    "../share/lua/5.4", "../../../share/lua/5.4", "../../../../../../share/lua/5.4",
};

/* True if dir/layout holds the modules; then out is its absolute path. */
static bool try_layout(const char *dir, const char *layout, char *out) {
  char probe[HOME_MAX], real[PATH_MAX];
  int n = snprintf(probe, sizeof probe, "%s/%s/optlab/init.lua", dir, layout);
  if (n < 0 || n >= HOME_MAX || access(probe, R_OK) != 0) return false;
  probe[n - (int)strlen("/optlab/init.lua")] = '\0';
  if (!realpath(probe, real) || strlen(real) >= HOME_MAX) return false;
  strcpy(out, real);
  return true;
}

bool home_find(const char *binary, char *out) {
  char dir[PATH_MAX];
  if (!realpath(binary, dir)) return false;
  char *slash = strrchr(dir, '/');
  if (!slash) return false;
  *slash = '\0';
  for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++) {
    if (try_layout(dir, LAYOUTS[i], out)) return true;
  }
  return false;
}

void home_use(lua_State *L, const char *home) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "path");
  lua_pushfstring(L, "%s/?.lua;%s/?/init.lua;%s", home, home, luaL_optstring(L, -1, ""));
  lua_setfield(L, -3, "path");
  lua_pop(L, 2);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, luaopen_optlab_core);
  lua_setfield(L, -2, "optlab.core");
  lua_pop(L, 1);
}
