/*
 * lrecord.h - what bindings report to the recorder of steps (core/recorder.h) about Lua values.
 *
 * Nothing happens unless a step is being recorded. lab.compile opens the tables before it runs a step and closes them
 * afterwards.
 */
#ifndef OPTLAB_LUA_BASE_LRECORD_H
#define OPTLAB_LUA_BASE_LRECORD_H

#include <lua.h>

#include "core/tensor.h"

void lrecord_tensor(lua_State *L, Tensor *t); /* the userdata on top, new, holds t; only while a step is recorded */
void lrecord_keep(lua_State *L, int idx);     /* what is recorded keeps the value at idx alive */
void lrecord_raise(lua_State *L);             /* raises what the recorder has refused, if anything */

/* --- for lab.compile ---------------------------------------------------------------------------------------------- */

/* Before a step is recorded; tensors: whether those that Lua gets are wanted. */
void lrecord_open(lua_State *L, bool tensors);
void lrecord_close(lua_State *L);    /* after it */
int lrecord_push_kept(lua_State *L); /* pushes the list of values kept alive so far; its Lua type */
int lrecord_push_tensors(
    lua_State *L); /* pushes the table {tensor userdata -> number of a line}, weak keys; its type */

#endif
