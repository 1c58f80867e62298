/*
 * ltensor_positions.c - t[key] and t[key] = value where the key holds tensors of positions, of any shape.
 *
 * The index tensors of a key broadcast to one shape, as in NumPy and PyTorch: element k of the result is that at element
 * k of each of them. The dimensions of that shape stand where those were that the tensors are for; in front of all
 * others if a range stands between the tensors. A mask among them stands for the positions of its ones.
 */
#include <string.h>

#include "autograd/formula.h"
#include "kernels/reduce/nonzero.h"
#include "lua/tensor/ltensor.h"

/* The positions of a mask's ones, from 1, counted row by row; pushed, borrowed. */
static Tensor *push_ones(lua_State *L, const Tensor *mask) {
  lb_pushtensor(L, ltensor_mask_positions(L, mask, "t[mask]"));
  Tensor *at = lb_testtensor(L, -1);
  tensor_shift_(at, 1);
  return at;
}

static void broadcast(lua_State *L, LtensorPositions *p, const Tensor *index, const char *fn) {
  int64_t shape[TENSOR_MAX_DIM];
  const int n = shape_broadcast(p->ndim, p->shape, index->ndim, index->shape, shape);
  if (n < 0) {
    lb_error(L, "%s: index tensors of shapes %s and %s do not broadcast", fn, shape_str(p->ndim, p->shape),
             tensor_shape_str(index));
  }
  p->ndim = n;
  memcpy(p->shape, shape, sizeof shape);
}

/* Which dimensions of y come first, where the tensors are not for neighbouring ones. */
static void order_dims(const Tensor *y, const LtensorKey *k, LtensorPositions *p) {
  unsigned covered = 0;
  int n = 0;
  for (int i = 0; i < k->n; i++) {
    const int span = k->t[i]->dtype == DT_U8 ? k->t[i]->ndim : 1;
    for (int d = k->at[i]; d < k->at[i] + span; d++) {
      covered |= 1u << d;
      p->from[n++] = d;
    }
  }
  p->dims = n;
  p->dim = n > 0 ? (int)p->from[0] : k->at[0];
  p->moves = false;
  for (int i = 1; i < n; i++) p->moves = p->moves || p->from[i] != p->from[i - 1] + 1;
  if (!p->moves) return;
  p->dim = 0;
  for (int d = 0; d < y->ndim; d++) {
    if (!(covered >> d & 1)) p->from[n++] = d;
  }
}

void ltensor_read_positions(lua_State *L, const Tensor *y, const LtensorKey *k, const char *fn, LtensorPositions *p) {
  Tensor *index[TENSOR_MAX_DIM];
  int64_t size[TENSOR_MAX_DIM];
  p->ndim = 0;
  luaL_checkstack(L, k->n + 1, NULL);
  for (int i = 0; i < k->n; i++) {
    const bool mask = k->t[i]->dtype == DT_U8;
    index[i] = mask ? push_ones(L, k->t[i]) : k->t[i];
    size[i] = mask ? k->t[i]->numel : y->shape[k->at[i]];
    broadcast(L, p, index[i], fn);
  }
  order_dims(y, k, p);
  if (y->ndim - p->dims + p->ndim > TENSOR_MAX_DIM) {
    lb_error(L, "%s: the result would have %d dimensions, a tensor has at most %d", fn, y->ndim - p->dims + p->ndim,
             TENSOR_MAX_DIM);
  }
  p->count = k->n == 1 ? INDEX_SIGNED : INDEX_FROM_0;
  p->at = index[0];
  if (k->n == 1) return;
  lb_pushresult(L, fn, index_join(k->n, index, size, p->ndim, p->shape));
  p->at = lb_testtensor(L, -1);
}

/* y with the dimensions that the positions are for side by side. */
static Tensor *in_order(Tensor *y, const LtensorPositions *p) {
  OpArgs args = {.permute = {{0}}};
  if (!p->moves) return y;
  memcpy(args.permute.from, p->from, (size_t)y->ndim * sizeof *p->from);
  return fm_op(OP_PERMUTE, &y, 1, &args);
}

Tensor *ltensor_pick(Tensor *y, const LtensorPositions *p) {
  y = in_order(y, p);
  const OpArgs args = {.index = {p->dim, p->dims, p->count, 0, {0}}};
  return y ? fm_op(OP_INDEX_SELECT, (Tensor *[]){y, p->at}, 2, &args) : NULL;
}

/* The shape of what the positions pick from y. */
static int picked_shape(const Tensor *y, const LtensorPositions *p, int64_t *shape) {
  int n = 0;
  for (int d = 0; d < p->dim; d++) shape[n++] = y->shape[d];
  for (int d = 0; d < p->ndim; d++) shape[n++] = p->shape[d];
  for (int d = p->dim + p->dims; d < y->ndim; d++) shape[n++] = y->shape[d];
  return n;
}

int ltensor_put(Tensor *y, const LtensorPositions *p, Tensor *value, bool add) {
  int64_t shape[TENSOR_MAX_DIM];
  y = in_order(y, p);
  if (!y || !value) return -1;
  const int n = picked_shape(y, p, shape);
  value = fm_expand(value, n, shape);
  return value ? index_write_rows(add ? INDEX_ADD : INDEX_SET, y, value, p->at, (IndexPlace){p->dim, p->dims, p->count})
               : -1;
}

Tensor *ltensor_with_put(Tensor *y, const LtensorPositions *p, Tensor *value, bool add) {
  int64_t shape[TENSOR_MAX_DIM];
  const OpArgs args = {.index = {p->dim, p->dims, p->count, add, {0}}};
  Tensor *x = in_order(y, p);
  if (!x || !value) return NULL;
  const int n = picked_shape(x, p, shape);
  value = fm_expand(value, n, shape);
  x = value ? fm_op(OP_INDEX_PUT, (Tensor *[]){x, p->at, value}, 3, &args) : NULL;
  if (!x || !p->moves) return x;
  OpArgs back = {.permute = {{0}}};
  for (int d = 0; d < x->ndim; d++) back.permute.from[p->from[d]] = d;
  return fm_op(OP_PERMUTE, &x, 1, &back);
}
