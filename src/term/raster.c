/*
 * raster.c - pixels and lines.
 */
#include "term/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int raster_init(Raster *r, int width, int height) {
  *r = (Raster){0};
  if (width < 1 || height < 1 || width > RASTER_MOST_PIXELS || height > RASTER_MOST_PIXELS) {
    return err_set("a picture of %d x %d pixels", width, height);
  }
  r->pixels = calloc((size_t)width * (size_t)height, 1);
  if (!r->pixels) return err_set("out of memory");
  r->width = width;
  r->height = height;
  return 0;
}

void raster_free(Raster *r) {
  free(r->pixels);
  *r = (Raster){0};
}

int raster_colour(Raster *r, uint8_t red, uint8_t green, uint8_t blue) {
  const uint8_t colour[3] = {red, green, blue};
  for (int i = 1; i <= r->n_colours; i++) {
    if (memcmp(r->colours[i], colour, 3) == 0) return i;
  }
  if (r->n_colours < RASTER_MOST_COLOURS) memcpy(r->colours[++r->n_colours], colour, 3);
  return r->n_colours;
}

/* A square of pixels whose middle is at (x, y). */
static void dot(Raster *r, int x, int y, int width, int colour) {
  const int left = x - (width - 1) / 2, top = y - (width - 1) / 2;
  for (int j = top < 0 ? 0 : top; j < top + width && j < r->height; j++) {
    for (int i = left < 0 ? 0 : left; i < left + width && i < r->width; i++) {
      r->pixels[(size_t)j * (size_t)r->width + (size_t)i] = (uint8_t)colour;
    }
  }
}

/* The part of a + t (b - a), 0 <= t <= 1, that lies between lo and hi, as bounds of t. */
static void cut(double a, double b, double lo, double hi, double *from, double *to) {
  if (a == b) {
    if (a < lo || a > hi) *to = -1;
    return;
  }
  const double t = (lo - a) / (b - a), u = (hi - a) / (b - a);
  *from = fmax(*from, fmin(t, u));
  *to = fmin(*to, fmax(t, u));
}

void raster_line(Raster *r, double x0, double y0, double x1, double y1, int width, int colour) {
  double from = 0, to = 1;
  cut(x0, x1, -width, r->width + width, &from, &to);
  cut(y0, y1, -width, r->height + width, &from, &to);
  if (!(from <= to)) return;
  const double dx = (to - from) * (x1 - x0), dy = (to - from) * (y1 - y0);
  const double x = x0 + from * (x1 - x0), y = y0 + from * (y1 - y0);
  const int steps = (int)ceil(fmax(fabs(dx), fabs(dy)));
  for (int i = 0; i <= steps; i++) {
    const double t = steps > 0 ? (double)i / steps : 0;
    dot(r, (int)lround(x + t * dx), (int)lround(y + t * dy), width, colour);
  }
}
