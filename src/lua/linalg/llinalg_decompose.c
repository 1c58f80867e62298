/*
 * llinalg_decompose.c - decompositions.
 */
#include "lua/linalg/llinalg.h"

/* cholesky(A, upper): the upper factor is that of A^T, transposed, which reads A's upper triangle. */
static int l_cholesky(lua_State *L) {
  const char *callee = "linalg.cholesky";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  const bool upper = lua_toboolean(L, 2);
  FormulaMark m = fm_begin();
  Tensor *flat = llinalg_flat(a);
  Tensor *out = fm_op1(OP_CHOLESKY, upper ? fm_transpose(flat, 1, 2) : flat);
  out = llinalg_restore(upper ? fm_transpose(out, 1, 2) : out, a);
  return llinalg_push(L, callee, m, &out, 1);
}

void llinalg_decompose(lua_State *L, int lib) {
  static const luaL_Reg functions[] = {{"cholesky", l_cholesky}, {NULL, NULL}};
  lua_pushvalue(L, lib);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
