/*
 * lnn_functional.c - nn.functional and nn.init.
 *
 * Most functionals are a layer of nn/layers/layers.h for the length of one call. Those whose arguments differ from the
 * layer's are written out, as a table of declarations and functions.
 */
#include <string.h>

#include "lua/nn/lnn.h"
#include "lua/nn/lnn_conv.h"
#include "lua/nn/lnn_norm.h"
#include "nn/functional.h"
#include "nn/init.h"
#include "nn/layers/vectors.h"

/* --- a layer as a function ---------------------------------------------------------------------------------------- */

/* nn.functional.<name>(inputs..., args..., {options}); upvalue 1: the LayerDef, 2: the callee. */
static int layer_call(lua_State *L) {
  const LayerDef *def = lua_touserdata(L, lua_upvalueindex(1));
  const char *callee = lua_tostring(L, lua_upvalueindex(2));
  const int ninputs = layer_inputs(def), nout = layer_outputs(def);
  double x[args_places(def->args) + 1];
  ArgList list[args_lists(def->args) + 1];
  Tensor *in[ninputs], *out[nout], *param[layer_tensors(def->params) + 1], *buffer[layer_tensors(def->buffers) + 1];
  memset(param, 0, sizeof param);
  memset(buffer, 0, sizeof buffer);
  Module m = {.def = def, .training = true, .param = param, .buffer = buffer};
  m.args = (ArgValues){.args = def->args, .x = x, .list = list};
  lnn_inputs(L, 1, def, in, 0, callee);
  largs_read(L, ninputs + 1, callee, &m.args);
  lnn_giventensors(L, def->args, x, buffer); /* borrowed */
  if ((def->build && def->build(&m) < 0) || module_forward(&m, in, out) < 0) return lb_calleeerror(L, callee);
  return lnn_pushoutputs(L, nout, out);
}

/* --- functionals with arguments of their own ---------------------------------------------------------------------- */

/* Upvalue 1: the Functional, 2: the callee. */
static int functional_call(lua_State *L) {
  const Functional *f = lua_touserdata(L, lua_upvalueindex(1));
  const char *callee = lua_tostring(L, lua_upvalueindex(2));
  double x[args_places(f->args)];
  Tensor *in[3], *given[args_count(f->args)];
  lnn_inputs(L, 1, &(LayerDef){.inputs = f->inputs}, in, 0, callee);
  largs_read(L, layer_inputs(&(LayerDef){.inputs = f->inputs}) + 1, callee, &(ArgValues){.args = f->args, .x = x});
  lnn_giventensors(L, f->args, x, given);
  Tensor *out = f->run(in, x, given);
  if (!out) return lb_calleeerror(L, callee);
  lb_pushtensor(L, out);
  return 1;
}

static const char *const weighted_inputs[] = {"input", "weight", NULL}, *const label_inputs[] = {"labels", NULL};

static const Arg linear_args[] = {
    {.name = "bias", .kind = ARG_TENSOR, .doc = "Added to each output: a tensor (out_features)."}, {0}};

static Tensor *linear(Tensor *const *in, const double *x, Tensor *const *given) {
  (void)x;
  return nn_linear(in[0], in[1], given[0]);
}

static const Arg dropout_args[] = {
    {.name = "p", .range = RANGE_0_TO_1, .def = 0.5, .doc = "Probability that an element becomes 0."},
    {.name = "training",
     .kind = ARG_FLAG,
     .def = 1,
     .doc = "Whether to drop elements; false returns the input unchanged."},
    {0},
};

static Tensor *dropout(Tensor *const *in, const double *x, Tensor *const *given) {
  (void)given;
  return nn_dropout(in[0], x[0], x[1] != 0);
}

static const Arg channel_dropout_args[] = {
    {.name = "p", .range = RANGE_0_TO_1, .def = 0.5, .doc = "Probability that a channel becomes 0."},
    {.name = "training",
     .kind = ARG_FLAG,
     .def = 1,
     .doc = "Whether to drop channels; false returns the input unchanged."},
    {0},
};

static Tensor *dropout1d(Tensor *const *in, const double *x, Tensor *const *given) {
  (void)given;
  return nn_dropout_channels(in[0], x[0], x[1] != 0, 1);
}

static Tensor *dropout2d(Tensor *const *in, const double *x, Tensor *const *given) {
  (void)given;
  return nn_dropout_channels(in[0], x[0], x[1] != 0, 2);
}

