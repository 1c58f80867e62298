/*
 * activation.c - activation functions: element-wise, without parameters.
 *
 * At 0 the derivatives are PyTorch's: 0 for ReLU, that of the left branch for the others.
 */
#include <math.h>
#include <stdio.h>

#include "autograd/formula.h"
#include "nn/layers/layers.h"

static int relu(const Module *m, Tensor *const *in, Tensor **out) {
  (void)m;
  return module_one_output(out, op_apply(OP_RELU, in, 1, NULL));
}

static int sigmoid(const Module *m, Tensor *const *in, Tensor **out) {
  (void)m;
  return module_one_output(out, op_apply(OP_SIGMOID, in, 1, NULL));
}

static int hyperbolic_tangent(const Module *m, Tensor *const *in, Tensor **out) {
  (void)m;
  return module_one_output(out, op_apply(OP_TANH, in, 1, NULL));
}

static Tensor *negative_part(Tensor *x) { return fm_clamp(x, (double)-INFINITY, 0); }

static int leaky_relu(const Module *m, Tensor *const *in, Tensor **out) {
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in[0]), *positive = x ? fm_op2(OP_GT, x, fm_const(x, 0)) : NULL;
  return module_one_output(out, fm_end(mark, fm_op3(OP_WHERE, positive, x, fm_muls(x, m->args.x[0]))));
}

static int elu(const Module *m, Tensor *const *in, Tensor **out) {
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in[0]);
  return module_one_output(
      out, fm_end(mark, fm_add(fm_op1(OP_RELU, x), fm_muls(fm_op1(OP_EXPM1, negative_part(x)), m->args.x[0]))));
}

static int silu(const Module *m, Tensor *const *in, Tensor **out) {
  (void)m;
  return module_one_output(out, op_apply(OP_SILU, in, 1, NULL));
}

static const char *const gelu_forms[] = {"none", "tanh", NULL};

static int gelu(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, op_apply(m->args.x[0] == 0 ? OP_GELU : OP_GELU_TANH, in, 1, NULL));
}

static int softplus(const Module *m, Tensor *const *in, Tensor **out) {
  double beta = m->args.x[0], threshold = m->args.x[1];
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in[0]), *bx = fm_muls(x, beta);
  Tensor *linear = fm_op2(OP_GT, bx, fm_const(bx, threshold));
  return module_one_output(out, fm_end(mark, fm_op3(OP_WHERE, linear, x, fm_divs(fm_op1(OP_SOFTPLUS, bx), beta))));
}

static void describe_first(const Module *m, char *text, size_t size) {
  char number[32];
  snprintf(text, size, "%s=%s", m->def->args[0].name, module_python_float(m->args.x[0], number, sizeof number));
}

static void describe_gelu(const Module *m, char *text, size_t size) {
  snprintf(text, size, "approximate='%s'", gelu_forms[(int)m->args.x[0]]);
}

static void describe_softplus(const Module *m, char *text, size_t size) {
  char beta[32], threshold[32];
  snprintf(text, size, "beta=%s, threshold=%s", module_python_float(m->args.x[0], beta, sizeof beta),
           module_python_float(m->args.x[1], threshold, sizeof threshold));
}

static const Arg leaky_relu_args[] = {
    {.name = "negative_slope", .range = RANGE_NUMBER, .def = 0.01, .doc = "Slope where x is negative."},
    {0},
};

static const Arg elu_args[] = {
    {.name = "alpha",
     .range = RANGE_NUMBER,
     .def = 1,
     .doc = "Minus the limit of the output as x goes to minus infinity."},
    {0},
};

static const Arg gelu_args[] = {
    {.name = "approximate",
     .kind = ARG_CHOICE,
     .choices = gelu_forms,
     .doc = "'none' for the exact function, 'tanh' for an approximation without erf."},
    {0},
};

static const Arg softplus_args[] = {
    {.name = "beta", .range = RANGE_NUMBER, .def = 1, .doc = "How sharply the curve bends at 0."},
    {.name = "threshold", .range = RANGE_NUMBER, .def = 20, .doc = "Where beta x is above threshold, the output is x."},
    {0},
};

const LayerDef layer_relu = {
    .name = "ReLU",
    .functional = "relu",
    .doc = "The rectifier: negative elements become 0.",
    .equation = "y = max(x, 0)",
    .inputs = layer_input,
    .args = module_no_args,
    .forward = relu,
};

const LayerDef layer_sigmoid = {
    .name = "Sigmoid",
    .functional = "sigmoid",
    .doc = "The logistic function, from 0 to 1.",
    .equation = "y = 1 / (1 + exp(-x))",
    .inputs = layer_input,
    .args = module_no_args,
    .forward = sigmoid,
};

const LayerDef layer_tanh = {
    .name = "Tanh",
    .functional = "tanh",
    .doc = "The hyperbolic tangent, from -1 to 1.",
    .equation = "y = tanh(x)",
    .inputs = layer_input,
    .args = module_no_args,
    .forward = hyperbolic_tangent,
};

const LayerDef layer_silu = {
    .name = "SiLU",
    .functional = "silu",
    .doc = "Each element times its sigmoid (swish).",
    .equation = "y = x / (1 + exp(-x))",
    .paper = "Elfwing, Uchibe, Doya, \"Sigmoid-weighted linear units\", Neural Networks 107, 2018",
    .inputs = layer_input,
    .args = module_no_args,
    .forward = silu,
};

const LayerDef layer_leaky_relu = {
    .name = "LeakyReLU",
    .functional = "leaky_relu",
    .doc = "A rectifier with a small slope for negative elements.",
    .equation = "y = max(x, 0) + negative_slope min(x, 0)",
    .inputs = layer_input,
    .args = leaky_relu_args,
    .forward = leaky_relu,
    .describe = describe_first,
};

const LayerDef layer_elu = {
    .name = "ELU",
    .functional = "elu",
    .doc = "A rectifier that approaches -alpha smoothly for negative elements.",
    .equation = "y = max(x, 0) + alpha (exp(min(x, 0)) - 1)",
    .paper = "Clevert, Unterthiner, Hochreiter, \"Fast and accurate deep network learning by ELUs\", ICLR 2016",
    .inputs = layer_input,
    .args = elu_args,
    .forward = elu,
    .describe = describe_first,
};

const LayerDef layer_gelu = {
    .name = "GELU",
    .functional = "gelu",
    .doc = "Each element times the probability that a standard normal number lies below it.",
    .equation =
        "y = x (1 + erf(x / sqrt 2)) / 2\n"
        "y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2    if 'tanh'",
    .paper = "Hendrycks, Gimpel, \"Gaussian error linear units\", arXiv 1606.08415",
    .inputs = layer_input,
    .args = gelu_args,
    .forward = gelu,
    .describe = describe_gelu,
};

const LayerDef layer_softplus = {
    .name = "Softplus",
    .functional = "softplus",
    .doc = "A smooth rectifier.",
    .equation = "y = log(1 + exp(beta x)) / beta, and x itself where beta x > threshold",
    .inputs = layer_input,
    .args = softplus_args,
    .forward = softplus,
    .describe = describe_softplus,
};
