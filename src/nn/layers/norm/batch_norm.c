/*
 * batch_norm.c - BatchNorm1d and BatchNorm2d: every channel (dimension 2) is shifted and scaled to mean 0 and variance
 * 1, then by learned factors.
 *
 * In training mode the mean and the variance are those of the batch, and the running ones move towards them; in eval
 * mode they are the running ones, or the batch's without track_running_stats. eps stands inside the root. Weights and
 * running variances start as 1, the rest as 0.
 */
#include "autograd/formula.h"
#include "base/err.h"
#include "core/shape.h"
#include "nn/functional.h"
#include "nn/layers/layers.h"
#include "nn/layers/norm/channels.h"

/* --- the function ------------------------------------------------------------------------------------------------- */

static int check_norm(const Tensor *x, const BatchNorm *b) {
  if (x->ndim < 2) return err_set("input is %s, must be (N, C) or (N, C, ...)", tensor_shape_str(x));
  if (norm_check(x, b) < 0) return -1;
  if (!b->training || x->shape[1] == 0 || x->numel / x->shape[1] > 1) return 0;
  return err_set("input is %s: in training every channel needs more than one value", tensor_shape_str(x));
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

static int affine_inputs(Tensor *weight, Tensor *bias) { return bias ? 4 : weight ? 3 : 2; }

/* The row of the op table, and what it adds at the end: NULL, or a tensor of x's shape and dtype. */
static Tensor *apply(OpId row, Tensor *moments, Tensor *x, Tensor *add, const BatchNorm *b) {
  const int64_t channels = x->shape[1];
  const OpArgs args = {.channel_norm = {b->eps, !b->training}};
  Tensor *weight = norm_weight(b->weight, b->bias), *bias = b->bias;
  if (add && !weight) weight = fm_own(tensor_full((DType)x->dtype, 1, &channels, 1));
  if (add && !bias) bias = fm_own(tensor_full((DType)x->dtype, 1, &channels, 0));
  if (!weight != !(b->weight || b->bias || add) || !bias != !(b->bias || add)) return NULL;
  return fm_op(row, (Tensor *[]){moments, x, weight, bias, add}, add ? 5 : affine_inputs(weight, bias), &args);
}

static Tensor *follow(Tensor *y, Tensor *moments, const Tensor *x, const BatchNorm *b) {
  const int64_t channels = x->shape[1];
  if (y && b->training && (b->mean || b->count))
    norm_follow(b, moments, channels > 0 ? (double)(x->numel / channels) : 2);
  return y;
}

Tensor *nn_batch_norm(Tensor *in, const BatchNorm *b) {
  if (check_norm(in, b) < 0) return NULL;
  FormulaMark mark = fm_begin();
  Tensor *moments = b->training ? new_moments(in->shape[1]) : given_moments(b), *x = typed_input(in, b), *y = NULL;
  if (moments && x) y = apply(b->training ? OP_BATCH_NORM : OP_CHANNEL_NORM, moments, x, NULL, b);
  return fm_end(mark, follow(y, moments, in, b));
}

static int check_add(const Tensor *x, const Tensor *add) {
  if (!add || shape_equal(x->ndim, x->shape, add->ndim, add->shape)) return 0;
  return err_set("add is %s, input is %s: their shapes must be the same", tensor_shape_str(add), tensor_shape_str(x));
}

/* Whether the row gives what batch norm, a sum and a ReLU do: all of it has the type of x and of the parameters. */
static bool is_one_row(const Tensor *x, const Tensor *add, const BatchNorm *b) {
  const Tensor *all[] = {add, b->weight, b->bias};
  for (int i = 0; i < 3; i++) {
    if (all[i] && all[i]->dtype != x->dtype) return false;
  }
  return b->training;
}

Tensor *nn_batch_norm_relu(Tensor *in, Tensor *add, const BatchNorm *b) {
  if (check_norm(in, b) < 0 || check_add(in, add) < 0) return NULL;
  FormulaMark mark = fm_begin();
  Tensor *x = typed_input(in, b), *z = NULL;
  if (x && is_one_row(x, add, b)) {
    Tensor *moments = new_moments(in->shape[1]);
    z = moments ? follow(apply(OP_BATCH_NORM_RELU, moments, x, add, b), moments, in, b) : NULL;
  } else if (x) {
    Tensor *y = nn_batch_norm(in, b);
    y = y ? fm_own(y) : NULL;
    if (y && add) y = fm_add(y, add);
    z = y ? fm_op1(OP_RELU, y) : NULL;
  }
  return fm_end(mark, z);
}

/* --- the layers ----------------------------------------------------------------------------------------------- */

static BatchNorm moving(const Module *m) {
  BatchNorm b = norm_of(m);
  if (!m->training) b.count = NULL;
  b.training = m->training || !m->buffer[NORM_COUNT];
  return b;
}

static Tensor *normalise(const Module *m, Tensor *x) {
  const BatchNorm b = moving(m);
  return norm_check_features(m, x) < 0 ? NULL : nn_batch_norm(x, &b);
}

static int forward_relu(const Module *m, Tensor *const *in, Tensor **out) {
  if (in[0]->ndim < 2) return err_set("input is %s, must be (N, C) or (N, C, ...)", tensor_shape_str(in[0]));
  if (norm_check_features(m, in[0]) < 0) return -1;
  const BatchNorm b = moving(m);
  return module_one_output(out, nn_batch_norm_relu(in[0], in[1], &b));
}

static int forward_1d(const Module *m, Tensor *const *in, Tensor **out) {
  if (in[0]->ndim == 2 || in[0]->ndim == 3) return module_one_output(out, normalise(m, in[0]));
  return err_set("input is %s, must be (N, %.0f) or (N, %.0f, L)", tensor_shape_str(in[0]), m->args.x[NORM_FEATURES],
                 m->args.x[NORM_FEATURES]);
}

static int forward_2d(const Module *m, Tensor *const *in, Tensor **out) {
  if (in[0]->ndim == 4) return module_one_output(out, normalise(m, in[0]));
  return err_set("input is %s, must be (N, %.0f, H, W)", tensor_shape_str(in[0]), m->args.x[NORM_FEATURES]);
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

/* What the two have in common; n is the number of values of a channel in the batch. */
#define BATCH_NORM(result)                                                                                        \
  .equation = result                                                                                              \
      "\n"                                                                                                        \
      "in training with mean and var of the batch, n values of each channel:\n"                                   \
      "running_mean <- (1 - momentum) running_mean + momentum mean\n"                                             \
      "running_var  <- (1 - momentum) running_var + momentum var n / (n - 1)\n"                                   \
      "in eval mode with running_mean and running_var",                                                           \
  .paper =                                                                                                        \
      "Ioffe, Szegedy, \"Batch normalization: accelerating deep network training by reducing internal covariate " \
      "shift\", ICML 2015",                                                                                       \
  .inputs = layer_input, .args = args, .params = norm_params, .buffers = norm_buffers, .build = norm_build,       \
  .reset_parameters = norm_reset, .describe = norm_describe

const LayerDef layer_batch_norm1d = {
    .name = "BatchNorm1d",
    .doc = "Normalizes every channel of (N, C) or (N, C, L) over the batch.",
    .forward = forward_1d,
    BATCH_NORM("y = (x - mean) / sqrt(var + eps) weight + bias"),
};

const LayerDef layer_batch_norm2d = {
    .name = "BatchNorm2d",
    .doc = "Normalizes every channel of (N, C, H, W) over the batch.",
    .forward = forward_2d,
    BATCH_NORM("y = (x - mean) / sqrt(var + eps) weight + bias"),
};

const LayerDef layer_batch_norm_relu = {
    .name = "BatchNormReLU",
    .doc =
        "Batch normalization of (N, C, ...), the sum with a second input of the same shape, if there is one, and a "
        "ReLU, as one operation, with the same bits as the three one after the other. A block of a residual network "
        "ends with it: "
        "`self.bn2(self.conv2(y), x)`.",
    .extra = "add",
    .forward = forward_relu,
    BATCH_NORM("y = max((x - mean) / sqrt(var + eps) weight + bias + add, 0)"),
};

/* --- a batch norm and a ReLU in a row (nn/layers/layers.h) ---------------------------------------------------------- */

bool batch_norm_relu_fits(const Module *const *m, const Tensor *x) {
  const bool plane = m[0]->def == &layer_batch_norm2d;
  return (plane ? x->ndim == 4 : x->ndim == 2 || x->ndim == 3) && x->shape[1] == (int64_t)m[0]->args.x[NORM_FEATURES];
}

int batch_norm_relu(const Module *const *m, Tensor *x, Tensor **out) {
  const BatchNorm b = moving(m[0]);
  return module_one_output(out, nn_batch_norm_relu(x, NULL, &b));
}