static const char *const attention_inputs[] = {"query", "key", "value", NULL};

enum { ATTEND_MASK, ATTEND_DROPOUT, ATTEND_CAUSAL, ATTEND_SCALE };
static const Arg attention_args[] = {
    {.name = "attn_mask",
     .kind = ARG_TENSOR,
     .doc = "Broadcasts to (..., L, S): floats that are added to the scores, or uint8, 1 where a key is seen."},
    {.name = "dropout_p", .range = RANGE_0_TO_1, .doc = "Probability that a probability becomes 0."},
    {.name = "is_causal", .kind = ARG_FLAG, .doc = "Whether query i sees only the keys 1 to i."},
    {.name = "scale", .range = RANGE_FINITE, .def = ARG_UNSET, .doc = "Factor of the scores; by default 1 / sqrt(E)."},
    {0},
};

static Tensor *attention(Tensor *const *in, const double *x, Tensor *const *given) {
  const Attend o = {x[ATTEND_DROPOUT], x[ATTEND_CAUSAL] != 0, x[ATTEND_SCALE]};
  return nn_attention(in[0], in[1], in[2], given[0], o);
}

static const Arg embedding_args[] = {
    {.name = "padding_idx",
     .kind = ARG_INTEGER,
     .def = ARG_UNSET,
     .doc = "A row (1, 2, ... or -1 for the last) that gets no gradient."},
    {0},
};

static Tensor *embedding(Tensor *const *in, const double *x, Tensor *const *given) {
  (void)given;
  return nn_embedding(in[0], in[1], x[0]);
}

static const Arg one_hot_args[] = {
    {.name = "num_classes",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "Size of the new last dimension; by default the largest label."},
    {0},
};

static Tensor *one_hot(Tensor *const *in, const double *x, Tensor *const *given) {
  (void)given;
  return nn_one_hot(in[0], isnan(x[0]) ? 0 : (int64_t)x[0]);
}

static const Arg normalize_args[] = {
    {.name = "p", .range = RANGE_NUMBER, .def = 2, .doc = "The order of the norm."},
    {.name = "dim", .kind = ARG_DIM, .def = 1, .doc = "The dimension of the vectors' elements."},
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-12, .doc = "The least norm that a vector counts as."},
    {0},
};

static Tensor *normalize(Tensor *const *in, const double *x, Tensor *const *given) {
  (void)given;
  const int dim = distance_dim(x[1], in[0]->ndim);
  return dim < 0 ? NULL : nn_normalize(in[0], x[0], dim, x[2]);
}

