/*
 * labels.h - class labels as users write them, 1..C, checked and turned into positions 0..C-1.
 */
#ifndef OPTLAB_NN_LABELS_H
#define OPTLAB_NN_LABELS_H

#include "core/tensor.h"

/* Where the classes lie in a tensor of scores: (C), (N, C) or (N, C, d1, ...). */
static inline int labels_class_dim(const Tensor *scores) { return scores->ndim > 1 ? 1 : 0; }

/* The labels as a new row-major int64 tensor of the same shape with positions from 0. NULL with err_set, naming row and
 * value, when one is not a whole number in 1..classes; `what` is the argument's name. A label that equals `ignored`
 * (NAN: none does) becomes -1. */
Tensor *labels_index(const Tensor *labels, int64_t classes, const char *what, double ignored);

/* Checks that labels belong to scores: the scores' shape without the class dimension. 0, or -1 with err_set. */
int labels_check_shape(const Tensor *scores, const Tensor *labels);

#endif
