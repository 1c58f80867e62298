/*
 * garments.c - silhouettes as tables of points, varied and filled.
 *
 * A garment is a list of parts, each a polygon with a shade. Coordinates run from -1 to 1, x to the right and y down. A
 * mirrored part lists its right half from top to bottom. Each point may follow a knob: a number from -1 to 1, drawn
 * once for each image, times (dx, dy) moves it. So one knob makes sleeves longer, another widens a hem.
 *
 * An image is drawn in this order: its class; knobs; a map from the garment's coordinates to pixels (size, slant,
 * turn, place); a cloth (brightness, stripes, light from one side); the parts, one over the other; a stain; noise.
 */
#include "data/standins/garments.h"

#include <math.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "base/parallel.h"
#include "core/rng.h"
#include "data/standins/raster.h"

#define SIDE RASTER_SIDE
#define PIXELS RASTER_PIXELS
#define STREAM_ORDER ((uint64_t)1 << 61) /* block b of ten images is shuffled with stream STREAM_ORDER + b */
#define STREAM_IMAGE ((uint64_t)1 << 60) /* image i is drawn with stream STREAM_IMAGE + i, */
#define STREAM_NOISE ((uint64_t)3 << 60) /* its noise with stream STREAM_NOISE + i */
#define MAX_VERTICES 20
#define MAX_PARTS 5

_Static_assert(2 * MAX_VERTICES <= RASTER_MAX_POINTS, "a mirrored part must fit");

/* --- the shapes ----------------------------------------------------------------------------------------------- */

enum { NONE, LENGTH, WIDTH, HEM, NECK, KNOBS }; /* knobs; NONE never moves */

typedef struct Vertex {
  float x, y;
  int knob;
  float dx, dy; /* what the knob at 1 adds */
} Vertex;

typedef struct Part {
  float shade;  /* times the cloth's brightness */
  float chance; /* how often the part is there */
  bool mirrored;
  int n;
  Vertex vertex[MAX_VERTICES];
} Part;

typedef struct Garment {
  float width, height; /* half extents, in pixels */
  int n;
  Part part[MAX_PARTS];
} Garment;

/* clang-format off */

/* details that several upper garments share, each with a frequency of its own */
#define BUTTONS(often) \
  {.shade = 0.55F, .chance = often, .mirrored = true, .n = 2, .vertex = { \
    {0.04F, -0.7F, NECK, 0, 0.1F}, {0.04F, 0.85F, HEM, 0, 0.08F}}}
#define COLLAR(often) \
  {.shade = 1.25F, .chance = often, .mirrored = true, .n = 3, .vertex = { \
    {0.02F, -0.66F, NECK, 0, 0.1F}, {0.26F, -0.62F, NONE, 0, 0}, {0.2F, -0.9F, NONE, 0, 0}}}
#define RIB(often) \
  {.shade = 0.65F, .chance = often, .mirrored = true, .n = 2, .vertex = { \
    {0.46F, 0.72F, WIDTH, 0.08F, 0}, {0.46F, 0.84F, WIDTH, 0.08F, 0.02F}}}

