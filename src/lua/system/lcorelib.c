/*
 * lcorelib.c - the C half of the library, as one table of sub-libraries ("optlab.core"), and the entry of optlab.so.
 *
 * Inside the program the host preloads optlab.core and optlab/init.lua makes the public `lab` table of it. A stock Lua
 * that requires optlab.so gets the same: luaopen_optlab finds the Lua modules beside the shared object and runs
 * optlab/init.lua.
 */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <stdint.h>

#include "kernels/gemm/blas_core.h"
#include "lua/base/home.h"
#include "lua/base/lbind.h"
#include "lua/base/lguard.h"
#include "lua/memory/lcollect.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int luaopen_optlab(lua_State *L);
EXPORT int luaopen_optlab_core(lua_State *L);

static const luaL_Reg LIBRARIES[] = {
    {"tensor", luaopen_optlab_tensor},
    {"autograd", luaopen_optlab_autograd},
    {"nn", luaopen_optlab_nn},
    {"optim", luaopen_optlab_optim},
    {"sched", luaopen_optlab_sched},
    {"data", luaopen_optlab_data},
    {"save", luaopen_optlab_save},
    {"dist", luaopen_optlab_dist},
    {"system", luaopen_optlab_system},
    {"compile", luaopen_optlab_compile},
    {"files", luaopen_optlab_files},
    {"interrupt", luaopen_optlab_interrupt},
    {"terminal", luaopen_optlab_terminal},
    {"runs", luaopen_optlab_runs},
    {"work", luaopen_optlab_work},
    {"linalg", luaopen_optlab_linalg},
    {"minimize", luaopen_optlab_minimize},
    {NULL, NULL},
};

int luaopen_optlab_core(lua_State *L) {
  blas_core_choose();
  lcollect_open(L);
  lua_newtable(L);
  for (const luaL_Reg *lib = LIBRARIES; lib->name; lib++) {
    lua_pushcfunction(L, lib->func);
    lua_call(L, 0, 1);
    lua_setfield(L, -2, lib->name);
  }
  lua_pushcfunction(L, lguard_ensure);
  lua_setfield(L, -2, "ensure");
  lua_pushliteral(L, OPTLAB_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}

int luaopen_optlab(lua_State *L) {
  Dl_info info;
  char home[HOME_MAX];
  if (dladdr((void *)(intptr_t)luaopen_optlab, &info) == 0 || !home_find(info.dli_fname, home)) {
    return luaL_error(L, "optlab: cannot find the Lua modules that belong to optlab.so");
  }
  home_use(L, home);
  lua_pushfstring(L, "%s/optlab/init.lua", home);
  if (luaL_loadfile(L, lua_tostring(L, -1)) != LUA_OK) return lua_error(L);
  lua_insert(L, -2);
  lua_pushliteral(L, "optlab");
  lua_insert(L, -2);
  lua_call(L, 2, 1);
  return 1;
}
