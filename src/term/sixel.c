/*
 * sixel.c - DEC's sixels: bands of six rows; in a band, for each colour, a character for each column whose bits are the
 * rows that have this colour.
 */
#include "term/raster.h"

static int percent(int byte) { return (byte * 100 + 127) / 255; }

/* A run of one character. */
static void add_run(Bytes *out, int bits, int n) {
  const char c = (char)('?' + bits);
  if (n > 3) {
    bytes_print(out, "!%d%c", n, c);
  } else {
    for (int i = 0; i < n; i++) bytes_add(out, &c, 1);
  }
}

/* The rows of a band that have the colour in column x. */
static int column_bits(const Raster *r, int top, int x, int colour) {
  int bits = 0;
  for (int j = 0; j < 6 && top + j < r->height; j++) {
    bits |= (r->pixels[(size_t)(top + j) * (size_t)r->width + (size_t)x] == colour) << j;
  }
  return bits;
}

/* A colour in a band; columns without it at the right are left out. */
static void add_colour(const Raster *r, int top, int colour, Bytes *out) {
  int bits = 0, run = 0;
  bytes_print(out, "#%d", colour);
  for (int x = 0; x < r->width; x++) {
    const int now = column_bits(r, top, x, colour);
    if (now != bits) {
      add_run(out, bits, run);
      run = 0;
    }
    bits = now;
    run++;
  }
  if (bits != 0) add_run(out, bits, run);
}

static void find_colours(const Raster *r, int top, bool found[RASTER_MOST_COLOURS + 1]) {
  for (int i = 0; i <= r->n_colours; i++) found[i] = false;
  for (int y = top; y < top + 6 && y < r->height; y++) {
    const uint8_t *row = r->pixels + (size_t)y * (size_t)r->width;
    for (int x = 0; x < r->width; x++) found[row[x]] = true;
  }
}

static void add_band(const Raster *r, int top, Bytes *out) {
  bool found[RASTER_MOST_COLOURS + 1], first = true;
  find_colours(r, top, found);
  for (int i = 1; i <= r->n_colours; i++) {
    if (!found[i]) continue;
    if (!first) bytes_add(out, "$", 1);
    add_colour(r, top, i, out);
    first = false;
  }
}

void raster_sixel(const Raster *r, Bytes *out) {
  bytes_print(out, "\033P0;1;0q\"1;1;%d;%d", r->width, r->height);
  for (int i = 1; i <= r->n_colours; i++) {
    const uint8_t *c = r->colours[i];
    bytes_print(out, "#%d;2;%d;%d;%d", i, percent(c[0]), percent(c[1]), percent(c[2]));
  }
  for (int top = 0; top < r->height; top += 6) {
    if (top > 0) bytes_add(out, "-", 1);
    add_band(r, top, out);
  }
  bytes_add(out, "\033\\", 2);
}
