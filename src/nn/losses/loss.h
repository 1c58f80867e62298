/*
 * loss.h - what the losses share: the three reductions and the check of shapes.
 *
 * A loss takes (input, target) and returns the mean or the sum of the elements' losses, or all of them.
 */
#ifndef OPTLAB_NN_LOSSES_LOSS_H
#define OPTLAB_NN_LOSSES_LOSS_H

#include "autograd/formula.h"
#include "nn/layers/layers.h"

typedef LossReduction Reduction; /* REDUCE_NONE, REDUCE_MEAN, REDUCE_SUM */

extern const char *const loss_reduction_names[];

/* clang-format off */
#define REDUCTION_ARG                                                                              \
  {.name = "reduction", .kind = ARG_CHOICE, .def = REDUCE_MEAN, .choices = loss_reduction_names, \
   .doc = "'mean' or 'sum' of the elements' losses, or 'none' to return them all."}
/* clang-format on */

extern const Arg loss_reduction_args[]; /* of a loss that has no other argument */

static inline Reduction loss_reduction(const Module *m, int place) { return (Reduction)m->args.x[place]; }

/* The elements' losses, reduced. Part of a formula: NULL in, NULL out; the result is borrowed. */
Tensor *loss_reduce(Tensor *each, Reduction r);

/* input - target as floats. Part of a formula too. */
Tensor *loss_difference(Tensor *input, Tensor *target);

/* 0, or -1 with a sentence that says how to reshape the target. Broadcasting (N, 1) against (N) would silently compare
 * every prediction with every target. */
int loss_check_shapes(const Tensor *input, const Tensor *target);

#endif
