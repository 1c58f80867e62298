/*
 * lists.h - which places of an image each output of a pool or of a resize sees, along one dimension.
 *
 * Padding, steps, dilation, windows of different sizes and weights are all in these lists; the loops know nothing else.
 */
#ifndef OPTLAB_KERNELS_POOL_LISTS_H
#define OPTLAB_KERNELS_POOL_LISTS_H

#include <stdbool.h>

#include "kernels/pool/loops/kernels.h"

/* Output i's window begins at place i step - padding; its taps are `distance` apart. */
typedef struct PoolAxis {
  int64_t image, output;
  int64_t window, step, padding, distance;
  bool adaptive;      /* the windows cut the image into `output` parts; the four numbers above are not read */
  bool count_padding; /* in divisors */
  int64_t divisor;    /* of all windows, or 0: each window's own */
} PoolAxis;

typedef enum ResizeMode {
  RESIZE_NEAREST,
  RESIZE_NEAREST_EXACT, /* from pixels' centres */
  RESIZE_LINEAR,
  RESIZE_CUBIC
} ResizeMode;

typedef struct ResizeAxis {
  int64_t image, output;
  ResizeMode mode;
  double scale;       /* of the output's size by the image's; 0: their quotient */
  bool align_corners; /* the first and the last places of both lie on each other; else their outer edges */
  bool single;        /* places are computed in float32, as for images of that type */
} ResizeAxis;

typedef struct Lists {
  Seen *seen;
  int64_t *first;  /* output i sees seen[first[i]] .. seen[first[i + 1] - 1] */
  double *divisor; /* of each output; 1 where there are weights */
  int64_t places;  /* outputs */
  int64_t count;   /* seen */
  int64_t most;    /* taps of a window at most */
  bool weighted;   /* else all weights are 1 */
} Lists;

/* -1 with err_set without memory. */
int lists_of_pool(Lists *l, const PoolAxis *a);
int lists_of_resize(Lists *l, const ResizeAxis *a);

/* The opposite: which outputs of `from` see a place of its image of `places` places, in ascending order. */
int lists_turned(Lists *l, const Lists *from, int64_t places);

void lists_free(Lists *l); /* accepts a zeroed one */

/* The places that outputs begin .. end - 1 see: *from up to *to, none if they are equal. */
void lists_seen(const Lists *l, int64_t begin, int64_t end, int64_t *from, int64_t *to);

#endif
