/*
 * layer_norm.c - LayerNorm and RMSNorm: the last dimensions of each sample are scaled to variance (mean square) 1, then
 * by learned factors. Weights start as 1, biases as 0.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "nn/functional.h"
#include "nn/layers/layers.h"

enum { SHAPE, EPS = SHAPE + ARG_SHAPE_PLACES, AFFINE, NORM_BIAS, LAYER_DTYPE, RMS_DTYPE = NORM_BIAS };
enum { WEIGHT, BIAS };

Tensor *nn_row_norm(Tensor *x, const RowNormShape *s, Tensor *weight, Tensor *bias, double eps, bool rms) {
  const int first = x->ndim - s->ndim;
  if (s->ndim < 1) return err_null("normalized_shape must have at least one size");
  if (first < 0 || !shape_equal(s->ndim, x->shape + first, s->ndim, s->size)) {
    return err_null("input is %s, normalized_shape is %s: the last dimensions of the input must be these",
                    tensor_shape_str(x), shape_str(s->ndim, s->size));
  }
  const struct {
    const char *name;
    const Tensor *t;
  } given[] = {{"weight", weight}, {"bias", bias}};
  for (int i = 0; i < 2; i++) {
    if (given[i].t && !shape_equal(given[i].t->ndim, given[i].t->shape, s->ndim, s->size)) {
      return err_null("%s is %s, must be %s, as normalized_shape", given[i].name, tensor_shape_str(given[i].t),
                      shape_str(s->ndim, s->size));
    }
  }
  if (isnan(eps)) eps = x->dtype == DT_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
  FormulaMark mark = fm_begin();
  if (bias && !weight) weight = fm_own(tensor_full((DType)bias->dtype, s->ndim, s->size, 1));
  Tensor *in[] = {x, weight, bias};
  const OpArgs args = {.row_norm = {eps, s->ndim, rms}};
  return fm_end(mark, bias && !weight ? NULL : fm_op(OP_ROW_NORM, in, bias ? 3 : weight ? 2 : 1, &args));
}

RowNormShape nn_row_norm_shape(const double *x) {
  RowNormShape s;
  s.ndim = arg_shape(x, s.size);
  return s;
}

static int build(Module *m, DType dt, bool bias) {
  const RowNormShape s = nn_row_norm_shape(m->args.x + SHAPE);
  if (s.ndim < 1) return err_set("normalized_shape must have at least one size");
  if (m->args.x[AFFINE] == 0) return 0;
  m->param[WEIGHT] = module_param_new(dt, s.ndim, s.size);
  if (!m->param[WEIGHT] || !bias) return m->param[WEIGHT] ? 0 : -1;
  m->param[BIAS] = module_param_new(dt, s.ndim, s.size);
  return m->param[BIAS] ? 0 : -1;
}

static int build_layer(Module *m) { return build(m, arg_dtype(m->args.x[LAYER_DTYPE]), m->args.x[NORM_BIAS] != 0); }
static int build_rms(Module *m) { return build(m, arg_dtype(m->args.x[RMS_DTYPE]), false); }

static void reset_weight(Module *m) {
  if (m->param[WEIGHT]) tensor_fill_(m->param[WEIGHT], 1);
}

static void reset_both(Module *m) {
  reset_weight(m);
  if (m->param[BIAS]) tensor_fill_(m->param[BIAS], 0);
}

static int layer_norm(const Module *m, Tensor *const *in, Tensor **out) {
  const RowNormShape s = nn_row_norm_shape(m->args.x + SHAPE);
  return module_one_output(out, nn_row_norm(in[0], &s, m->param[WEIGHT], m->param[BIAS], m->args.x[EPS], false));
}

static int rms_norm(const Module *m, Tensor *const *in, Tensor **out) {
  const RowNormShape s = nn_row_norm_shape(m->args.x + SHAPE);
  return module_one_output(out, nn_row_norm(in[0], &s, m->param[WEIGHT], NULL, m->args.x[EPS], true));
}

/* (5,), eps=1e-05, elementwise_affine=True */
static void describe(const Module *m, char *text, size_t size) {
  const RowNormShape s = nn_row_norm_shape(m->args.x + SHAPE);
  char eps[32], one[32];
  if (s.ndim == 1) snprintf(one, sizeof one, "(%lld,)", (long long)s.size[0]);
  snprintf(text, size, "%s, eps=%s, elementwise_affine=%s", s.ndim == 1 ? one : shape_str(s.ndim, s.size),
           isnan(m->args.x[EPS]) ? "None" : module_python_float(m->args.x[EPS], eps, sizeof eps),
           m->args.x[AFFINE] != 0 ? "True" : "False");
}

#define SHAPE_ARG                                                                               \
  {                                                                                             \
    .name = "normalized_shape", .kind = ARG_SHAPE, .range = RANGE_AT_LEAST_1, .required = true, \
    .doc = "Sizes of the last dimensions, which are normalized together."                       \
  }
#define AFFINE_ARG \
  { .name = "elementwise_affine", .kind = ARG_FLAG, .def = 1, .doc = "Whether to scale by learned factors." }
#define DTYPE_ARG                                                   \
  {                                                                 \
    .name = "dtype", .kind = ARG_FLOAT_DTYPE, .def = ARG_UNSET,     \
    .doc = "Dtype of the parameters; by default the default dtype." \
  }

static const Arg layer_args[] = {
    SHAPE_ARG,
    {.name = "eps", .range = RANGE_NOT_NEGATIVE, .def = 1e-5, .doc = "Added to the variance."},
    AFFINE_ARG,
    {.name = "bias", .kind = ARG_FLAG, .def = 1, .doc = "Whether to add a learned bias, with elementwise_affine."},
    DTYPE_ARG,
    {0},
};

static const Arg rms_args[] = {
    SHAPE_ARG,
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = ARG_UNSET,
     .doc = "Added to the mean square; by default the spacing of the input's dtype at 1."},
    AFFINE_ARG,
    DTYPE_ARG,
    {0},
};

const LayerDef layer_layer_norm = {
    .name = "LayerNorm",
    .doc = "Normalizes the last dimensions of each sample.",
    .equation = "y = (x - mean) / sqrt(var + eps) weight + bias,\n  var divided by the number of elements",
    .paper = "Ba, Kiros, Hinton, \"Layer normalization\", arXiv 1607.06450",
    .inputs = layer_input,
    .args = layer_args,
    .params = (const ModuleTensor[]){{"weight", "(normalized_shape)"}, {"bias", "(normalized_shape)"}, {0}},
    .build = build_layer,
    .reset_parameters = reset_both,
    .forward = layer_norm,
    .describe = describe,
};

const LayerDef layer_rms_norm = {
    .name = "RMSNorm",
    .doc = "Divides the last dimensions of each sample by their root mean square.",
    .equation = "y = x / sqrt(mean x^2 + eps) weight",
    .paper = "Zhang, Sennrich, \"Root mean square layer normalization\", NeurIPS 2019",
    .inputs = layer_input,
    .args = rms_args,
    .params = (const ModuleTensor[]){{"weight", "(normalized_shape)"}, {0}},
    .build = build_rms,
    .reset_parameters = reset_weight,
    .forward = rms_norm,
    .describe = describe,
};
