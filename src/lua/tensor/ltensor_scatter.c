/*
 * ltensor_scatter.c - functions and methods that read and write places given by positions.
 *
 *   index_add index_copy index_fill     parts along a dimension, by a vector of positions
 *   scatter scatter_add scatter_reduce take_along_dim  elements along a dimension, by an index as deep as the tensor
 *   take index_put masked_scatter       elements by their number, by a key, by a mask
 *
 * With "_" they change the tensor, without they make a new one, which is differentiable. Positions count from 1.
 */
#include <math.h>
#include <string.h>

#include "autograd/formula.h"
#include "lua/tensor/ltensor.h"

/* A call: x is to get v at the positions. */
typedef struct Write {
  const char *fn;
  bool in_place;
  IndexWay way; /* set or add */
  Tensor *x;
  int dim;
  Tensor *index; /* from 1; on the stack */
} Write;

/* --- reading the arguments ---------------------------------------------------------------------------------------- */

static Write start(lua_State *L, const char *fn, bool in_place, IndexWay way) {
  Write w = {.fn = fn, .in_place = in_place, .way = way, .x = lb_checkself(L, fn)};
  if (in_place) ltensor_check_inplace(L, w.x, fn);
  return w;
}

/* The tensor of positions at idx; raises for other dtypes. */
static Tensor *check_positions(lua_State *L, int idx, const char *fn) {
  Tensor *index = lb_testtensor(L, idx);
  if (index && index->dtype == DT_I64) return index;
  lb_error(L, "%s: index must be a tensor of int64 positions, got %s%s", fn, lb_pushgot(L, idx),
           index ? "; convert it with to('int64')" : "");
  return NULL;
}

/* The dimension and the positions, as the rows of a declaration gave them. */
static void read_places(lua_State *L, Write *w, double dim, int index) {
  w->index = check_positions(L, index, w->fn);
  w->dim = lb_checkdim(L, dim, w->x->ndim, w->fn, "dim");
}

/* The values at idx, a tensor of x's dtype, or a number where that is allowed, as a borrowed tensor; raises. */
static Tensor *read_values(lua_State *L, const Write *w, int idx, const char *name, bool number) {
  Tensor *v = lb_testtensor(L, idx);
  if (!v && number && lua_type(L, idx) == LUA_TNUMBER) {
    if (scalar_check(largs_scalar(L, idx), (DType)w->x->dtype) < 0) lb_operror(L, w->fn);
    lb_pushtensor(L, tensor_scalar_of((DType)w->x->dtype, largs_scalar(L, idx)));
    return lb_testtensor(L, -1);
  }
  if (!v) lb_badvalue(L, w->fn, name, idx, number ? "a tensor or a number" : "a tensor");
  if (v->dtype != w->x->dtype) {
    lb_error(L, "%s: %s must have the dtype of the tensor, %s, got %s", w->fn, name, dtype_name((DType)w->x->dtype),
             dtype_name((DType)v->dtype));
  }
  if (w->in_place) ltensor_check_source(L, v, w->fn);
  return v;
}

/* Pushes what came out: y, or x itself. rc: of a write in place. */
static int finish(lua_State *L, const Write *w, Tensor *y, int rc) {
  if (!w->in_place) lb_pushresult(L, w->fn, y);
  if (rc < 0) return lb_operror(L, w->fn);
  if (w->in_place) lua_pushvalue(L, 1);
  return 1;
}

/* --- parts along a dimension -------------------------------------------------------------------------------------- */

static int write_rows(lua_State *L, const Write *w, Tensor *v, double alpha) {
  int rc = 0;
  const OpArgs args = {.index = {w->dim, 1, INDEX_FROM_1, w->way == INDEX_ADD, {0}}};
  FormulaMark m = fm_begin();
  Tensor *y = NULL, *scaled = alpha == 1 ? v : fm_muls(v, alpha);
  if (w->in_place) {
    rc = scaled ? index_write_rows(w->way, w->x, scaled, w->index, (IndexPlace){w->dim, 1, INDEX_FROM_1}) : -1;
  } else if (scaled) {
    y = fm_op(OP_INDEX_PUT, (Tensor *[]){w->x, w->index, scaled}, 3, &args);
  }
  return finish(L, w, fm_end(m, y), rc);
}

