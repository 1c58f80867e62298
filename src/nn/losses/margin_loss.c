/*
 * margin_loss.c - losses that are 0 beyond a margin: HingeEmbeddingLoss, MarginRankingLoss, CosineEmbeddingLoss,
 * TripletMarginLoss. In the first three the target is 1 or -1.
 */
#include <math.h>

#include "base/err.h"
#include "nn/layers/vectors.h"
#include "nn/losses/loss.h"

static const char *const pair_inputs[] = {"input1", "input2", "target", NULL};
static const char *const triplet_inputs[] = {"anchor", "positive", "negative", NULL};

/* Inside a formula. */
static Tensor *positive_part(Tensor *x) { return fm_clamp(x, 0, INFINITY); }

/* x where the target is the sign, else 0 */
static Tensor *where_target(Tensor *target, double sign, Tensor *x) {
  return x ? fm_op3(OP_WHERE, fm_op2(OP_EQ, target, fm_const(target, sign)), x, fm_const(x, 0)) : NULL;
}

/* --- hinge ----------------------------------------------------------------------------------------------------------- */

static int hinge(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in[0]), *y = in[1], *beyond = positive_part(fm_rsubs(m->args.x[0], x));
  if (!x || !beyond) return module_one_output(out, fm_end(mark, NULL));
  Tensor *far = fm_op3(OP_WHERE, fm_op2(OP_NE, y, fm_const(y, 1)), beyond, fm_const(x, 0));
  Tensor *near = fm_op3(OP_WHERE, fm_op2(OP_NE, y, fm_const(y, -1)), x, fm_const(x, 0));
  return module_one_output(out, fm_end(mark, loss_reduce(fm_add(far, near), loss_reduction(m, 1))));
}

