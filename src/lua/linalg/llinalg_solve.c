/*
 * llinalg_solve.c - solutions, inverses, determinants.
 */
#include <string.h>

#include "base/err.h"
#include "lua/linalg/llinalg.h"

/* Both as floats of one dtype, for what is computed from one alone must have the precision of both. */
static void match_dtypes(Tensor **a, Tensor **b) {
  if ((*a)->dtype == (*b)->dtype && dtype_is_float((DType)(*a)->dtype)) return;
  DType dt = dtype_promote((DType)(*a)->dtype, (DType)(*b)->dtype);
  if (!dtype_is_float(dt)) dt = dtype_default();
  *a = fm_cast(*a, dt);
  *b = fm_cast(*b, dt);
}

/* Both with their batches broadcast, as (batch, .., ..); *like has the batch. False: err_set or NULL inputs. */
static bool broadcast(Tensor **a, Tensor **b, Tensor **like) {
  int64_t lead[TENSOR_MAX_DIM], shape[TENSOR_MAX_DIM];
  if (*a && *b) match_dtypes(a, b);
  if (!*a || !*b) return false;
  const int n = shape_broadcast((*a)->ndim - 2, (*a)->shape, (*b)->ndim - 2, (*b)->shape, lead);
  if (n < 0) {
    err_set("linalg: the batches of shapes %s and %s do not broadcast", tensor_shape_str(*a), tensor_shape_str(*b));
    return false;
  }
  for (int i = 0; i < 2; i++) {
    Tensor **t = i == 0 ? a : b;
    memcpy(shape, lead, (size_t)n * sizeof *shape);
    memcpy(shape + n, (*t)->shape + (*t)->ndim - 2, 2 * sizeof *shape);
    if (!(*t = fm_expand(*t, n + 2, shape))) return false;
  }
  *like = *b;
  return (*a = llinalg_flat(*a)) && (*b = llinalg_flat(*b));
}

static Tensor *solve(Tensor *a, Tensor *b) {
  Tensor *lu = fm_op1(OP_LU_FACTOR, a);
  return fm_op(OP_LU_SOLVE, (Tensor *[]){a, lu, b}, 3, &(OpArgs){.matrix = {0, 0, 0, 0}});
}

static bool is_vector(const Tensor *a, const Tensor *b) {
  return b->ndim == 1 || (b->ndim == a->ndim - 1 && shape_equal(a->ndim - 1, a->shape, b->ndim, b->shape));
}

/* solve(A, B, left): B may be a batch of vectors, as in PyTorch. */
static int l_solve(lua_State *L) {
  const char *callee = "linalg.solve";
  Tensor *a = llinalg_square(L, 1, callee, "A"), *b = lb_checktensor(L, 2, callee, "B"), *like = NULL;
  const bool left = lua_toboolean(L, 3);
  if (b->ndim == 0) return lb_error(L, "%s: B must be a vector or a matrix, got a number", callee);
  const bool vector = is_vector(a, b);
  if (vector && !left) {
    return lb_error(L, "%s: without left, B must be a matrix or a batch of matrices, got shapes %s and %s", callee,
                    tensor_shape_str(a), tensor_shape_str(b));
  }
  const int64_t n = a->shape[a->ndim - 1], rows = b->shape[b->ndim - (left && !vector ? 2 : 1)];
  if (rows != n) {
    return lb_error(L, "%s: shapes %s and %s do not fit: B must have %d %s", callee, tensor_shape_str(a),
                    tensor_shape_str(b), (int)n,
                    vector ? "elements"
                    : left ? "rows"
                           : "columns");
  }
  FormulaMark m = fm_begin();
  Tensor *x = vector ? fm_unsqueeze(b, b->ndim) : b;
  if (!left) x = fm_transpose(x, x->ndim - 2, x->ndim - 1);
  Tensor *matrix = left ? a : fm_transpose(a, a->ndim - 2, a->ndim - 1);
  Tensor *out = broadcast(&matrix, &x, &like) ? solve(matrix, x) : NULL;
  out = out ? llinalg_restore(out, like) : NULL;
  if (out && vector) out = fm_reshape(out, out->ndim - 1, out->shape);
  if (out && !left) out = fm_transpose(out, out->ndim - 2, out->ndim - 1);
  return llinalg_push(L, callee, m, &out, 1);
}

