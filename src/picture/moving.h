/*
 * moving.h - moving pictures, made of frames that gnuplot drew as PNG.
 */
#ifndef OPTLAB_PICTURE_MOVING_H
#define OPTLAB_PICTURE_MOVING_H

#include <stddef.h>

#include "term/bytes.h"

/* A frame: a PNG file in memory, and how long it is shown, in hundredths of a second. */
typedef struct Frame {
  const char *png;
  size_t n;
  int delay;
} Frame;

/* apng.c: the frames as one animated PNG, whose first picture shows where animation is not known. `loops` is how often
 * it plays, 0 for ever. -1 with err_set: a frame is no PNG, or not of the first one's size and kind. */
int moving_apng(const Frame *frames, int n, int loops, Bytes *out);

/* gif.c: the frames as a GIF of at most 255 colours, which all frames share; of each frame only what changes. -1 as
 * above. */
int moving_gif(const Frame *frames, int n, int loops, Bytes *out);

#endif
