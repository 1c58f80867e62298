/*
 * ltensor_create.c - functions that make tensors: from numbers, of one value, at random.
 *
 * Most take the options dtype and requires_grad.
 */
#include <math.h>
#include <string.h>

#include "core/recorder.h"
#include "core/rng.h"
#include "lua/base/lrecord.h"
#include "lua/tensor/ltensor.h"

/* Sizes, in a list or one after another. */
/* clang-format off */
#define SIZE_ROW {.name = "size", .kind = ARG_SHAPE, .range = RANGE_NOT_NEGATIVE, .rest = true, .required = true}
/* clang-format on */

/* A tensor of one value, of the options x; raises if the dtype cannot hold the value. */
static int push_full(lua_State *L, const char *callee, DType dt, int ndim, const int64_t *shape, double at,
                     const double *x) {
  Scalar value = largs_scalar(L, (int)at);
  if (scalar_check(value, dt) < 0) return lb_calleeerror(L, callee);
  return ltensor_push_new(L, callee, tensor_full_of(dt, ndim, shape, value), x);
}

/* --- zeros, ones, full, empty, eye --------------------------------------------------------------------------- */

enum { SIZE, SIZED_DTYPE = SIZE + ARG_SHAPE_PLACES, SIZED_GRAD, SIZED_COUNT };
static const Arg sized_args[] = {SIZE_ROW, LTENSOR_OPTION_ROWS};

static int filled(lua_State *L, const char *callee, double value) {
  double x[SIZED_COUNT];
  int64_t shape[TENSOR_MAX_DIM];
  largs_read(L, 1, callee, &(ArgValues){.args = sized_args, .x = x});
  DType dt = ltensor_new_dtype(L, callee, x + SIZED_DTYPE, dtype_default());
  return ltensor_push_new(L, callee, tensor_full(dt, arg_shape(x + SIZE, shape), shape, value), x + SIZED_DTYPE);
}

/*** A tensor of zeros: `lab.zeros(2, 3)` or `lab.zeros({2, 3}, {dtype="float64"})`. @function zeros */
static int l_zeros(lua_State *L) { return filled(L, "lab.zeros", 0); }
/*** A tensor of ones. @function ones */
static int l_ones(lua_State *L) { return filled(L, "lab.ones", 1); }
/*** A tensor for the caller to fill; it holds zeros, so that nothing depends on old memory. @function empty */
static int l_empty(lua_State *L) { return filled(L, "lab.empty", 0); }

/*** A tensor of one value: `lab.full({2, 3}, 0.5)`. @function full */
static int l_full(lua_State *L) {
  enum { VALUE = ARG_SHAPE_PLACES, DTYPE, GRAD, COUNT };
  static const Arg args[] = {{.name = "size", .kind = ARG_SHAPE, .range = RANGE_NOT_NEGATIVE, .required = true},
                             {.name = "value", .kind = ARG_SCALAR, .range = RANGE_ANY, .required = true},
                             LTENSOR_OPTION_ROWS};
  const char *callee = "lab.full";
  double x[COUNT];
  int64_t shape[TENSOR_MAX_DIM];
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = x});
  DType dt = ltensor_new_dtype(L, callee, x + DTYPE, dtype_default());
  return push_full(L, callee, dt, arg_shape(x, shape), shape, x[VALUE], x + DTYPE);
}

/*** The identity matrix: `lab.eye(3)`, or n rows and m columns. @function eye */
static int l_eye(lua_State *L) {
  const char *callee = "lab.eye";
  double x[SIZED_COUNT];
  int64_t shape[TENSOR_MAX_DIM];
  largs_read(L, 1, callee, &(ArgValues){.args = sized_args, .x = x});
  int n = arg_shape(x + SIZE, shape);
  if (n < 1 || n > 2) return lb_error(L, "%s: size must be one or two integers, got %d", callee, n);
  if (n == 1) shape[1] = shape[0];
  DType dt = ltensor_new_dtype(L, callee, x + SIZED_DTYPE, dtype_default());
  const Recorder *paused = recorder_pause(); /* a constant, as a whole */
  Tensor *t = tensor_full(dt, 2, shape, 0);
  for (int64_t i = 0; t && i < shape[0] && i < shape[1]; i++) tensor_set(t, i * shape[1] + i, 1);
  recorder_resume(paused);
  return ltensor_push_new(L, callee, t, x + SIZED_DTYPE);
}