static const Garment garments[GARMENT_CLASSES] = {
    /* T-shirt/top */
    {.width = 11, .height = 11.5F, .n = 4, .part = {
      {.shade = 1, .chance = 1, .mirrored = true, .n = 9, .vertex = {
        {0, -0.68F, NECK, 0, 0.14F}, {0.22F, -0.86F, NECK, 0.06F, 0}, {0.46F, -0.8F, NONE, 0, 0},
        {0.86F, -0.34F, LENGTH, 0.08F, 0.3F}, {0.66F, -0.16F, LENGTH, 0.06F, 0.32F}, {0.5F, -0.36F, NONE, 0, 0},
        {0.46F, 0.2F, WIDTH, 0.08F, 0}, {0.48F, 0.8F, HEM, 0.1F, 0.12F}, {0, 0.82F, HEM, 0, 0.12F}}},
      BUTTONS(0.1F),
      RIB(0.1F),
      {.shade = 1.4F, .chance = 0.3F, .mirrored = true, .n = 4, .vertex = { /* a print on the breast */
        {0.02F, -0.3F, NECK, 0, 0.1F}, {0.26F, -0.3F, LENGTH, 0.1F, 0}, {0.26F, 0.1F, WIDTH, 0.1F, 0.2F},
        {0.02F, 0.1F, NONE, 0, 0}}},
    }},
    /* Trouser */
    {.width = 7.5F, .height = 12.5F, .n = 2, .part = {
      {.shade = 1, .chance = 1, .mirrored = true, .n = 5, .vertex = {
        {0, -0.92F, NONE, 0, 0}, {0.5F, -0.92F, WIDTH, 0.12F, 0}, {0.66F, 0.9F, HEM, 0.22F, 0},
        {0.2F, 0.92F, LENGTH, 0.16F, 0}, {0, -0.3F, NECK, 0, 0.25F}}},
      {.shade = 0.7F, .chance = 0.4F, .mirrored = true, .n = 2, .vertex = {
        {0.5F, -0.92F, WIDTH, 0.12F, 0}, {0.5F, -0.8F, WIDTH, 0.12F, 0}}},
    }},
    /* Pullover */
    {.width = 11.5F, .height = 11.5F, .n = 4, .part = {
      {.shade = 1, .chance = 1, .mirrored = true, .n = 9, .vertex = {
        {0, -0.74F, NECK, 0, 0.1F}, {0.22F, -0.86F, NECK, 0.06F, 0}, {0.48F, -0.78F, NONE, 0, 0},
        {0.92F, 0.5F, LENGTH, 0.04F, 0.32F}, {0.7F, 0.58F, LENGTH, 0.04F, 0.3F}, {0.5F, -0.24F, NONE, 0, 0},
        {0.48F, 0.2F, WIDTH, 0.08F, 0}, {0.48F, 0.78F, HEM, 0.08F, 0.12F}, {0, 0.8F, HEM, 0, 0.12F}}},
      BUTTONS(0.12F),
      COLLAR(0.12F),
      RIB(0.5F),
    }},
    /* Dress */
    {.width = 9, .height = 12.5F, .n = 3, .part = {
      {.shade = 1, .chance = 1, .mirrored = true, .n = 9, .vertex = {
        {0, -0.66F, NECK, 0, 0.16F}, {0.2F, -0.92F, NECK, 0.06F, 0}, {0.36F, -0.9F, NONE, 0, 0},
        {0.62F, -0.36F, LENGTH, 0.24F, 0.5F}, {0.46F, -0.28F, LENGTH, 0.22F, 0.52F}, {0.36F, -0.46F, NONE, 0, 0},
        {0.32F, -0.1F, WIDTH, 0.1F, 0}, {0.56F, 0.9F, HEM, 0.24F, 0.04F}, {0, 0.94F, HEM, 0, 0.04F}}},
      BUTTONS(0.15F),
      {.shade = 0.6F, .chance = 0.35F, .mirrored = true, .n = 2, .vertex = {
        {0.34F, -0.12F, WIDTH, 0.1F, 0}, {0.36F, 0, WIDTH, 0.1F, 0}}},
    }},
    /* Coat */
    {.width = 11.5F, .height = 12.5F, .n = 4, .part = {
      {.shade = 1, .chance = 1, .mirrored = true, .n = 9, .vertex = {
        {0, -0.66F, NECK, 0, 0.12F}, {0.24F, -0.9F, NECK, 0.06F, 0}, {0.48F, -0.8F, NONE, 0, 0},
        {0.9F, 0.5F, LENGTH, 0.05F, 0.3F}, {0.68F, 0.58F, LENGTH, 0.05F, 0.28F}, {0.52F, -0.24F, NONE, 0, 0},
        {0.48F, 0.1F, WIDTH, 0.08F, 0}, {0.54F, 0.88F, HEM, 0.1F, 0.08F}, {0, 0.9F, HEM, 0, 0.08F}}},
      BUTTONS(0.75F),
      COLLAR(0.45F),
      {.shade = 0.7F, .chance = 0.3F, .mirrored = true, .n = 2, .vertex = {
        {0.5F, 0.02F, WIDTH, 0.08F, 0}, {0.5F, 0.14F, WIDTH, 0.08F, 0}}},
    }},
    /* Sandal */
    {.width = 12, .height = 8, .n = 4, .part = {
      {.shade = 1, .chance = 1, .mirrored = false, .n = 8, .vertex = { /* the sole, with or without a heel */
        {-0.95F, 0.5F, WIDTH, 0, 0.1F}, {-0.3F, 0.48F, NONE, 0, 0}, {0.3F, 0.2F, LENGTH, 0, -0.2F},
        {0.9F, -0.02F, LENGTH, 0, -0.3F}, {0.94F, 0.72F, NONE, 0, 0}, {0.72F, 0.72F, WIDTH, 0.12F, 0},
        {0.4F, 0.56F, LENGTH, 0.1F, -0.1F}, {-0.9F, 0.72F, NONE, 0, 0}}},
      /* straps: over the toes, the instep, the ankle */
      {.shade = 0.9F, .chance = 0.95F, .mirrored = false, .n = 4, .vertex = {
        {-0.75F, 0.52F, NONE, 0, 0}, {-0.45F, 0.02F, NECK, 0.1F, 0.15F}, {-0.2F, -0.02F, NECK, 0.1F, 0.15F},
        {-0.42F, 0.5F, WIDTH, 0.12F, 0}}},
      {.shade = 0.9F, .chance = 0.75F, .mirrored = false, .n = 4, .vertex = {
        {-0.2F, 0.46F, NONE, 0, 0}, {0.15F, -0.35F, HEM, 0.12F, 0.25F}, {0.36F, -0.4F, HEM, 0.12F, 0.25F},
        {0.14F, 0.32F, WIDTH, 0.12F, 0}}},
      {.shade = 0.9F, .chance = 0.7F, .mirrored = false, .n = 4, .vertex = {
        {0.2F, -0.35F, HEM, 0, 0.25F}, {0.86F, -0.4F, HEM, 0, 0.2F}, {0.9F, -0.05F, LENGTH, 0, -0.3F},
        {0.7F, -0.18F, HEM, 0, 0.1F}}},
    }},
    /* Shirt */
    {.width = 11.2F, .height = 11.8F, .n = 4, .part = {
      {.shade = 1, .chance = 1, .mirrored = true, .n = 9, .vertex = {
        {0, -0.68F, NECK, 0, 0.14F}, {0.22F, -0.88F, NECK, 0.06F, 0}, {0.47F, -0.8F, NONE, 0, 0},
        {0.9F, 0.16F, LENGTH, 0.06F, 0.6F}, {0.69F, 0.28F, LENGTH, 0.04F, 0.56F}, {0.5F, -0.3F, NONE, 0, 0},
        {0.46F, 0.2F, WIDTH, 0.08F, 0}, {0.49F, 0.82F, HEM, 0.1F, 0.12F}, {0, 0.84F, HEM, 0, 0.12F}}},
      BUTTONS(0.55F),
      COLLAR(0.5F),
      RIB(0.12F),
    }},
    /* Sneaker */
    {.width = 12, .height = 7.5F, .n = 4, .part = {
      {.shade = 1, .chance = 1, .mirrored = false, .n = 9, .vertex = {
        {-0.96F, 0.62F, NONE, 0, 0}, {-0.9F, 0.26F, WIDTH, 0, 0.12F}, {-0.4F, 0.08F, NECK, 0.1F, 0.12F},
        {0.08F, -0.34F, HEM, 0.14F, 0.16F}, {0.3F, -0.44F, LENGTH, 0.08F, -0.24F},
        {0.55F, -0.24F, LENGTH, 0, -0.12F}, {0.88F, -0.44F, LENGTH, 0, -0.3F}, {0.95F, 0.1F, NONE, 0, 0},
        {0.95F, 0.62F, NONE, 0, 0}}},
      {.shade = 1.5F, .chance = 0.7F, .mirrored = false, .n = 4, .vertex = {
        {-0.97F, 0.5F, WIDTH, 0, 0.08F}, {0.97F, 0.46F, WIDTH, 0, 0.08F}, {0.97F, 0.7F, NONE, 0, 0},
        {-0.95F, 0.7F, NONE, 0, 0}}},
      {.shade = 0.3F, .chance = 0.45F, .mirrored = false, .n = 4, .vertex = { /* openings make it look like a sandal */
        {-0.55F, 0.4F, NONE, 0, 0}, {-0.3F, 0.14F, NECK, 0.1F, 0}, {-0.12F, 0.12F, NECK, 0.1F, 0},
        {-0.3F, 0.42F, WIDTH, 0.1F, 0}}},
      {.shade = 0.4F, .chance = 0.45F, .mirrored = false, .n = 4, .vertex = {
        {0.1F, 0.36F, NONE, 0, 0}, {0.34F, -0.1F, HEM, 0.1F, 0}, {0.6F, -0.06F, HEM, 0.1F, 0},
        {0.44F, 0.34F, WIDTH, 0.1F, 0}}},
    }},
    /* Bag */
    {.width = 11, .height = 10.5F, .n = 3, .part = {
      {.shade = 0.9F, .chance = 0.85F, .mirrored = true, .n = 6, .vertex = { /* the handle */
        {0, -0.9F, LENGTH, 0, 0.3F}, {0.3F, -0.88F, LENGTH, 0.1F, 0.3F}, {0.5F, -0.2F, WIDTH, 0.14F, 0},
        {0.36F, -0.2F, WIDTH, 0.14F, 0}, {0.22F, -0.74F, LENGTH, 0.1F, 0.3F}, {0, -0.76F, LENGTH, 0, 0.3F}}},
      {.shade = 1, .chance = 1, .mirrored = true, .n = 4, .vertex = {
        {0, -0.24F, NECK, 0, 0.2F}, {0.72F, -0.24F, WIDTH, 0.2F, 0}, {0.82F, 0.78F, HEM, 0.14F, 0.06F},
        {0, 0.84F, HEM, 0, 0.06F}}},
      {.shade = 0.7F, .chance = 0.5F, .mirrored = true, .n = 3, .vertex = { /* the flap */
        {0, -0.22F, NECK, 0, 0.2F}, {0.7F, -0.22F, WIDTH, 0.2F, 0}, {0, 0.32F, LENGTH, 0, 0.2F}}},
    }},
    /* Ankle boot */
    {.width = 11.5F, .height = 11, .n = 4, .part = {
      {.shade = 1, .chance = 1, .mirrored = false, .n = 10, .vertex = {
        {-0.95F, 0.8F, NONE, 0, 0}, {-0.9F, 0.46F, WIDTH, 0, 0.1F}, {-0.4F, 0.26F, NECK, 0.1F, 0.1F},
        {0.02F, -0.1F, HEM, 0.12F, 0.1F}, {0.12F, -0.6F, LENGTH, 0.04F, -0.36F}, {0.84F, -0.62F, LENGTH, 0, -0.36F},
        {0.84F, 0.1F, NONE, 0, 0}, {0.95F, 0.5F, NONE, 0, 0}, {0.95F, 0.82F, NONE, 0, 0},
        {0.5F, 0.8F, WIDTH, 0.1F, 0}}},
      {.shade = 1.4F, .chance = 0.45F, .mirrored = false, .n = 4, .vertex = {
        {-0.95F, 0.7F, NONE, 0, 0}, {0.96F, 0.7F, NONE, 0, 0}, {0.96F, 0.84F, NONE, 0, 0},
        {-0.93F, 0.84F, NONE, 0, 0}}},
      /* the free space under an arch and before a heel */
      {.shade = 0, .chance = 0.4F, .mirrored = false, .n = 4, .vertex = {
        {0.1F, 0.9F, NONE, 0, 0}, {0.2F, 0.66F, WIDTH, 0.1F, 0}, {0.55F, 0.64F, WIDTH, 0.1F, 0},
        {0.56F, 0.9F, NONE, 0, 0}}},
      {.shade = 0.5F, .chance = 0.35F, .mirrored = false, .n = 4, .vertex = {
        {0.2F, -0.2F, HEM, 0.1F, 0.1F}, {0.4F, -0.22F, HEM, 0.1F, 0.1F}, {0.36F, 0.2F, NONE, 0, 0},
        {0.2F, 0.2F, NONE, 0, 0}}},
    }},
};
/* clang-format on */

