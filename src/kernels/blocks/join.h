/*
 * join.h - two steps of a program as one, where only the second reads what the first makes.
 *
 * The result of the first stays in a register instead of going through the first-level cache. Sums, differences,
 * products, squares and signs are joined, each rounded as it would be alone.
 */
#ifndef OPTLAB_KERNELS_BLOCKS_JOIN_H
#define OPTLAB_KERNELS_BLOCKS_JOIN_H

#include "kernels/blocks/blocks.h"

/* Joins what can be joined of b->step[0..nsteps-1] in place, `array` being where the arrays lie; the number of steps that
 * are left. */
int blocks_join(const BlocksProgram *b, BlocksStep *step, char *const *array);

#endif
