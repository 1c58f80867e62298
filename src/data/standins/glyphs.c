/*
 * glyphs.c - strokes with a width, by the distance of each pixel from them.
 *
 * A glyph is a list of points in the square -1..1 (x to the right, y down); a point that lifts the pen begins a new
 * stroke. An image is drawn in this order: its class; the glyph's points, moved a little; a map to pixels (size, slant,
 * turn, place); the colours; the strokes; noise.
 */
#include "data/standins/glyphs.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "base/parallel.h"
#include "core/rng.h"

#define STREAM_IMAGE ((uint64_t)5 << 60)
#define STREAM_ORDER ((uint64_t)6 << 60)
#define STREAM_CLASS ((uint64_t)7 << 60) /* the shapes of classes */
#define SIDE_MAX 32
#define POINTS_MAX 24

typedef struct Pen {
  float x, y;
  int lifts; /* 1: a stroke begins here */
} Pen;

typedef struct Glyph {
  int n;
  Pen pen[POINTS_MAX];
} Glyph;

/* clang-format off */
static const Glyph digits[10] = {
    {9, {{0, -0.9F, 1}, {-0.5F, -0.6F, 0}, {-0.6F, 0, 0}, {-0.45F, 0.65F, 0}, {0, 0.9F, 0}, {0.5F, 0.6F, 0}, {0.6F, 0, 0},
         {0.45F, -0.65F, 0}, {0, -0.9F, 0}}},
    {3, {{-0.25F, -0.6F, 1}, {0.1F, -0.9F, 0}, {0.05F, 0.9F, 0}}},
    {7, {{-0.5F, -0.5F, 1}, {-0.2F, -0.85F, 0}, {0.3F, -0.85F, 0}, {0.5F, -0.4F, 0}, {0.2F, 0.1F, 0}, {-0.55F, 0.85F, 0},
         {0.6F, 0.8F, 0}}},
    {9, {{-0.5F, -0.7F, 1}, {0, -0.9F, 0}, {0.45F, -0.55F, 0}, {0.3F, -0.15F, 0}, {-0.1F, 0, 0}, {0.4F, 0.15F, 0},
         {0.55F, 0.5F, 0}, {0.1F, 0.9F, 0}, {-0.5F, 0.7F, 0}}},
    {5, {{-0.3F, -0.9F, 1}, {-0.55F, 0.15F, 0}, {0.6F, 0.15F, 0}, {0.3F, -0.4F, 1}, {0.2F, 0.9F, 0}}},
    {8, {{0.5F, -0.85F, 1}, {-0.35F, -0.85F, 0}, {-0.45F, -0.1F, 0}, {0.1F, -0.2F, 0}, {0.5F, 0.15F, 0}, {0.45F, 0.6F, 0},
         {0, 0.9F, 0}, {-0.5F, 0.7F, 0}}},
    {9, {{0.35F, -0.85F, 1}, {-0.2F, -0.6F, 0}, {-0.5F, 0, 0}, {-0.5F, 0.5F, 0}, {-0.1F, 0.9F, 0}, {0.4F, 0.7F, 0},
         {0.45F, 0.3F, 0}, {0.1F, 0.05F, 0}, {-0.45F, 0.3F, 0}}},
    {3, {{-0.55F, -0.8F, 1}, {0.55F, -0.85F, 0}, {-0.1F, 0.9F, 0}}},
    {12, {{0.1F, -0.05F, 1}, {-0.4F, -0.4F, 0}, {-0.25F, -0.85F, 0}, {0.25F, -0.88F, 0}, {0.45F, -0.5F, 0},
          {0.1F, -0.05F, 0}, {-0.45F, 0.35F, 0}, {-0.35F, 0.8F, 0}, {0.05F, 0.92F, 0}, {0.45F, 0.75F, 0}, {0.5F, 0.4F, 0},
          {0.1F, -0.05F, 0}}},
    {9, {{0.45F, -0.5F, 1}, {0.1F, -0.9F, 0}, {-0.4F, -0.7F, 0}, {-0.45F, -0.25F, 0}, {0, -0.05F, 0}, {0.4F, -0.25F, 0},
         {0.45F, -0.5F, 0}, {0.4F, 0.2F, 0}, {0.15F, 0.9F, 0}}},
};
/* clang-format on */

