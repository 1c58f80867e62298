/*
 * colours.c - counts colours in a hash table and chooses a palette.
 *
 * Figures have a few colours that fill nearly everything (paper, axes, lines, bands), which must stay what they are, and
 * many on smoothed edges and in ramps, of which neighbours may be merged.
 */
#include "picture/colours.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static uint32_t place_of(const Colour *table, uint32_t room, uint32_t rgb) {
  uint32_t at = (rgb * 2654435761u) >> 7 & (room - 1);
  while (table[at].rgb != 0 && table[at].rgb != rgb) at = (at + 1) & (room - 1);
  return at;
}

static int grow(Colours *c) {
  const uint32_t room = c->room ? 2 * c->room : 4096;
  Colour *table = calloc(room, sizeof *table);
  if (!table) return err_set("out of memory for the colours of a picture");
  for (uint32_t i = 0; i < c->room; i++)
    if (c->table[i].rgb) table[place_of(table, room, c->table[i].rgb)] = c->table[i];
  free(c->table);
  c->table = table;
  c->room = room;
  return 0;
}

static uint32_t key(const uint8_t rgb[3]) { return ((uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2]) + 1; }

int colours_count(Colours *c, const Pixels *p) {
  const uint8_t *rgb = p->rgb, *end = rgb + 3 * (size_t)p->width * (size_t)p->height;
  for (; rgb < end; rgb += 3) {
    if (2 * c->n >= c->room && grow(c) < 0) return -1;
    Colour *colour = &c->table[place_of(c->table, c->room, key(rgb))];
    if (colour->rgb == 0) {
      colour->rgb = key(rgb);
      c->n++;
    }
    if (colour->count < UINT32_MAX) colour->count++;
  }
  return 0;
}

static int channel(const Colour *c, int k) { return (int)((c->rgb - 1) >> (16 - 8 * k) & 255); }

static int more_frequent(const void *a, const void *b) {
  const Colour *p = *(Colour *const *)a, *q = *(Colour *const *)b;
  if (p->count != q->count) return p->count < q->count ? 1 : -1;
  return p->rgb < q->rgb ? -1 : 1;
}

static void add(Colours *c, int red, int green, int blue) {
  uint8_t *to = c->palette[c->n_palette++];
  to[0] = (uint8_t)red;
  to[1] = (uint8_t)green;
  to[2] = (uint8_t)blue;
}

/* --- boxes ------------------------------------------------------------------------------------------------------- */

/* Some of the list of colours, with the channel in which they differ most and how far apart they are there. */
typedef struct Box {
  Colour **first;
  uint32_t n;
  int widest, width;
} Box;

static void measure(Box *b) {
  b->width = -1;
  for (int k = 0; k < 3; k++) {
    int lo = 255, hi = 0;
    for (uint32_t i = 0; i < b->n; i++) {
      const int v = channel(b->first[i], k);
      if (v < lo) lo = v;
      if (v > hi) hi = v;
    }
    if (hi - lo > b->width) {
      b->width = hi - lo;
      b->widest = k;
    }
  }
}

static int by_red(const void *a, const void *b) {
  return channel(*(Colour *const *)a, 0) - channel(*(Colour *const *)b, 0);
}
static int by_green(const void *a, const void *b) {
  return channel(*(Colour *const *)a, 1) - channel(*(Colour *const *)b, 1);
}
static int by_blue(const void *a, const void *b) {
  return channel(*(Colour *const *)a, 2) - channel(*(Colour *const *)b, 2);
}

/* Halves a box; the upper half is returned. */
static Box halve(Box *b) {
  static int (*const order[])(const void *, const void *) = {by_red, by_green, by_blue};
  qsort(b->first, b->n, sizeof *b->first, order[b->widest]);
  const uint32_t half = b->n / 2;
  Box upper = {b->first + half, b->n - half, 0, 0};
  b->n = half;
  measure(b);
  measure(&upper);
  return upper;
}

static void add_mean(Colours *c, const Box *b) {
  uint64_t sum[3] = {0}, weight = 0;
  for (uint32_t i = 0; i < b->n; i++) {
    for (int k = 0; k < 3; k++) sum[k] += (uint64_t)channel(b->first[i], k) * b->first[i]->count;
    weight += b->first[i]->count;
  }
  add(c, (int)((sum[0] + weight / 2) / weight), (int)((sum[1] + weight / 2) / weight),
      (int)((sum[2] + weight / 2) / weight));
}

/* So many colours for those of a list, n > most >= 1. */
static void choose_boxes(Colours *c, Colour **list, uint32_t n, int most) {
  Box boxes[256] = {{list, n, 0, 0}};
  int count = 1;
  measure(&boxes[0]);
  while (count < most) {
    int widest = 0;
    for (int i = 1; i < count; i++)
      if (boxes[i].width > boxes[widest].width) widest = i;
    boxes[count++] = halve(&boxes[widest]);
  }
  for (int i = 0; i < count; i++) add_mean(c, &boxes[i]);
}

/* --- choosing ------------------------------------------------------------------------------------------------------ */

static uint8_t nearest(const Colours *c, const Colour *colour) {
  int best = 0, least = 1 << 30;
  for (int i = 0; i < c->n_palette; i++) {
    const int r = c->palette[i][0] - channel(colour, 0), g = c->palette[i][1] - channel(colour, 1),
              b = c->palette[i][2] - channel(colour, 2);
    const int distance = 2 * r * r + 4 * g * g + 3 * b * b;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return (uint8_t)best;
}

int colours_choose(Colours *c, int most) {
  Colour **list = malloc((c->n + 1) * sizeof *list);
  if (!list) return err_set("out of memory for the colours of a picture");
  uint32_t n = 0;
  for (uint32_t i = 0; i < c->room; i++)
    if (c->table[i].rgb) list[n++] = &c->table[i];
  qsort(list, n, sizeof *list, more_frequent);
  const uint32_t kept = n <= (uint32_t)most ? n : (uint32_t)most / 2;
  for (uint32_t i = 0; i < kept; i++) add(c, channel(list[i], 0), channel(list[i], 1), channel(list[i], 2));
  if (n > kept) choose_boxes(c, list + kept, n - kept, most - (int)kept);
  for (uint32_t i = 0; i < n; i++) list[i]->chosen = nearest(c, list[i]);
  free(list);
  return 0;
}

uint8_t colours_index(const Colours *c, const uint8_t rgb[3]) {
  return c->table[place_of(c->table, c->room, key(rgb))].chosen;
}

void colours_free(Colours *c) {
  free(c->table);
  *c = (Colours){0};
}
