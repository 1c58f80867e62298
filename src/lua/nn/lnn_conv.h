/*
 * lnn_conv.h - convolutions as functions (rows of lnn_functionals).
 */
#ifndef OPTLAB_LUA_NN_LNN_CONV_H
#define OPTLAB_LUA_NN_LNN_CONV_H

#include "args/arg.h"

extern const Arg lnn_conv1d_args[], lnn_conv2d_args[], lnn_conv_transpose1d_args[], lnn_conv_transpose2d_args[];

Tensor *lnn_conv1d(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_conv2d(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_conv_transpose1d(Tensor *const *in, const double *x, Tensor *const *given);
Tensor *lnn_conv_transpose2d(Tensor *const *in, const double *x, Tensor *const *given);

#endif
