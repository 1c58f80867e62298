/*
 * lcollect.h - when Lua's collector runs for the memory behind tensors, which it cannot see.
 */
#ifndef OPTLAB_LUA_MEMORY_LCOLLECT_H
#define OPTLAB_LUA_MEMORY_LCOLLECT_H

#include <lua.h>

/* Puts the state's collector into its generational mode; to be called once for a state. */
void lcollect_open(lua_State *L);

/* To be called after each tensor that was pushed; may collect. */
void lcollect_pushed(lua_State *L);

#endif
