/*
 * channelnorm.h - normalisation of the channels of tensors that lie in memory as (outer, channels, inner), and its
 * gradients. Images in rows have outer = batch, with the batch innermost outer = 1; rows of features have inner = 1.
 *
 *   y = (x - mean) s w + b,  s = 1 / sqrt(var + eps),  mean and var of each channel
 *
 * With h = (x - mean) s and n elements of a channel:  dw = sum d h,  db = sum d,  and where mean and var are those of x
 * dx = w s (d - db / n - h dw / n).
 *
 * A ReLU may follow, of y or of the sum of y and another tensor, in the same pass: z = max(y + add, 0). Then d, z's
 * gradient, counts where z is not 0.
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
  void *y;            /* of that shape: y, or z, or dx */
  bool relu;          /* forward, of y; only of channel_batch_norm */
  const void *add;    /* forward, with relu: of that shape, or NULL */
  const void *z;      /* backward, of that shape: there was a ReLU, and this was its output; NULL: there was none */
  void *masked;       /* backward, with z: where d goes with zeros where z is 0; of that shape; NULL: it is not kept */
} ChannelNorm;

int channel_norm(const ChannelNorm *c);       /* y, of x, mean and var */
int channel_norm_sums(const ChannelNorm *c);  /* dw and db, of x, d, mean and var */
int channel_batch_norm(const ChannelNorm *c); /* mean, var and y, of x, which has elements */
int channel_batch_grad(const ChannelNorm *c); /* dw, db and y = dx, of x, d, mean and var */

/* 1 / sqrt(var + eps); 0 for a channel of equal elements without eps. */
double channel_scale(const ChannelNorm *c, int64_t channel);

#endif
