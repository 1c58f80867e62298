/*
 * init.c - first values of parameters; see init.h for the formulas.
 */
#include "nn/init.h"

#include <math.h>

#include "base/err.h"
#include "core/rng.h"
#include "nn/init_structured.h"
#include "nn/module.h"

void init_uniform(Tensor *t, double lo, double hi) {
  rng_fill_uniform(rng_for(RNG_INIT), t, lo, hi);
  tensor_touch(t);
}

static void fill_normal(Tensor *t, double mean, double std) {
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

const char *const init_nonlinearities[] = {"linear", "conv1d", "conv2d",     "conv3d", "sigmoid",
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

static int uniform(Tensor *t, const double *x) {
  if (x[0] > x[1]) return err_set("a = %g is greater than b = %g", x[0], x[1]);
  init_uniform(t, x[0], x[1]);
  return 0;
}

static int normal(Tensor *t, const double *x) {
  fill_normal(t, x[0], x[1]);
  return 0;
}

static int constant(Tensor *t, const double *x) {
  tensor_fill_(t, x[0]);
  return 0;
}

static int zeros(Tensor *t, const double *x) {
  (void)x;
  tensor_fill_(t, 0);
  return 0;
}

static int ones(Tensor *t, const double *x) {
  (void)x;
  tensor_fill_(t, 1);
  return 0;
}

static int eye(Tensor *t, const double *x) {
  (void)x;
  if (t->ndim != 2) return err_set("only a matrix can be the identity, this tensor has shape %s", tensor_shape_str(t));
  tensor_fill_(t, 0);
  for (int64_t i = 0; i < t->shape[0] && i < t->shape[1]; i++) tensor_set(t, i * t->shape[1] + i, 1);
  return 0;
}

static int xavier_std(const Tensor *t, double gain, double *std) {
  double fan_in = 0, fan_out = 0;
  if (init_fans(t, &fan_in, &fan_out) < 0) return -1;
  *std = gain * sqrt(2 / (fan_in + fan_out));
  return 0;
}

static int xavier_uniform(Tensor *t, const double *x) {
  double std = 0;
  if (xavier_std(t, x[0], &std) < 0) return -1;
  init_uniform(t, -sqrt(3.0) * std, sqrt(3.0) * std);
  return 0;
}

static int xavier_normal(Tensor *t, const double *x) {
  double std = 0;
  if (xavier_std(t, x[0], &std) < 0) return -1;
  fill_normal(t, 0, std);
  return 0;
}

static const char *const fan_modes[] = {"fan_in", "fan_out", NULL};

/* x: a, mode, nonlinearity */
static int kaiming_std(const Tensor *t, const double *x, double *std) {
  double fan[2] = {0};
  if (init_fans(t, &fan[0], &fan[1]) < 0) return -1;
  *std = init_gain((int)x[2], x[0]) / sqrt(fan[(int)x[1]]);
  return 0;
}

static int kaiming_uniform(Tensor *t, const double *x) {
  double std = 0;
  if (kaiming_std(t, x, &std) < 0) return -1;
  init_uniform(t, -sqrt(3.0) * std, sqrt(3.0) * std);
  return 0;
}

static int kaiming_normal(Tensor *t, const double *x) {
  double std = 0;
  if (kaiming_std(t, x, &std) < 0) return -1;
  fill_normal(t, 0, std);
  return 0;
}

#define XAVIER "Glorot, Bengio, \"Understanding the difficulty of training deep feedforward neural networks\", 2010"
#define KAIMING "He, Zhang, Ren, Sun, \"Delving deep into rectifiers\", 2015"

static const Arg uniform_args[] = {
    {.name = "a", .def = 0, .doc = "The lower bound."},
    {.name = "b", .def = 1, .doc = "The upper bound."},
    {0},
};

static const Arg normal_args[] = {
    {.name = "mean", .def = 0, .doc = "The mean."},
    {.name = "std", .range = RANGE_NOT_NEGATIVE, .def = 1, .doc = "The standard deviation."},
    {0},
};

static const Arg constant_args[] = {
    {.name = "val", .range = RANGE_NUMBER, .required = true, .doc = "The value of every element."},
    {0},
};

static const Arg xavier_args[] = {
    {.name = "gain",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1,
     .doc = "The gain of the activation function that follows; see nn.init.calculate_gain."},
    {0},
};

static const Arg kaiming_args[] = {
    {.name = "a",
     .def = 0,
     .doc = "Negative slope of the leaky ReLU that follows; only with nonlinearity 'leaky_relu'."},
    {.name = "mode",
     .kind = ARG_CHOICE,
     .choices = fan_modes,
     .doc = "'fan_in' preserves the variance of values in the forward pass, 'fan_out' that of gradients in the "
            "backward pass."},
    {.name = "nonlinearity",
     .kind = ARG_CHOICE,
     .def = GAIN_LEAKY_RELU,
     .choices = init_nonlinearities,
     .doc = "The activation function that follows the layer; it determines the gain."},
    {0},
};

static const Arg trunc_normal_args[] = {
    {.name = "mean", .def = 0, .doc = "The mean before the cut."},
    {.name = "std", .range = RANGE_POSITIVE, .def = 1, .doc = "The standard deviation before the cut."},
    {.name = "a", .def = -2, .doc = "The lower bound."},
    {.name = "b", .def = 2, .doc = "The upper bound."},
    {0},
};

static const Arg orthogonal_args[] = {
    {.name = "gain", .def = 1, .doc = "A factor for the matrix."},
    {0},
};

static const Arg dirac_args[] = {
    {.name = "groups",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Number of groups of output channels; each is the identity."},
    {0},
};

static const Arg sparse_args[] = {
    {.name = "sparsity", .range = RANGE_0_TO_1, .required = true, .doc = "The share of each column that is 0."},
    {.name = "std", .range = RANGE_NOT_NEGATIVE, .def = 0.01, .doc = "The standard deviation of the others."},
    {0},
};

const InitDef init_defs[] = {
    {.name = "uniform_",
     .doc = "Fills the tensor with uniform random numbers.",
     .equation = "U(a, b)",
     .args = uniform_args,
     .fill = uniform},
    {.name = "normal_",
     .doc = "Fills the tensor with normal random numbers.",
     .equation = "N(mean, std^2)",
     .args = normal_args,
     .fill = normal},
    {.name = "constant_", .doc = "Sets every element to one value.", .args = constant_args, .fill = constant},
    {.name = "zeros_", .doc = "Sets every element to 0.", .args = module_no_args, .fill = zeros},
    {.name = "ones_", .doc = "Sets every element to 1.", .args = module_no_args, .fill = ones},
    {.name = "eye_", .doc = "Makes a matrix the identity.", .args = module_no_args, .fill = eye},
    {.name = "xavier_uniform_",
     .doc = "Uniform random numbers whose variance suits layers with symmetric activations.",
     .equation = "U(-r, r),  r = gain sqrt(6 / (fan_in + fan_out))",
     .paper = XAVIER,
     .args = xavier_args,
     .fill = xavier_uniform},
    {.name = "xavier_normal_",
     .doc = "Normal random numbers whose variance suits layers with symmetric activations.",
     .equation = "N(0, std^2),  std = gain sqrt(2 / (fan_in + fan_out))",
     .paper = XAVIER,
     .args = xavier_args,
     .fill = xavier_normal},
    {.name = "kaiming_uniform_",
     .doc = "Uniform random numbers whose variance suits layers with rectifiers.",
     .equation = "U(-r, r),  r = gain sqrt(3 / fan)",
     .paper = KAIMING,
     .args = kaiming_args,
     .fill = kaiming_uniform},
    {.name = "kaiming_normal_",
     .doc = "Normal random numbers whose variance suits layers with rectifiers.",
     .equation = "N(0, std^2),  std = gain / sqrt(fan)",
     .paper = KAIMING,
     .args = kaiming_args,
     .fill = kaiming_normal},
    {.name = "trunc_normal_",
     .doc = "Normal random numbers between two bounds.",
     .equation = "N(mean, std^2) given that a <= x <= b",
     .args = trunc_normal_args,
     .fill = init_trunc_normal},
    {.name = "orthogonal_",
     .doc = "A random matrix with orthonormal rows or columns, whichever are fewer; the dimensions after the first are "
            "columns.",
     .equation = "gain Q sign(diag R),  Q R = A with elements from N(0, 1)",
     .paper =
         "Saxe, McClelland, Ganguli, \"Exact solutions to the nonlinear dynamics of learning in deep linear neural "
         "networks\", 2013",
     .args = orthogonal_args,
     .fill = init_orthogonal},
    {.name = "dirac_",
     .doc = "Makes a convolution's weight (out, in, k1, ...) copy its inputs.",
     .args = dirac_args,
     .fill = init_dirac},
    {.name = "sparse_",
     .doc = "A matrix of normal random numbers, with the same share of zeros in each column.",
     .paper = "Martens, \"Deep learning via Hessian-free optimization\", 2010",
     .args = sparse_args,
     .fill = init_sparse},
    {0},
};
