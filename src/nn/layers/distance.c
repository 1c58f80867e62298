/*
 * distance.c - CosineSimilarity and PairwiseDistance: of vectors along a dimension.
 */
#include "nn/layers/vectors.h"

#include <math.h>

#include "base/err.h"
#include "nn/layers/layers.h"

static const char *const pair_inputs[] = {"x1", "x2", NULL};

/* The rank of both together; -1 with err_set. */
static int broadcast_shape(Tensor *const *in, int64_t *shape) {
  const int n = shape_broadcast(in[0]->ndim, in[0]->shape, in[1]->ndim, in[1]->shape, shape);
  if (n >= 0) return n;
  return err_set("x1 is %s, x2 is %s: they must broadcast", tensor_shape_str(in[0]), tensor_shape_str(in[1]));
}

/* --- cosine similarity ---------------------------------------------------------------------------------------------- */

/* The vectors divided by their lengths, or by eps if these are shorter. */
static Tensor *unit(Tensor *x, int dim, double eps) {
  Tensor *square = fm_sum(fm_op1(OP_SQUARE, x), 1u << dim, true);
  return fm_div(x, fm_op1(OP_SQRT, fm_at_least(square, eps * eps)));
}

static int cosine_similarity(const Module *m, Tensor *const *in, Tensor **out) {
  int64_t shape[TENSOR_MAX_DIM];
  const int ndim = broadcast_shape(in, shape), dim = ndim < 0 ? -1 : distance_dim(m->args.x[0], ndim);
  if (dim < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *a = fm_expand(module_as_float(in[0]), ndim, shape), *b = fm_expand(module_as_float(in[1]), ndim, shape);
  Tensor *product = fm_mul(unit(a, dim, m->args.x[1]), unit(b, dim, m->args.x[1]));
  return module_one_output(out, fm_end(mark, fm_sum(product, 1u << dim, false)));
}

static const Arg cosine_args[] = {
    {.name = "dim", .kind = ARG_DIM, .def = 1, .doc = "The dimension of the vectors' elements."},
    {.name = "eps",
     .range = RANGE_NOT_NEGATIVE,
     .def = 1e-8,
     .doc = "The least length; shorter vectors count as this long."},
    {0},
};

const LayerDef layer_cosine_similarity = {
    .name = "CosineSimilarity",
    .functional = "cosine_similarity",
    .doc = "The cosine of the angle between two vectors.",
    .equation = "sum x1 x2 / (max(|x1|, eps) max(|x2|, eps))",
    .inputs = pair_inputs,
    .args = cosine_args,
    .forward = cosine_similarity,
};

/* --- distance -------------------------------------------------------------------------------------------------------- */

static int pairwise_distance(const Module *m, Tensor *const *in, Tensor **out) {
  int64_t shape[TENSOR_MAX_DIM];
  if (broadcast_shape(in, shape) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *y = fm_pairwise_distance(in[0], in[1], m->args.x[0], m->args.x[1], m->args.x[2] != 0);
  return module_one_output(out, fm_end(mark, y));
}

static const Arg distance_args[] = {
    {.name = "p", .range = RANGE_NUMBER, .def = 2, .doc = "The order of the norm."},
    {.name = "eps", .def = 1e-6, .doc = "Added to each difference, so that there is a gradient at 0."},
    {.name = "keepdim", .kind = ARG_FLAG, .doc = "Whether the last dimension stays, with size 1."},
    {0},
};

const LayerDef layer_pairwise_distance = {
    .name = "PairwiseDistance",
    .functional = "pairwise_distance",
    .doc = "The distance between two vectors, along the last dimension.",
    .equation = "|x1 - x2 + eps|_p",
    .inputs = pair_inputs,
    .args = distance_args,
    .forward = pairwise_distance,
};
