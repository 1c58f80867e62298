/*
 * clip.h - limiting gradients before a step (Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural
 * networks", ICML 2013).
 */
#ifndef OPTLAB_OPTIM_CLIP_H
#define OPTLAB_OPTIM_CLIP_H

#include <stdbool.h>

#include "core/tensor.h"

/* Scales the gradients of all parameters together so that their norm, taken over all of them as one vector, is at most
 * max_norm:
 *
 *   total = ||(g1, g2, ...)||_p      g <- g min(1, max_norm / (total + 1e-6))
 *
 * with p = norm_type > 0 or INFINITY. Returns the norm before clipping, a float64 scalar; parameters without a gradient
 * do not count. NULL with err_set: bad max_norm or norm_type, a total that is not finite (only if error_if_nonfinite;
 * gradients unchanged), no memory. */
Tensor *clip_grad_norm_(Tensor *const *params, int n, double max_norm, double norm_type, bool error_if_nonfinite);

/* g <- min(max(g, -limit), limit), element by element; NaN stays. -1: limit < 0 or no memory. */
int clip_grad_value_(Tensor *const *params, int n, double limit);

#endif
