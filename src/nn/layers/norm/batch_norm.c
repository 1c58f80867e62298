/*
 * batch_norm.c - BatchNorm1d and BatchNorm2d: every channel (dimension 2) is shifted and scaled to mean 0 and variance
 * 1, then by learned factors.
 *
 * In training mode the mean and the variance are those of the batch, and the running ones move towards them; in eval
 * mode they are the running ones, or the batch's without track_running_stats. eps stands inside the root. Weights and
 * running variances start as 1, the rest as 0.
 */
#include <stdio.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "core/recorder.h"
#include "nn/functional.h"
#include "nn/layers/layers.h"

enum { NUM_FEATURES, EPS, MOMENTUM, AFFINE, TRACK, DTYPE };
enum { WEIGHT, BIAS };
enum { RUNNING_MEAN, RUNNING_VAR, NUM_BATCHES };

static int build(Module *m) {
  int64_t features = (int64_t)m->args.x[NUM_FEATURES];
  DType dt = arg_dtype(m->args.x[DTYPE]);
  if (m->args.x[AFFINE] != 0) {
    m->param[WEIGHT] = module_param_new(dt, 1, &features);
    m->param[BIAS] = module_param_new(dt, 1, &features);
    if (!m->param[WEIGHT] || !m->param[BIAS]) return -1;
  }
  if (m->args.x[TRACK] != 0) {
    m->buffer[RUNNING_MEAN] = tensor_new(dt, 1, &features);
    m->buffer[RUNNING_VAR] = tensor_new(dt, 1, &features);
    m->buffer[NUM_BATCHES] = tensor_new(DT_I64, 0, NULL);
    if (!m->buffer[RUNNING_MEAN] || !m->buffer[RUNNING_VAR] || !m->buffer[NUM_BATCHES]) return -1;
  }
  return 0;
}

static void fill(Tensor *t, double value) {
  if (t) tensor_fill_(t, value);
}

static void reset_parameters(Module *m) {
  fill(m->param[WEIGHT], 1);
  fill(m->param[BIAS], 0);
  fill(m->buffer[RUNNING_MEAN], 0);
  fill(m->buffer[RUNNING_VAR], 1);
  fill(m->buffer[NUM_BATCHES], 0);
}

/* --- the function ------------------------------------------------------------------------------------------------- */

static int check_channels(const char *name, const Tensor *t, const Tensor *x) {
  if (!t || (t->ndim == 1 && t->shape[0] == x->shape[1])) return 0;
  return err_set("%s is %s, input is %s: it must be (%lld), one number a channel", name, tensor_shape_str(t),
                 tensor_shape_str(x), (long long)x->shape[1]);
}

static int check_norm(const Tensor *x, const BatchNorm *b) {
  if (x->ndim < 2) return err_set("input is %s, must be (N, C) or (N, C, ...)", tensor_shape_str(x));
  if (!b->mean != !b->var) return err_set("running_mean and running_var come together, one of them is missing");
  if (!b->training && !b->mean) return err_set("running_mean and running_var are needed unless training = true");
  if (b->mean && (!dtype_is_float((DType)b->mean->dtype) || !dtype_is_float((DType)b->var->dtype))) {
    return err_set("running_mean and running_var must be float32 or float64, got %s and %s",
                   dtype_name((DType)b->mean->dtype), dtype_name((DType)b->var->dtype));
  }
  if (check_channels("running_mean", b->mean, x) < 0 || check_channels("running_var", b->var, x) < 0) return -1;
  if (b->mean && b->training && (tensor_check_writable(b->mean) < 0 || tensor_check_writable(b->var) < 0)) return -1;
  if (check_channels("weight", b->weight, x) < 0 || check_channels("bias", b->bias, x) < 0) return -1;
  if (!b->training || x->shape[1] == 0 || x->numel / x->shape[1] > 1) return 0;
  return err_set("input is %s: in training every channel needs more than one value", tensor_shape_str(x));
}

