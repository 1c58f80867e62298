/*
 * mean.h - the mean that some optimizers keep in a hidden form, in place of the parameters.
 *
 * The rules of Schedule-Free train at y = beta x + (1 - beta) z, where z is a state and x, the mean, is what is to be
 * evaluated: x = y / beta + (1 - 1 / beta) z. The points y are kept meanwhile, so that training goes on to the bit as if
 * nobody had looked.
 */
#ifndef OPTLAB_OPTIM_MEAN_H
#define OPTLAB_OPTIM_MEAN_H

#include "optim/optimizer.h"

/* Puts the mean in place of the parameters; nothing happens where the optimizer keeps none, or it is there already. -1
 * with err_set, nothing changed: no memory, or beta is 0. */
int optim_to_mean(Optim *o);

/* Puts the points of the training back; nothing happens where they are there. -1 with err_set: no memory. */
int optim_from_mean(Optim *o);

#endif
