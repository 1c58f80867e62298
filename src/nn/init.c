/*
 * init.c - first values of parameters; see init.h for the formulas.
 */
#include "nn/init.h"

#include <math.h>

#include "base/err.h"
#include "core/rng.h"

void init_uniform(Tensor *t, double lo, double hi) {
  rng_fill_uniform(rng_for(RNG_INIT), t, lo, hi);
  tensor_touch(t);
}

void init_normal(Tensor *t, double mean, double std) {
  rng_fill_normal(rng_for(RNG_INIT), t, mean, std);
  tensor_touch(t);
}

/* --- fans and gains --------------------------------------------------------------------------------------------- */

int init_fans(const Tensor *t, double *fan_in, double *fan_out) {
  if (t->ndim < 2) {
    return err_set("the fans of a tensor of shape %s are not defined; it needs two dimensions, (out, in)",
                   tensor_shape_str(t));
  }
  double field = 1;
  for (int d = 2; d < t->ndim; d++) field *= (double)t->shape[d];
  *fan_in = (double)t->shape[1] * field;
  *fan_out = (double)t->shape[0] * field;
  return 0;
}

enum {
  GAIN_LINEAR,
  GAIN_CONV1D,
  GAIN_CONV2D,
  GAIN_CONV3D,
  GAIN_SIGMOID,
  GAIN_TANH,
  GAIN_RELU,
  GAIN_LEAKY_RELU,
  GAIN_SELU
};

const char *const nonlinearity_names[] = {"linear", "conv1d", "conv2d",     "conv3d", "sigmoid",
                                          "tanh",   "relu",   "leaky_relu", "selu",   NULL};

double init_gain(int nonlinearity, double param) {
  switch (nonlinearity) {
    case GAIN_TANH:
      return 5.0 / 3;
    case GAIN_RELU:
      return sqrt(2.0);
    case GAIN_LEAKY_RELU:
      return sqrt(2 / (1 + param * param));
    case GAIN_SELU:
      return 0.75;
    default:
      return 1;
  }
}

/* --- the initializers ------------------------------------------------------------------------------------------- */

static int uniform(Tensor *t, const double *arg) {
  if (arg[0] > arg[1]) return err_set("a = %g is greater than b = %g", arg[0], arg[1]);
  init_uniform(t, arg[0], arg[1]);
  return 0;
}

static int normal(Tensor *t, const double *arg) {
  if (arg[1] < 0) return err_set("std must not be negative, got %g", arg[1]);
  init_normal(t, arg[0], arg[1]);
  return 0;
}

static int constant(Tensor *t, const double *arg) {
  tensor_fill_(t, arg[0]);
  return 0;
}

static int zeros(Tensor *t, const double *arg) {
  (void)arg;
  tensor_fill_(t, 0);
  return 0;
}

static int ones(Tensor *t, const double *arg) {
  (void)arg;
  tensor_fill_(t, 1);
  return 0;
}

static int eye(Tensor *t, const double *arg) {
  (void)arg;
  if (t->ndim != 2) return err_set("only a matrix can be the identity, this tensor has shape %s", tensor_shape_str(t));
  tensor_fill_(t, 0);
  for (int64_t i = 0; i < t->shape[0] && i < t->shape[1]; i++) tensor_set(t, i * t->shape[1] + i, 1);
  return 0;
}

static int xavier_std(const Tensor *t, double gain, double *std) {
  double fan_in = 0, fan_out = 0;
  if (init_fans(t, &fan_in, &fan_out) < 0) return -1;
  if (gain < 0) return err_set("gain must not be negative, got %g", gain);
  *std = gain * sqrt(2 / (fan_in + fan_out));
  return 0;
}

static int xavier_uniform(Tensor *t, const double *arg) {
  double std = 0;
  if (xavier_std(t, arg[0], &std) < 0) return -1;
  init_uniform(t, -sqrt(3.0) * std, sqrt(3.0) * std);
  return 0;
}

static int xavier_normal(Tensor *t, const double *arg) {
  double std = 0;
  if (xavier_std(t, arg[0], &std) < 0) return -1;
  init_normal(t, 0, std);
  return 0;
}

static const char *const fan_modes[] = {"fan_in", "fan_out", NULL};

/* arg: a, mode, nonlinearity */
static int kaiming_std(const Tensor *t, const double *arg, double *std) {
  double fan[2] = {0};
  if (init_fans(t, &fan[0], &fan[1]) < 0) return -1;
  *std = init_gain((int)arg[2], arg[0]) / sqrt(fan[(int)arg[1]]);
  return 0;
}

static int kaiming_uniform(Tensor *t, const double *arg) {
  double std = 0;
  if (kaiming_std(t, arg, &std) < 0) return -1;
  init_uniform(t, -sqrt(3.0) * std, sqrt(3.0) * std);
  return 0;
}

static int kaiming_normal(Tensor *t, const double *arg) {
  double std = 0;
  if (kaiming_std(t, arg, &std) < 0) return -1;
  init_normal(t, 0, std);
  return 0;
}

#define GAIN_ARG \
  { "gain", ARG_NUMBER, 1, NULL }
#define KAIMING_ARGS                                                \
  {"a", ARG_NUMBER, 0, NULL}, {"mode", ARG_CHOICE, 0, fan_modes}, { \
    "nonlinearity", ARG_CHOICE, GAIN_LEAKY_RELU, nonlinearity_names \
  }

const InitDef all_inits[] = {
    {"uniform_", {{"a", ARG_NUMBER, 0, NULL}, {"b", ARG_NUMBER, 1, NULL}}, uniform},
    {"normal_", {{"mean", ARG_NUMBER, 0, NULL}, {"std", ARG_NUMBER, 1, NULL}}, normal},
    {"constant_", {{"val", ARG_NUMBER, ARG_REQUIRED, NULL}}, constant},
    {"zeros_", {{0}}, zeros},
    {"ones_", {{0}}, ones},
    {"eye_", {{0}}, eye},
    {"xavier_uniform_", {GAIN_ARG}, xavier_uniform},
    {"xavier_normal_", {GAIN_ARG}, xavier_normal},
    {"kaiming_uniform_", {KAIMING_ARGS}, kaiming_uniform},
    {"kaiming_normal_", {KAIMING_ARGS}, kaiming_normal},
    {NULL, {{0}}, NULL},
};
