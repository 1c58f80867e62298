/*
 * home.h - where optlab's Lua modules lie, seen from the program or from optlab.so.
 *
 * Nothing is compiled in: the modules are found relative to the binary file, so that a build tree and an installed tree
 * can both be moved. The build directory holds share/optlab, a folder of links to the sources.
 */
#ifndef OPTLAB_LUA_BASE_HOME_H
#define OPTLAB_LUA_BASE_HOME_H

#include <lua.h>
#include <stdbool.h>

#define HOME_MAX 4096

/* Writes the absolute directory D for which D/optlab/init.lua exists into out (HOME_MAX bytes); false if none does. */
bool home_find(const char *binary, char *out);

/* Puts the modules under `home` first in package.path and makes require "optlab.core" give the C half. */
void home_use(lua_State *L, const char *home);

#endif