static int like(lua_State *L, const char *callee, double value) {
  static const Arg args[] = {LTENSOR_OPTION_ROWS};
  double x[2];
  const Tensor *t = lb_checktensor(L, 1, callee, "input");
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = x});
  DType dt = ltensor_new_dtype(L, callee, x, (DType)t->dtype);
  return ltensor_push_new(L, callee, tensor_full(dt, t->ndim, t->shape, value), x);
}
static int l_zeros_like(lua_State *L) { return like(L, "lab.zeros_like", 0); }
static int l_ones_like(lua_State *L) { return like(L, "lab.ones_like", 1); }
static int l_empty_like(lua_State *L) { return like(L, "lab.empty_like", 0); }
static int l_full_like(lua_State *L) {
  static const Arg args[] = {{.name = "value", .kind = ARG_SCALAR, .range = RANGE_ANY, .required = true},
                             LTENSOR_OPTION_ROWS};
  const char *callee = "lab.full_like";
  double x[3];
  const Tensor *t = lb_checktensor(L, 1, callee, "input");
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = x});
  DType dt = ltensor_new_dtype(L, callee, x + 1, (DType)t->dtype);
  return push_full(L, callee, dt, t->ndim, t->shape, x[0], x + 1);
}

/* --- random ------------------------------------------------------------------------------------------------------ */

typedef enum Fill { FILL_UNIFORM, FILL_NORMAL } Fill;

/* size, x: the places of a shape and of the two options. */
static int random_tensor(lua_State *L, const char *callee, Fill fill, const double *size, const double *x, double a,
                         double b) {
  int64_t shape[TENSOR_MAX_DIM];
  DType dt = ltensor_new_dtype(L, callee, x, dtype_default());
  if (!dtype_is_float(dt)) return lb_error(L, "%s: makes float tensors, not %s", callee, dtype_name(dt));
  Tensor *t = tensor_new(dt, arg_shape(size, shape), shape);
  if (t && fill == FILL_UNIFORM) rng_fill_uniform(rng_for(RNG_USER), t, a, b);
  if (t && fill == FILL_NORMAL) rng_fill_normal(rng_for(RNG_USER), t, a, b);
  return ltensor_push_new(L, callee, t, x);
}

static int standard_random(lua_State *L, const char *callee, Fill fill) {
  static const Arg args[] = {{.name = "size", .kind = ARG_SHAPE, .range = RANGE_NOT_NEGATIVE, .rest = true},
                             LTENSOR_OPTION_ROWS};
  double x[SIZED_COUNT];
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = x});
  return random_tensor(L, callee, fill, x + SIZE, x + SIZED_DTYPE, 0, 1);
}
/*** Uniform numbers in [0, 1). @function rand */
static int l_rand(lua_State *L) { return standard_random(L, "lab.rand", FILL_UNIFORM); }
/*** Standard normal numbers. @function randn */
static int l_randn(lua_State *L) { return standard_random(L, "lab.randn", FILL_NORMAL); }

/*** Normal numbers: `lab.normal(mean, std, {sizes}[, options])`. @function normal */
static int l_normal(lua_State *L) {
  enum { MEAN, STD, TO, DTYPE = TO + ARG_SHAPE_PLACES, GRAD, COUNT };
  static const Arg args[] = {{.name = "mean", .required = true},
                             {.name = "std", .range = RANGE_NOT_NEGATIVE, .required = true},
                             {.name = "size", .kind = ARG_SHAPE, .range = RANGE_NOT_NEGATIVE, .rest = true},
                             LTENSOR_OPTION_ROWS};
  double x[COUNT];
  largs_read(L, 1, "lab.normal", &(ArgValues){.args = args, .x = x});
  return random_tensor(L, "lab.normal", FILL_NORMAL, x + TO, x + DTYPE, x[MEAN], x[STD]);
}