/* --- chance --------------------------------------------------------------------------------------------------- */

static float between(Rng *r, float lo, float hi) { return lo + (hi - lo) * (float)rng_double(r); }

/* -1..1, more often near 0 than a uniform number. */
static float wobble(Rng *r) { return between(r, -0.5F, 0.5F) + between(r, -0.5F, 0.5F); }

static bool happens(Rng *r, float chance) { return between(r, 0, 1) < chance; }

/* The class of image i: the (i mod 10)-th of a permutation that belongs to its block of ten. */
static int class_of(uint64_t seed, int64_t i) {
  int64_t order[GARMENT_CLASSES];
  Rng r = rng_make(seed, STREAM_ORDER + (uint64_t)i / GARMENT_CLASSES);
  rng_permutation(&r, order, GARMENT_CLASSES);
  return (int)order[i % GARMENT_CLASSES];
}

/* --- from the garment to the canvas --------------------------------------------------------------------------- */

typedef struct Map {
  float xx, xy, yx, yy, x0, y0; /* x' = xx x + xy y + x0, y' = yx x + yy y + y0 */
} Map;

static Map draw_map(Rng *r, const Garment *g) {
  float size = between(r, 0.92F, 1.16F), turn = 0.22F * wobble(r), slant = 0.22F * wobble(r);
  float w = g->width * size * between(r, 0.86F, 1.14F), h = g->height * size * between(r, 0.86F, 1.14F);
  float c = cosf(turn), s = sinf(turn), middle = SIDE / 2.0F;
  float x0 = middle + 3.0F * wobble(r), y0 = middle + 3.0F * wobble(r);
  return (Map){w * c, h * (slant * c - s), w * s, h * (c + slant * s), x0, y0};
}

