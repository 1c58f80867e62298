/*
 * llinalg.c - batches of matrices for the rows of the op table.
 */
#include "lua/linalg/llinalg.h"

#include <string.h>

#include "base/size.h"

Tensor *llinalg_matrices(lua_State *L, int idx, const char *callee, const char *name) {
  Tensor *a = lb_checktensor(L, idx, callee, name);
  if (a->ndim >= 2) return a;
  lb_error(L, "%s: %s must be a matrix or a batch of matrices, got shape %s", callee, name, tensor_shape_str(a));
  return NULL;
}

Tensor *llinalg_square(lua_State *L, int idx, const char *callee, const char *name) {
  Tensor *a = llinalg_matrices(L, idx, callee, name);
  if (a->shape[a->ndim - 2] == a->shape[a->ndim - 1]) return a;
  lb_error(L, "%s: %s must be a square matrix or a batch of them, got shape %s", callee, name, tensor_shape_str(a));
  return NULL;
}

Tensor *llinalg_flat(Tensor *a) {
  if (!a) return NULL;
  const int64_t *end = a->shape + a->ndim - 2;
  const int64_t count = size_product(1, a->ndim - 2, a->shape);
  return fm_reshape(a, 3, (int64_t[]){count, end[0], end[1]});
}

Tensor *llinalg_restore(Tensor *t, const Tensor *a) {
  int64_t shape[2 * TENSOR_MAX_DIM];
  if (!t) return NULL;
  const int lead = a->ndim - 2;
  memcpy(shape, a->shape, (size_t)lead * sizeof *shape);
  memcpy(shape + lead, t->shape + 1, (size_t)(t->ndim - 1) * sizeof *shape);
  return fm_reshape(t, lead + t->ndim - 1, shape);
}

Tensor *llinalg_part(Tensor *packed, const Tensor *a, int64_t start, int64_t rows, int64_t columns) {
  if (!packed) return NULL;
  const bool vector = rows < 0;
  Tensor *part = fm_slice(packed, 1, start, (vector ? 1 : rows) * columns, 1);
  const int64_t shape[] = {packed->shape[0], vector ? columns : rows, columns};
  return llinalg_restore(part ? fm_reshape(part, vector ? 2 : 3, shape) : NULL, a);
}

int llinalg_push(lua_State *L, const char *callee, FormulaMark m, Tensor *const *result, int n) {
  Tensor *owned[4];
  bool failed = false;
  for (int i = 0; i < n; i++) {
    owned[i] = result[i] ? tensor_retain(result[i]) : NULL;
    failed = failed || !result[i];
  }
  fm_end(m, NULL);
  if (failed) {
    for (int i = 0; i < n; i++) tensor_release(owned[i]);
    return lb_operror(L, callee);
  }
  lua_checkstack(L, n + 2);
  for (int i = 0; i < n; i++) lb_pushtensor(L, owned[i]);
  return n;
}
