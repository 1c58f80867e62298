/*
 * taps.h - which taps of a window see which places of an image, along one dimension.
 *
 * For each output place there is a list of runs, in the order of the taps: only places inside the image, so that padding
 * costs nothing, and of strides and dilations only what is there.
 */
#ifndef OPTLAB_KERNELS_CONV_TAPS_H
#define OPTLAB_KERNELS_CONV_TAPS_H

#include <stdbool.h>

#include "kernels/conv/loops/kernels.h"

typedef struct Axis {
  int64_t image, window, step, padding, distance, output;
} Axis;

typedef struct Taps {
  Run *run;
  int64_t *first; /* the runs of output place i: first[i] .. first[i + 1] - 1 */
  int64_t places, runs;
} Taps;

/* Output place i sees the image's places i step - padding + tap distance. `merge`: neighbouring taps that see
 * neighbouring places are one run; else every run has length 1. -1 with err_set without memory. */
int taps_forward(Taps *t, const Axis *axis, bool merge);

/* The opposite: the image's place sees the outputs that see it. Taps count from the window's end, so that places
 * ascend with taps. */
int taps_backward(Taps *t, const Axis *axis, bool merge);

void taps_free(Taps *t); /* accepts a zeroed one */

/* The places that outputs begin .. end - 1 see: *from up to *to, none if they are equal. */
void taps_seen(const Taps *t, int64_t begin, int64_t end, int64_t *from, int64_t *to);

#endif
