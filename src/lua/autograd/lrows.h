/*
 * lrows.h - which rows of the op table compute something, for tests that must miss none.
 */
#ifndef OPTLAB_LUA_AUTOGRAD_LROWS_H
#define OPTLAB_LUA_AUTOGRAD_LROWS_H

#include "lua/base/lbind.h"

/* differentiable_ops() -> the names of the rows that have a gradient */
int lrows_differentiable(lua_State *L);

/* computing_ops() -> the names of the rows that compute, which views do not */
int lrows_computing(lua_State *L);

/* observe_ops(f) -> {name of a row that f's calls computed = the most elements that one of its tensors had} */
int lrows_observe(lua_State *L);

#endif
