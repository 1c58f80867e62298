/*
 * correlate.h - images through windows to images: a convolution, and the gradient of its input, which is the same pass
 * with other lists of taps.
 *
 * Work is cut into units: a group of channels, a block of images, a band of output rows. A thread packs the rows that
 * the band sees and computes the band, one block of output channels after the other. An output is one sum in one order,
 * whatever the units are, so they may follow the number of threads.
 */
#ifndef OPTLAB_KERNELS_CONV_CORRELATE_H
#define OPTLAB_KERNELS_CONV_CORRELATE_H

#include "kernels/conv/blocks.h"
#include "kernels/conv/source.h"
#include "kernels/conv/taps.h"

/* Where weights stand: weight(o, c, tap) at so o + sc c + tap, a group's first at sg g; windows read backwards if
 * `turned`. */
typedef struct WeightOrder {
  int64_t so, sc, sg;
  int turned;
} WeightOrder;

typedef struct Correlation {
  const ConvKernels *k;
  int64_t size;      /* bytes of an element */
  int64_t n, groups; /* images */
  int64_t c, o;      /* channels of a group, in and out */
  int64_t h, w, oh, ow, kh, kw;
  Source x;
  Images y;
  const char *weight, *bias; /* bias: or NULL */
  WeightOrder order;
  const char *add;      /* added to y, images that lie in memory as y does; without a pool. NULL: nothing */
  const ConvPool *pool; /* ReLU and pool follow, y is the pool's output; NULL: they do not */
  Taps rows, columns;
  bool narrow; /* images of one column: rows are neighbours in memory, rows' runs are merged, there are no columns' */
} Correlation;

/* All of it is the caller's. -1 with err_set. */
int correlate(const Correlation *p);

#endif
