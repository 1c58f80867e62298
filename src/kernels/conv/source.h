/*
 * source.h - images on their way into packed memory: as they are, or unpooled from the gradient of a pool's output.
 */
#ifndef OPTLAB_KERNELS_CONV_SOURCE_H
#define OPTLAB_KERNELS_CONV_SOURCE_H

#include "kernels/conv/blocks.h"
#include "kernels/conv/taps.h"

typedef struct Source {
  const ConvKernels *k;
  int64_t size; /* bytes of an element */
  int64_t n, columns;
  Images images;
  const ConvPool *pool; /* NULL: as they are */
  Taps rows, across;    /* with a pool: the windows that hold a place */
} Source;

/* images: (n, c, h, w), or with a pool its output's gradient. -1 with err_set. */
int source_open(Source *s, DType dt, int64_t n, int64_t h, int64_t w, const Images *images, const ConvPool *pool);
void source_close(Source *s);

/* Bytes of scratch memory that source_pack needs for that many channels and px. */
int64_t source_scratch(const Source *s, int64_t channels, int64_t px);

/* Where packed rows go: [row][column][channel][px], elements from a row and from a column to the next. */
typedef struct Packed {
  char *to;
  int64_t row, column;
} Packed;

/* Rows y .. y + rows - 1 of channels c .. c + channels - 1 of images n .. n + images - 1. */
void source_pack(const Source *s, int64_t n, int64_t images, int64_t c, int64_t channels, int64_t y, int64_t rows,
                 int64_t px, void *scratch, Packed packed);

#endif