/* Raises unless the index is a vector and v has x's shape with as many parts as the index. */
static void check_rows(lua_State *L, const Write *w, const Tensor *v) {
  int64_t shape[TENSOR_MAX_DIM];
  if (w->index->ndim != 1) {
    lb_error(L, "%s: index must have one dimension, got shape %s", w->fn, tensor_shape_str(w->index));
  }
  memcpy(shape, w->x->shape, sizeof shape);
  shape[w->dim] = w->index->numel;
  if (shape_equal(w->x->ndim, shape, v->ndim, v->shape)) return;
  lb_error(L, "%s: source must have shape %s, got %s", w->fn, shape_str(w->x->ndim, shape), tensor_shape_str(v));
}

static const Arg row_args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                               {.name = "index", .kind = ARG_TENSOR, .required = true},
                               {.name = "source", .kind = ARG_TENSOR, .required = true},
                               {0}};

static int index_add(lua_State *L, const char *fn, bool in_place) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                             {.name = "index", .kind = ARG_TENSOR, .required = true},
                             {.name = "source", .kind = ARG_TENSOR, .required = true},
                             {.name = "alpha", .kind = ARG_NUMBER, .range = RANGE_ANY, .def = 1},
                             {0}};
  double a[4];
  Write w = start(L, fn, in_place, INDEX_ADD);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  read_places(L, &w, a[0], (int)a[1]);
  Tensor *v = read_values(L, &w, (int)a[2], "source", false);
  check_rows(L, &w, v);
  return write_rows(L, &w, v, a[3]);
}

static int index_copy(lua_State *L, const char *fn, bool in_place) {
  double a[3];
  Write w = start(L, fn, in_place, INDEX_SET);
  largs_read(L, 2, fn, &(ArgValues){.args = row_args, .x = a});
  read_places(L, &w, a[0], (int)a[1]);
  Tensor *v = read_values(L, &w, (int)a[2], "source", false);
  check_rows(L, &w, v);
  return write_rows(L, &w, v, 1);
}

static int index_fill(lua_State *L, const char *fn, bool in_place) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                             {.name = "index", .kind = ARG_TENSOR, .required = true},
                             {.name = "value", .kind = ARG_VALUE, .required = true},
                             {0}};
  double a[3];
  int64_t shape[TENSOR_MAX_DIM];
  Write w = start(L, fn, in_place, INDEX_SET);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  read_places(L, &w, a[0], (int)a[1]);
  Tensor *v = read_values(L, &w, (int)a[2], "value", true);
  if (v->ndim > 0) return lb_badvalue(L, fn, "value", (int)a[2], "a number or a tensor without dimensions");
  memcpy(shape, w.x->shape, sizeof shape);
  shape[w.dim] = w.index->numel;
  FormulaMark m = fm_begin();
  Tensor *all = fm_end(m, fm_expand(v, w.x->ndim, shape));
  lb_pushresult(L, fn, all);
  check_rows(L, &w, all);
  return write_rows(L, &w, all, 1);
}

/* --- elements along a dimension ----------------------------------------------------------------------------------- */

/* The first elements of v along each dimension, as many as the index has; a number is repeated. */
static Tensor *fitted(const Write *w, Tensor *v) {
  if (v->ndim == 0) return fm_expand(v, w->index->ndim, w->index->shape);
  for (int d = 0; v && d < v->ndim; d++) {
    if (v->shape[d] != w->index->shape[d]) v = fm_slice(v, d, 0, w->index->shape[d], 1);
  }
  return v;
}

