/*
 * lguard.h - state that is otherwise while a function runs, and is set back whatever happens.
 *
 * An error may end a coroutine, in which Lua closes no variables, so the function is called in protected mode and the
 * error goes on afterwards. A function that is called like this cannot yield: the state would stay as it is while other
 * code runs.
 */
#ifndef OPTLAB_LUA_BASE_LGUARD_H
#define OPTLAB_LUA_BASE_LGUARD_H

#include <lua.h>
#include <stdbool.h>

/* Calls the function below the nargs arguments on top of the stack with recording for backward on or off, and leaves
 * nresults results (LUA_MULTRET: all) in their place. */
void lguard_grad_mode(lua_State *L, bool on, int nargs, int nresults);

/* ensure(f, restore): the results of f(), or its error; before that, restore() is called. */
int lguard_ensure(lua_State *L);

#endif