/* Random integers, as they are reported to a recorder: args {low, how many there are}; 0: a permutation. */
typedef struct IntegerArgs {
  int64_t low;
  uint64_t count;
} IntegerArgs;

static int run_integers(const Computation *c, Context *own) {
  IntegerArgs a;
  memcpy(&a, c->args, sizeof a);
  Tensor *t = c->t[0];
  Rng *r = &own->random.of[RNG_USER];
  int64_t *x = tensor_i64(t), n = t->numel;
  if (a.count == 0) {
    rng_permutation(r, x, n);
    for (int64_t i = 0; i < n; i++) x[i]++;
  } else {
    for (int64_t i = 0; i < n; i++) x[i] = a.low + (int64_t)rng_below(r, a.count);
  }
  return 0;
}

static void fill_integers(Tensor *t, IntegerArgs a) {
  if (!t) return;
  recorder_run(&(Computation){
      .name = "random integers", .run = run_integers, .nout = 1, .n = 1, .t = &t, .args = &a, .size = sizeof a});
}

/*** The numbers 1..n in random order, int64. @function randperm */
static int l_randperm(lua_State *L) {
  static const Arg args[] = {{.name = "n", .kind = ARG_INTEGER, .range = RANGE_NOT_NEGATIVE, .required = true}, {0}};
  double x = 0;
  largs_read(L, 1, "lab.randperm", &(ArgValues){.args = args, .x = &x});
  int64_t n = (int64_t)x;
  Tensor *t = tensor_new(DT_I64, 1, &n);
  fill_integers(t, (IntegerArgs){0});
  if (!t) return lb_calleeerror(L, "lab.randperm");
  lb_pushtensor(L, t);
  return 1;
}

/*** Integers from low up to but without high, int64: `lab.randint(low, high, {sizes})`, or from 0: `lab.randint(high,
 * {sizes})`. @function randint */
static int l_randint(lua_State *L) {
  enum { LOW, HIGH, TO, COUNT = TO + ARG_SHAPE_PLACES };
  static const Arg args[] = {{.name = "low", .kind = ARG_INTEGER},
                             {.name = "high", .kind = ARG_INTEGER, .required = true},
                             {.name = "size", .kind = ARG_SHAPE, .range = RANGE_NOT_NEGATIVE, .rest = true},
                             {0}};
  const char *callee = "lab.randint";
  double x[COUNT];
  int64_t shape[TENSOR_MAX_DIM];
  if (lua_type(L, 1) == LUA_TNUMBER && lua_type(L, 2) != LUA_TNUMBER) {
    lua_pushinteger(L, 0);
    lua_insert(L, 1);
  }
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = x});
  int64_t low = (int64_t)x[LOW], high = (int64_t)x[HIGH];
  if (high <= low) {
    return lb_error(L, "%s: there is no integer from %I up to but without %I", callee, (LUAI_UACINT)low,
                    (LUAI_UACINT)high);
  }
  Tensor *t = tensor_new(DT_I64, arg_shape(x + TO, shape), shape);
  fill_integers(t, (IntegerArgs){low, (uint64_t)high - (uint64_t)low});
  if (!t) return lb_calleeerror(L, callee);
  lb_pushtensor(L, t);
  return 1;
}

/*** Restarts every stream of random numbers. @function manual_seed */
static int l_manual_seed(lua_State *L) {
  static const Arg args[] = {{.name = "seed", .kind = ARG_INT64, .required = true}, {0}};
  double at = 0;
  largs_read(L, 1, "lab.manual_seed", &(ArgValues){.args = args, .x = &at});
  rng_seed_all((uint64_t)lua_tointeger(L, (int)at));
  return 0;
}

static int l_initial_seed(lua_State *L) {
  lb_atmost(L, "lab.initial_seed", 0);
  lua_pushinteger(L, (lua_Integer)rng_seed());
  return 1;
}