static Point place(const Map *m, float x, float y) {
  return (Point){m->xx * x + m->xy * y + m->x0, m->yx * x + m->yy * y + m->y0};
}

/* The part's polygon in pixels; returns its number of points. */
static int outline(const Part *part, const float *knob, const Map *m, Point *out) {
  int n = part->n;
  for (int i = 0; i < n; i++) {
    const Vertex *v = &part->vertex[i];
    float x = v->x + v->dx * knob[v->knob], y = v->y + v->dy * knob[v->knob];
    out[i] = place(m, x, y);
    if (part->mirrored) out[2 * n - 1 - i] = place(m, -x, y);
  }
  return part->mirrored ? 2 * n : n;
}

/* --- cloth ---------------------------------------------------------------------------------------------------- */

/* The grey level of each pixel, 0..255, into cloth[PIXELS]: brightness, waves of one direction and width, and light
 * that falls off along a direction. */
static void weave(Rng *r, float *cloth) {
  static const float pi = 3.14159265F;
  float grey = between(r, 90, 250), waves = happens(r, 0.5F) ? between(r, 0.1F, 0.45F) : 0;
  float angle = between(r, 0, pi), k = 2 * pi / between(r, 2.5F, 9), phase = between(r, 0, 2 * pi);
  float kx = k * cosf(angle), ky = k * sinf(angle);
  float lx = 0.02F * wobble(r), ly = 0.02F * wobble(r), sx[SIDE], cx[SIDE];
  for (int x = 0; x < SIDE; x++) sx[x] = sinf(kx * (float)x + phase), cx[x] = cosf(kx * (float)x + phase);
  for (int y = 0; y < SIDE; y++) {
    float sy = sinf(ky * (float)y), cy = cosf(ky * (float)y), light = 1 + ly * ((float)y - SIDE / 2.0F);
    for (int x = 0; x < SIDE; x++) {
      float wave = sx[x] * cy + cx[x] * sy;
      cloth[y * SIDE + x] = grey * (light + lx * ((float)x - SIDE / 2.0F)) * (1 + waves * wave);
    }
  }
}

