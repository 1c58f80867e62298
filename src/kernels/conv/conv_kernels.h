/*
 * conv_kernels.h - the loops of the direct convolution (conv_direct.c) over one group of images.
 *
 * A group is LANES images side by side: element (c, y, x) of all of them is one vector of LANES floats, so everything
 * here is vector code with broadcast weights, whatever the size of the window. Buffers are
 * [channel][row][column][LANES], 64-byte aligned, with strides in floats.
 *
 * conv_kernels.c is compiled once for each instruction set. The sets differ in the size of their tiles, so packed
 * weights belong to the set that packed them. Products and sums are contracted here.
 */
#ifndef OPTLAB_KERNELS_CONV_CONV_KERNELS_H
#define OPTLAB_KERNELS_CONV_CONV_KERNELS_H

#include <stdint.h>

#include "kernels/conv/window.h"

#define LANES 16

/* Columns that a tile may read on either side of the image besides the padding's; they hold zeros. */
#define CONV_OVERHANG 8

/* What a winner of a pool is, when no element of its window is above 0; so windows have at most as many places. */
#define NO_WINNER 255

/* One buffer of a group. `data` is the place of row 0, column 0 of channel 0; columns left and right of the image, as
 * far as the user needs them, are zeros. */
typedef struct GroupBuffer {
  float *data;
  int64_t plane, row;
} GroupBuffer;

/* A correlation with stride 1. win: h, w, kh, kw, ph, pw and oh, ow. */
typedef struct Correlation {
  int64_t c, o;
  Window2d win;
  const float *weight; /* packed by pack_weight */
  const float *bias;   /* (o), or NULL */
} Correlation;

typedef struct ConvKernels {
  /* to[x][l] = from[l * sn + x] for LANES images and `columns` pixels. */
  void (*interleave)(const float *from, int64_t sn, int64_t columns, float *to);

  /* weight(i, t) for output channel i and tap t = (channel, row, column) lies at weight[i * so + index(t)], where
   * the channel's stride is sc and `turned` reads each window backwards. */
  void (*pack_weight)(const Correlation *p, const float *weight, int64_t so, int64_t sc, int turned, float *packed);

  /* Rows i .. i + rows - 1 of all output channels: out row r of channel o at out + o * plane + r * row. There is room
   * for CONV_OVERHANG columns beyond the last. in: columns -CONV_OVERHANG .. w + CONV_OVERHANG - 1 are readable. */
  void (*correlate)(const Correlation *p, const GroupBuffer *in, int64_t i, int64_t rows, const GroupBuffer *out);

  /* dweight(o, c, kh, kw) = sum over positions and lanes of dy x. x: `pw` columns of zeros on both sides. */
  void (*grad_weight)(const Correlation *p, const GroupBuffer *dy, const GroupBuffer *x, float *dweight);

  /* One row of a ReLU and a pool of kh x kw behind it: y[j] = the largest of max(x, 0) in window j, winner[j] the
   * number of its first place in the window (of a NaN's last one), NO_WINNER where that maximum is 0. x: kh rows. */
  void (*relu_pool)(int64_t kh, int64_t kw, int64_t ow, const float *x, int64_t row, float *y, uint8_t *winner);

  /* The opposite: kh rows of x, `width` columns, with dy[j] where window j's winner is, zeros elsewhere. */
  void (*unpool)(int64_t kh, int64_t kw, int64_t ow, int64_t width, const float *dy, const uint8_t *winner, float *x,
                 int64_t row);

  /* sum[l] += dy[j][l] over the windows j that have a winner. */
  void (*add_won)(int64_t ow, const float *dy, const uint8_t *winner, float *sum);
} ConvKernels;

extern const ConvKernels conv_kernels_baseline, conv_kernels_avx2, conv_kernels_avx512;

#endif
