/*
 * ltensor_create.c - functions that make tensors: from numbers, by rule, at random.
 *
 * Common options, in a table as the last argument: dtype (a name, default lab.get_default_dtype()) and requires_grad.
 */
#include <math.h>
#include <string.h>

#include "core/recorder.h"
#include "core/rng.h"
#include "lua/base/lrecord.h"
#include "lua/tensor/ltensor.h"

static const char *const OPTIONS[] = {"dtype", "requires_grad", NULL};

TensorOptions ltensor_options(lua_State *L, int idx, const char *fn, DType def) {
  TensorOptions o = {def, false};
  if (!lb_checkoptions(L, idx, fn, OPTIONS)) return o;
  if (lua_getfield(L, idx, "dtype") != LUA_TNIL) o.dtype = lb_checkdtype(L, lua_gettop(L), fn);
  lua_pop(L, 1);
  o.requires_grad = lb_optboolean(L, idx, fn, "requires_grad", false);
  if (o.requires_grad && !dtype_is_float(o.dtype))
    lb_error(L, "%s: only float tensors can require a gradient, this one is %s", fn, dtype_name(o.dtype));
  return o;
}

static int push_new(lua_State *L, const char *fn, Tensor *t, TensorOptions o) {
  if (!t) return lb_error(L, "%s: %s", fn, err_message());
  t->requires_grad = o.requires_grad;
  lb_pushtensor(L, t);
  return 1;
}

/* --- zeros, ones, full, empty, eye --------------------------------------------------------------------------- */

static int filled(lua_State *L, const char *fn, double value) {
  int64_t shape[TENSOR_MAX_DIM];
  int next, ndim = lb_checkshape(L, 1, shape, &next, fn);
  if (next == 1) return lb_argerror(L, fn, 1, "sizes");
  TensorOptions o = ltensor_options(L, next, fn, lb_defaultdtype());
  return push_new(L, fn, tensor_full(o.dtype, ndim, shape, value), o);
}

/*** A tensor of zeros: `lab.zeros(2, 3)` or `lab.zeros({2, 3}, {dtype="float64"})`. @function zeros */
static int l_zeros(lua_State *L) { return filled(L, "lab.zeros", 0); }
/*** A tensor of ones. @function ones */
static int l_ones(lua_State *L) { return filled(L, "lab.ones", 1); }
/*** A tensor for the caller to fill; it holds zeros, so that nothing depends on old memory. @function empty */
static int l_empty(lua_State *L) { return filled(L, "lab.empty", 0); }

/*** A tensor of one value: `lab.full({2, 3}, 0.5)`. @function full */
static int l_full(lua_State *L) {
  int64_t shape[TENSOR_MAX_DIM];
  if (!lua_istable(L, 1)) return lb_argerror(L, "lab.full", 1, "a table of sizes");
  int next, ndim = lb_checkshape(L, 1, shape, &next, "lab.full");
  if (lua_type(L, 2) != LUA_TNUMBER) return lb_argerror(L, "lab.full", 2, "a number");
  TensorOptions o = ltensor_options(L, 3, "lab.full", lb_defaultdtype());
  return push_new(L, "lab.full", tensor_full(o.dtype, ndim, shape, lua_tonumber(L, 2)), o);
}

/*** The identity matrix: `lab.eye(3)`, or n rows and m columns. @function eye */
static int l_eye(lua_State *L) {
  int64_t shape[TENSOR_MAX_DIM];
  int next, n = lb_checkshape(L, 1, shape, &next, "lab.eye");
  if (n < 1 || n > 2) return lb_argerror(L, "lab.eye", 1, "one or two sizes");
  if (n == 1) shape[1] = shape[0];
  TensorOptions o = ltensor_options(L, next, "lab.eye", lb_defaultdtype());
  const Recorder *paused = recorder_pause(); /* a constant, as a whole */
  Tensor *t = tensor_full(o.dtype, 2, shape, 0);
  for (int64_t i = 0; t && i < shape[0] && i < shape[1]; i++) tensor_set(t, i * shape[1] + i, 1);
  recorder_resume(paused);
  return push_new(L, "lab.eye", t, o);
}

