/*
 * ltensor_range.c - arange and linspace; the options that functions which make tensors have in common.
 */
#include <math.h>

#include "lua/tensor/ltensor.h"

int ltensor_push_new(lua_State *L, const char *callee, Tensor *t, const double *x) {
  if (!t) return lb_calleeerror(L, callee);
  t->requires_grad = x[1] != 0;
  lb_pushtensor(L, t);
  return 1;
}

DType ltensor_new_dtype(lua_State *L, const char *callee, const double *x, DType def) {
  DType dt = isnan(x[0]) ? def : (DType)x[0];
  if (x[1] != 0 && !dtype_is_float(dt)) {
    lb_error(L, "%s: only float tensors can require a gradient, this one is %s", callee, dtype_name(dt));
  }
  return dt;
}

/* --- arange ----------------------------------------------------------------------------------------------------- */

/* Of integers, to the last bit; step is not 0 and leads from start to stop. NULL with err_set. */
static Tensor *whole_range(DType dt, int64_t start, int64_t stop, int64_t step) {
  const uint64_t from = (uint64_t)start, by = (uint64_t)step; /* they wrap, as C defines it */
  const uint64_t span = step > 0 ? (uint64_t)stop - from : from - (uint64_t)stop, each = step > 0 ? by : 0 - by;
  const int64_t n = (int64_t)(span / each + (span % each != 0)), last = (int64_t)(from + (uint64_t)(n - 1) * by);
  if (n > 0 && (scalar_check(scalar_integer(start), dt) < 0 || scalar_check(scalar_integer(last), dt) < 0)) return NULL;
  Tensor *t = tensor_new(dt, 1, &n);
  const int64_t size = (int64_t)dtype_size(dt);
  for (int64_t i = 0; t && i < n; i++) {
    scalar_store(dt, (char *)tensor_data(t) + i * size, scalar_integer((int64_t)(from + (uint64_t)i * by)));
  }
  return t;
}

static Tensor *float_range(DType dt, double start, double count, double step) {
  int64_t n = (int64_t)count;
  Tensor *t = tensor_new(dt, 1, &n);
  for (int64_t i = 0; t && i < n; i++) tensor_set(t, i, start + (double)i * step);
  return t;
}

/* The range of integers from, to, by; raises where one of them is no whole number. */
static Tensor *integers(lua_State *L, const char *callee, DType dt, const Scalar *number) {
  int64_t whole[3];
  for (int i = 0; i < 3; i++) {
    if (!scalar_is_whole(number[i], &whole[i])) {
      scalar_check(number[i], DT_I64);
      lb_calleeerror(L, callee);
    }
  }
  return whole_range(dt, whole[0], whole[1], whole[2]);
}

/*** Numbers from start (default 0) up to but without stop: `lab.arange(stop)`, `lab.arange(start, stop[, step])`.
 * @function arange */
static int l_arange(lua_State *L) {
  enum { START, STOP, STEP, DTYPE, GRAD, COUNT };
  static const Arg args[] = {{.name = "start", .kind = ARG_SCALAR, .required = true},
                             {.name = "stop", .kind = ARG_SCALAR},
                             {.name = "step", .kind = ARG_SCALAR},
                             LTENSOR_OPTION_ROWS};
  const char *callee = "lab.arange";
  double x[COUNT];
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = x});
  DType dt = ltensor_new_dtype(L, callee, x + DTYPE, dtype_default());
  Scalar first = largs_scalar(L, (int)x[START]), zero = scalar_integer(0), one = scalar_integer(1);
  Scalar number[3] = {x[STOP] != 0 ? first : zero, x[STOP] != 0 ? largs_scalar(L, (int)x[STOP]) : first,
                      x[STEP] != 0 ? largs_scalar(L, (int)x[STEP]) : one};
  double start = scalar_double(number[0]), stop = scalar_double(number[1]), step = scalar_double(number[2]);
  double count = ceil((stop - start) / step);
  if (step == 0 || !(count >= 0) || count > 0x1p53) {
    return lb_error(L, "%s: no numbers lead from %f to %f in steps of %f", callee, start, stop, step);
  }
  Tensor *t = dtype_is_float(dt) ? float_range(dt, start, count, step) : integers(L, callee, dt, number);
  return ltensor_push_new(L, callee, t, x + DTYPE);
}

/* --- linspace --------------------------------------------------------------------------------------------------- */

/* Sets element i; -1 with err_set if an integer dtype cannot hold the number. */
static int set_checked(Tensor *t, int64_t i, double value) {
  if (!dtype_is_float((DType)t->dtype) && scalar_check(scalar_number(value), (DType)t->dtype) < 0) return -1;
  tensor_set(t, i, value);
  return 0;
}

/* Number i of n from a to b, counted from the nearer end. */
static double between(double a, double b, int64_t n, int64_t i) {
  const double step = n > 1 ? (b - a) / (double)(n - 1) : 0;
  return i < n / 2 || n == 1 ? a + (double)i * step : b - (double)(n - 1 - i) * step;
}

/* The first three places of x: a, b, n. base: 0, or what the numbers are exponents of. */
static int push_spaced(lua_State *L, const char *callee, const double *x, double base, const double *options) {
  DType dt = ltensor_new_dtype(L, callee, options, dtype_default());
  int64_t n = (int64_t)x[2];
  Tensor *t = tensor_new(dt, 1, &n);
  int rc = 0;
  for (int64_t i = 0; t && rc == 0 && i < n; i++) {
    const double v = between(x[0], x[1], n, i);
    rc = set_checked(t, i, base != 0 ? pow(base, v) : v);
  }
  tensor_release(rc < 0 ? t : NULL);
  return ltensor_push_new(L, callee, rc < 0 ? NULL : t, options);
}

/* clang-format off */
#define SPACED_ROWS                                        \
  {.name = "a", .required = true}, {.name = "b", .required = true}, \
  {.name = "n", .kind = ARG_INTEGER, .range = RANGE_NOT_NEGATIVE, .required = true}
/* clang-format on */

/*** n numbers evenly spaced from a to b, both included: `lab.linspace(a, b, n)`. @function linspace */
static int l_linspace(lua_State *L) {
  static const Arg args[] = {SPACED_ROWS, LTENSOR_OPTION_ROWS};
  double x[5];
  largs_read(L, 1, "lab.linspace", &(ArgValues){.args = args, .x = x});
  return push_spaced(L, "lab.linspace", x, 0, x + 3);
}

/*** base to the power of n numbers evenly spaced from a to b: `lab.logspace(-3, 0, 4)`. @function logspace */
static int l_logspace(lua_State *L) {
  static const Arg args[] = {SPACED_ROWS, {.name = "base", .range = RANGE_POSITIVE, .def = 10}, LTENSOR_OPTION_ROWS};
  double x[6];
  largs_read(L, 1, "lab.logspace", &(ArgValues){.args = args, .x = x});
  return push_spaced(L, "lab.logspace", x, x[3], x + 4);
}

void ltensor_range(lua_State *L, int lib) {
  static const luaL_Reg functions[] = {
      {"arange", l_arange}, {"linspace", l_linspace}, {"logspace", l_logspace}, {NULL, NULL}};
  lua_pushvalue(L, lib);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
