/*
 * ltensor_matrix.c - parts of matrices: triangles, diagonals; the trace; products of all pairs; meshes.
 */
#include <math.h>

#include "autograd/formula.h"
#include "lua/tensor/functions/ltensor_functions.h"

/* The number of the diagonal: 0 the main one, 1 the one above it, -1 the one below. */
/* clang-format off */
#define OFFSET_ROW(word) {.name = word, .kind = ARG_INTEGER, .range = RANGE_FINITE}
/* clang-format on */

/* --- triangles ---------------------------------------------------------------------------------------------------- */

static int triangle(lua_State *L, const char *callee, bool upper) {
  static const Arg args[] = {OFFSET_ROW("diagonal"), {0}};
  double at = 0;
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = &at});
  if (x->ndim < 2) return lb_error(L, "%s: works on matrices, this tensor has shape %s", callee, tensor_shape_str(x));
  return ltensor_push_op(L, callee, OP_TRI, &x, 1, &(OpArgs){.diagonal = {.offset = (int64_t)at, .upper = upper}});
}
/*** Matrices with 0 above a diagonal: `x:tril()`, `x:tril(-1)`. @function tril */
static int l_tril(lua_State *L) { return triangle(L, "Tensor:tril", false); }
/*** Matrices with 0 below a diagonal. @function triu */
static int l_triu(lua_State *L) { return triangle(L, "Tensor:triu", true); }

/* --- diagonals ---------------------------------------------------------------------------------------------------- */

/* offset and two dimensions, of a tensor with ndim of them; raises. */
static DiagonalArgs read_diagonal(lua_State *L, const Arg *args, int ndim, const char *callee) {
  double a[3];
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = a});
  const int d1 = lb_checkdim(L, a[1], ndim, callee, "dim1"), d2 = lb_checkdim(L, a[2], ndim, callee, "dim2");
  if (d1 == d2) lb_error(L, "%s: dim1 and dim2 must differ, got %d and %d", callee, d1 + 1, d2 + 1);
  return (DiagonalArgs){.dim = {d1, d2}, .offset = (int64_t)a[0]};
}

/*** The diagonal of two dimensions as the last one; a view: `x:diagonal(0, 2, 3)`. @function diagonal */
static int l_diagonal(lua_State *L) {
  static const Arg args[] = {
      OFFSET_ROW("offset"), {.name = "dim1", .kind = ARG_DIM}, {.name = "dim2", .kind = ARG_DIM, .def = 1}, {0}};
  const char *callee = "Tensor:diagonal";
  Tensor *x = lb_checkself(L, callee);
  return ltensor_push_op(L, callee, OP_DIAGONAL, &x, 1, &(OpArgs){.diagonal = read_diagonal(L, args, x->ndim, callee)});
}

static int64_t side(const Tensor *x, int64_t offset) { return x->shape[x->ndim - 1] + (offset < 0 ? -offset : offset); }

/*** Zeros with the last dimension as a diagonal of two. @function diag_embed */
static int l_diag_embed(lua_State *L) {
  static const Arg args[] = {OFFSET_ROW("offset"),
                             {.name = "dim1", .kind = ARG_DIM, .def = -2},
                             {.name = "dim2", .kind = ARG_DIM, .def = -1},
                             {0}};
  const char *callee = "Tensor:diag_embed";
  Tensor *x = lb_checkself(L, callee);
  if (x->ndim == 0) return lb_error(L, "%s: a tensor without dimensions has no diagonal", callee);
  DiagonalArgs a = read_diagonal(L, args, x->ndim + 1, callee);
  a.size[0] = a.size[1] = side(x, a.offset);
  return ltensor_push_op(L, callee, OP_DIAGONAL_GRAD, &x, 1, &(OpArgs){.diagonal = a});
}