/* --- one image ------------------------------------------------------------------------------------------------ */

static void paint(float *canvas, const float *cover, const float *cloth, float shade) {
  for (int i = 0; i < PIXELS; i++) canvas[i] += cover[i] * (shade * cloth[i] - canvas[i]);
}

static void draw_parts(Rng *r, const Garment *g, const float *cloth, float *canvas) {
  Point point[RASTER_MAX_POINTS];
  float cover[PIXELS], knob[KNOBS] = {0};
  Map map = draw_map(r, g);
  for (int k = NONE + 1; k < KNOBS; k++) knob[k] = between(r, -1, 1);
  for (int p = 0; p < g->n; p++) {
    float shade = g->part[p].shade * between(r, 0.85F, 1.15F);
    if (!happens(r, g->part[p].chance)) continue;
    raster_polygon(point, outline(&g->part[p], knob, &map, point), cover);
    paint(canvas, cover, cloth, shade);
  }
}

/* A four-sided patch of one grey level that hides what is under it. */
static void stain(Rng *r, float *canvas) {
  float cover[PIXELS], x = between(r, 2, SIDE - 2), y = between(r, 2, SIDE - 2), grey = between(r, 0, 160);
  float a = between(r, 1.5F, 4.5F), b = between(r, 1.5F, 4.5F);
  Point point[4] = {{x - a, y - b}, {x + b, y - a}, {x + a, y + b}, {x - b, y + a}};
  raster_polygon(point, 4, cover);
  for (int i = 0; i < PIXELS; i++) canvas[i] += cover[i] * (grey - canvas[i]);
}

