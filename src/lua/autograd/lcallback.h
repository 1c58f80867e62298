/*
 * lcallback.h - Lua functions in backward: hooks of tensors, the backward of lab.autograd.Function.
 */
#ifndef OPTLAB_LUA_AUTOGRAD_LCALLBACK_H
#define OPTLAB_LUA_AUTOGRAD_LCALLBACK_H

#include "lua/tensor/ltensor.h"

void lcallback_open(lua_State *L);

/* Around a run of backward that L starts; what the callbacks raise is kept. Returns what lcallback_leave takes. */
lua_State *lcallback_enter(lua_State *L);
void lcallback_leave(lua_State *outer);

/* Raises what a callback raised, if one did; else the core's message behind the callee. */
int lcallback_error(lua_State *L, const char *callee);

/* custom(y, {x1, x2, ...}, backward): y as computed from the x; backward(d, y) gives the list of their gradients, with
 * false where there is none */
int lcallback_custom(lua_State *L);

/* add_hook(t, fn): fn(g) is called with the gradient of t, which was computed; a handle for remove_hook(t, handle) */
int lcallback_add_hook(lua_State *L);
int lcallback_remove_hook(lua_State *L);

#endif