/* t (C) seen as (1, C, 1, ...), to go with x; NULL stays NULL */
static Tensor *as_channels(Tensor *t, const Tensor *x) {
  int64_t shape[TENSOR_MAX_DIM];
  for (int d = 0; d < x->ndim; d++) shape[d] = d == 1 ? x->shape[1] : 1;
  return t ? fm_reshape(t, x->ndim, shape) : NULL;
}

/* running = (1 - momentum) running + momentum factor now; args {momentum, factor} */
static int run_move(const Computation *c, Context *own) {
  double a[2];
  (void)own;
  memcpy(a, c->args, sizeof a);
  Tensor *running = c->t[0], *now = c->t[2];
  for (int64_t i = 0; i < running->numel; i++) {
    tensor_set(running, i, (1 - a[0]) * tensor_get(running, i) + a[0] * a[1] * tensor_get(now, i));
  }
  return 0;
}

static void move_towards(Tensor *running, Tensor *now, double momentum, double factor) {
  double args[2] = {momentum, factor};
  recorder_run(&(Computation){.name = "running statistics",
                              .run = run_move,
                              .nout = 1,
                              .n = 3,
                              .t = (Tensor *[]){running, running, now},
                              .args = args,
                              .size = sizeof args});
}

/* The count of batches seen. */
static int run_count(const Computation *c, Context *own) {
  (void)own;
  tensor_set(c->t[0], 0, tensor_get(c->t[0], 0) + 1);
  return 0;
}

/* 1 / sqrt(var + eps); in training, without eps, 0 where a channel does not vary. */
static Tensor *inverse_deviation(Tensor *var, const BatchNorm *b) {
  if (!var || !b->training || b->eps > 0) return fm_pows(fm_adds(var, b->eps), -0.5);
  Tensor *flat = fm_op2(OP_EQ, var, fm_const(var, 0));
  return fm_op3(OP_WHERE, flat, fm_const(var, 0), fm_pows(fm_op3(OP_WHERE, flat, fm_const(var, 1), var), -0.5));
}

Tensor *nn_batch_norm(Tensor *in, const BatchNorm *b) {
  if (check_norm(in, b) < 0) return NULL;
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in), *mean = as_channels(b->mean, in), *var = as_channels(b->var, in);
  const unsigned all_but_channels = ((1u << in->ndim) - 1) & ~2u;
  if (b->training) mean = fm_mean(x, all_but_channels, true);
  Tensor *centred = fm_sub(x, mean);
  if (b->training) var = fm_mean(fm_op1(OP_SQUARE, centred), all_but_channels, true);
  Tensor *scale = inverse_deviation(var, b);
  if (b->weight) scale = fm_mul(scale, as_channels(b->weight, in));
  Tensor *y = fm_mul(centred, scale);
  if (b->bias) y = fm_add(y, as_channels(b->bias, in));
  if (y && b->training && b->mean && in->numel > 0) {
    double n = (double)(in->numel / in->shape[1]);
    move_towards(b->mean, mean, b->momentum, 1);
    move_towards(b->var, var, b->momentum, n / (n - 1));
  }
  return fm_end(mark, y);
}

/* --- the layers ----------------------------------------------------------------------------------------------- */

static Tensor *normalise(const Module *m, Tensor *x) {
  if (x->shape[1] != (int64_t)m->args.x[NUM_FEATURES]) {
    return err_null("input is %s: its second dimension must be num_features, %.0f", tensor_shape_str(x),
                    m->args.x[NUM_FEATURES]);
  }
  Tensor *count = m->buffer[NUM_BATCHES];
  BatchNorm b = {.mean = m->buffer[RUNNING_MEAN],
                 .var = m->buffer[RUNNING_VAR],
                 .weight = m->param[WEIGHT],
                 .bias = m->param[BIAS],
                 .training = m->training || !count,
                 .momentum = m->args.x[MOMENTUM],
                 .eps = m->args.x[EPS]};
  Tensor *y = nn_batch_norm(x, &b);
  if (y && m->training && count) {
    recorder_run(&(Computation){
        .name = "the count of batches", .run = run_count, .nout = 1, .n = 2, .t = (Tensor *[]){count, count}});
  }
  return y;
}