static void check_picks(lua_State *L, const Write *w, const Tensor *v) {
  const Tensor *index = w->index;
  bool fits = index->ndim == w->x->ndim, covers = v->ndim == 0 || v->ndim == index->ndim;
  for (int d = 0; fits && d < index->ndim; d++) fits = d == w->dim || index->shape[d] <= w->x->shape[d];
  if (!fits) {
    lb_error(L, "%s: an index of shape %s does not fit dimension %d of shape %s", w->fn, tensor_shape_str(index),
             w->dim + 1, tensor_shape_str(w->x));
  }
  for (int d = 0; covers && d < v->ndim; d++) covers = v->shape[d] >= index->shape[d];
  if (covers) return;
  lb_error(L, "%s: src of shape %s is smaller than the index, which has shape %s", w->fn, tensor_shape_str(v),
           tensor_shape_str(index));
}

static int write_picks(lua_State *L, const Write *w, Tensor *v) {
  int rc = 0;
  const OpArgs args = {.along = {.dim = w->dim, .count = INDEX_FROM_1, .add = w->way == INDEX_ADD}};
  FormulaMark m = fm_begin();
  Tensor *y = NULL, *fit = fitted(w, v);
  if (w->in_place) {
    rc = fit ? index_write_picks(w->way, w->x, fit, w->index, (IndexPlace){w->dim, 1, INDEX_FROM_1}) : -1;
  } else if (fit) {
    y = fm_op(OP_SCATTER, (Tensor *[]){w->x, w->index, fit}, 3, &args);
  }
  return finish(L, w, fm_end(m, y), rc);
}

static int scatter_add(lua_State *L, const char *fn, bool in_place) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                             {.name = "index", .kind = ARG_TENSOR, .required = true},
                             {.name = "src", .kind = ARG_TENSOR, .required = true},
                             {0}};
  double a[3];
  Write w = start(L, fn, in_place, INDEX_ADD);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  read_places(L, &w, a[0], (int)a[1]);
  Tensor *v = read_values(L, &w, (int)a[2], "src", false);
  check_picks(L, &w, v);
  return write_picks(L, &w, v);
}

static int scatter(lua_State *L, const char *fn, bool in_place) {
  static const char *const reduce[] = {"none", "add", NULL};
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                             {.name = "index", .kind = ARG_TENSOR, .required = true},
                             {.name = "src", .kind = ARG_VALUE, .required = true},
                             {.name = "reduce", .kind = ARG_CHOICE, .choices = reduce},
                             {0}};
  double a[4];
  Write w = start(L, fn, in_place, INDEX_SET);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  if (a[3] != 0) w.way = INDEX_ADD;
  read_places(L, &w, a[0], (int)a[1]);
  Tensor *v = read_values(L, &w, (int)a[2], "src", true);
  check_picks(L, &w, v);
  return write_picks(L, &w, v);
}

/* --- scatter_reduce ----------------------------------------------------------------------------------------------- */

enum { REDUCE_SUM_OF, REDUCE_PROD, REDUCE_MEAN_OF, REDUCE_AMAX, REDUCE_AMIN };

/* In a formula: x with one number, or with v, at the places of the index. */
static Tensor *with_number(const Write *w, Tensor *x, Scalar c) {
  const OpArgs a = {.along = {.dim = w->dim, .count = INDEX_FROM_1}};
  Tensor *all = fm_expand(fm_scalar(x, c), w->index->ndim, w->index->shape);
  return fm_op(OP_SCATTER, (Tensor *[]){x, w->index, all}, 3, &a);
}
static Tensor *with_values(const Write *w, OpId op, IndexWay way, Tensor *x, Tensor *v) {
  const OpArgs a = {.along = {.dim = w->dim, .count = INDEX_FROM_1, .add = op == OP_SCATTER ? 1 : (int32_t)way}};
  return fm_op(op, (Tensor *[]){x, w->index, v}, 3, &a);
}

/* What a place holds before the first value, where its own element does not count. */
static Scalar identity(int reduce, DType dt) {
  const bool least = reduce == REDUCE_AMAX;
  if (reduce != REDUCE_AMAX && reduce != REDUCE_AMIN) return scalar_integer(reduce == REDUCE_PROD);
  if (dtype_is_float(dt)) return scalar_number(least ? -(double)INFINITY : (double)INFINITY);
  if (dt == DT_U8) return scalar_integer(least ? 0 : UINT8_MAX);
  return scalar_integer(least ? INT64_MIN : INT64_MAX);
}

