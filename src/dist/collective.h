/*
 * collective.h - what all ranks do together, each call by all of them.
 *
 * Each message is preceded by a head that says what the sender takes part in. Where ranks have come to different calls,
 * that is an error of both instead of wrong numbers.
 *
 * All return 0, or -1 with err_set; `what` names the caller. Alone, rank 0 of 1, they change nothing.
 */
#ifndef OPTLAB_DIST_COLLECTIVE_H
#define OPTLAB_DIST_COLLECTIVE_H

#include "dist/add.h"

/* x[i] becomes the sum (minimum, maximum) of the ranks' x[i], in the order of tree.h. */
int collective_reduce(Combine op, DType dt, void *x, int64_t n, const char *what);

/* The bytes of rank `root` for all. */
int collective_broadcast(void *bytes, int64_t n, int root, const char *what);

/* Waits until all ranks are here. */
int collective_barrier(const char *what);

#endif