static int like(lua_State *L, const char *fn, double value) {
  Tensor *x = lb_checktensor(L, 1, fn);
  TensorOptions o = ltensor_options(L, 2, fn, (DType)x->dtype);
  return push_new(L, fn, tensor_full(o.dtype, x->ndim, x->shape, value), o);
}
static int l_zeros_like(lua_State *L) { return like(L, "lab.zeros_like", 0); }
static int l_ones_like(lua_State *L) { return like(L, "lab.ones_like", 1); }
static int l_empty_like(lua_State *L) { return like(L, "lab.empty_like", 0); }
static int l_full_like(lua_State *L) {
  double v =
      lua_type(L, 2) == LUA_TNUMBER ? lua_tonumber(L, 2) : (double)lb_argerror(L, "lab.full_like", 2, "a number");
  lua_remove(L, 2);
  return like(L, "lab.full_like", v);
}

/* --- arange, linspace ------------------------------------------------------------------------------------------ */

/*** Numbers from start (default 0) up to but without stop: `lab.arange(stop)`, `lab.arange(start, stop[, step])`.
 * @function arange */
static int l_arange(lua_State *L) {
  int n = 0;
  double v[3] = {0};
  while (n < 3 && lua_type(L, n + 1) == LUA_TNUMBER) {
    v[n] = lua_tonumber(L, n + 1);
    n++;
  }
  if (n == 0) return lb_argerror(L, "lab.arange", 1, "a number");
  TensorOptions o = ltensor_options(L, n + 1, "lab.arange", lb_defaultdtype());
  double start = n == 1 ? 0 : v[0], stop = n == 1 ? v[0] : v[1], step = n == 3 ? v[2] : 1;
  double count = ceil((stop - start) / step);
  if (step == 0 || !(count >= 0) || count > 0x1p53) {
    return lb_error(L, "lab.arange: no numbers lead from %f to %f in steps of %f", start, stop, step);
  }
  int64_t len = (int64_t)count;
  Tensor *t = tensor_new(o.dtype, 1, &len);
  for (int64_t i = 0; t && i < len; i++) tensor_set(t, i, start + (double)i * step);
  return push_new(L, "lab.arange", t, o);
}

/*** n numbers evenly spaced from a to b, both included: `lab.linspace(a, b, n)`. @function linspace */
static int l_linspace(lua_State *L) {
  for (int i = 1; i <= 3; i++) {
    if (lua_type(L, i) != LUA_TNUMBER) return lb_argerror(L, "lab.linspace", i, "a number");
  }
  TensorOptions o = ltensor_options(L, 4, "lab.linspace", lb_defaultdtype());
  double a = lua_tonumber(L, 1), b = lua_tonumber(L, 2);
  int64_t n = (int64_t)lua_tonumber(L, 3);
  if (n < 0) return lb_error(L, "lab.linspace: the number of points is %d", (int)n);
  Tensor *t = tensor_new(o.dtype, 1, &n);
  double step = n > 1 ? (b - a) / (double)(n - 1) : 0;
  for (int64_t i = 0; t && i < n; i++)
    tensor_set(t, i, i < n / 2 || n == 1 ? a + (double)i * step : b - (double)(n - 1 - i) * step);
  return push_new(L, "lab.linspace", t, o);
}

/* --- random ------------------------------------------------------------------------------------------------------ */

typedef enum Fill { FILL_UNIFORM, FILL_NORMAL } Fill;

static int random_tensor(lua_State *L, const char *fn, Fill fill, int ndim, const int64_t *shape, int options, double a,
                         double b) {
  TensorOptions o = ltensor_options(L, options, fn, lb_defaultdtype());
  if (!dtype_is_float(o.dtype)) return lb_error(L, "%s: makes float tensors, not %s", fn, dtype_name(o.dtype));
  Tensor *t = tensor_new(o.dtype, ndim, shape);
  if (t && fill == FILL_UNIFORM) rng_fill_uniform(rng_for(RNG_USER), t, a, b);
  if (t && fill == FILL_NORMAL) rng_fill_normal(rng_for(RNG_USER), t, a, b);
  return push_new(L, fn, t, o);
}

