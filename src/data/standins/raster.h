/*
 * raster.h - filled polygons with smooth edges on a small square canvas.
 */
#ifndef OPTLAB_DATA_STANDINS_RASTER_H
#define OPTLAB_DATA_STANDINS_RASTER_H

#define RASTER_SIDE 28
#define RASTER_PIXELS (RASTER_SIDE * RASTER_SIDE)
#define RASTER_MAX_POINTS 48

typedef struct Point {
  float x, y; /* in pixels; x to the right, y down; (0, 0) is the canvas's upper left corner */
} Point;

/* Writes the share of each pixel that lies inside the closed polygon (even-odd rule), 0..1, into cover[RASTER_PIXELS];
 * exact along x, by four lines a pixel along y. At most RASTER_MAX_POINTS points. */
void raster_polygon(const Point *point, int n, float *cover);

#endif