/* --- random numbers ------------------------------------------------------------------------------------------------- */

static float between(Rng *r, float lo, float hi) { return lo + (hi - lo) * (float)rng_double(r); }

/* About normal, of deviation 1: the sum of three uniform numbers. (Compilers choose the order of calls within an
 * expression, so there is one draw in each.) */
static float wobble(Rng *r) {
  float sum = between(r, -1, 1);
  sum += between(r, -1, 1);
  return sum + between(r, -1, 1);
}

/* The class of image i: its place in the shuffled block of `classes` images. */
static int class_of(uint64_t seed, int64_t i, int classes) {
  int order[GLYPH_CLASSES_MAX];
  Rng r = rng_make(seed, STREAM_ORDER + (uint64_t)(i / classes));
  for (int k = 0; k < classes; k++) {
    const int j = (int)rng_below(&r, (uint64_t)k + 1);
    order[k] = order[j];
    order[j] = k;
  }
  return order[i % classes];
}

/* --- glyphs --------------------------------------------------------------------------------------------------------- */

/* A glyph of `strokes` random strokes that belongs to number `which` of a kind. */
static Glyph invented(GlyphKind kind, int which, int strokes, int points) {
  Glyph g = {0};
  Rng r = rng_make((uint64_t)kind, STREAM_CLASS + (uint64_t)which);
  for (int s = 0; s < strokes; s++) {
    float x = between(&r, -0.8F, 0.8F), y = between(&r, -0.8F, 0.8F), angle = between(&r, 0, 6.2831853F);
    const float bend = between(&r, -0.9F, 0.9F);
    for (int p = 0; p < points && g.n < POINTS_MAX; p++) {
      g.pen[g.n++] = (Pen){x, y, p == 0};
      x = fminf(fmaxf(x + 0.5F * cosf(angle), -0.95F), 0.95F);
      y = fminf(fmaxf(y + 0.5F * sinf(angle), -0.95F), 0.95F);
      angle += bend;
    }
  }
  return g;
}

static Glyph glyph_of(GlyphKind kind, int class, Rng *r) {
  if (kind == GLYPH_DIGITS || kind == GLYPH_NUMBERS) return digits[class];
  if (kind == GLYPH_SIGNS) return invented(kind, 2 * class + (rng_double(r) < 0.35), 3, 4);
  return invented(kind, class, 2, 5);
}

/* Moves the points and maps them to pixels of an image of `side`, about the middle (cx, cy). */
static void settle(Rng *r, Glyph *g, float side, float cx, float cy, float wild) {
  const float size = side * 0.36F * (1 + 0.1F * wild * wobble(r)), slant = 0.14F * wild * wobble(r);
  const float turn = 0.09F * wild * wobble(r), wide = size * (1 + 0.1F * wild * wobble(r));
  const float co = cosf(turn), si = sinf(turn);
  cx += 0.03F * side * wild * wobble(r);
  cy += 0.03F * side * wild * wobble(r);
  for (int i = 0; i < g->n; i++) {
    const float x = g->pen[i].x + 0.06F * wild * wobble(r), y = g->pen[i].y + 0.06F * wild * wobble(r);
    const float u = wide * (x - slant * y), v = size * y;
    g->pen[i].x = cx + co * u - si * v;
    g->pen[i].y = cy + si * u + co * v;
  }
}

/* The square of the distance of (x, y) from the line between two points. */
static float distance2(float x, float y, const Pen *a, const Pen *b) {
  const float dx = b->x - a->x, dy = b->y - a->y, length = dx * dx + dy * dy;
  float t = length > 0 ? ((x - a->x) * dx + (y - a->y) * dy) / length : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  const float u = x - a->x - t * dx, v = y - a->y - t * dy;
  return u * u + v * v;
}

