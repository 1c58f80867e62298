/*
 * ltensor_functions.h - what ltensor_functions.c gathers: functions that are methods too, each list ended by {NULL}.
 */
#ifndef OPTLAB_LUA_TENSOR_FUNCTIONS_LTENSOR_FUNCTIONS_H
#define OPTLAB_LUA_TENSOR_FUNCTIONS_LTENSOR_FUNCTIONS_H

#include "lua/tensor/ltensor.h"

extern const luaL_Reg ltensor_scan_list[];   /* cumsum, cumprod, prod, any, all */
extern const luaL_Reg ltensor_sort_list[];   /* sort, argsort, topk, kthvalue, median, quantile, searchsorted */
extern const luaL_Reg ltensor_unique_list[]; /* unique, bincount */
extern const luaL_Reg ltensor_matrix_list[]; /* tril, triu, diag, diagonal, diag_embed, trace, outer */
extern const luaL_Reg ltensor_repeat_list[]; /* tile, repeat_interleave, flip, roll */
extern const luaL_Reg ltensor_blend_list[];  /* lerp, addcmul, addcdiv */
extern const luaL_Reg ltensor_random_list[]; /* multinomial, bernoulli */
int ltensor_bernoulli_(lua_State *L);
int ltensor_meshgrid(lua_State *L);

#endif
