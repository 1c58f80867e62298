/*
 * ltensor_functions.c - functions of whole tensors: sums along, sorting, parts of matrices, ...
 */
#include "lua/tensor/functions/ltensor_functions.h"

void ltensor_functions(lua_State *L, int lib, int methods) {
  ltensor_setboth(L, lib, methods, ltensor_scan_list);
  ltensor_setboth(L, lib, methods, ltensor_sort_list);
  ltensor_setboth(L, lib, methods, ltensor_unique_list);
  ltensor_setboth(L, lib, methods, ltensor_matrix_list);
  ltensor_setboth(L, lib, methods, ltensor_repeat_list);
  ltensor_setboth(L, lib, methods, ltensor_blend_list);
  ltensor_setboth(L, lib, methods, ltensor_random_list);
  lua_pushcfunction(L, ltensor_bernoulli_);
  lua_setfield(L, methods, "bernoulli_");
  lua_pushcfunction(L, ltensor_meshgrid);
  lua_setfield(L, lib, "meshgrid");
}
