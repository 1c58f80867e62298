/*
 * init_structured.h - first values with a structure: rows of init_defs (init.h) that need more than one random fill.
 */
#ifndef OPTLAB_NN_INIT_STRUCTURED_H
#define OPTLAB_NN_INIT_STRUCTURED_H

#include "core/tensor.h"

/* Each is a `fill` of an InitDef; x holds the arguments in the order of their declarations. */
int init_trunc_normal(Tensor *t, const double *x);
int init_orthogonal(Tensor *t, const double *x);
int init_dirac(Tensor *t, const double *x);
int init_sparse(Tensor *t, const double *x);

#endif
