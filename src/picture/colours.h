/*
 * colours.h - few colours for pictures of many.
 */
#ifndef OPTLAB_PICTURE_COLOURS_H
#define OPTLAB_PICTURE_COLOURS_H

#include <stdint.h>

#include "picture/pngread.h"

typedef struct Colour {
  uint32_t rgb; /* 0xRRGGBB + 1; 0 where there is none */
  uint32_t count;
  uint8_t chosen; /* the number of the colour that stands for it */
} Colour;

/* All colours of some pictures. */
typedef struct Colours {
  Colour *table; /* found by hashing */
  uint32_t room, n;
  uint8_t palette[256][3];
  int n_palette;
} Colours;

/* Counts the colours of a picture. -1 with err_set. */
int colours_count(Colours *c, const Pixels *p);

/* Chooses at most `most` colours: all of them if they are so few, or the most frequent ones as they are and the rest by
 * halving boxes at the median. -1 with err_set. */
int colours_choose(Colours *c, int most);

/* The number of the chosen colour for a colour that was counted. */
uint8_t colours_index(const Colours *c, const uint8_t rgb[3]);

void colours_free(Colours *c);

#endif
