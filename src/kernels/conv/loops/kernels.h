/*
 * kernels.h - the loops of convolutions over one block of images.
 *
 * A block is px images side by side: element (c, y, x) of all of them is one run of px numbers, some vectors long, so
 * the loops are vector code with broadcast weights, whatever the size of the window. Packed images are
 * [row][column][channel][px], 64-byte aligned: what one window row sees is one run of memory.
 *
 * kernels_f32.c and kernels_f64.c are compiled once for each instruction set. The sets differ in the size of vectors and
 * tiles, so what is packed belongs to the set that packed it. Products and sums are contracted here.
 */
#ifndef OPTLAB_KERNELS_CONV_LOOPS_KERNELS_H
#define OPTLAB_KERNELS_CONV_LOOPS_KERNELS_H

#include "core/dtype.h"

/* Neighbouring taps tap .. tap + length - 1 of a window, which see the places at .. at + length - 1 of an image. */
typedef struct Run {
  int64_t at, tap, length;
} Run;

/* One row of a block of images, on its way into packed memory: to[x][c][l] = from[l sn + c sc + x sx] for l < images,
 * zeros up to px. */
typedef struct PackRow {
  const void *from;
  int64_t sn, sc, sx;
  int64_t images, channels, columns;
  void *to;
  int64_t px, to_column; /* elements from to[x] to to[x + 1] */
} PackRow;

/* A block of output channels at one output pixel: the product of the runs of rows and columns, whose lengths along the
 * rows are 1. */
typedef struct Tile {
  const void *x; /* place (0, 0) of the packed images */
  int64_t channels, x_row, x_column;
  const void *weight; /* [row][column][channel][output channel of the block] */
  int64_t kw;
  const void *bias; /* of the block, or NULL */
  const Run *rows, *columns;
  int64_t nrows, ncolumns;
  void *out; /* of each output channel px numbers, out_channel from each other */
  int64_t out_channel;
  int64_t next;    /* elements from `out` to where the next tile writes, which is fetched meanwhile; 0: not at all */
  const void *add; /* added to the product, as `out` lies; NULL: nothing */
} Tile;

/* Part of the weights' gradient: for one tap, or for neighbouring taps and channels, the sum over a rectangle of
 * positions and over images of dy x. */
typedef struct GradTile {
  const void *dy, *x; /* first position */
  int64_t dy_row, dy_column, x_row, x_column;
  int64_t rows, columns, images;
  void *sum;          /* added to */
  int64_t sum_output; /* where images are in the lanes: from an output channel's sums to the next one's */
} GradTile;

/* The output's gradient on its way into [column][image][lanes] with output channels in the lanes. */
typedef struct Spread {
  const void *from; /* (output channel, column, image), images next to each other, a whole block of them */
  int64_t channel, column, image;
  int64_t channels, columns, images; /* images: of `spread` rounded up to whole vectors */
  void *to;
  int64_t to_image, to_column; /* elements */
  /* of spread_columns, whose columns are next to each other, instead of its images: numbers of a channel and image from
   * `from` on, a vector's at least, and the first column */
  int64_t plane, first;
} Spread;

/* What a winner of a pool is, when no element of its window is above 0; so windows have at most as many places. */
#define NO_WINNER 255

/* One row of windows behind a ReLU, for one channel: y[j] = the largest of max(x, 0) in window j, winner[j] the number
 * of its first place in the window (of a NaN's last one), NO_WINNER where that maximum is 0. */
typedef struct PoolRow {
  const void *const *x; /* kh rows of `width` columns of px numbers; NULL: outside of the image */
  int64_t kh, kw, sw, pw;
  int64_t width, columns, images;
  void *y;
  uint8_t *winner;
  int64_t px, y_column, winner_column;
} PoolRow;

/* The opposite: one row of the image, the gradients of the windows that a place has won, in the order of the windows.
 * dy and winners are at window (0, 0); rows: the windows that hold the row (their taps count backwards); columns: those
 * that hold a column. */
typedef struct UnpoolRow {
  const Run *rows;
  int64_t nrows;
  const struct Taps *columns;
  int64_t kh, kw;
  const void *dy;
  int64_t dy_channel, dy_row, dy_column;
  const uint8_t *winners;
  int64_t winner_channel, winner_row, winner_column;
  int64_t images, channels, px;
  void *to; /* [column][channel][px] */
  int64_t to_column;
} UnpoolRow;

/* What one tap sees: row u down + y and column v right + x of the image for the place (u, v). */
typedef struct GatherTap {
  int64_t tap, y, x;
} GatherTap;

/* Places first .. first + count - 1 of all images, in the order (u, v, image), as lanes: to[tap][channel][px], zeros
 * outside of the image and from `count` up to px, which is two vectors. */
typedef struct Gather {
  const void *from;
  int64_t sn, sc, sy, sx, h, w;
  int64_t images, columns, down, right; /* columns: of places */
  const GatherTap *tap;
  int64_t taps, channels, first, count;
  void *to;
} Gather;

typedef void TileFn(const Tile *t);
typedef void GradFn(const GradTile *t);

#define TILE_SIZES 4    /* tiles of 1, 2, 4 and 8 vectors of images */
#define GRAD_VECTORS 4  /* vectors of output channels of the weights' tiles at most */
#define GRAD_OUTPUTS 6  /* output channels and */
#define GRAD_CHANNELS 4 /* channels of the tiles with images in the lanes at most */

typedef struct ConvKernels {
  int64_t lanes;                     /* of a vector */
  int outputs[TILE_SIZES];           /* output channels that tiles of 1, 2, 4, 8 vectors have at most */
  int channels[GRAD_VECTORS];        /* channels that weights' tiles with 1 .. 4 vectors of outputs have at most */
  TileFn *const *tile[TILE_SIZES];   /* [output channels - 1] */
  GradFn *const *grad[GRAD_VECTORS]; /* [channels - 1]; x is packed with px = 2 vectors */
  GradFn *const *lanes_grad;         /* [(output channels - 1) * GRAD_CHANNELS + channels - 1]; so are dy and x */
  void (*pack)(const PackRow *p);
  void (*spread)(const Spread *p);
  void (*spread_columns)(const Spread *p);
  void (*gather)(const Gather *g);
  /* to[o] of a block: [tap][c][o]; weight(o, c, t) at from[o so + c sc + t], the windows read backwards if `turned` */
  void (*pack_weight)(const void *from, int64_t so, int64_t sc, int64_t outputs, int64_t channels, int64_t window,
                      int turned, void *to);
  void (*relu_pool)(const PoolRow *p);
  void (*unpool)(const UnpoolRow *p);
  /* sum += dy of the `images` of each of n windows that have a winner */
  double (*sum_won)(int64_t n, int64_t images, const void *dy, int64_t step, int64_t sn, const uint8_t *winner,
                    int64_t winner_step);
  /* to[i] += from[i] */
  void (*add)(int64_t n, void *to, const void *from);
  /* The sums [block of `lanes` outputs][tap][channel][lane] as (outputs, channels, taps) */
  void (*unpack_weight)(const void *from, int64_t lanes, int64_t outputs, int64_t channels, int64_t window, void *to);
} ConvKernels;

/* Bytes from a window's winners to the next one's: a whole number of blocks of two vectors. */
static inline int64_t conv_winner_lanes(int64_t n) { return (n + 31) / 32 * 32; }

/* The kernels for this processor. */
const ConvKernels *conv_kernels(DType dt);

#endif
