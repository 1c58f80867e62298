/*
 * add.h - low[i] (op) high[i] for runs of numbers, the lower ranks' values first.
 */
#ifndef OPTLAB_DIST_ADD_H
#define OPTLAB_DIST_ADD_H

#include <stdint.h>

#include "core/dtype.h"

typedef enum Combine { COMBINE_SUM, COMBINE_MIN, COMBINE_MAX } Combine;

/* out may be low or high. nan wins in minima and maxima. */
void combine(Combine op, DType dt, void *out, const void *low, const void *high, int64_t n);

/* Whether there are loops for that dtype: float32, float64, int64. */
bool combine_knows(DType dt);

#endif