const Functional lnn_functionals[] = {
    {"linear", "An affine map of the last dimension.", "x weight' + bias", weighted_inputs, linear_args, linear},
    {"conv1d", "Correlates signals with windows.", NULL, weighted_inputs, lnn_conv1d_args, lnn_conv1d},
    {"conv2d", "Correlates images with windows.", NULL, weighted_inputs, lnn_conv2d_args, lnn_conv2d},
    {"conv_transpose1d", "Spreads signals over windows.", NULL, weighted_inputs, lnn_conv_transpose1d_args,
     lnn_conv_transpose1d},
    {"conv_transpose2d", "Spreads images over windows.", NULL, weighted_inputs, lnn_conv_transpose2d_args,
     lnn_conv_transpose2d},
    {"batch_norm", "Normalizes every channel (dimension 2).", "(x - mean) / sqrt(var + eps) weight + bias", layer_input,
     lnn_batch_norm_args, lnn_batch_norm},
    {"batch_norm_relu",
     "Batch normalization, the sum with `add`, a tensor of the input's shape, if it is given, and a ReLU, as one "
     "operation, with the same bits as one after the other.",
     "max((x - mean) / sqrt(var + eps) weight + bias + add, 0)", layer_input, lnn_batch_norm_relu_args,
     lnn_batch_norm_relu},
    {"instance_norm", "Normalizes every channel of each sample of (N, C, ...).",
     "(x - mean) / sqrt(var + eps) weight + bias", layer_input, lnn_instance_norm_args, lnn_instance_norm},
    {"group_norm", "Normalizes groups of channels of each sample of (N, C, ...).",
     "(x - mean) / sqrt(var + eps) weight + bias", layer_input, lnn_group_norm_args, lnn_group_norm},
    {"scaled_dot_product_attention",
     "Means of the values (..., S, D), weighted by the similarity of queries (..., L, E) and keys (..., S, E). It is "
     "computed in blocks, so memory grows linearly with the length.",
     "softmax(scale query key' + attn_mask) value", attention_inputs, attention_args, attention},
    {"embedding", "Rows of a weight (rows, width) at int64 positions (...), which count from 1: (..., width).",
     "weight[input]", weighted_inputs, embedding_args, embedding},
    {"layer_norm", "Normalizes the last dimensions of each sample.", "(x - mean) / sqrt(var + eps) weight + bias",
     layer_input, lnn_layer_norm_args, lnn_layer_norm},
    {"rms_norm", "Divides the last dimensions of each sample by their root mean square.",
     "x / sqrt(mean x^2 + eps) weight", layer_input, lnn_rms_norm_args, lnn_rms_norm},
    {"dropout", "Zeroes elements at random and scales the others by 1 / (1 - p).", NULL, layer_input, dropout_args,
     dropout},
    {"dropout1d", "Zeroes channels of (N, C, L), or of (C, L), at random and scales the others by 1 / (1 - p).", NULL,
     layer_input, channel_dropout_args, dropout1d},
    {"dropout2d", "Zeroes channels of (N, C, H, W) at random and scales the others by 1 / (1 - p).", NULL, layer_input,
     channel_dropout_args, dropout2d},
    {"normalize", "Divides vectors by their norms.", "x / max(|x|_p, eps)", layer_input, normalize_args, normalize},
    {"one_hot", "Turns labels 1, 2, ... into rows that are 1 at the label and 0 elsewhere, int64.", NULL, label_inputs,
     one_hot_args, one_hot},
    {0},
};

void lnn_pushfunctional(lua_State *L) {
  lua_newtable(L);
  for (const Functional *f = lnn_functionals; f->name; f++) {
    lnn_setclosure(L, "nn.functional", f->name, functional_call, f);
  }
  for (int i = 0; layer_defs[i]; i++) {
    const LayerDef *def = layer_defs[i];
    if (def->functional) lnn_setclosure(L, "nn.functional", def->functional, layer_call, def);
  }
  lua_pushcfunction(L, lnn_pad);
  lua_setfield(L, -2, "pad");
}

/* --- nn.init ------------------------------------------------------------------------------------------------------ */

/* nn.init.<name>(tensor, args..., {options}) -> tensor; upvalue 1: the InitDef, 2: the callee. */
static int init_call(lua_State *L) {
  const InitDef *def = lua_touserdata(L, lua_upvalueindex(1));
  const char *callee = lua_tostring(L, lua_upvalueindex(2));
  double x[args_places(def->args) + 1];
  Tensor *t = lb_testtensor(L, 1);
  if (!t) return lb_badvalue(L, callee, "tensor", 1, "a tensor");
  if (!dtype_is_float((DType)t->dtype)) {
    return lb_error(L, "%s: tensor must be float32 or float64, got %s", callee, dtype_name((DType)t->dtype));
  }
  largs_read(L, 2, callee, &(ArgValues){.args = def->args, .x = x});
  if (tensor_check_writable(t) < 0 || def->fill(t, x) < 0) return lb_calleeerror(L, callee);
  lua_settop(L, 1);
  return 1;
}

const Arg lnn_gain_args[] = {
    {.name = "nonlinearity",
     .kind = ARG_CHOICE,
     .required = true,
     .choices = init_nonlinearities,
     .doc = "The activation function that follows the layer."},
    {.name = "param", .def = 0.01, .doc = "The negative slope; only with nonlinearity 'leaky_relu'."},
    {0},
};

/* nn.init.calculate_gain(nonlinearity[, param]) */
static int init_calculate_gain(lua_State *L) {
  double x[2];
  largs_read(L, 1, "nn.init.calculate_gain", &(ArgValues){.args = lnn_gain_args, .x = x});
  lua_pushnumber(L, init_gain((int)x[0], x[1]));
  return 1;
}

void lnn_pushinit(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; init_defs[i].name; i++) lnn_setclosure(L, "nn.init", init_defs[i].name, init_call, &init_defs[i]);
  lua_pushcfunction(L, init_calculate_gain);
  lua_setfield(L, -2, "calculate_gain");
}
