/*
 * raster.h - a picture of a few colours that curves are drawn into, for terminals that show pictures.
 *
 * A pixel is the number of a colour; 0 lets the terminal's background through.
 */
#ifndef OPTLAB_TERM_RASTER_H
#define OPTLAB_TERM_RASTER_H

#include <stdint.h>

#include "term/bytes.h"

#define RASTER_MOST_COLOURS 64
#define RASTER_MOST_PIXELS 4096 /* along a side */

typedef struct Raster {
  int width, height;
  uint8_t *pixels;                             /* row by row */
  int n_colours;                               /* besides the background */
  uint8_t colours[RASTER_MOST_COLOURS + 1][3]; /* red, green, blue; from 1 on */
} Raster;

/* An empty picture; -1 with err_set where there is no memory or a side is out of range. */
int raster_init(Raster *r, int width, int height);
void raster_free(Raster *r);

/* The number of a colour, which is added unless it is there; the last one where there is no more room. */
int raster_colour(Raster *r, uint8_t red, uint8_t green, uint8_t blue);

/* A straight line of so many pixels' width. What lies outside is left out. The ends are within +-1e6 pixels. */
void raster_line(Raster *r, double x0, double y0, double x1, double y1, int width, int colour);

/* sixel.c: the picture as sixels, between ESC P and ESC \. Pixels of the background are left as they are. */
void raster_sixel(const Raster *r, Bytes *out);

/* png.c: the picture as a PNG file. -1 with err_set. */
int raster_png(const Raster *r, Bytes *out);

#endif
