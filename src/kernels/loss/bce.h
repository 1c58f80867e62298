/*
 * bce.h - the binary cross entropy of probabilities x and targets y, element by element.
 *
 *   -(y max(log x, -100) + (1 - y) max(log(1 - x), -100))
 */
#ifndef OPTLAB_KERNELS_LOSS_BCE_H
#define OPTLAB_KERNELS_LOSS_BCE_H

#include "kernels/elementwise/kernels.h"

Kern2 bce_f32, bce_f64;

#endif
