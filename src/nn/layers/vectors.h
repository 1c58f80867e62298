/*
 * vectors.h - distances and similarities of vectors, inside formulas: NULL in, NULL out; results are borrowed.
 */
#ifndef OPTLAB_NN_LAYERS_VECTORS_H
#define OPTLAB_NN_LAYERS_VECTORS_H

#include "autograd/formula.h"

/* The p-norm along a dimension (0-based). */
Tensor *fm_norm(Tensor *x, double p, int dim, bool keepdim);

/* max(x, least), whose gradient is that of x everywhere, as where PyTorch limits a value without recording it. */
Tensor *fm_at_least(Tensor *x, double least);

/* |a - b + eps| along the last dimension of both, which broadcast. */
Tensor *fm_pairwise_distance(Tensor *a, Tensor *b, double p, double eps, bool keepdim);

/* The dimension d (negative ones from the end) of a tensor of ndim (0 counts as 1), 0..; -1 with err_set. */
int distance_dim(double d, int ndim);

/* x / max(|x|_p, eps) along a dimension: a new reference. */
Tensor *nn_normalize(Tensor *x, double p, int dim, double eps);

#endif
