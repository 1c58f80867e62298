/*
 * llinalg_decompose.c - decompositions.
 */
#include "base/size.h"
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

static int64_t least(int64_t m, int64_t n) { return m < n ? m : n; }

/* qr(A, mode) -> Q, R; mode 0: min(m, n) columns of Q, 1: m, 2: none, and R alone is the result. */
static int l_qr(lua_State *L) {
  const char *callee = "linalg.qr";
  Tensor *a = llinalg_matrices(L, 1, callee, "A");
  const int64_t mode = (int64_t)lua_tointeger(L, 2), m = a->shape[a->ndim - 2], n = a->shape[a->ndim - 1];
  const int64_t columns = mode == 2 ? 0 : mode == 1 ? m : least(m, n), rows = columns ? columns : least(m, n);
  FormulaMark mark = fm_begin();
  Tensor *flat = llinalg_flat(a), *packed = fm_op(OP_QR, &flat, 1, &(OpArgs){.matrix = {0, mode, 0, 0}});
  Tensor *out[] = {llinalg_part(packed, a, m * columns, rows, n), NULL};
  if (mode == 2) return llinalg_push(L, callee, mark, out, 1);
  out[1] = out[0];
  out[0] = llinalg_part(packed, a, 0, m, columns);
  return llinalg_push(L, callee, mark, out, 2);
}

/* lu_factor(A, pivot) -> L and U in one, the pivots */
static int l_lu_factor(lua_State *L) {
  const char *callee = "linalg.lu_factor";
  Tensor *a = llinalg_matrices(L, 1, callee, "A");
  const int64_t m = a->shape[a->ndim - 2], n = a->shape[a->ndim - 1];
  FormulaMark mark = fm_begin();
  Tensor *flat = llinalg_flat(a);
  Tensor *packed = fm_op(OP_LU, &flat, 1, &(OpArgs){.matrix = {0, lua_toboolean(L, 2), 0, 0}});
  Tensor *pivots = llinalg_part(packed, a, m * n, -1, least(m, n));
  Tensor *out[] = {llinalg_part(packed, a, 0, m, n), pivots ? fm_cast(pivots, DT_I64) : NULL};
  return llinalg_push(L, callee, mark, out, 2);
}

/* lu_permutation(LU, pivots) -> P, of LU's dtype */
static int l_lu_permutation(lua_State *L) {
  const char *callee = "linalg.lu_solve";
  Tensor *lu = llinalg_matrices(L, 1, callee, "LU"), *pivots = lb_checktensor(L, 2, callee, "pivots");
  const int64_t m = lu->shape[lu->ndim - 2], k = least(m, lu->shape[lu->ndim - 1]);
  bool fits = pivots->ndim == lu->ndim - 1 && pivots->shape[pivots->ndim - 1] == k && pivots->dtype == DT_I64;
  for (int d = 0; fits && d < lu->ndim - 2; d++) fits = pivots->shape[d] == lu->shape[d];
  if (!fits) {
    return lb_error(L,
                    "%s: pivots must be int64 with %d numbers for each matrix of LU, which has shape %s, got %s of %s",
                    callee, (int)k, tensor_shape_str(lu), dtype_name((DType)pivots->dtype), tensor_shape_str(pivots));
  }
  FormulaMark mark = fm_begin();
  const int64_t shape[] = {size_product(1, lu->ndim - 2, lu->shape), k};
  Tensor *rows = fm_reshape(pivots, 2, shape), *flat = rows ? fm_cast(rows, (DType)lu->dtype) : NULL;
  Tensor *out = flat ? fm_op(OP_LU_PERMUTATION, &flat, 1, &(OpArgs){.matrix = {0, m, 0, 0}}) : NULL;
  out = llinalg_restore(out, lu);
  return llinalg_push(L, callee, mark, &out, 1);
}

/* Whether what backward needs must be computed. */
static bool needs_gradient(const Tensor *a) { return a->requires_grad && grad_mode(); }

/* op on the triangle that the call's second value names */
static Tensor *of_triangle(lua_State *L, OpId op, Tensor *a) {
  Tensor *flat = llinalg_flat(a);
  return fm_op(op, &flat, 1, &(OpArgs){.matrix = {lua_toboolean(L, 2), 0, 0, 0}});
}