/*** The dtype of new tensors: "float32" (at the start) or "float64". @function set_default_dtype */
static int l_set_default_dtype(lua_State *L) {
  static const Arg args[] = {{.name = "dtype", .kind = ARG_FLOAT_DTYPE, .required = true}, {0}};
  double dt = 0;
  largs_read(L, 1, "lab.set_default_dtype", &(ArgValues){.args = args, .x = &dt});
  dtype_set_default((DType)dt);
  return 0;
}
static int l_get_default_dtype(lua_State *L) {
  lb_atmost(L, "lab.get_default_dtype", 0);
  lua_pushstring(L, dtype_name(dtype_default()));
  return 1;
}

/* --- tensor{...} ---------------------------------------------------------------------------------------------- */

/* Follows the first entries down to find the shape; leaves the stack as it was. */
static int nested_shape(lua_State *L, int idx, int64_t *shape) {
  int ndim = 0;
  lua_pushvalue(L, idx);
  while (lua_istable(L, -1)) {
    if (ndim == TENSOR_MAX_DIM) return lb_error(L, "lab.tensor: a tensor has at most %d dimensions", TENSOR_MAX_DIM);
    luaL_checkstack(L, 2, "lab.tensor");
    shape[ndim++] = luaL_len(L, -1);
    lua_geti(L, -1, 1);
  }
  lua_pop(L, ndim + 1);
  return ndim;
}

/* Where lab.tensor is: the tensor (owned by a userdata on the stack) and the next element to set. */
typedef struct Nested {
  Tensor *t;
  int64_t at;
} Nested;

static void nested_number(lua_State *L, Nested *n) {
  const int type = lua_type(L, -1);
  const DType dt = (DType)n->t->dtype;
  if (type != LUA_TNUMBER && type != LUA_TBOOLEAN) {
    lb_error(L, "lab.tensor: element %d must be a number, got %s", (int)n->at + 1, lb_pushgot(L, -1));
  }
  if (type == LUA_TBOOLEAN || dtype_is_float(dt)) {
    tensor_set(n->t, n->at++, type == LUA_TBOOLEAN ? lua_toboolean(L, -1) : lua_tonumber(L, -1));
    return;
  }
  Scalar v = largs_scalar(L, -1);
  if (scalar_check(v, dt) < 0) lb_error(L, "lab.tensor: element %d: %s", (int)n->at + 1, err_message());
  scalar_store(dt, (char *)tensor_data(n->t) + n->at++ * (int64_t)dtype_size(dt), v);
}

/* Raises if the inner table on top of the stack also holds a name: options stand in the outermost table. Tables written
 * as constructors keep their names behind the list, where one look finds them. */
static void check_no_names(lua_State *L) {
  const lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
  if (n == 0) return;
  lua_pushinteger(L, n);
  if (!lua_next(L, -2)) return;
  if (lua_type(L, -2) == LUA_TSTRING) {
    lb_error(L,
             "lab.tensor: '%s' stands in an inner table; options belong into the outermost one or a table of their own",
             lua_tostring(L, -2));
  }
  lua_pop(L, 2);
}

/* The value on top of the stack, at depth d of the shape. */
static void nested_fill(lua_State *L, Nested *n, int d) {
  if (d == n->t->ndim) {
    nested_number(L, n);
    return;
  }
  if (!lua_istable(L, -1)) {
    lb_error(L, "lab.tensor: ragged table: %s where a list of %d was expected", lb_pushgot(L, -1), (int)n->t->shape[d]);
  }
  lua_Integer len = luaL_len(L, -1);
  if (len != n->t->shape[d]) {
    lb_error(L, "lab.tensor: ragged table: a list of %d where the first one has %d", (int)len, (int)n->t->shape[d]);
  }
  luaL_checkstack(L, 4, "lab.tensor");
  if (d > 0) check_no_names(L);
  lb_checklist(L, -1, d == 0, "lab.tensor", "data");
  for (lua_Integer i = 1; i <= len; i++) {
    lua_geti(L, -1, i);
    nested_fill(L, n, d + 1);
    lua_pop(L, 1);
  }
}

/*** A tensor from a number or nested tables of numbers: `lab.tensor({{1, 2}, {3, 4}}, {dtype="float64"})`.
 * The dtype is the default float type unless given; a tensor argument is copied. @function tensor */