/* How much of each pixel the pen of the given half width covers, 0..1; what was there stays where it is more. */
static void write_glyph(const Glyph *g, int side, float width, float *cover) {
  for (int y = 0; y < side; y++) {
    for (int x = 0; x < side; x++) {
      float least = 1e9F;
      for (int i = 1; i < g->n; i++) {
        if (!g->pen[i].lifts)
          least = fminf(least, distance2((float)x + 0.5F, (float)y + 0.5F, &g->pen[i - 1], &g->pen[i]));
      }
      const float c = fminf(fmaxf(width + 0.5F - sqrtf(least), 0), 1);
      cover[y * side + x] = fmaxf(cover[y * side + x], c);
    }
  }
}

/* --- images --------------------------------------------------------------------------------------------------------- */

typedef struct Colour {
  float c[3];
} Colour;

static uint8_t byte_of(float v) { return v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)(v + 0.5F); }

/* Adds noise to a canvas and rounds it; one random block for eight values. */
static void develop(Rng *r, const float *canvas, int n, float noise, uint8_t *image) {
  uint32_t word[4] = {0};
  for (int i = 0; i < n; i++) {
    if (i % 8 == 0) rng_block(r->seed, r->stream, r->counter++, word);
    const uint32_t bits = word[i % 8 / 2] >> (i % 2 * 16);
    image[i] = byte_of(canvas[i] + noise * ((float)(bits & 255) + (float)(bits >> 8 & 255) - 255) / 255);
  }
}

static void draw_grey(Rng *r, GlyphKind kind, int class, uint8_t *image) {
  enum { SIDE = 28 };
  float cover[SIDE * SIDE] = {0};
  Glyph g = glyph_of(kind, class, r);
  settle(r, &g, SIDE, SIDE / 2.0F, SIDE / 2.0F, kind == GLYPH_SIGNS ? 1.1F : 1);
  write_glyph(&g, SIDE, between(r, 0.7F, 1.9F), cover);
  const float ink = between(r, 170, 255);
  for (int i = 0; i < SIDE * SIDE; i++) cover[i] *= ink;
  develop(r, cover, SIDE * SIDE, between(r, 5, 30), image);
}

static Colour random_colour(Rng *r, float lo, float hi) {
  Colour c;
  for (int k = 0; k < 3; k++) c.c[k] = between(r, lo, hi);
  return c;
}

static void blend(float *canvas, const float *cover, int pixels, const Colour *ink, float share) {
  for (int k = 0; k < 3; k++) {
    float *plane = canvas + k * pixels;
    for (int i = 0; i < pixels; i++) plane[i] += share * cover[i] * (ink->c[k] - plane[i]);
  }
}

/* A wall: a colour with light from one side and waves of one direction. */
static void fill_wall(Rng *r, float *canvas, int side, const Colour *c, float waves, float angle) {
  const float k = between(r, 0.4F, 1.4F), phase = between(r, 0, 6.28F), lx = 0.02F * wobble(r), ly = 0.02F * wobble(r);
  const float kx = k * cosf(angle), ky = k * sinf(angle);
  for (int y = 0; y < side; y++) {
    for (int x = 0; x < side; x++) {
      const float light = 1 + lx * ((float)x - (float)side / 2) + ly * ((float)y - (float)side / 2) +
                          waves * sinf(kx * (float)x + ky * (float)y + phase);
      for (int j = 0; j < 3; j++) canvas[(j * side + y) * side + x] = c->c[j] * light;
    }
  }
}

static void draw_number(Rng *r, int class, uint8_t *image) {
  enum { SIDE = 32, PIXELS = SIDE * SIDE };
  float canvas[3 * PIXELS], cover[PIXELS] = {0}, beside[PIXELS] = {0};
  const Colour wall = random_colour(r, 40, 200);
  Colour ink = random_colour(r, 0, 255);
  const float far = wall.c[1] > 120 ? -90.0F : 90.0F;
  ink.c[1] = wall.c[1] + far + between(r, -20, 20);
  const float angle = between(r, 0, 3), waves = between(r, 0, 0.1F);
  fill_wall(r, canvas, SIDE, &wall, waves, angle);
  Glyph g = digits[class];
  settle(r, &g, SIDE, SIDE / 2.0F, SIDE / 2.0F, 1);
  const float width = between(r, 1.1F, 2.4F);
  for (int s = -1; s <= 1; s += 2) {
    Glyph other = digits[rng_below(r, 10)];
    if (rng_double(r) < 0.5) continue;
    settle(r, &other, SIDE, SIDE / 2.0F + (float)s * between(r, 15, 20), SIDE / 2.0F, 0.7F);
    write_glyph(&other, SIDE, width, beside);
  }
  write_glyph(&g, SIDE, width, cover);
  blend(canvas, beside, PIXELS, &ink, 0.9F);
  blend(canvas, cover, PIXELS, &ink, 1);
  develop(r, canvas, 3 * PIXELS, between(r, 5, 45), image);
}