/*** Uniform numbers in [0, 1). @function rand */
static int l_rand(lua_State *L) {
  int64_t shape[TENSOR_MAX_DIM];
  int next, ndim = lb_checkshape(L, 1, shape, &next, "lab.rand");
  return random_tensor(L, "lab.rand", FILL_UNIFORM, ndim, shape, next, 0, 1);
}
/*** Standard normal numbers. @function randn */
static int l_randn(lua_State *L) {
  int64_t shape[TENSOR_MAX_DIM];
  int next, ndim = lb_checkshape(L, 1, shape, &next, "lab.randn");
  return random_tensor(L, "lab.randn", FILL_NORMAL, ndim, shape, next, 0, 1);
}

/*** Normal numbers: `lab.normal(mean, std, {sizes}[, options])`. @function normal */
static int l_normal(lua_State *L) {
  for (int i = 1; i <= 2; i++) {
    if (lua_type(L, i) != LUA_TNUMBER) return lb_argerror(L, "lab.normal", i, "a number");
  }
  double std = lua_tonumber(L, 2);
  if (!(std >= 0)) return lb_error(L, "lab.normal: the standard deviation is %f, it must not be negative", std);
  int64_t shape[TENSOR_MAX_DIM];
  int next, ndim = lb_checkshape(L, 3, shape, &next, "lab.normal");
  return random_tensor(L, "lab.normal", FILL_NORMAL, ndim, shape, next, lua_tonumber(L, 1), std);
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
  if (a.count == 0) rng_permutation(&own->random.of[RNG_USER], tensor_i64(t), t->numel);
  for (int64_t i = 0; i < t->numel; i++) {
    if (a.count == 0) tensor_i64(t)[i]++;
    if (a.count != 0) tensor_i64(t)[i] = a.low + (int64_t)rng_below(&own->random.of[RNG_USER], a.count);
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
  int isint;
  int64_t n = lua_tointegerx(L, 1, &isint);
  if (!isint || n < 0) return lb_argerror(L, "lab.randperm", 1, "a number of elements");
  Tensor *t = tensor_new(DT_I64, 1, &n);
  fill_integers(t, (IntegerArgs){0});
  lb_pushtensor(L, t);
  return 1;
}

/*** Integers from low up to but without high, int64: `lab.randint(low, high, {sizes})`, or from 0: `lab.randint(high,
 * {sizes})`. @function randint */
static int l_randint(lua_State *L) {
  const char *fn = "lab.randint";
  int first = lua_type(L, 2) == LUA_TNUMBER ? 2 : 1, isint[2], next;
  int64_t lo = first == 2 ? lua_tointegerx(L, 1, &isint[0]) : (isint[0] = 1, 0),
          hi = lua_tointegerx(L, first, &isint[1]);
  if (!isint[0] || !isint[1]) return lb_argerror(L, fn, isint[0] ? first : 1, "an integer");
  if (hi <= lo) return lb_error(L, "%s: there is no integer from %d up to but without %d", fn, (int)lo, (int)hi);
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = lb_checkshape(L, first + 1, shape, &next, fn);
  Tensor *t = tensor_new(DT_I64, ndim, shape);
  fill_integers(t, (IntegerArgs){lo, (uint64_t)hi - (uint64_t)lo});
  lb_pushtensor(L, t);
  return 1;
}

/*** Restarts every stream of random numbers. @function manual_seed */
static int l_manual_seed(lua_State *L) {
  int isint;
  lua_Integer seed = lua_tointegerx(L, 1, &isint);
  if (!isint) return lb_argerror(L, "lab.manual_seed", 1, "an integer");
  rng_seed_all((uint64_t)seed);
  return 0;
}

static int l_initial_seed(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)rng_seed());
  return 1;
}

/*** The dtype of new tensors: "float32" (at the start) or "float64". @function set_default_dtype */
static int l_set_default_dtype(lua_State *L) {
  DType dt = lb_checkdtype(L, 1, "lab.set_default_dtype");
  if (!dtype_is_float(dt))
    return lb_error(L, "lab.set_default_dtype: must be float32 or float64, got %s", dtype_name(dt));
  lb_setdefaultdtype(dt);
  return 0;
}
static int l_get_default_dtype(lua_State *L) {
  lua_pushstring(L, dtype_name(lb_defaultdtype()));
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
  switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
      if (n->t->dtype == DT_I64 && lua_isinteger(L, -1)) {
        tensor_i64(n->t)[n->at++] = lua_tointeger(L, -1); /* beyond 2^53 too */
      } else {
        tensor_set(n->t, n->at++, lua_tonumber(L, -1));
      }
      return;
    case LUA_TBOOLEAN:
      tensor_set(n->t, n->at++, lua_toboolean(L, -1));
      return;
    default:
      lb_error(L, "lab.tensor: element %d is %s, expected a number", (int)n->at + 1, luaL_typename(L, -1));
  }
}

