/*
 * ldist.h - the parts of the library "dist".
 */
#ifndef OPTLAB_LUA_DIST_LDIST_H
#define OPTLAB_LUA_DIST_LDIST_H

#include <lua.h>

/* Adds reducer and sums to the table on top. */
void ldist_add_reducer(lua_State *L);

#endif
