/*
 * raster.c - a scan line at a time: where the edges cross it, sorted; between the first and the second crossing, the
 * third and the fourth, ... it is inside.
 */
#include "data/standins/raster.h"

#include <assert.h>
#include <string.h>

#define LINES 4 /* scan lines a pixel */

static float clamp(float x, float lo, float hi) { return x < lo ? lo : x > hi ? hi : x; }

/* The crossings of the line at height y, ascending. Returns how many; always an even number. */
static int crossings(const Point *p, int n, float y, float *x) {
  int count = 0;
  for (int i = 0, j = n - 1; i < n; j = i++) {
    if ((p[i].y <= y) == (p[j].y <= y)) continue;
    float at = p[i].x + (y - p[i].y) * (p[j].x - p[i].x) / (p[j].y - p[i].y);
    int k = count++;
    for (; k > 0 && x[k - 1] > at; k--) x[k] = x[k - 1];
    x[k] = at;
  }
  return count;
}

/* Adds `weight` times the covered share of each pixel of a row to row[], for the stretch from a to b. */
static void add_span(float *row, float a, float b, float weight) {
  a = clamp(a, 0, RASTER_SIDE);
  b = clamp(b, 0, RASTER_SIDE);
  int first = (int)a, last = (int)b;
  if (first == last) {
    if (first < RASTER_SIDE) row[first] += weight * (b - a);
    return;
  }
  row[first] += weight * ((float)(first + 1) - a);
  for (int i = first + 1; i < last; i++) row[i] += weight;
  if (last < RASTER_SIDE) row[last] += weight * (b - (float)last);
}

void raster_polygon(const Point *point, int n, float *cover) {
  float x[RASTER_MAX_POINTS], top = RASTER_SIDE, bottom = 0;
  assert(n <= RASTER_MAX_POINTS);
  memset(cover, 0, RASTER_PIXELS * sizeof *cover);
  for (int i = 0; i < n; i++) {
    if (point[i].y < top) top = point[i].y;
    if (point[i].y > bottom) bottom = point[i].y;
  }
  int begin = (int)(clamp(top, 0, RASTER_SIDE) * LINES), end = (int)(clamp(bottom, 0, RASTER_SIDE) * LINES + 1);
  if (end > RASTER_SIDE * LINES) end = RASTER_SIDE * LINES;
  for (int line = begin; line < end; line++) {
    int count = crossings(point, n, ((float)line + 0.5F) / LINES, x);
    for (int k = 0; k + 1 < count; k += 2) add_span(cover + line / LINES * RASTER_SIDE, x[k], x[k + 1], 1.0F / LINES);
  }
}
