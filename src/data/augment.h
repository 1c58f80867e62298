/*
 * augment.h - images (channels, height, width) moved and mirrored at random, as raw bytes of any element.
 */
#ifndef OPTLAB_DATA_AUGMENT_H
#define OPTLAB_DATA_AUGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Augment {
  int64_t padding; /* zeros on every side before an image of the old size is cut out; 0: no crop */
  bool flip;       /* whether half of the images are mirrored, left to right */
} Augment;

typedef struct ImageShape {
  int64_t channels, height, width;
  size_t element; /* bytes */
} ImageShape;

/* Where an image is cut out: its first row and column, which may lie outside, and whether it is mirrored then. */
typedef struct ImagePlace {
  int64_t top, left;
  bool flip;
} ImagePlace;

static inline bool augment_is_on(Augment a) { return a.padding > 0 || a.flip; }

/* A place for an image that keeps its size, by one block of random numbers. */
ImagePlace augment_place(Augment a, const uint32_t word[4]);

/* A number from 0 to n - 1 by one random word; n < 2^32. */
static inline int64_t augment_below(uint32_t word, int64_t n) { return (int64_t)((uint64_t)word * (uint64_t)n >> 32); }

/* Line y of channel c of that part, `width` elements. */
void augment_line(char *to, int64_t width, const char *from, const ImageShape *shape, ImagePlace place, int64_t c,
                  int64_t y);

/* Copies the part at `place` of an image into one of the size height x width; zero where the image ends. */
void augment_cut(char *to, int64_t height, int64_t width, const char *from, const ImageShape *shape, ImagePlace place);

#endif