/* sum by the number of values at each place */
static Tensor *divided(const Write *w, Tensor *sum, Tensor *v, bool include_self) {
  const DType dt = (DType)w->x->dtype;
  const bool floats = dtype_is_float(dt);
  Tensor *one = fm_own(tensor_scalar(floats ? dt : DT_I64, 1));
  Tensor *ones = one ? fm_expand(one, w->x->ndim, w->x->shape) : NULL;
  if (!include_self && ones) ones = with_number(w, ones, scalar_integer(0));
  Tensor *count = ones ? with_values(w, OP_SCATTER, INDEX_ADD, ones, fm_expand(one, v->ndim, v->shape)) : NULL;
  Tensor *mean = count ? fm_op2(floats ? OP_DIV : OP_FLOOR_DIVIDE, sum, count) : NULL;
  return mean ? fm_cast(mean, dt) : NULL;
}

static Tensor *reduced(const Write *w, Tensor *v, int reduce, bool include_self) {
  Tensor *x = include_self ? w->x : with_number(w, w->x, identity(reduce, (DType)w->x->dtype));
  if (!x || !v) return NULL;
  if (reduce == REDUCE_PROD) return with_values(w, OP_SCATTER_REDUCE, INDEX_MUL, x, v);
  if (reduce == REDUCE_AMAX) return with_values(w, OP_SCATTER_REDUCE, INDEX_MAX, x, v);
  if (reduce == REDUCE_AMIN) return with_values(w, OP_SCATTER_REDUCE, INDEX_MIN, x, v);
  Tensor *sum = with_values(w, OP_SCATTER, INDEX_ADD, x, v);
  return sum && reduce == REDUCE_MEAN_OF ? divided(w, sum, v, include_self) : sum;
}

static int scatter_reduce(lua_State *L, const char *fn, bool in_place) {
  static const char *const words[] = {"sum", "prod", "mean", "amax", "amin", NULL};
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .required = true},
                             {.name = "index", .kind = ARG_TENSOR, .required = true},
                             {.name = "src", .kind = ARG_TENSOR, .required = true},
                             {.name = "reduce", .kind = ARG_CHOICE, .required = true, .choices = words},
                             {.name = "include_self", .kind = ARG_FLAG, .def = 1},
                             {0}};
  double a[5];
  Write w = start(L, fn, in_place, INDEX_ADD);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  read_places(L, &w, a[0], (int)a[1]);
  Tensor *v = read_values(L, &w, (int)a[2], "src", false);
  check_picks(L, &w, v);
  if (v->ndim != w.index->ndim) return lb_badvalue(L, fn, "src", (int)a[2], "as deep as the index");
  FormulaMark m = fm_begin();
  Tensor *y = reduced(&w, fitted(&w, v), (int)a[3], a[4] != 0);
  const int rc = in_place ? (y ? tensor_copy_(w.x, y) : -1) : 0;
  return finish(L, &w, fm_end(m, in_place ? NULL : y), rc);
}

/*** The elements at the positions along a dimension; tensor and positions broadcast but along dim:
 * `x:take_along_dim(x:argsort(2), 2)`. @function take_along_dim */
