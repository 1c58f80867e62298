/*
 * channelnorm.h - normalisation of the channels of tensors that lie in memory as (outer, channels, inner), and its
 * gradients. Images in rows have outer = batch, with the batch innermost outer = 1; rows of features have inner = 1.
 *
 *   y = (x - mean) s w + b,  s = 1 / sqrt(var + eps),  mean and var of each channel
 *
 * With h = (x - mean) s and n elements of a channel:  dw = sum d h,  db = sum d,  and where mean and var are those of x
 * dx = w s (d - db / n - h dw / n).
 *
 * Sums run over parts of a channel that depend on the shape alone, each about its first element, so that a constant
 * channel has the variance 0. Each function returns -1 with err_set without memory.
 */
#ifndef OPTLAB_KERNELS_CHANNELNORM_CHANNELNORM_H
#define OPTLAB_KERNELS_CHANNELNORM_CHANNELNORM_H

#include <stdbool.h>

#include "core/dtype.h"

typedef struct ChannelNorm {
  DType dtype;
  int64_t outer, channels, inner;
  double eps;
  bool given;         /* mean and var are not those of x */
  const void *x, *d;  /* of that shape */
  const void *w, *b;  /* (channels), or NULL */
  double *mean, *var; /* (channels) */
  double *dw, *db;    /* (channels) */
  void *y;            /* of that shape: y or dx */
} ChannelNorm;

int channel_norm(const ChannelNorm *c);       /* y, of x, mean and var */
int channel_norm_sums(const ChannelNorm *c);  /* dw and db, of x, d, mean and var */
int channel_batch_norm(const ChannelNorm *c); /* mean, var and y, of x, which has elements */
int channel_batch_grad(const ChannelNorm *c); /* dw, db and y = dx, of x, d, mean and var */

/* 1 / sqrt(var + eps); 0 for a channel of equal elements without eps. */
double channel_scale(const ChannelNorm *c, int64_t channel);

#endif
