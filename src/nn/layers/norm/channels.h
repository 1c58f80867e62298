/*
 * channels.h - what BatchNorm, InstanceNorm and GroupNorm share: arguments and tensors with a number for each channel,
 * running statistics.
 *
 * Sentences of errors lack the caller's name. Functions that return tensors are parts of an open formula.
 */
#ifndef OPTLAB_NN_LAYERS_NORM_CHANNELS_H
#define OPTLAB_NN_LAYERS_NORM_CHANNELS_H

#include "nn/functional.h"
#include "nn/module.h"

/* --- layers with running statistics: the places of their arguments, parameters and buffers --------------------------- */

enum { NORM_FEATURES, NORM_EPS, NORM_MOMENTUM, NORM_AFFINE, NORM_TRACK, NORM_DTYPE };
enum { NORM_WEIGHT, NORM_BIAS };
enum { NORM_MEAN, NORM_VAR, NORM_COUNT };

extern const ModuleTensor norm_params[], norm_buffers[];

int norm_build(Module *m);
int norm_build_params(Module *m, DType dt, int64_t channels); /* the weight and the bias alone */
void norm_reset(Module *m);
void norm_describe(const Module *m, char *text, size_t size);
int norm_check_features(const Module *m, const Tensor *x); /* dimension 1 is num_features */
BatchNorm norm_of(const Module *m);                        /* training is left false */

/* --- functions --------------------------------------------------------------------------------------------------------- */

/* t: NULL or (C), C channels of x. */
int norm_check_channels(const char *name, const Tensor *t, const Tensor *x);

/* Whether the tensors of b fit x, and whether it may write those it has to. */
int norm_check(const Tensor *x, const BatchNorm *b);

/* Moves the running statistics, and the count, after a batch with the moments (2, C) of n elements a channel. */
void norm_follow(const BatchNorm *b, Tensor *moments, double n);

/* weight; ones where there is a bias alone; NULL without both, or without memory for the ones. */
Tensor *norm_weight(Tensor *weight, const Tensor *bias);

/* x weight + bias, channel by channel; both may be NULL. */
Tensor *norm_affine(Tensor *x, Tensor *weight, Tensor *bias);

#endif
