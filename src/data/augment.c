/*
 * augment.c - a line at a time: zeros, the part that lies in the image, zeros; then mirrored where it has to be.
 */
#include "data/augment.h"

#include <string.h>

ImagePlace augment_place(Augment a, const uint32_t word[4]) {
  const int64_t places = 2 * a.padding + 1;
  return (ImagePlace){
      .top = augment_below(word[0], places) - a.padding,
      .left = augment_below(word[1], places) - a.padding,
      .flip = a.flip && word[2] >> 31,
  };
}

/* The order of a line's elements is reversed. */
static void mirror(char *line, int64_t width, size_t element) {
  if (element == 1) {
    for (int64_t i = 0, j = width - 1; i < j; i++, j--) {
      const char kept = line[i];
      line[i] = line[j];
      line[j] = kept;
    }
    return;
  }
  char kept[8];
  for (int64_t i = 0, j = width - 1; i < j; i++, j--) {
    char *a = line + (size_t)i * element, *b = line + (size_t)j * element;
    memcpy(kept, a, element);
    memcpy(a, b, element);
    memcpy(b, kept, element);
  }
}

/* Columns left .. left + width - 1 of a line of `from_width`; NULL: a line outside the image. */
static void cut_line(char *to, int64_t width, const char *from, int64_t from_width, int64_t left, size_t element) {
  int64_t first = left < 0 ? -left : 0, end = from_width - left;
  if (end > width) end = width;
  if (!from || first >= end) {
    memset(to, 0, (size_t)width * element);
    return;
  }
  memset(to, 0, (size_t)first * element);
  memcpy(to + (size_t)first * element, from + (size_t)(left + first) * element, (size_t)(end - first) * element);
  memset(to + (size_t)end * element, 0, (size_t)(width - end) * element);
}

void augment_line(char *to, int64_t width, const char *from, const ImageShape *shape, ImagePlace place, int64_t c,
                  int64_t y) {
  const int64_t at = place.top + y;
  const bool inside = at >= 0 && at < shape->height;
  const size_t line = (size_t)shape->width * shape->element;
  cut_line(to, width, inside ? from + (size_t)(c * shape->height + at) * line : NULL, shape->width, place.left,
           shape->element);
  if (place.flip) mirror(to, width, shape->element);
}

void augment_cut(char *to, int64_t height, int64_t width, const char *from, const ImageShape *shape, ImagePlace place) {
  const size_t line = (size_t)width * shape->element;
  for (int64_t c = 0; c < shape->channels; c++) {
    for (int64_t y = 0; y < height; y++, to += line) augment_line(to, width, from, shape, place, c, y);
  }
}