static int l_take_along_dim(lua_State *L) {
  static const Arg args[] = {
      {.name = "index", .kind = ARG_TENSOR, .required = true}, {.name = "dim", .kind = ARG_DIM, .required = true}, {0}};
  const char *fn = "Tensor:take_along_dim";
  double a[2];
  int64_t sizes[TENSOR_MAX_DIM], places[TENSOR_MAX_DIM];
  Write w = start(L, fn, false, INDEX_GET);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  read_places(L, &w, a[1], (int)a[0]);
  bool fits = w.index->ndim == w.x->ndim;
  for (int d = 0; fits && d < w.x->ndim; d++) {
    const int64_t x = w.x->shape[d], i = w.index->shape[d];
    fits = d == w.dim || x == i || x == 1 || i == 1;
    sizes[d] = d == w.dim ? x : x == 1 ? i : x;
    places[d] = d == w.dim ? i : sizes[d];
  }
  if (!fits) {
    return lb_error(L, "%s: an index of shape %s does not broadcast to shape %s but for dimension %d", fn,
                    tensor_shape_str(w.index), tensor_shape_str(w.x), w.dim + 1);
  }
  FormulaMark m = fm_begin();
  Tensor *x = fm_expand(w.x, w.x->ndim, sizes), *index = fm_expand(w.index, w.x->ndim, places);
  const OpArgs along = {.along = {.dim = w.dim, .count = INDEX_FROM_1}};
  Tensor *y = x && index ? fm_op(OP_GATHER, (Tensor *[]){x, index}, 2, &along) : NULL;
  lb_pushresult(L, fn, fm_end(m, y));
  return 1;
}

/* --- elements by their number, by a key, by a mask ---------------------------------------------------------------- */

/*** The elements with these numbers, counted row by row from 1, in the shape of the index: `x:take(index)`.
 * @function take */
static int l_take(lua_State *L) {
  static const Arg args[] = {{.name = "index", .kind = ARG_TENSOR, .required = true}, {0}};
  const char *fn = "Tensor:take";
  double a[1];
  Tensor *x = lb_checkself(L, fn);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  Tensor *at = check_positions(L, (int)a[0], fn);
  const OpArgs all = {.index = {0, x->ndim, INDEX_SIGNED, 0, {0}}};
  return ltensor_push_op(L, fn, OP_INDEX_SELECT, (Tensor *[]){x, at}, 2, &all);
}

/* The tensors of the list at idx as a key of x. */
static LtensorKey read_list(lua_State *L, const Tensor *x, int idx, const char *fn) {
  LtensorKey k = {.n = 0};
  int n, dim = 0;
  Tensor **t = lb_tensorlist(L, idx, &n, fn, "indices");
  if (n == 0) lb_error(L, "%s: indices must hold at least one tensor", fn);
  for (int i = 0; i < n; i++) {
    if (t[i]->dtype != DT_I64 && t[i]->dtype != DT_U8) {
      lb_error(L, "%s: indices must be int64 positions or uint8 masks, entry %d is %s", fn, i + 1,
               dtype_name((DType)t[i]->dtype));
    }
    const int span = t[i]->dtype == DT_U8 ? t[i]->ndim : 1;
    if (dim + span > x->ndim || k.n == TENSOR_MAX_DIM) {
      lb_error(L, "%s: %d index tensors for a tensor of shape %s", fn, n, tensor_shape_str(x));
    }
    if (t[i]->dtype == DT_U8) ltensor_check_mask(L, x, dim, t[i], fn);
    k.t[k.n] = t[i];
    k.at[k.n++] = dim;
    dim += span;
  }
  return k;
}

static int index_put(lua_State *L, const char *fn, bool in_place) {
  static const Arg args[] = {{.name = "indices", .kind = ARG_VALUE, .required = true},
                             {.name = "values", .kind = ARG_VALUE, .required = true},
                             {.name = "accumulate", .kind = ARG_FLAG},
                             {0}};
  double a[3];
  LtensorPositions p;
  Write w = start(L, fn, in_place, INDEX_SET);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  const LtensorKey k = read_list(L, w.x, (int)a[0], fn);
  Tensor *v = read_values(L, &w, (int)a[1], "values", true);
  ltensor_read_positions(L, w.x, &k, fn, &p);
  FormulaMark m = fm_begin();
  int rc = in_place ? ltensor_put(w.x, &p, v, a[2] != 0) : 0;
  Tensor *y = in_place ? NULL : ltensor_with_put(w.x, &p, v, a[2] != 0);
  return finish(L, &w, fm_end(m, y), rc);
}