static const Arg hinge_args[] = {
    {.name = "margin", .def = 1, .doc = "The distance beyond which a pair with target -1 has no loss."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_hinge_embedding_loss = {
    .name = "HingeEmbeddingLoss",
    .functional = "hinge_embedding_loss",
    .doc =
        "Small for small distances, the input x, of pairs that are alike (target 1), and for large distances of the "
        "others (target -1).",
    .equation = "loss_i = x_i    where y_i = 1\nloss_i = max(0, margin - x_i)    where y_i = -1",
    .inputs = loss_inputs,
    .args = hinge_args,
    .forward = hinge,
};

/* --- ranking --------------------------------------------------------------------------------------------------------- */

static int ranking(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  if (in[0]->ndim != in[2]->ndim) {
    return err_set("inputs are %s, target is %s: they must have as many dimensions", tensor_shape_str(in[0]),
                   tensor_shape_str(in[2]));
  }
  FormulaMark mark = fm_begin();
  Tensor *d = loss_difference(in[0], in[1]);
  Tensor *each = positive_part(fm_adds(fm_mul(fm_neg(in[2]), d), m->args.x[0]));
  return module_one_output(out, fm_end(mark, loss_reduce(each, loss_reduction(m, 1))));
}

static const Arg margin_0_args[] = {
    {.name = "margin", .def = 0, .doc = "How far apart two values must be for a loss of 0."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_margin_ranking_loss = {
    .name = "MarginRankingLoss",
    .functional = "margin_ranking_loss",
    .doc = "Ranks pairs: with target y = 1 the first value should be the larger one, with y = -1 the second.",
    .equation = "loss_i = max(0, -y_i (x1_i - x2_i) + margin)",
    .inputs = pair_inputs,
    .args = margin_0_args,
    .forward = ranking,
};

/* --- cosine ---------------------------------------------------------------------------------------------------------- */

#define SQUARE_MIN 1e-12 /* added to squares of lengths */

static Tensor *last_sum(Tensor *x) { return x ? fm_sum(x, 1u << (x->ndim - 1), false) : NULL; }

static int cosine(const Module *m, Tensor *const *in, Tensor **out) {
  if (loss_check_shapes(in[0], in[1]) < 0) return -1;
  const int n = in[0]->ndim;
  if (n < 1 || n > 2 || in[2]->ndim != n - 1 || (n == 2 && in[2]->shape[0] != in[0]->shape[0])) {
    return err_set("inputs are %s, target is %s: they must be (N, D) and (N), or (D) and ()", tensor_shape_str(in[0]),
                   tensor_shape_str(in[2]));
  }
  FormulaMark mark = fm_begin();
  Tensor *a = module_as_float(in[0]), *b = module_as_float(in[1]);
  Tensor *sizes =
      fm_mul(fm_adds(last_sum(fm_op1(OP_SQUARE, a)), SQUARE_MIN), fm_adds(last_sum(fm_op1(OP_SQUARE, b)), SQUARE_MIN));
  Tensor *cos = fm_div(last_sum(fm_mul(a, b)), fm_op1(OP_SQRT, sizes));
  Tensor *alike = where_target(in[2], 1, fm_rsubs(1, cos));
  Tensor *unlike = where_target(in[2], -1, positive_part(fm_adds(cos, -m->args.x[0])));
  return module_one_output(out, fm_end(mark, loss_reduce(fm_add(alike, unlike), loss_reduction(m, 1))));
}

static const Arg cosine_args[] = {
    {.name = "margin", .def = 0, .doc = "The cosine below which a pair with target -1 has no loss."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_cosine_embedding_loss = {
    .name = "CosineEmbeddingLoss",
    .functional = "cosine_embedding_loss",
    .doc =
        "Small for vectors at small angles if they are alike (target 1), and at large angles if they are not (target "
        "-1).",
    .equation =
        "loss_i = 1 - cos(x1_i, x2_i)    where y_i = 1\n"
        "loss_i = max(0, cos(x1_i, x2_i) - margin)    where y_i = -1",
    .inputs = pair_inputs,
    .args = cosine_args,
    .forward = cosine,
};

/* --- triplets -------------------------------------------------------------------------------------------------------- */

enum { MARGIN, P, EPS, SWAP, REDUCTION };

static int triplet(const Module *m, Tensor *const *in, Tensor **out) {
  const double *x = m->args.x;
  if (in[0]->ndim != in[1]->ndim || in[0]->ndim != in[2]->ndim) {
    return err_set("anchor is %s, positive is %s, negative is %s: they must have as many dimensions",
                   tensor_shape_str(in[0]), tensor_shape_str(in[1]), tensor_shape_str(in[2]));
  }
  FormulaMark mark = fm_begin();
  Tensor *near = fm_pairwise_distance(in[0], in[1], x[P], x[EPS], false);
  Tensor *far = fm_pairwise_distance(in[0], in[2], x[P], x[EPS], false);
  if (x[SWAP] != 0) far = fm_op2(OP_MINIMUM, far, fm_pairwise_distance(in[1], in[2], x[P], x[EPS], false));
  Tensor *each = positive_part(fm_sub(fm_adds(near, x[MARGIN]), far));
  return module_one_output(out, fm_end(mark, loss_reduce(each, loss_reduction(m, REDUCTION))));
}

static const Arg triplet_args[] = {
    {.name = "margin", .def = 1, .doc = "How much farther the negative must be for a loss of 0."},
    {.name = "p", .range = RANGE_NUMBER, .def = 2, .doc = "The order of the norm."},
    {.name = "eps", .def = 1e-6, .doc = "Added to each difference, so that there is a gradient at 0."},
    {.name = "swap",
     .kind = ARG_FLAG,
     .doc = "Whether the distance from the positive to the negative counts if it is smaller."},
    REDUCTION_ARG,
    {0},
};

const LayerDef layer_triplet_margin_loss = {
    .name = "TripletMarginLoss",
    .functional = "triplet_margin_loss",
    .doc = "Small if a vector is nearer to a positive than to a negative example.",
    .equation = "loss_i = max(0, d(a_i, p_i) - d(a_i, n_i) + margin)\n  d(x, y) = |x - y + eps|_p",
    .paper = "Balntas, Riba, Ponsa, Mikolajczyk, \"Learning local feature descriptors with triplets\", 2016",
    .inputs = triplet_inputs,
    .args = triplet_args,
    .forward = triplet,
};
