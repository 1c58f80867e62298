/*
 * ltensor.h - what the files of the tensor library share among themselves.
 *
 *   ltensorlib.c     the library and its metatable; fields; in-place methods
 *   ltensor_create.c zeros, arange, tensor{...}, random tensors
 *   ltensor_ops.c    functions and methods that run rows of the op table: element-wise ones and products
 *   ltensor_reduce.c sum, mean, max, var, norm, softmax
 *   ltensor_shape.c  reshape, transpose, cat, ...
 *   ltensor_index.c  t[i], t[{...}], t[i] = v
 *   ltensor_print.c  __tostring
 */
#ifndef OPTLAB_LUA_TENSOR_LTENSOR_H
#define OPTLAB_LUA_TENSOR_LTENSOR_H

#include "autograd/op.h"
#include "lua/base/largs.h"

/* Add functions to the library table at `lib` and methods to the table at `methods`. */
void ltensor_create(lua_State *L, int lib, int methods);
void ltensor_ops(lua_State *L, int lib, int methods, int meta);
void ltensor_reduce(lua_State *L, int lib, int methods);
void ltensor_shape(lua_State *L, int lib, int methods);
void ltensor_rng(lua_State *L, int lib);

int ltensor_index(lua_State *L);    /* t[key] for a number, table or tensor key at index 2 */
int ltensor_newindex(lua_State *L); /* t[key] = value, the same keys */
int ltensor_tostring(lua_State *L);

/* Sets functions under the same names in both tables. */
void ltensor_setboth(lua_State *L, int lib, int methods, const luaL_Reg *regs);

/* Applies op to the operands at 1 and 2, of which at least one is a tensor, and pushes the result. */
int ltensor_apply2(lua_State *L, const char *callee, OpId op);

/* Runs an op on borrowed tensors and pushes the result. */
int ltensor_push_op(lua_State *L, OpId op, Tensor *const *in, int nin, const OpArgs *args);

/* Raises unless t may be changed in place now: it is no result that backward could still need, nor a leaf that requires
 * a gradient, unless gradients are off. */
void ltensor_check_inplace(lua_State *L, const Tensor *t, const char *fn);

#endif
