/*
 * gif.c - an animated GIF: one table of colours for all frames, and of each frame the rectangle that differs from the
 * frame before; in it, pixels that stay are transparent.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "picture/colours.h"
#include "picture/lzw.h"
#include "picture/moving.h"

enum { CLEAR = 255 }; /* the number of the transparent colour */

typedef struct Writer {
  Bytes *out;
  Pixels pixels;
  Colours colours;
  uint8_t *now, *before, *part; /* numbers of colours: of a frame, of the one before, of what is written */
} Writer;

typedef struct Rectangle {
  int left, top, width, height;
} Rectangle;

static void put16(Bytes *out, int n) {
  const uint8_t bytes[2] = {(uint8_t)n, (uint8_t)(n >> 8)};
  bytes_add(out, bytes, 2);
}

/* Reads a frame; all must have one size. */
static int read_frame(Writer *w, const Frame *frame, bool first) {
  const int width = w->pixels.width, height = w->pixels.height;
  if (png_read(frame->png, frame->n, &w->pixels) < 0) return -1;
  if (!first && (w->pixels.width != width || w->pixels.height != height))
    return err_set("the frames are not all of one size");
  return 0;
}

static int count_colours(Writer *w, const Frame *frames, int n) {
  for (int i = 0; i < n; i++)
    if (read_frame(w, &frames[i], i == 0) < 0 || colours_count(&w->colours, &w->pixels) < 0) return -1;
  return colours_choose(&w->colours, CLEAR);
}

static int begin(Writer *w, int n, int loops) {
  const size_t size = (size_t)w->pixels.width * (size_t)w->pixels.height;
  w->now = malloc(size);
  w->before = malloc(size);
  w->part = malloc(size);
  if (!w->now || !w->before || !w->part) return err_set("out of memory for a picture");
  bytes_add(w->out, "GIF89a", 6);
  put16(w->out, w->pixels.width);
  put16(w->out, w->pixels.height);
  bytes_add(w->out, "\xf7\0\0", 3); /* a table of 256 colours */
  bytes_add(w->out, w->colours.palette, 768);
  if (n > 1 && loops != 1) {
    bytes_add(w->out, "\x21\xff\x0bNETSCAPE2.0\3\1", 16);
    put16(w->out, loops > 1 ? loops - 1 : 0); /* how often it plays again; 0: for ever */
    bytes_add(w->out, "", 1);
  }
  return 0;
}

/* What differs from the frame before; one pixel if nothing does. */
static Rectangle changed(const Writer *w) {
  const int width = w->pixels.width, height = w->pixels.height;
  int left = width, right = -1, top = height, bottom = -1;
  for (int y = 0; y < height; y++) {
    const uint8_t *p = w->now + (size_t)y * (size_t)width, *q = w->before + (size_t)y * (size_t)width;
    for (int x = 0; x < width; x++) {
      if (p[x] == q[x]) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? (Rectangle){0, 0, 1, 1} : (Rectangle){left, top, right - left + 1, bottom - top + 1};
}

static void write_frame(Writer *w, Rectangle r, bool first, int delay) {
  uint8_t *to = w->part;
  for (int y = r.top; y < r.top + r.height; y++) {
    const size_t row = (size_t)y * (size_t)w->pixels.width;
    for (int x = r.left; x < r.left + r.width; x++) {
      const uint8_t v = w->now[row + (size_t)x];
      *to++ = !first && v == w->before[row + (size_t)x] ? CLEAR : v;
    }
  }
  bytes_add(w->out, "\x21\xf9\4\5", 4); /* stays when the next one comes; has a transparent colour */
  put16(w->out, delay);
  bytes_add(w->out, "\xff\0\x2c", 3);
  put16(w->out, r.left);
  put16(w->out, r.top);
  put16(w->out, r.width);
  put16(w->out, r.height);
  bytes_add(w->out, "", 1);
  lzw_add(w->out, w->part, (size_t)(to - w->part));
}

static int write_frames(Writer *w, const Frame *frames, int n) {
  const size_t size = (size_t)w->pixels.width * (size_t)w->pixels.height;
  for (int i = 0; i < n; i++) {
    if (read_frame(w, &frames[i], false) < 0) return -1;
    for (size_t k = 0; k < size; k++) w->now[k] = colours_index(&w->colours, w->pixels.rgb + 3 * k);
    const Rectangle all = {0, 0, w->pixels.width, w->pixels.height};
    write_frame(w, i == 0 ? all : changed(w), i == 0, frames[i].delay);
    uint8_t *const before = w->before;
    w->before = w->now;
    w->now = before;
  }
  bytes_add(w->out, ";", 1);
  return bytes_check(w->out);
}

int moving_gif(const Frame *frames, int n, int loops, Bytes *out) {
  Writer w = {.out = out};
  int status = count_colours(&w, frames, n);
  if (status == 0) status = begin(&w, n, loops);
  if (status == 0) status = write_frames(&w, frames, n);
  pixels_free(&w.pixels);
  colours_free(&w.colours);
  free(w.now);
  free(w.before);
  free(w.part);
  return status;
}
