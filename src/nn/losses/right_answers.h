/*
 * right_answers.h - how many rows of a batch are answered rightly. A recorded step counts them as any other does.
 */
#ifndef OPTLAB_NN_LOSSES_RIGHT_ANSWERS_H
#define OPTLAB_NN_LOSSES_RIGHT_ANSWERS_H

#include "core/tensor.h"

/* scores (N, C), labels (N) from 1 to C: the rows whose label has one of the k largest scores; of equal scores the first
 * classes have the larger ones. A row in which a score is nan has no answer. An int64 tensor without dimensions; NULL
 * with err_set, also for what is no label. */
Tensor *nn_count_right(Tensor *scores, Tensor *labels, int64_t k);

/* As many scores as labels 0 and 1: the rows whose label is 1 exactly where the score is above 0. */
Tensor *nn_count_signs(Tensor *scores, Tensor *labels);

#endif