/* The value on top of the stack, at depth d of the shape. */
static void nested_fill(lua_State *L, Nested *n, int d) {
  if (d == n->t->ndim) {
    nested_number(L, n);
    return;
  }
  if (!lua_istable(L, -1))
    lb_error(L, "lab.tensor: ragged table: %s where a list of %d was expected", luaL_typename(L, -1),
             (int)n->t->shape[d]);
  lua_Integer len = luaL_len(L, -1);
  if (len != n->t->shape[d])
    lb_error(L, "lab.tensor: ragged table: a list of %d where the first one has %d", (int)len, (int)n->t->shape[d]);
  luaL_checkstack(L, 1, "lab.tensor");
  for (lua_Integer i = 1; i <= len; i++) {
    lua_geti(L, -1, i);
    nested_fill(L, n, d + 1);
    lua_pop(L, 1);
  }
}

/*** A tensor from a number or nested tables of numbers: `lab.tensor({{1, 2}, {3, 4}}, {dtype="float64"})`.
 * The dtype is the default float type unless given; a tensor argument is copied. @function tensor */
static int l_tensor(lua_State *L) {
  Tensor *x = lb_testtensor(L, 1);
  TensorOptions o = ltensor_options(L, 2, "lab.tensor", x ? (DType)x->dtype : lb_defaultdtype());
  if (x) return push_new(L, "lab.tensor", tensor_cast(x, o.dtype), o);
  int type = lua_type(L, 1);
  if (type != LUA_TTABLE && type != LUA_TNUMBER && type != LUA_TBOOLEAN)
    return lb_argerror(L, "lab.tensor", 1, "a number or a table of numbers");
  int64_t shape[TENSOR_MAX_DIM];
  lua_settop(L, 1);
  Nested n = {0};
  int ndim = nested_shape(L, 1, shape);
  n.t = tensor_new(o.dtype, ndim, shape);
  lb_pushunseen(L, n.t);
  lua_pushvalue(L, 1);
  nested_fill(L, &n, 0);
  lua_pop(L, 1);
  if (context->recorder) lrecord_tensor(L, n.t);
  n.t->requires_grad = o.requires_grad;
  return 1;
}

/* --- in-place random fills: methods --------------------------------------------------------------------------- */

static int fill_random(lua_State *L, const char *fn, Fill fill, double da, double db) {
  Tensor *t = lb_checktensor(L, 1, fn);
  ltensor_check_inplace(L, t, fn);
  double a = lb_numberor(L, 2, fn, da), b = lb_numberor(L, 3, fn, db);
  if (!dtype_is_float((DType)t->dtype))
    return lb_error(L, "%s: fills float tensors, this one is %s", fn, dtype_name((DType)t->dtype));
  if (fill == FILL_UNIFORM ? !(a <= b) : !(b >= 0)) return lb_error(L, "%s: bad range (%f, %f)", fn, a, b);
  if (fill == FILL_UNIFORM) {
    rng_fill_uniform(rng_for(RNG_USER), t, a, b);
  } else {
    rng_fill_normal(rng_for(RNG_USER), t, a, b);
  }
  lua_settop(L, 1);
  return 1;
}
static int l_uniform_(lua_State *L) { return fill_random(L, "Tensor:uniform_", FILL_UNIFORM, 0, 1); }
static int l_normal_(lua_State *L) { return fill_random(L, "Tensor:normal_", FILL_NORMAL, 0, 1); }

void ltensor_create(lua_State *L, int lib, int methods) {
  static const luaL_Reg functions[] = {{"tensor", l_tensor},
                                       {"zeros", l_zeros},
                                       {"ones", l_ones},
                                       {"empty", l_empty},
                                       {"full", l_full},
                                       {"eye", l_eye},
                                       {"arange", l_arange},
                                       {"linspace", l_linspace},
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
