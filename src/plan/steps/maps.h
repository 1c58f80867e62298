/*
 * maps.h - events that compute each element of one output from the elements at the same place in their inputs.
 */
#ifndef OPTLAB_PLAN_MAPS_H
#define OPTLAB_PLAN_MAPS_H

#include "kernels/elementwise/kernels.h"
#include "plan/trace.h"

/* The kernel of such an event, for one, two or three inputs; inputs is 0 where there is none. */
typedef struct MapKernel {
  int inputs;
  Kern1 *one;
  Kern2 *two;
  Kern3 *three;
} MapKernel;

MapKernel event_kernel(const Trace *t, const Event *e);

/* The stride with which a window walks beside a contiguous one of n elements: 1, or 0 for one value; -1: neither. */
int64_t layout_walk(const Layout *l, int64_t n);

#endif
