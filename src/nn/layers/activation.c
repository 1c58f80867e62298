/*
 * activation.c - activation functions: element-wise, without parameters.
 *
 *   ReLU        max(x, 0)
 *   LeakyReLU   max(x, 0) + negative_slope min(x, 0)              negative_slope = 0.01
 *   ELU         max(x, 0) + alpha (exp(min(x, 0)) - 1)            alpha = 1          Clevert et al., 2016
 *   SiLU        x / (1 + exp(-x))                                                    Elfwing et al., 2018
 *   GELU        x (1 + erf(x / sqrt 2)) / 2                                          Hendrycks, Gimpel, 2016
 *               approximate = "tanh": x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
 *   Softplus    log(1 + exp(beta x)) / beta, and x itself where beta x > threshold   beta = 1, threshold = 20
 *   Sigmoid     1 / (1 + exp(-x))
 *   Tanh
 *
 * At 0 the derivatives are PyTorch's: 0 for ReLU, that of the left branch for the others.
 */
#include <math.h>
#include <stdio.h>

#include "autograd/formula.h"
#include "nn/layers/layers.h"

static Tensor *relu(const Module *m, Tensor *const *in) {
  (void)m;
  return op_apply(OP_RELU, in, 1, NULL);
}

static Tensor *sigmoid(const Module *m, Tensor *const *in) {
  (void)m;
  return op_apply(OP_SIGMOID, in, 1, NULL);
}

static Tensor *hyperbolic_tangent(const Module *m, Tensor *const *in) {
  (void)m;
  return op_apply(OP_TANH, in, 1, NULL);
}

static Tensor *negative_part(Tensor *x) { return fm_clamp(x, -INFINITY, 0); }

static Tensor *leaky_relu(const Module *m, Tensor *const *in) {
  FormulaMark mark = fm_begin();
  Tensor *x = as_float(in[0]);
  return fm_end(mark, fm_add(fm_op1(OP_RELU, x), fm_muls(negative_part(x), m->arg[0])));
}

static Tensor *elu(const Module *m, Tensor *const *in) {
  FormulaMark mark = fm_begin();
  Tensor *x = as_float(in[0]);
  return fm_end(mark, fm_add(fm_op1(OP_RELU, x), fm_muls(fm_op1(OP_EXPM1, negative_part(x)), m->arg[0])));
}

static Tensor *silu(const Module *m, Tensor *const *in) {
  (void)m;
  FormulaMark mark = fm_begin();
  return fm_end(mark, fm_mul(in[0], fm_op1(OP_SIGMOID, in[0])));
}

static const char *const gelu_forms[] = {"none", "tanh", NULL};

static Tensor *gelu(const Module *m, Tensor *const *in) {
  FormulaMark mark = fm_begin();
  Tensor *x = as_float(in[0]), *s;
  if (m->arg[0] == 0) {
    s = fm_op1(OP_ERF, fm_muls(x, M_SQRT1_2));
  } else {
    Tensor *cube = fm_muls(fm_pows(x, 3), 0.044715);
    s = fm_op1(OP_TANH, fm_muls(fm_add(x, cube), M_SQRT1_2 * M_2_SQRTPI));
  }
  return fm_end(mark, fm_mul(fm_muls(x, 0.5), fm_adds(s, 1)));
}

static Tensor *softplus(const Module *m, Tensor *const *in) {
  double beta = m->arg[0], threshold = m->arg[1];
  FormulaMark mark = fm_begin();
  Tensor *x = as_float(in[0]), *bx = fm_muls(x, beta);
  Tensor *linear = fm_op2(OP_GT, bx, fm_const(bx, threshold));
  return fm_end(mark, fm_op3(OP_WHERE, linear, x, fm_divs(fm_op1(OP_SOFTPLUS, bx), beta)));
}

static void describe_first(const Module *m, char *text, size_t size) {
  char number[32];
  snprintf(text, size, "%s=%s", m->def->args[0].name, python_float(m->arg[0], number, sizeof number));
}

static void describe_gelu(const Module *m, char *text, size_t size) {
  snprintf(text, size, "approximate='%s'", gelu_forms[(int)m->arg[0]]);
}

static void describe_softplus(const Module *m, char *text, size_t size) {
  char beta[32], threshold[32];
  snprintf(text, size, "beta=%s, threshold=%s", python_float(m->arg[0], beta, sizeof beta),
           python_float(m->arg[1], threshold, sizeof threshold));
}

const LayerDef layer_relu = {.name = "ReLU", .functional = "relu", .ninputs = 1, .forward = relu};
const LayerDef layer_sigmoid = {.name = "Sigmoid", .functional = "sigmoid", .ninputs = 1, .forward = sigmoid};
const LayerDef layer_tanh = {.name = "Tanh", .functional = "tanh", .ninputs = 1, .forward = hyperbolic_tangent};
const LayerDef layer_silu = {.name = "SiLU", .functional = "silu", .ninputs = 1, .forward = silu};

const LayerDef layer_leaky_relu = {
    .name = "LeakyReLU",
    .functional = "leaky_relu",
    .ninputs = 1,
    .args = {{"negative_slope", ARG_NUMBER, 0.01, NULL}},
    .forward = leaky_relu,
    .describe = describe_first,
};

const LayerDef layer_elu = {
    .name = "ELU",
    .functional = "elu",
    .ninputs = 1,
    .args = {{"alpha", ARG_NUMBER, 1, NULL}},
    .forward = elu,
    .describe = describe_first,
};

const LayerDef layer_gelu = {
    .name = "GELU",
    .functional = "gelu",
    .ninputs = 1,
    .args = {{"approximate", ARG_CHOICE, 0, gelu_forms}},
    .forward = gelu,
    .describe = describe_gelu,
};

const LayerDef layer_softplus = {
    .name = "Softplus",
    .functional = "softplus",
    .ninputs = 1,
    .args = {{"beta", ARG_NUMBER, 1, NULL}, {"threshold", ARG_NUMBER, 20, NULL}},
    .forward = softplus,
    .describe = describe_softplus,
};
