/*
 * lnn_norm.h - normalisations as functions (rows of lnn_functionals).
 */
#ifndef OPTLAB_LUA_NN_LNN_NORM_H
#define OPTLAB_LUA_NN_LNN_NORM_H

#include "args/arg.h"

extern const Arg lnn_batch_norm_args[], lnn_batch_norm_relu_args[], lnn_instance_norm_args[], lnn_group_norm_args[];
extern const Arg lnn_layer_norm_args[], lnn_rms_norm_args[];

Tensor *lnn_batch_norm(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_batch_norm_relu(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_instance_norm(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_group_norm(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_layer_norm(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_rms_norm(Tensor *const *in, const double *x, Tensor *const *given);

#endif