/* eigh(A, upper) -> w, V */
static int l_eigh(lua_State *L) {
  const char *callee = "linalg.eigh";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  const int64_t n = a->shape[a->ndim - 1];
  FormulaMark m = fm_begin();
  Tensor *packed = of_triangle(L, OP_EIGH, a);
  Tensor *out[] = {llinalg_part(packed, a, 0, -1, n), llinalg_part(packed, a, n, n, n)};
  return llinalg_push(L, callee, m, out, 2);
}

/* eigvalsh(A, upper) -> w */
static int l_eigvalsh(lua_State *L) {
  const char *callee = "linalg.eigvalsh";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  const OpId op = needs_gradient(a) ? OP_EIGH : OP_EIGVALSH;
  const int64_t n = a->shape[a->ndim - 1];
  FormulaMark m = fm_begin();
  Tensor *out = llinalg_part(of_triangle(L, op, a), a, 0, -1, n);
  return llinalg_push(L, callee, m, &out, 1);
}

/* eig(A) -> the real part of w, the imaginary one, those of V */
static int l_eig(lua_State *L) {
  const char *callee = "linalg.eig";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  const int64_t n = a->shape[a->ndim - 1];
  FormulaMark m = fm_begin();
  Tensor *packed = fm_op1(OP_EIG, llinalg_flat(a));
  Tensor *out[] = {llinalg_part(packed, a, 0, -1, n), llinalg_part(packed, a, n, -1, n),
                   llinalg_part(packed, a, 2 * n, n, n), llinalg_part(packed, a, 2 * n + n * n, n, n)};
  return llinalg_push(L, callee, m, out, 4);
}

/* eigvals(A) -> the real part of w, the imaginary one */
static int l_eigvals(lua_State *L) {
  const char *callee = "linalg.eigvals";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  const int64_t n = a->shape[a->ndim - 1];
  FormulaMark m = fm_begin();
  Tensor *packed = fm_op1(needs_gradient(a) ? OP_EIG : OP_EIGVALS, llinalg_flat(a));
  Tensor *out[] = {llinalg_part(packed, a, 0, -1, n), llinalg_part(packed, a, n, -1, n)};
  return llinalg_push(L, callee, m, out, 2);
}

/* svd(A, full) -> U, s, V^T */
static int l_svd(lua_State *L) {
  const char *callee = "linalg.svd";
  Tensor *a = llinalg_matrices(L, 1, callee, "A");
  const bool full = lua_toboolean(L, 2);
  const int64_t m = a->shape[a->ndim - 2], n = a->shape[a->ndim - 1], k = least(m, n), columns = full ? m : k;
  FormulaMark mark = fm_begin();
  Tensor *flat = llinalg_flat(a), *packed = fm_op(OP_SVD, &flat, 1, &(OpArgs){.matrix = {0, full, 0, 0}});
  Tensor *out[] = {llinalg_part(packed, a, 0, m, columns), llinalg_part(packed, a, m * columns, -1, k),
                   llinalg_part(packed, a, m * columns + k, full ? n : k, n)};
  return llinalg_push(L, callee, mark, out, 3);
}

/* svdvals(A) -> s */
static int l_svdvals(lua_State *L) {
  const char *callee = "linalg.svdvals";
  Tensor *a = llinalg_matrices(L, 1, callee, "A");
  const int64_t m = a->shape[a->ndim - 2], n = a->shape[a->ndim - 1], k = least(m, n);
  const bool all = needs_gradient(a);
  FormulaMark mark = fm_begin();
  Tensor *flat = llinalg_flat(a);
  Tensor *packed = all ? fm_op(OP_SVD, &flat, 1, &(OpArgs){.matrix = {0, 0, 0, 0}}) : fm_op1(OP_SVDVALS, flat);
  Tensor *out = llinalg_part(packed, a, all ? m * k : 0, -1, k);
  return llinalg_push(L, callee, mark, &out, 1);
}

void llinalg_decompose(lua_State *L, int lib) {
  static const luaL_Reg functions[] = {{"lu_factor", l_lu_factor},
                                       {"lu_permutation", l_lu_permutation},
                                       {"cholesky", l_cholesky},
                                       {"qr", l_qr},
                                       {"eigh", l_eigh},
                                       {"eigvalsh", l_eigvalsh},
                                       {"eig", l_eig},
                                       {"eigvals", l_eigvals},
                                       {"svd", l_svd},
                                       {"svdvals", l_svdvals},
                                       {NULL, NULL}};
  lua_pushvalue(L, lib);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
