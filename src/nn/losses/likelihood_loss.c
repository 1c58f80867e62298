/*
 * likelihood_loss.c - PoissonNLLLoss and GaussianNLLLoss: the negative log likelihood of targets under a distribution that
 * a network gives the parameters of.
 */
#include <math.h>

#include "base/err.h"
#include "core/recorder.h"
#include "nn/layers/vectors.h"
#include "nn/losses/loss.h"

#define PI 3.14159265358979323846

/* --- Poisson --------------------------------------------------------------------------------------------------------- */

/* Inside a formula: Stirling's log t! where t > 1, else 0. */
static Tensor *stirling(Tensor *t) {
  Tensor *many = t ? fm_op2(OP_GT, t, fm_const(t, 1)) : NULL, *s = fm_op3(OP_WHERE, many, t, fm_const(t, 1));
  Tensor *log = fm_op1(OP_LOG, s), *half = fm_muls(fm_op1(OP_LOG, fm_muls(s, 2 * PI)), 0.5);
  return fm_op3(OP_WHERE, many, fm_add(fm_sub(fm_mul(s, log), s), half), fm_const(t, 0));
}

static int poisson(const Module *m, Tensor *const *in, Tensor **out) {
  const bool is_log = m->args.x[0] != 0, full = m->args.x[1] != 0;
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in[0]), *t = module_as_float(in[1]);
  Tensor *each =
      is_log ? fm_sub(fm_op1(OP_EXP, x), fm_mul(t, x)) : fm_sub(x, fm_mul(t, fm_op1(OP_LOG, fm_adds(x, m->args.x[2]))));
  if (full) each = fm_add(each, stirling(t));
  return module_one_output(out, fm_end(mark, loss_reduce(each, loss_reduction(m, 3))));
}

static const Arg poisson_args[] = {
    {.name = "log_input", .kind = ARG_FLAG, .def = 1, .doc = "Whether the input is the logarithm of the mean."},
    {.name = "full", .kind = ARG_FLAG, .doc = "Whether Stirling's log y! is added where y > 1."},
    {.name = "eps", .range = RANGE_POSITIVE, .def = 1e-8, .doc = "Added to a mean whose logarithm is taken."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_poisson_nll_loss = {
    .name = "PoissonNLLLoss",
    .functional = "poisson_nll_loss",
    .doc = "The negative log likelihood of counts y under Poisson distributions, whose means are the input x.",
    .equation = "loss_i = exp(x_i) - y_i x_i    without log_input: x_i - y_i log(x_i + eps)",
    .inputs = loss_inputs,
    .args = poisson_args,
    .forward = poisson,
};

/* --- Gaussian -------------------------------------------------------------------------------------------------------- */

static int run_check(const Computation *c, Context *own) {
  (void)own;
  const Tensor *var = c->t[0];
  for (int64_t i = 0; i < var->numel; i++) {
    const double v = tensor_get(var, i);
    if (v < 0) return err_set("element %lld of the variance is %.9g, must be at least 0", (long long)i + 1, v);
  }
  return 0;
}

/* Inside a formula: the variance for each element of x: of x's shape, without the last dimension, or with size 1 there. */
static Tensor *variance_of(const Tensor *x, Tensor *var) {
  const int n = x->ndim;
  if (tensor_same_shape(x, var)) return var;
  if (n > 0 && shape_equal(n - 1, x->shape, var->ndim, var->shape)) return fm_unsqueeze(var, n - 1);
  if (n > 0 && var->ndim == n && shape_equal(n - 1, x->shape, n - 1, var->shape) && var->shape[n - 1] == 1) return var;
  return err_null("var is %s, cannot be the variance for an input of %s", tensor_shape_str(var), tensor_shape_str(x));
}

static int gaussian(const Module *m, Tensor *const *in, Tensor **out) {
  Tensor *given = in[2];
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  if (recorder_run(&(Computation){.name = "the check of variances", .run = run_check, .n = 1, .t = &given}) < 0)
    return -1;
  FormulaMark mark = fm_begin();
  Tensor *var = fm_at_least(variance_of(in[0], module_as_float(given)), m->args.x[1]);
  Tensor *square = fm_op1(OP_SQUARE, loss_difference(in[0], in[1]));
  Tensor *each = fm_muls(fm_add(fm_op1(OP_LOG, var), fm_div(square, var)), 0.5);
  if (m->args.x[0] != 0) each = fm_adds(each, 0.5 * log(2 * PI));
  return module_one_output(out, fm_end(mark, loss_reduce(each, loss_reduction(m, 2))));
}

static const char *const gaussian_inputs[] = {"input", "target", "var", NULL};

static const Arg gaussian_args[] = {
    {.name = "full", .kind = ARG_FLAG, .doc = "Whether the constant log(2 pi) / 2 is added."},
    {.name = "eps", .range = RANGE_POSITIVE, .def = 1e-6, .doc = "The least variance; its gradient is not limited."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_gaussian_nll_loss = {
    .name = "GaussianNLLLoss",
    .functional = "gaussian_nll_loss",
    .doc =
        "The negative log likelihood of targets y under normal distributions with the input x as mean and the variance "
        "var, of the input's shape, without its last dimension, or with size 1 there.",
    .equation = "loss_i = (log max(var_i, eps) + (x_i - y_i)^2 / max(var_i, eps)) / 2",
    .paper = "Nix, Weigend, \"Estimating the mean and variance of the target probability distribution\", 1994",
    .inputs = gaussian_inputs,
    .args = gaussian_args,
    .forward = gaussian,
};