static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) {
  if (in[0]->ndim == 2 || in[0]->ndim == 3) return module_one_output(out, normalise(m, in[0]));
  return err_set("input is %s, must be (N, %.0f) or (N, %.0f, L)", tensor_shape_str(in[0]), m->args.x[NUM_FEATURES],
                 m->args.x[NUM_FEATURES]);
}

static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) {
  if (in[0]->ndim == 4) return module_one_output(out, normalise(m, in[0]));
  return err_set("input is %s, must be (N, %.0f, H, W)", tensor_shape_str(in[0]), m->args.x[NUM_FEATURES]);
}

static void describe(const Module *m, char *text, size_t size) {
  char eps[32], momentum[32];
  snprintf(text, size, "%.0f, eps=%s, momentum=%s, affine=%s, track_running_stats=%s", m->args.x[NUM_FEATURES],
           module_python_float(m->args.x[EPS], eps, sizeof eps),
           module_python_float(m->args.x[MOMENTUM], momentum, sizeof momentum),
           m->args.x[AFFINE] != 0 ? "True" : "False", m->args.x[TRACK] != 0 ? "True" : "False");
}

static const Arg args[] = {
    {.name = "num_features",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of channels, the size of dimension 2."},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance, inside the square root."},
    {.name = "momentum",
     .def = 0.1,
     .doc = "Share of the batch's statistics in each update of the running statistics."},
    {.name = "affine", .kind = ARG_FLAG, .def = 1, .doc = "Whether to learn a weight and a bias for each channel."},
    {.name = "track_running_stats",
     .kind = ARG_FLAG,
     .def = 1,
     .doc = "Whether to keep running statistics, which eval mode uses."},
    {.name = "dtype",
     .kind = ARG_FLOAT_DTYPE,
     .def = ARG_UNSET,
     .doc = "Dtype of the parameters; by default the default dtype."},
    {0},
};

static const ModuleTensor params[] = {{"weight", "(num_features)"}, {"bias", "(num_features)"}, {0}};
static const ModuleTensor buffers[] = {
    {"running_mean", "(num_features)"},
    {"running_var", "(num_features)"},
    {"num_batches_tracked", "int64 (): batches seen in training mode"},
    {0},
};

/* What the two have in common; n is the number of values of a channel in the batch. */
#define BATCH_NORM                                                                                                \
  .equation =                                                                                                     \
      "y = (x - mean) / sqrt(var + eps) weight + bias\n"                                                          \
      "in training with mean and var of the batch, n values of each channel:\n"                                   \
      "running_mean <- (1 - momentum) running_mean + momentum mean\n"                                             \
      "running_var  <- (1 - momentum) running_var + momentum var n / (n - 1)\n"                                   \
      "in eval mode with running_mean and running_var",                                                           \
  .paper =                                                                                                        \
      "Ioffe, Szegedy, \"Batch normalization: accelerating deep network training by reducing internal covariate " \
      "shift\", ICML 2015",                                                                                       \
  .inputs = layer_input, .args = args, .params = params, .buffers = buffers, .build = build,                      \
  .reset_parameters = reset_parameters, .describe = describe

const LayerDef layer_batch_norm1d = {
    .name = "BatchNorm1d",
    .doc = "Normalizes every channel of (N, C) or (N, C, L) over the batch.",
    .forward = forward_1d,
    BATCH_NORM,
};

const LayerDef layer_batch_norm2d = {
    .name = "BatchNorm2d",
    .doc = "Normalizes every channel of (N, C, H, W) over the batch.",
    .forward = forward_2d,
    BATCH_NORM,
};
