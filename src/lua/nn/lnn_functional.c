/*
 * lnn_functional.c - nn.functional and nn.init.
 *
 * Most functionals are a layer of nn/layers/layers.h for the length of one call; the few whose arguments differ from
 * the layer's are written out.
 */
#include "lua/nn/lnn.h"
#include "nn/functional.h"
#include "nn/init.h"

/* --- nn.functional ------------------------------------------------------------------------------------------------ */

static int push_functional(lua_State *L, const char *name, Tensor *out) {
  if (!out) return lb_error(L, "nn.functional.%s: %s", name, err_message());
  lb_pushtensor(L, out);
  return 1;
}

/* nn.functional.<name>(inputs..., args..., {options}): a layer for the length of one call; upvalue 1: its LayerDef. */
static int functional_call(lua_State *L) {
  const LayerDef *def = lua_touserdata(L, lua_upvalueindex(1));
  Callee callee = {"nn.functional.", def->functional};
  Module m = {.def = def, .refs = 1, .training = true};
  Tensor *in[MODULE_MAX_INPUTS];
  lnn_inputs(L, 1, def->ninputs, callee, in, 0);
  lnn_args(L, def->ninputs + 1, lua_gettop(L), callee, def->args, m.arg, m.buffer); /* buffers: borrowed */
  bool bad = def->build && def->build(&m) < 0;
  return push_functional(L, def->functional, bad ? NULL : module_forward(&m, in));
}

/* linear(input, weight[, bias]) */
static int functional_linear(lua_State *L) {
  Tensor *x = lb_checktensor(L, 1, "nn.functional.linear"), *weight = lb_checktensor(L, 2, "nn.functional.linear");
  Tensor *bias = lua_isnoneornil(L, 3) ? NULL : lb_checktensor(L, 3, "nn.functional.linear");
  return push_functional(L, "linear", nn_linear(x, weight, bias));
}

/* conv2d(input, weight[, bias[, stride = 1[, padding = 0]]]) */
static int functional_conv2d(lua_State *L) {
  static const Arg args[] = {{"bias", ARG_TENSOR, ARG_NONE, NULL},
                             {"stride", ARG_PAIR, PAIR(1, 1), NULL},
                             {"padding", ARG_PAIR0, PAIR(0, 0), NULL},
                             {NULL, 0, 0, NULL}};
  double value[3];
  Tensor *x = lb_checktensor(L, 1, "nn.functional.conv2d"), *weight = lb_checktensor(L, 2, "nn.functional.conv2d");
  Tensor *bias = NULL;
  lnn_args(L, 3, lua_gettop(L), (Callee){"nn.functional.", "conv2d"}, args, value, &bias);
  return push_functional(L, "conv2d", nn_conv2d(x, weight, bias, pair_of(value[1]), pair_of(value[2])));
}

/* batch_norm(input, running_mean, running_var[, weight[, bias[, training = false[, momentum = 0.1[, eps = 1e-5]]]]]) */
static int functional_batch_norm(lua_State *L) {
  enum { MEAN, VAR, WEIGHT, BIAS, TRAINING, MOMENTUM, EPS, COUNT };
  static const Arg args[] = {[MEAN] = {"running_mean", ARG_TENSOR, ARG_NONE, NULL},
                             [VAR] = {"running_var", ARG_TENSOR, ARG_NONE, NULL},
                             [WEIGHT] = {"weight", ARG_TENSOR, ARG_NONE, NULL},
                             [BIAS] = {"bias", ARG_TENSOR, ARG_NONE, NULL},
                             [TRAINING] = {"training", ARG_FLAG, 0, NULL},
                             [MOMENTUM] = {"momentum", ARG_NUMBER, 0.1, NULL},
                             [EPS] = {"eps", ARG_NUMBER, 1e-5, NULL},
                             [COUNT] = {NULL, 0, 0, NULL}};
  double value[COUNT];
  Tensor *x = lb_checktensor(L, 1, "nn.functional.batch_norm"), *given[4] = {0};
  lnn_args(L, 2, lua_gettop(L), (Callee){"nn.functional.", "batch_norm"}, args, value, given);
  BatchNorm b = {.mean = given[MEAN], .var = given[VAR], .weight = given[WEIGHT], .bias = given[BIAS]};
  b.training = value[TRAINING] != 0;
  b.momentum = value[MOMENTUM];
  b.eps = value[EPS];
  return push_functional(L, "batch_norm", nn_batch_norm(x, &b));
}