static void draw_object(Rng *r, int class, uint8_t *image) {
  enum { SIDE = 32, PIXELS = SIDE * SIDE };
  float canvas[3 * PIXELS], cover[PIXELS] = {0};
  Rng taste = rng_make(GLYPH_OBJECTS, STREAM_CLASS + 1024 + (uint64_t) class);
  Colour ink = random_colour(&taste, 30, 225), wall = random_colour(&taste, 60, 200);
  const float angle = between(&taste, 0, 3.14F) + 0.3F * wobble(r);
  for (int k = 0; k < 3; k++) {
    ink.c[k] += 45 * wobble(r);
    wall.c[k] += 45 * wobble(r);
  }
  fill_wall(r, canvas, SIDE, &wall, between(r, 0, 0.3F), angle);
  Glyph g = glyph_of(GLYPH_OBJECTS, class, r);
  if (rng_double(r) < 0.5) {
    for (int i = 0; i < g.n; i++) g.pen[i].x = -g.pen[i].x;
  }
  settle(r, &g, SIDE, SIDE / 2.0F, SIDE / 2.0F, 2);
  write_glyph(&g, SIDE, between(r, 1.5F, 4), cover);
  blend(canvas, cover, PIXELS, &ink, between(r, 0.6F, 1));
  develop(r, canvas, 3 * PIXELS, between(r, 10, 60), image);
}

/* --- many images ---------------------------------------------------------------------------------------------------- */

typedef struct Job {
  GlyphKind kind;
  int classes;
  uint64_t seed;
  int64_t first, bytes; /* of an image */
  uint8_t *images, *labels;
} Job;

static void draw_some(void *ctx, int64_t begin, int64_t end) {
  const Job *job = ctx;
  for (int64_t i = begin; i < end; i++) {
    const int64_t number = job->first + i;
    const int class = class_of(job->seed, number, job->classes);
    uint8_t *image = job->images + i * job->bytes;
    Rng r = rng_make(job->seed, STREAM_IMAGE + (uint64_t)number);
    job->labels[i] = (uint8_t) class;
    if (job->kind == GLYPH_NUMBERS) {
      draw_number(&r, class, image);
    } else if (job->kind == GLYPH_OBJECTS) {
      draw_object(&r, class, image);
    } else {
      draw_grey(&r, job->kind, class, image);
    }
  }
}

int glyphs_draw(GlyphKind kind, int classes, uint64_t seed, int64_t first, int64_t n, Tensor **images,
                Tensor **labels) {
  const bool grey = kind == GLYPH_DIGITS || kind == GLYPH_SIGNS;
  const int64_t side = grey ? 28 : 32, shape[] = {n, grey ? 1 : 3, side, side};
  if (kind != GLYPH_OBJECTS) classes = 10;
  if (first < 0 || n < 1 || classes < 2 || classes > GLYPH_CLASSES_MAX) {
    return err_set("%lld images of %d classes from number %lld on: there are none", (long long)n, classes,
                   (long long)first);
  }
  *images = tensor_new(DT_U8, 4, shape);
  *labels = *images ? tensor_new(DT_U8, 1, shape) : NULL;
  if (!*labels) {
    tensor_release(*images);
    return -1;
  }
  Job job = {kind, classes, seed, first, shape[1] * side * side, tensor_u8(*images), tensor_u8(*labels)};
  parallel_for(n, 16, draw_some, &job);
  if (interrupt_check() == 0) return 0;
  tensor_release(*images);
  tensor_release(*labels);
  return -1;
}