static int masked_scatter(lua_State *L, const char *fn, bool in_place) {
  static const Arg args[] = {{.name = "mask", .kind = ARG_TENSOR, .required = true},
                             {.name = "source", .kind = ARG_TENSOR, .required = true},
                             {0}};
  double a[2];
  LtensorPositions p;
  Write w = start(L, fn, in_place, INDEX_SET);
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = a});
  Tensor *v = read_values(L, &w, (int)a[1], "source", false);
  FormulaMark m = fm_begin();
  lb_pushresult(L, fn, fm_end(m, fm_expand(lb_testtensor(L, (int)a[0]), w.x->ndim, w.x->shape)));
  const LtensorKey k = {.n = 1, .t = {lb_testtensor(L, -1)}, .at = {0}};
  ltensor_check_mask(L, w.x, 0, k.t[0], fn);
  ltensor_read_positions(L, w.x, &k, fn, &p);
  const int64_t n = p.shape[0];
  if (v->numel < n) {
    return lb_error(L, "%s: source has %I elements, the mask has %I ones", fn, (LUAI_UACINT)v->numel, (LUAI_UACINT)n);
  }
  m = fm_begin();
  Tensor *first = fm_reshape(v, 1, &v->numel);
  if (first && n < v->numel) first = fm_slice(first, 0, 0, n, 1);
  int rc = in_place ? ltensor_put(w.x, &p, first, false) : 0;
  Tensor *y = in_place ? NULL : ltensor_with_put(w.x, &p, first, false);
  return finish(L, &w, fm_end(m, y), rc);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

#define BOTH(name)                                                              \
  static int l_##name(lua_State *L) { return name(L, "Tensor:" #name, false); } \
  static int l_##name##_(lua_State *L) { return name(L, "Tensor:" #name "_", true); }
/*** With alpha times the source added at the positions of a dimension: `x:index_add(1, index, source)`.
 * @function index_add */
BOTH(index_add)
/*** With the source at the positions of a dimension. @function index_copy */
BOTH(index_copy)
/*** With a number at the positions of a dimension. @function index_fill */
BOTH(index_fill)
/*** With the values, a tensor or a number, at positions given by a list of index tensors; accumulate: added.
 * @function index_put */
BOTH(index_put)
/*** With x[i][index[i][j]] = src[i][j] along dim 2, and likewise for other dims; src may be a number; reduce = "add"
 * adds. @function scatter */
BOTH(scatter)
/*** The same with sums. @function scatter_add */
BOTH(scatter_add)
/*** With the sum, product, mean or extreme of the elements that src has for each place and, include_self, of its own.
 * @function scatter_reduce */
BOTH(scatter_reduce)
/*** With the source's elements, in order, where the mask is 1. @function masked_scatter */
BOTH(masked_scatter)

void ltensor_scatter(lua_State *L, int lib, int methods) {
  static const luaL_Reg both[] = {{"index_add", l_index_add},
                                  {"index_copy", l_index_copy},
                                  {"index_fill", l_index_fill},
                                  {"index_put", l_index_put},
                                  {"masked_scatter", l_masked_scatter},
                                  {"scatter", l_scatter},
                                  {"scatter_add", l_scatter_add},
                                  {"scatter_reduce", l_scatter_reduce},
                                  {"take", l_take},
                                  {"take_along_dim", l_take_along_dim},
                                  {NULL, NULL}};
  static const luaL_Reg in_place[] = {
      {"index_add_", l_index_add_},     {"index_copy_", l_index_copy_},         {"index_fill_", l_index_fill_},
      {"index_put_", l_index_put_},     {"masked_scatter_", l_masked_scatter_}, {"scatter_", l_scatter_},
      {"scatter_add_", l_scatter_add_}, {"scatter_reduce_", l_scatter_reduce_}, {NULL, NULL}};
  ltensor_setboth(L, lib, methods, both);
  for (const luaL_Reg *r = in_place; r->name; r++) {
    lua_pushcfunction(L, r->func);
    lua_setfield(L, methods, r->name);
  }
}