/* dropout(input[, p = 0.5[, training = true]]) */
static int functional_dropout(lua_State *L) {
  static const Arg args[] = {{"p", ARG_NUMBER, 0.5, NULL}, {"training", ARG_FLAG, 1, NULL}, {NULL, 0, 0, NULL}};
  double value[2];
  Tensor *x = lb_checktensor(L, 1, "nn.functional.dropout");
  lnn_args(L, 2, lua_gettop(L), (Callee){"nn.functional.", "dropout"}, args, value, NULL);
  return push_functional(L, "dropout", nn_dropout(x, value[0], value[1] != 0));
}

/* one_hot(labels[, num_classes = the largest label]) */
static int functional_one_hot(lua_State *L) {
  static const Arg args[] = {{"num_classes", ARG_SIZE, 0, NULL}, {NULL, 0, 0, NULL}};
  double classes;
  Tensor *labels = lb_checktensor(L, 1, "nn.functional.one_hot");
  lnn_args(L, 2, lua_gettop(L), (Callee){"nn.functional.", "one_hot"}, args, &classes, NULL);
  return push_functional(L, "one_hot", nn_one_hot(labels, (int64_t)classes));
}

static const luaL_Reg FUNCTIONAL[] = {
    {"linear", functional_linear},   {"conv2d", functional_conv2d},   {"batch_norm", functional_batch_norm},
    {"dropout", functional_dropout}, {"one_hot", functional_one_hot}, {NULL, NULL},
};

void lnn_pushfunctional(lua_State *L) {
  luaL_newlib(L, FUNCTIONAL);
  for (int i = 0; all_layers[i]; i++) {
    if (all_layers[i]->functional) lnn_setclosure(L, all_layers[i]->functional, functional_call, all_layers[i]);
  }
}

/* --- nn.init ------------------------------------------------------------------------------------------------------ */

/* nn.init.<name>(tensor, args..., {options}) -> tensor; upvalue 1: the InitDef. */
static int init_call(lua_State *L) {
  const InitDef *def = lua_touserdata(L, lua_upvalueindex(1));
  Callee callee = {"nn.init.", def->name};
  double value[ARG_MAX];
  Tensor *t = lb_testtensor(L, 1);
  if (!t) return lb_error(L, "nn.init.%s: the first argument must be a tensor, got %s", def->name, luaL_typename(L, 1));
  if (!dtype_is_float((DType)t->dtype)) {
    return lb_error(L, "nn.init.%s: the tensor must be float32 or float64, got %s", def->name,
                    dtype_name((DType)t->dtype));
  }
  lnn_args(L, 2, lua_gettop(L), callee, def->args, value, NULL);
  if (def->fill(t, value) < 0) return lb_error(L, "nn.init.%s: %s", def->name, err_message());
  lua_settop(L, 1);
  return 1;
}

/* nn.init.calculate_gain(nonlinearity[, param]) */
static int init_calculate_gain(lua_State *L) {
  static const Arg args[] = {{"nonlinearity", ARG_CHOICE, ARG_REQUIRED, nonlinearity_names},
                             {"param", ARG_NUMBER, 0.01, NULL},
                             {NULL, 0, 0, NULL}};
  double value[2];
  lnn_args(L, 1, lua_gettop(L), (Callee){"nn.init.", "calculate_gain"}, args, value, NULL);
  lua_pushnumber(L, init_gain((int)value[0], value[1]));
  return 1;
}

void lnn_pushinit(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; all_inits[i].name; i++) lnn_setclosure(L, all_inits[i].name, init_call, &all_inits[i]);
  lua_pushcfunction(L, init_calculate_gain);
  lua_setfield(L, -2, "calculate_gain");
}