/*** The diagonal of a matrix, or the matrix with a vector as its diagonal: `x:diag()`, `v:diag(1)`. @function diag */
static int l_diag(lua_State *L) {
  static const Arg args[] = {OFFSET_ROW("diagonal"), {0}};
  const char *callee = "Tensor:diag";
  double at = 0;
  Tensor *x = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = &at});
  if (x->ndim < 1 || x->ndim > 2) {
    return lb_error(L, "%s: works on vectors and matrices, this tensor has shape %s; use diagonal or diag_embed",
                    callee, tensor_shape_str(x));
  }
  DiagonalArgs a = {.dim = {0, 1}, .offset = (int64_t)at};
  if (x->ndim == 1) a.size[0] = a.size[1] = side(x, a.offset);
  return ltensor_push_op(L, callee, x->ndim == 1 ? OP_DIAGONAL_GRAD : OP_DIAGONAL, &x, 1, &(OpArgs){.diagonal = a});
}

/*** The sum of a matrix's diagonal. @function trace */
static int l_trace(lua_State *L) {
  const char *callee = "Tensor:trace";
  Tensor *x = lb_checkself(L, callee);
  lb_atmost(L, callee, 1);
  if (x->ndim != 2) return lb_error(L, "%s: works on matrices, this tensor has shape %s", callee, tensor_shape_str(x));
  FormulaMark m = fm_begin();
  Tensor *d = fm_op(OP_DIAGONAL, &x, 1, &(OpArgs){.diagonal = {.dim = {0, 1}}});
  lb_pushresult(L, callee, fm_end(m, d ? fm_sum(d, ~0u, false) : NULL));
  return 1;
}

/*** Products of all pairs of elements of two vectors: (n) (m) -> (n, m). @function outer */
static int l_outer(lua_State *L) {
  const char *callee = "Tensor:outer";
  Tensor *x = lb_checkself(L, callee), *y = lb_checktensor(L, 2, callee, "other");
  lb_atmost(L, callee, 2);
  if (x->ndim != 1 || y->ndim != 1) {
    return lb_error(L, "%s: works on vectors, got shapes %s and %s", callee, tensor_shape_str(x), tensor_shape_str(y));
  }
  FormulaMark m = fm_begin();
  lb_pushresult(L, callee, fm_end(m, fm_mul(fm_unsqueeze(x, 1), y)));
  return 1;
}

/* --- meshes ------------------------------------------------------------------------------------------------------- */

/*** The coordinates of a grid from those of its axes, a tensor for each: `lab.meshgrid{x, y}`. With {indexing = "xy"} the
 * first two axes change places. @function meshgrid */
int ltensor_meshgrid(lua_State *L) {
  static const char *const words[] = {"ij", "xy", NULL};
  static const Arg args[] = {{.name = "tensors", .kind = ARG_VALUE, .required = true},
                             {.name = "indexing", .kind = ARG_CHOICE, .choices = words},
                             {0}};
  const char *callee = "lab.meshgrid";
  double a[2];
  int n;
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = a});
  Tensor **in = lb_tensorlist(L, (int)a[0], &n, callee, "tensors");
  int64_t shape[TENSOR_MAX_DIM];
  if (n > TENSOR_MAX_DIM) return lb_error(L, "%s: a tensor has at most %d dimensions", callee, TENSOR_MAX_DIM);
  const bool swap = a[1] != 0 && n > 1;
  for (int i = 0; i < n; i++) {
    if (in[i]->ndim > 1) {
      return lb_error(L, "%s: an axis must be a vector, got shape %s", callee, tensor_shape_str(in[i]));
    }
    shape[swap && i < 2 ? 1 - i : i] = in[i]->numel;
  }
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    int64_t own[TENSOR_MAX_DIM];
    for (int d = 0; d < n; d++) own[d] = 1;
    own[swap && i < 2 ? 1 - i : i] = in[i]->numel;
    FormulaMark m = fm_begin();
    lb_pushresult(L, callee, fm_end(m, fm_expand(fm_reshape(in[i], n, own), n, shape)));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

const luaL_Reg ltensor_matrix_list[] = {
    {"tril", l_tril}, {"triu", l_triu},   {"diagonal", l_diagonal}, {"diag_embed", l_diag_embed},
    {"diag", l_diag}, {"trace", l_trace}, {"outer", l_outer},       {NULL, NULL}};
