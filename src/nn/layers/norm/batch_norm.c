/*
 * batch_norm.c - BatchNorm1d and BatchNorm2d: every channel (dimension 2) is shifted and scaled to mean 0 and variance
 * 1, then by learned factors.
 *
 * In training mode the mean and the variance are those of the batch, and the running ones move towards them; in eval
 * mode they are the running ones, or the batch's without track_running_stats. eps stands inside the root. Weights and
 * running variances start as 1, the rest as 0.
 */
#include <math.h>
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

/* running mean and variance <- (1 - momentum) running + momentum now; args {momentum, factor of the variance}. momentum
 * NAN: 1 / batches seen. t: the two and the count, if there is one, written; the three again, and (2, C), read. */
static int run_follow(const Computation *c, Context *own) {
  double a[2];
  (void)own;
  memcpy(a, c->args, sizeof a);
  Tensor *count = c->t[2], *now = c->t[6];
  if (count) tensor_set(count, 0, tensor_get(count, 0) + 1);
  const double share = isnan(a[0]) ? 1 / tensor_get(count, 0) : a[0];
  for (int k = 0; k < 2 && c->t[k]; k++) {
    const double *batch = tensor_f64(now) + k * now->shape[1], factor = share * (k == 0 ? 1 : a[1]);
    for (int64_t i = 0; i < now->shape[1]; i++) {
      tensor_set(c->t[k], i, (1 - share) * tensor_get(c->t[k], i) + factor * batch[i]);
    }
  }
  return 0;
}

/* After a batch with the moments `now` of n elements a channel. */
static void follow(const BatchNorm *b, Tensor *now, double n) {
  const double args[2] = {b->momentum, n / (n - 1)};
  recorder_run(&(Computation){.name = "running statistics",
                              .run = run_follow,
                              .nout = 3,
                              .n = 7,
                              .t = (Tensor *[]){b->mean, b->var, b->count, b->mean, b->var, b->count, now},
                              .args = args,
                              .size = sizeof args});
}

/* (2, C) float64: a copy of the running ones, which may change before a gradient is computed. */
static Tensor *given_moments(const BatchNorm *b) {
  const int64_t row[] = {1, b->mean->shape[0]};
  Tensor *rows[2];
  for (int k = 0; k < 2; k++) {
    rows[k] = fm_reshape(fm_cast(fm_own(tensor_alias(k ? b->var : b->mean)), DT_F64), 2, row);
    if (!rows[k]) return NULL;
  }
  return fm_op(OP_CAT, rows, 2, &(OpArgs){.along = {.dim = 0}});
}

static Tensor *new_moments(int64_t channels) { return fm_own(tensor_new(DT_F64, 2, (int64_t[]){2, channels})); }

/* x in the type that the result has. */
static Tensor *typed_input(Tensor *in, const BatchNorm *b) {
  Tensor *x = module_as_float(in);
  const bool wide = !b->training && (b->mean->dtype == DT_F64 || b->var->dtype == DT_F64);
  return x && wide ? fm_cast(x, DT_F64) : x;
}

Tensor *nn_batch_norm(Tensor *in, const BatchNorm *b) {
  if (check_norm(in, b) < 0) return NULL;
  FormulaMark mark = fm_begin();
  const int64_t channels = in->shape[1];
  const OpArgs args = {.channel_norm = {b->eps, !b->training}};
  Tensor *moments = b->training ? new_moments(channels) : given_moments(b), *weight = b->weight;
  if (b->bias && !weight) weight = fm_own(tensor_full((DType)b->bias->dtype, 1, &channels, 1));
  Tensor *x = typed_input(in, b), *y = NULL;
  if (moments && x && (weight || !b->bias)) {
    y = fm_op(b->training ? OP_BATCH_NORM : OP_CHANNEL_NORM, (Tensor *[]){moments, x, weight, b->bias},
              b->bias  ? 4
              : weight ? 3
                       : 2,
              &args);
  }
  if (y && b->training && (b->mean || b->count)) follow(b, moments, channels > 0 ? (double)(in->numel / channels) : 2);
  return fm_end(mark, y);
}

/* --- the layers ----------------------------------------------------------------------------------------------- */

static Tensor *normalise(const Module *m, Tensor *x) {
  if (x->shape[1] != (int64_t)m->args.x[NUM_FEATURES]) {
    return err_null("input is %s: its second dimension must be num_features, %.0f", tensor_shape_str(x),
                    m->args.x[NUM_FEATURES]);
  }
  const bool tracks = m->buffer[NUM_BATCHES] != NULL;
  BatchNorm b = {.mean = m->buffer[RUNNING_MEAN],
                 .var = m->buffer[RUNNING_VAR],
                 .count = m->training ? m->buffer[NUM_BATCHES] : NULL,
                 .weight = m->param[WEIGHT],
                 .bias = m->param[BIAS],
                 .training = m->training || !tracks,
                 .momentum = m->args.x[MOMENTUM],
                 .eps = m->args.x[EPS]};
  return nn_batch_norm(x, &b);
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
           isnan(m->args.x[MOMENTUM]) ? "None" : module_python_float(m->args.x[MOMENTUM], momentum, sizeof momentum),
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
     .off = true,
     .def = 0.1,
     .doc = "Share of the batch's statistics in each update of the running statistics; false: these are the means over "
            "all batches seen."},
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
