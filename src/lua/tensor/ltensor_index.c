/*
 * ltensor_index.c - t[key] and t[key] = value.
 *
 *   t[i]            position i of the first dimension (negative from the end): a view without that dimension
 *   t[{i, {a, b}}]  one entry per dimension: a number selects, {a, b} is the range from a to b (both included), {a, b,
 *                   step} one with gaps, {} or {a} everything or just a; missing entries mean everything
 *   t[positions]    an int64 tensor of positions, of any shape: those rows, copied
 *   t[mask]         a uint8 tensor with the sizes of the first dimensions: the parts where it is 1, copied
 *
 * Entries of a list may be tensors, too: t[{mask, 2}], t[{rows, columns}] (ltensor_positions.c). Keys without tensors
 * give views, so writing through them writes into t.
 */
#include <string.h>

#include "autograd/formula.h"
#include "lua/tensor/ltensor.h"

/* The integer at the top of the stack as a 0-based position. */
static int64_t position(lua_State *L, const Tensor *x, int dim) {
  int isint;
  lua_Integer i = lua_tointegerx(L, -1, &isint);
  if (!isint || lua_type(L, -1) != LUA_TNUMBER) {
    lb_error(L, "t[key]: the key of dimension %d must be an integer or a range {from, to}, got %s", dim + 1,
             lb_pushgot(L, -1));
  }
  int64_t size = x->shape[dim];
  if (i >= 1 && i <= size) return i - 1;
  if (i < 0 && i >= -size) return size + i;
  return lb_error(L, "t[key]: index %I is out of range 1..%I in dimension %d of a tensor of shape %s", (LUAI_UACINT)i,
                  (LUAI_UACINT)size, dim + 1, tensor_shape_str(x));
}

typedef struct Range {
  int64_t start, len, step;
  bool single; /* the dimension goes away */
} Range;

/* {}, {a}, {a, b} or {a, b, step} at the top of the stack. */
static Range table_range(lua_State *L, const Tensor *x, int dim) {
  Range r = {0, x->shape[dim], 1, false};
  lua_Integer n = luaL_len(L, -1);
  lb_checklist(L, -1, false, "t[key]", "a range");
  if (n == 0) return r;
  lua_geti(L, -1, 1);
  r.start = position(L, x, dim);
  lua_pop(L, 1);
  r.len = 1;
  if (n == 1) return r;
  lua_geti(L, -1, 2);
  int64_t last = position(L, x, dim);
  lua_pop(L, 1);
  if (n > 2) {
    lua_geti(L, -1, 3);
    r.step = lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  if (r.step < 1 || n > 3) lb_error(L, "t[key]: a range is {from, to} or {from, to, step} with a step of 1 or more");
  r.len = last < r.start ? 0 : (last - r.start) / r.step + 1;
  return r;
}

static Range read_range(lua_State *L, const Tensor *x, int dim) {
  if (lua_istable(L, -1)) return table_range(L, x, dim);
  return (Range){position(L, x, dim), 1, 1, true};
}

/* A key: a range for each dimension; where a tensor stands, the range is everything. */
typedef struct Key {
  Range range[TENSOR_MAX_DIM];
  LtensorKey tensors;
  LtensorKey in_window; /* the same for the window that the ranges give */
} Key;

/* Whether the key's only tensor is a mask. */
static bool is_mask(const Key *k) { return k->tensors.n == 1 && k->tensors.t[0]->dtype == DT_U8; }

/* A tensor of the key; raises unless it is positions or a mask. */
static void read_tensor(lua_State *L, Key *k, Tensor *index, int dim) {
  if (index->dtype != DT_I64 && index->dtype != DT_U8) {
    lb_error(L, "t[key]: an index tensor must be int64 positions or a uint8 mask, got %s; convert it with to('int64')",
             dtype_name((DType)index->dtype));
  }
  if (k->tensors.n == TENSOR_MAX_DIM) lb_error(L, "t[key]: a key has at most %d tensors", TENSOR_MAX_DIM);
  k->tensors.t[k->tensors.n] = index;
  k->tensors.at[k->tensors.n++] = dim;
}

/* Reads the entry at the top of the stack; returns how many dimensions it covers. */
static int read_entry(lua_State *L, const Tensor *x, Key *k, int dim) {
  Tensor *index = lb_testtensor(L, -1);
  if (index) read_tensor(L, k, index, dim);
  if (index) return index->dtype == DT_U8 ? index->ndim : 1;
  if (dim >= x->ndim)
    lb_error(L, "t[key]: %d indices for a tensor of shape %s", (int)luaL_len(L, 2), tensor_shape_str(x));
  k->range[dim] = read_range(L, x, dim);
  return 1;
}

/* Checks that the key's tensors fit x, which the ranges do. */
static void check_tensors(lua_State *L, const Tensor *x, const Key *k, int dims, const char *fn) {
  if (dims > x->ndim && !is_mask(k))
    lb_error(L, "t[key]: %d indices for a tensor of shape %s", dims, tensor_shape_str(x));
  for (int i = 0; i < k->tensors.n; i++) {
    if (k->tensors.t[i]->dtype == DT_U8) ltensor_check_mask(L, x, k->tensors.at[i], k->tensors.t[i], fn);
  }
}

/* Reads the key at index 2. */
static void read_key(lua_State *L, const Tensor *x, Key *k, const char *fn) {
  for (int d = 0; d < x->ndim; d++) k->range[d] = (Range){0, x->shape[d], 1, false};
  k->tensors.n = 0;
  int dim = 0, n = lua_istable(L, 2) ? (int)luaL_len(L, 2) : 0;
  if (!lua_istable(L, 2)) {
    if (x->ndim == 0 && !lb_testtensor(L, 2))
      lb_error(L, "t[key]: a 0-dimensional tensor cannot be indexed; use item()");
    lua_pushvalue(L, 2);
    dim = read_entry(L, x, k, 0);
    lua_pop(L, 1);
  } else {
    lb_checklist(L, 2, false, "t[key]", "the key");
  }
  for (int i = 0; i < n; i++) {
    lua_geti(L, 2, i + 1);
    dim += read_entry(L, x, k, dim);
    lua_pop(L, 1);
  }
  check_tensors(L, x, k, dim, fn);
}

/* Dimension d of x is dimension n of the window. */
static void note_dim(Key *k, int d, int n) {
  for (int i = 0; i < k->tensors.n; i++) {
    if (k->tensors.at[i] == d) k->in_window.at[i] = n;
  }
}

/* The view that the ranges describe, recorded; in the caller's formula. Never x itself: what is set on it, such as
 * requires_grad, must not be set on x. */
static Tensor *window(Tensor *x, Key *k) {
  int64_t shape[TENSOR_MAX_DIM];
  int n = 0;
  Tensor *y = x;
  k->in_window = k->tensors;
  for (int d = 0; d < x->ndim; d++) {
    const Range *r = &k->range[d];
    note_dim(k, d, n);
    if (r->len != x->shape[d] || r->step != 1) y = fm_slice(y, d, r->start, r->len, r->step);
    if (!r->single) shape[n++] = r->len;
  }
  note_dim(k, x->ndim, n);
  return n == x->ndim && y == x ? fm_transpose(x, 0, 0) : fm_reshape(y, n, shape);
}

/* y[mask] for the window y; pushes it. */
static int push_masked(lua_State *L, Tensor *y, const Key *k) {
  const Tensor *mask = k->tensors.t[0];
  Tensor *at = ltensor_mask_positions(L, mask, "t[mask]");
  FormulaMark m = fm_begin();
  fm_own(at);
  lb_pushresult(L, "t[key]", fm_end(m, at ? ltensor_select_masked(y, k->in_window.at[0], mask, at) : NULL));
  return 1;
}

static int push_picked(lua_State *L, Tensor *y, const Key *k) {
  LtensorPositions p;
  ltensor_read_positions(L, y, &k->in_window, "t[key]", &p);
  FormulaMark m = fm_begin();
  lb_pushresult(L, "t[key]", fm_end(m, ltensor_pick(y, &p)));
  return 1;
}

int ltensor_index(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "t[key]", "t");
  Key k;
  read_key(L, x, &k, lb_testtensor(L, 2) ? "t[mask]" : "t[key]");
  FormulaMark m = fm_begin();
  Tensor *y = fm_end(m, window(x, &k));
  lb_pushtensor(L, y);
  if (k.tensors.n == 0) return 1;
  return is_mask(&k) ? push_masked(L, y, &k) : push_picked(L, y, &k);
}

