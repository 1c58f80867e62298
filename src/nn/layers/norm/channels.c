/*
 * channels.c - what layers with a mean and a variance for each channel share: see channels.h.
 */
#include "nn/layers/norm/channels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "core/recorder.h"

/* --- layers -------------------------------------------------------------------------------------------------------- */

const ModuleTensor norm_params[] = {{"weight", "(num_features)"}, {"bias", "(num_features)"}, {0}};
const ModuleTensor norm_buffers[] = {
    {"running_mean", "(num_features)"},
    {"running_var", "(num_features)"},
    {"num_batches_tracked", "int64 (): batches seen in training mode"},
    {0},
};

int norm_build_params(Module *m, DType dt, int64_t channels) {
  m->param[NORM_WEIGHT] = module_param_new(dt, 1, &channels);
  m->param[NORM_BIAS] = module_param_new(dt, 1, &channels);
  return m->param[NORM_WEIGHT] && m->param[NORM_BIAS] ? 0 : -1;
}

int norm_build(Module *m) {
  const int64_t channels = (int64_t)m->args.x[NORM_FEATURES];
  const DType dt = arg_dtype(m->args.x[NORM_DTYPE]);
  if (m->args.x[NORM_AFFINE] != 0 && norm_build_params(m, dt, channels) < 0) return -1;
  if (m->args.x[NORM_TRACK] == 0) return 0;
  m->buffer[NORM_MEAN] = tensor_new(dt, 1, &channels);
  m->buffer[NORM_VAR] = tensor_new(dt, 1, &channels);
  m->buffer[NORM_COUNT] = tensor_new(DT_I64, 0, NULL);
  return m->buffer[NORM_MEAN] && m->buffer[NORM_VAR] && m->buffer[NORM_COUNT] ? 0 : -1;
}

static void fill(Tensor *t, double value) {
  if (t) tensor_fill_(t, value);
}

void norm_reset(Module *m) {
  fill(m->param[NORM_WEIGHT], 1);
  fill(m->param[NORM_BIAS], 0);
  if (!m->def->buffers) return;
  fill(m->buffer[NORM_MEAN], 0);
  fill(m->buffer[NORM_VAR], 1);
  fill(m->buffer[NORM_COUNT], 0);
}

void norm_describe(const Module *m, char *text, size_t size) {
  char eps[32], momentum[32];
  snprintf(text, size, "%.0f, eps=%s, momentum=%s, affine=%s, track_running_stats=%s", m->args.x[NORM_FEATURES],
           module_python_float(m->args.x[NORM_EPS], eps, sizeof eps),
           isnan(m->args.x[NORM_MOMENTUM]) ? "None"
                                           : module_python_float(m->args.x[NORM_MOMENTUM], momentum, sizeof momentum),
           m->args.x[NORM_AFFINE] != 0 ? "True" : "False", m->args.x[NORM_TRACK] != 0 ? "True" : "False");
}

int norm_check_features(const Module *m, const Tensor *x) {
  if (x->shape[1] == (int64_t)m->args.x[NORM_FEATURES]) return 0;
  return err_set("input is %s: its second dimension must be num_features, %.0f", tensor_shape_str(x),
                 m->args.x[NORM_FEATURES]);
}

BatchNorm norm_of(const Module *m) {
  return (BatchNorm){.mean = m->buffer[NORM_MEAN],
                     .var = m->buffer[NORM_VAR],
                     .count = m->buffer[NORM_COUNT],
                     .weight = m->param[NORM_WEIGHT],
                     .bias = m->param[NORM_BIAS],
                     .momentum = m->args.x[NORM_MOMENTUM],
                     .eps = m->args.x[NORM_EPS]};
}

/* --- checks -------------------------------------------------------------------------------------------------------- */

int norm_check_channels(const char *name, const Tensor *t, const Tensor *x) {
  if (!t || (t->ndim == 1 && t->shape[0] == x->shape[1])) return 0;
  return err_set("%s is %s, input is %s: it must be (%lld), one number a channel", name, tensor_shape_str(t),
                 tensor_shape_str(x), (long long)x->shape[1]);
}

int norm_check(const Tensor *x, const BatchNorm *b) {
  if (!b->mean != !b->var) return err_set("running_mean and running_var come together, one of them is missing");
  if (!b->training && !b->mean) return err_set("running_mean and running_var are needed unless training = true");
  if (b->mean && (!dtype_is_float((DType)b->mean->dtype) || !dtype_is_float((DType)b->var->dtype))) {
    return err_set("running_mean and running_var must be float32 or float64, got %s and %s",
                   dtype_name((DType)b->mean->dtype), dtype_name((DType)b->var->dtype));
  }
  if (norm_check_channels("running_mean", b->mean, x) < 0 || norm_check_channels("running_var", b->var, x) < 0)
    return -1;
  if (b->mean && b->training && (tensor_check_writable(b->mean) < 0 || tensor_check_writable(b->var) < 0)) return -1;
  if (norm_check_channels("weight", b->weight, x) < 0 || norm_check_channels("bias", b->bias, x) < 0) return -1;
  return 0;
}

/* --- running statistics --------------------------------------------------------------------------------------------- */

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

void norm_follow(const BatchNorm *b, Tensor *now, double n) {
  const double args[2] = {b->momentum, n / (n - 1)};
  recorder_run(&(Computation){.name = "running statistics",
                              .run = run_follow,
                              .nout = 3,
                              .n = 7,
                              .t = (Tensor *[]){b->mean, b->var, b->count, b->mean, b->var, b->count, now},
                              .args = args,
                              .size = sizeof args});
}

/* --- factors --------------------------------------------------------------------------------------------------------- */

Tensor *norm_affine(Tensor *x, Tensor *weight, Tensor *bias) {
  if (!x || (!weight && !bias)) return x;
  const int64_t channels = x->shape[1];
  Tensor *moments = fm_own(tensor_new(DT_F64, 2, (int64_t[]){2, channels})); /* means 0, variances 1 */
  for (int64_t i = 0; moments && i < 2 * channels; i++) tensor_f64(moments)[i] = i >= channels;
  weight = norm_weight(weight, bias);
  const OpArgs args = {.channel_norm = {0, 1}};
  return moments && weight ? fm_op(OP_CHANNEL_NORM, (Tensor *[]){moments, x, weight, bias}, bias ? 4 : 3, &args) : NULL;
}

Tensor *norm_weight(Tensor *weight, const Tensor *bias) {
  return weight || !bias ? weight : fm_own(tensor_full((DType)bias->dtype, bias->ndim, bias->shape, 1));
}