/* solve_triangular(A, B, upper, left, unitriangular) */
static int l_solve_triangular(lua_State *L) {
  const char *callee = "linalg.solve_triangular";
  Tensor *a = llinalg_square(L, 1, callee, "A"), *b = llinalg_matrices(L, 2, callee, "B"), *like = NULL;
  const bool upper = lua_toboolean(L, 3), left = lua_toboolean(L, 4), unit = lua_toboolean(L, 5);
  if (b->shape[b->ndim - (left ? 2 : 1)] != a->shape[a->ndim - 1]) {
    return lb_error(L, "%s: shapes %s and %s do not fit: B must have %d %s", callee, tensor_shape_str(a),
                    tensor_shape_str(b), (int)a->shape[a->ndim - 1], left ? "rows" : "columns");
  }
  FormulaMark m = fm_begin();
  Tensor *x = left ? b : fm_transpose(b, b->ndim - 2, b->ndim - 1);
  Tensor *matrix = left ? a : fm_transpose(a, a->ndim - 2, a->ndim - 1), *out = NULL;
  if (broadcast(&matrix, &x, &like)) {
    out = fm_op(OP_SOLVE_TRIANGULAR, (Tensor *[]){matrix, x}, 2, &(OpArgs){.matrix = {left == upper, unit, 0, 0}});
    out = llinalg_restore(out, like);
  }
  if (out && !left) out = fm_transpose(out, out->ndim - 2, out->ndim - 1);
  return llinalg_push(L, callee, m, &out, 1);
}

/* inv(A, checked) */
static int l_inv(lua_State *L) {
  const char *callee = "linalg.inv";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  const OpArgs args = {.matrix = {0, lua_toboolean(L, 2), 0, 0}};
  FormulaMark m = fm_begin();
  Tensor *flat = llinalg_flat(a), *out = llinalg_restore(fm_op(OP_INV, &flat, 1, &args), a);
  return llinalg_push(L, callee, m, &out, 1);
}

static int l_det(lua_State *L) {
  const char *callee = "linalg.det";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  FormulaMark m = fm_begin();
  Tensor *out = llinalg_restore(fm_op1(OP_DET, llinalg_flat(a)), a);
  return llinalg_push(L, callee, m, &out, 1);
}

/* slogdet(A) -> sign, log of the absolute value */
static int l_slogdet(lua_State *L) {
  const char *callee = "linalg.slogdet";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  FormulaMark m = fm_begin();
  Tensor *packed = fm_op1(OP_SLOGDET, llinalg_flat(a)), *out[2] = {NULL};
  for (int i = 0; packed && i < 2; i++) {
    Tensor *one = fm_slice(packed, 1, i, 1, 1);
    out[i] = llinalg_restore(one ? fm_reshape(one, 1, one->shape) : NULL, a);
  }
  return llinalg_push(L, callee, m, out, 2);
}

/* pinv(A, atol, rtol) */
static int l_pinv(lua_State *L) {
  const char *callee = "linalg.pinv";
  Tensor *a = llinalg_matrices(L, 1, callee, "A");
  const OpArgs args = {.matrix = {.number = lua_tonumber(L, 2), .other = lua_tonumber(L, 3)}};
  FormulaMark m = fm_begin();
  Tensor *flat = llinalg_flat(a), *out = llinalg_restore(fm_op(OP_PINV, &flat, 1, &args), a);
  return llinalg_push(L, callee, m, &out, 1);
}

/* lstsq(A, B, rcond) -> X, the rank as a float */
static int l_lstsq(lua_State *L) {
  const char *callee = "linalg.lstsq";
  Tensor *a = llinalg_matrices(L, 1, callee, "A"), *b = llinalg_matrices(L, 2, callee, "B"), *like = NULL;
  const OpArgs args = {.matrix = {.number = lua_tonumber(L, 3)}};
  const int64_t n = a->shape[a->ndim - 1], k = b->shape[b->ndim - 1];
  if (a->shape[a->ndim - 2] != b->shape[b->ndim - 2]) {
    return lb_error(L, "%s: shapes %s and %s do not fit: B must have %d rows", callee, tensor_shape_str(a),
                    tensor_shape_str(b), (int)a->shape[a->ndim - 2]);
  }
  FormulaMark m = fm_begin();
  Tensor *x = b, *matrix = a, *out[2] = {NULL};
  if (broadcast(&matrix, &x, &like)) {
    Tensor *packed = fm_op(OP_LSTSQ, (Tensor *[]){matrix, x}, 2, &args);
    Tensor *rank = llinalg_part(packed, like, n * k, -1, 1);
    out[0] = llinalg_part(packed, like, 0, n, k);
    out[1] = rank ? fm_reshape(rank, rank->ndim - 1, rank->shape) : NULL;
  }
  return llinalg_push(L, callee, m, out, 2);
}

static int l_matrix_exp(lua_State *L) {
  const char *callee = "linalg.matrix_exp";
  Tensor *a = llinalg_square(L, 1, callee, "A");
  FormulaMark m = fm_begin();
  Tensor *out = llinalg_restore(fm_op1(OP_MATRIX_EXP, llinalg_flat(a)), a);
  return llinalg_push(L, callee, m, &out, 1);
}

void llinalg_solve(lua_State *L, int lib) {
  static const luaL_Reg functions[] = {{"solve", l_solve},
                                       {"solve_triangular", l_solve_triangular},
                                       {"inv", l_inv},
                                       {"det", l_det},
                                       {"slogdet", l_slogdet},
                                       {"pinv", l_pinv},
                                       {"lstsq", l_lstsq},
                                       {"matrix_exp", l_matrix_exp},
                                       {NULL, NULL}};
  lua_pushvalue(L, lib);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
