/*
 * coroutines.h - coroutine.resume, wrap and close that tell signals.c which coroutine runs.
 */
#ifndef OPTLAB_HOST_COROUTINES_H
#define OPTLAB_HOST_COROUTINES_H

#include <lua.h>

/* Puts the three functions into the global table `coroutine`. */
void coroutines_install(lua_State *L);

#endif