/* Rounds the canvas to bytes, with noise of the given size on what is not black: the sum of two bytes, a triangle. */
static void develop(uint64_t seed, uint64_t stream, const float *canvas, float noise, uint8_t *image) {
  uint32_t word[4];
  for (int i = 0; i < PIXELS; i++) {
    if (i % 8 == 0) rng_block(seed, stream, (uint64_t)i / 8, word);
    uint32_t bits = word[i % 8 / 2] >> (i % 2 * 16);
    float grain = noise * ((float)(bits & 255) + (float)(bits >> 8 & 255) - 255) / 255;
    float v = canvas[i] + grain * (canvas[i] > 8 ? 1 : 0.15F) + 0.5F;
    image[i] = v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)v;
  }
}

/* Draws image i and returns its class. */
static int draw_image(uint64_t seed, int64_t i, uint8_t *image) {
  float cloth[PIXELS], canvas[PIXELS] = {0};
  int class = class_of(seed, i);
  Rng r = rng_make(seed, STREAM_IMAGE + (uint64_t)i);
  weave(&r, cloth);
  draw_parts(&r, &garments[class], cloth, canvas);
  if (happens(&r, 0.35F)) stain(&r, canvas);
  develop(seed, STREAM_NOISE + (uint64_t)i, canvas, between(&r, 5, 40), image);
  return class;
}

/* --- many images ---------------------------------------------------------------------------------------------- */

typedef struct Job {
  uint64_t seed;
  int64_t first;
  uint8_t *images, *labels;
} Job;

static void draw_some(void *ctx, int64_t begin, int64_t end) {
  const Job *job = ctx;
  for (int64_t i = begin; i < end; i++) {
    job->labels[i] = (uint8_t)draw_image(job->seed, job->first + i, job->images + i * PIXELS);
  }
}

int garments_draw(uint64_t seed, int64_t first, int64_t n, Tensor **images, Tensor **labels) {
  const int64_t shape[] = {n, SIDE, SIDE};
  if (first < 0 || n < 1) {
    return err_set("%lld images from number %lld on: there are none", (long long)n, (long long)first);
  }
  *images = tensor_new(DT_U8, 3, shape);
  *labels = *images ? tensor_new(DT_U8, 1, shape) : NULL;
  if (!*labels) {
    tensor_release(*images);
    return -1;
  }
  Job job = {seed, first, tensor_u8(*images), tensor_u8(*labels)};
  parallel_for(n, 64, draw_some, &job);
  return interrupt_check();
}