static int l_tensor(lua_State *L) {
  static const Arg args[] = {{.name = "data", .kind = ARG_VALUE, .required = true}, LTENSOR_OPTION_ROWS};
  const char *callee = "lab.tensor";
  double v[3], *options = v + 1;
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = v});
  lua_pushvalue(L, (int)v[0]);
  lua_replace(L, 1);
  const Tensor *x = lb_testtensor(L, 1);
  DType dt = ltensor_new_dtype(L, callee, options, x ? (DType)x->dtype : dtype_default());
  if (x) return ltensor_push_new(L, callee, tensor_cast(x, dt), options);
  int type = lua_type(L, 1);
  if (type != LUA_TTABLE && type != LUA_TNUMBER && type != LUA_TBOOLEAN) {
    return lb_badvalue(L, callee, "data", 1, "a number or a table of numbers");
  }
  int64_t shape[TENSOR_MAX_DIM];
  lua_settop(L, 1);
  Nested n = {0};
  int ndim = nested_shape(L, 1, shape);
  n.t = tensor_new(dt, ndim, shape);
  lb_pushunseen(L, n.t);
  lua_pushvalue(L, 1);
  nested_fill(L, &n, 0);
  lua_pop(L, 1);
  if (context->recorder) lrecord_tensor(L, n.t);
  n.t->requires_grad = options[1] != 0;
  return 1;
}

/* --- in-place random fills: methods --------------------------------------------------------------------------- */

static int fill_random(lua_State *L, const char *callee, Fill fill, const Arg *args) {
  double x[2];
  Tensor *t = lb_checkself(L, callee);
  ltensor_check_inplace(L, t, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = x});
  if (!dtype_is_float((DType)t->dtype)) {
    return lb_error(L, "%s: fills float tensors, this one is %s", callee, dtype_name((DType)t->dtype));
  }
  if (fill == FILL_UNIFORM && x[0] > x[1]) {
    return lb_error(L, "%s: from must be at most to, got %f and %f", callee, x[0], x[1]);
  }
  if (fill == FILL_UNIFORM) {
    rng_fill_uniform(rng_for(RNG_USER), t, x[0], x[1]);
  } else {
    rng_fill_normal(rng_for(RNG_USER), t, x[0], x[1]);
  }
  lua_settop(L, 1);
  return 1;
}
static int l_uniform_(lua_State *L) {
  static const Arg args[] = {{.name = "from"}, {.name = "to", .def = 1}, {0}};
  return fill_random(L, "Tensor:uniform_", FILL_UNIFORM, args);
}
static int l_normal_(lua_State *L) {
  static const Arg args[] = {{.name = "mean"}, {.name = "std", .range = RANGE_NOT_NEGATIVE, .def = 1}, {0}};
  return fill_random(L, "Tensor:normal_", FILL_NORMAL, args);
}

void ltensor_create(lua_State *L, int lib, int methods) {
  static const luaL_Reg functions[] = {{"tensor", l_tensor},
                                       {"zeros", l_zeros},
                                       {"ones", l_ones},
                                       {"empty", l_empty},
                                       {"full", l_full},
                                       {"eye", l_eye},
                                       {"rand", l_rand},
                                       {"randn", l_randn},
                                       {"normal", l_normal},
                                       {"randperm", l_randperm},
                                       {"randint", l_randint},
                                       {"zeros_like", l_zeros_like},
                                       {"ones_like", l_ones_like},
                                       {"empty_like", l_empty_like},
                                       {"full_like", l_full_like},
                                       {"manual_seed", l_manual_seed},
                                       {"initial_seed", l_initial_seed},
                                       {"set_default_dtype", l_set_default_dtype},
                                       {"get_default_dtype", l_get_default_dtype},
                                       {NULL, NULL}};
  static const luaL_Reg method_list[] = {{"uniform_", l_uniform_}, {"normal_", l_normal_}, {NULL, NULL}};
  lua_pushvalue(L, lib);
  luaL_setfuncs(L, functions, 0);
  lua_pushvalue(L, methods);
  luaL_setfuncs(L, method_list, 0);
  lua_pop(L, 2);
}