/* Writes the number or tensor at 3 into the window. */
static void assign(lua_State *L, Tensor *y, const char *fn) {
  const Tensor *value = lb_testtensor(L, 3);
  if (!value && scalar_check(largs_scalar(L, 3), (DType)y->dtype) < 0) lb_operror(L, fn);
  if (!value) {
    tensor_fill_of_(y, largs_scalar(L, 3));
  } else if (tensor_copy_exact_(y, value) < 0) {
    lb_operror(L, fn);
  }
}

/* Writes it to the positions in the window. */
static void assign_picked(lua_State *L, Tensor *y, const Key *k, const char *fn) {
  LtensorPositions p;
  if (tensor_check_writable(y) < 0) lb_operror(L, fn);
  ltensor_read_positions(L, y, &k->in_window, fn, &p);
  bool old = grad_set_mode(false);
  FormulaMark m = fm_begin();
  int rc = ltensor_put(y, &p, ltensor_as_elements(L, 3, y), false);
  fm_end(m, NULL);
  grad_set_mode(old);
  if (rc < 0) lb_operror(L, fn);
}

int ltensor_newindex(lua_State *L) {
  const char *fn = "t[key] = value";
  Tensor *x = lb_checktensor(L, 1, "t[key]", "t");
  ltensor_check_fill(L, x, fn);
  Tensor *value = lb_testtensor(L, 3);
  if (!value && lua_type(L, 3) != LUA_TNUMBER) {
    return lb_error(L, "%s: value must be a number or a tensor, got %s", fn, lb_pushgot(L, 3));
  }
  if (value) ltensor_check_source(L, value, fn);
  Key k;
  read_key(L, x, &k, fn);
  bool old = grad_set_mode(false);
  FormulaMark m = fm_begin();
  Tensor *y = fm_end(m, window(x, &k));
  grad_set_mode(old);
  lb_pushtensor(L, y);
  if (k.tensors.n == 0) {
    assign(L, y, fn);
  } else if (is_mask(&k)) {
    ltensor_assign_masked(L, y, k.in_window.at[0], k.tensors.t[0], 3, fn);
  } else {
    assign_picked(L, y, &k, fn);
  }
  return 0;
}
