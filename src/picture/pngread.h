/*
 * pngread.h - the parts of a PNG file and its pixels.
 */
#ifndef OPTLAB_PICTURE_PNGREAD_H
#define OPTLAB_PICTURE_PNGREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part: four letters and its data, inside the file. */
typedef struct PngChunk {
  const uint8_t *type, *data;
  size_t n;
} PngChunk;

/* The first part that begins at *at (8 at first, behind the signature); moves *at behind it. false at the end, or where
 * the file is damaged. */
bool png_next(const char *png, size_t n, size_t *at, PngChunk *chunk);

bool png_is(const PngChunk *chunk, const char *type);

/* A picture in memory: three bytes a pixel, row by row. */
typedef struct Pixels {
  int width, height;
  uint8_t *rgb;
} Pixels;

/* Reads a PNG of 8 bits a channel, RGB or RGBA (which is laid on white), not interlaced, as cairo writes it. Memory that
 * `to` holds is used again. -1 with err_set. */
int png_read(const char *png, size_t n, Pixels *to);

void pixels_free(Pixels *p);

#endif
