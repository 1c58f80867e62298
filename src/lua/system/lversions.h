/*
 * lversions.h - what a run's numbers may depend on, beside its script: for optlab.core's `runs.versions()`.
 */
#ifndef OPTLAB_LUA_SYSTEM_LVERSIONS_H
#define OPTLAB_LUA_SYSTEM_LVERSIONS_H

#include <lua.h>

int lversions(lua_State *L);

#endif
