/*
 * conv_kernels.c - see conv_kernels.h. CMake compiles this file once for each instruction set and names the copy by
 * CONV_KERNELS.
 *
 * A tile is OB output channels by PX neighbouring pixels by one vector of images: OB x PX accumulators stay in
 * registers while all taps go by. For each tap PX vectors are loaded and OB weights broadcast.
 *
 * The weights are packed [block of output channels][tap][channel in the block]. Blocks are cut greedily from the sizes
 * the set has tiles for.
 */
#include "kernels/conv/conv_kernels.h"

#include <string.h>

#include "base/simd.h"

#if defined(__AVX512F__)
#define VECTOR 64
#elif defined(__AVX2__)
#define VECTOR 32
#else
#define VECTOR 16
#endif
#define VL (VECTOR / 4)

typedef float Vec __attribute__((vector_size(VECTOR), may_alias));
typedef int32_t IVec __attribute__((vector_size(VECTOR), may_alias));
typedef uint8_t BVec __attribute__((vector_size(VL), may_alias));

INLINE Vec load(const float *p) { return *(const Vec *)p; }
INLINE void store(float *p, Vec v) { *(Vec *)p = v; }
INLINE Vec splat(float x) { return x - (Vec){0}; }
INLINE Vec select_vec(IVec mask, Vec a, Vec b) { return (Vec)((mask & (IVec)a) | (~mask & (IVec)b)); }
INLINE IVec select_int(IVec mask, IVec a, IVec b) { return (mask & a) | (~mask & b); }

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* --- interleaving images ------------------------------------------------------------------------------------------ */

#if VECTOR == 64
#define LOWER 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VECTOR == 32
#define LOWER 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LOWER 0, 4, 1, 5
#define UPPER 2, 6, 3, 7
#endif

/* VL rows of VL numbers become columns. Shuffling row i with row i + VL / 2 moves the highest bit of every element's
 * (row, column) to the lowest place; after log2(VL) times rows and columns have changed places. */
INLINE void transpose(Vec *v) {
  for (int bit = 1; bit < VL; bit *= 2) {
    Vec next[VL];
    for (int i = 0; i < VL / 2; i++) {
      next[2 * i] = __builtin_shufflevector(v[i], v[i + VL / 2], LOWER);
      next[2 * i + 1] = __builtin_shufflevector(v[i], v[i + VL / 2], UPPER);
    }
    for (int i = 0; i < VL; i++) v[i] = next[i];
  }
}

INLINE Vec load_unaligned(const float *p) {
  Vec v;
  memcpy(&v, p, sizeof v);
  return v;
}

/* VL columns of VL images */
static void interleave_square(const float *from, int64_t sn, float *to) {
  Vec v[VL];
  for (int l = 0; l < VL; l++) v[l] = load_unaligned(from + l * sn);
  transpose(v);
  for (int x = 0; x < VL; x++) store(to + x * LANES, v[x]);
}

static void interleave(const float *from, int64_t sn, int64_t columns, float *to) {
  for (int64_t l = 0; l < LANES; l += VL) {
    for (int64_t x = 0; x + VL <= columns; x += VL) interleave_square(from + l * sn + x, sn, to + x * LANES + l);
  }
  const int64_t done = columns / VL * VL, back = columns - VL;
  if (done == columns) return;
  for (int64_t l = 0; l < LANES; l += VL) {
    if (back >= 0) interleave_square(from + l * sn + back, sn, to + back * LANES + l);
  }
  for (int64_t l = 0; back < 0 && l < LANES; l++) {
    for (int64_t x = 0; x < columns; x++) to[x * LANES + l] = from[l * sn + x];
  }
}

/* --- correlation -------------------------------------------------------------------------------------------------- */

/* A tile's place: the input under the first tap, the taps that touch the image, where the results go. */
typedef struct Tile {
  const float *in, *weight, *bias;
  int64_t channels, plane, row;   /* of the input */
  int64_t kh, kw, a0, a1, b0, b1; /* tap rows a0 .. a1 - 1, columns b0 .. b1 - 1 */
  float *out;
  int64_t out_plane;
} Tile;

#define DEFINE_TILE(OB, PX)                                                                       \
  static void tile_##OB##x##PX(const Tile *t) {                                                   \
    for (int64_t v = 0; v < LANES; v += VL) {                                                     \
      Vec sum[OB][PX];                                                                            \
      for (int o = 0; o < OB; o++)                                                                \
        for (int q = 0; q < PX; q++) sum[o][q] = splat(t->bias ? t->bias[o] : 0);                 \
      for (int64_t c = 0; c < t->channels; c++)                                                   \
        for (int64_t a = t->a0; a < t->a1; a++) {                                                 \
          const float *x = t->in + c * t->plane + a * t->row + t->b0 * LANES + v;                 \
          const float *w = t->weight + ((c * t->kh + a) * t->kw + t->b0) * OB;                    \
          for (int64_t b = t->b0; b < t->b1; b++, x += LANES, w += OB) {                          \
            Vec pixel[PX];                                                                        \
            for (int q = 0; q < PX; q++) pixel[q] = load(x + q * LANES);                          \
            for (int o = 0; o < OB; o++)                                                          \
              for (int q = 0; q < PX; q++) sum[o][q] += splat(w[o]) * pixel[q];                   \
          }                                                                                       \
        }                                                                                         \
      for (int o = 0; o < OB; o++)                                                                \
        for (int q = 0; q < PX; q++) store(t->out + o * t->out_plane + q * LANES + v, sum[o][q]); \
    }                                                                                             \
  }

typedef struct TileKind {
  int channels, wide, narrow; /* output channels; pixels of the two widths */
  void (*run_wide)(const Tile *t);
  void (*run_narrow)(const Tile *t); /* for windows that mostly hang over the image's edge */
} TileKind;

/* clang-format off */
#if VECTOR == 64
DEFINE_TILE(6, 4) DEFINE_TILE(6, 2)
DEFINE_TILE(4, 5) DEFINE_TILE(4, 2)
DEFINE_TILE(2, 8) DEFINE_TILE(2, 2)
DEFINE_TILE(1, 8) DEFINE_TILE(1, 2)
static const TileKind kinds[] = {
  {6, 4, 2, tile_6x4, tile_6x2}, {4, 5, 2, tile_4x5, tile_4x2},
  {2, 8, 2, tile_2x8, tile_2x2}, {1, 8, 2, tile_1x8, tile_1x2},
};
#else
DEFINE_TILE(6, 2)
DEFINE_TILE(4, 3) DEFINE_TILE(4, 2)
DEFINE_TILE(2, 5) DEFINE_TILE(2, 2)
DEFINE_TILE(1, 8) DEFINE_TILE(1, 2)
static const TileKind kinds[] = {
  {6, 2, 2, tile_6x2, tile_6x2}, {4, 3, 2, tile_4x3, tile_4x2},
  {2, 5, 2, tile_2x5, tile_2x2}, {1, 8, 2, tile_1x8, tile_1x2},
};
#endif
/* clang-format on */

/* The block for the next of `left` output channels: sixes if they come out even, else the largest that fits. */
static const TileKind *kind_for(int64_t left) {
  if (left % 6 == 0) return &kinds[0];
  return left >= 4 ? &kinds[1] : left >= 2 ? &kinds[2] : &kinds[3];
}

static void pack_weight(const Correlation *p, const float *weight, int64_t so, int64_t sc, int turned, float *packed) {
  const int64_t window = p->win.kh * p->win.kw;
  for (int64_t o = 0, block; o < p->o; o += block) {
    block = kind_for(p->o - o)->channels;
    for (int64_t c = 0; c < p->c; c++) {
      for (int64_t t = 0; t < window; t++) {
        for (int64_t i = 0; i < block; i++) *packed++ = weight[(o + i) * so + c * sc + (turned ? window - 1 - t : t)];
      }
    }
  }
}

/* One output row of one block of channels. */
static void correlate_row(const Correlation *p, const TileKind *kind, Tile *t, const float *in, float *out) {
  const Window2d *g = &p->win;
  const int narrow = g->pw >= 3;
  const int64_t px = narrow ? kind->narrow : kind->wide;
  for (int64_t j = 0; j < g->ow; j += px) {
    t->in = in + (j - g->pw) * LANES;
    t->b0 = larger(0, g->pw - j - (px - 1));
    t->b1 = smaller(g->kw, g->w + g->pw - j);
    t->out = out + j * LANES;
    (narrow ? kind->run_narrow : kind->run_wide)(t);
  }
}

static void correlate(const Correlation *p, const GroupBuffer *in, int64_t i, int64_t rows, const GroupBuffer *out) {
  const Window2d *g = &p->win;
  Tile t = {.channels = p->c, .plane = in->plane, .row = in->row, .kh = g->kh, .kw = g->kw, .out_plane = out->plane};
  t.weight = p->weight;
  for (int64_t o = 0, block; o < p->o; o += block) {
    const TileKind *kind = kind_for(p->o - o);
    block = kind->channels;
    t.bias = p->bias ? p->bias + o : NULL;
    for (int64_t r = 0; r < rows; r++) {
      const int64_t top = i + r - g->ph;
      t.a0 = larger(0, -top);
      t.a1 = smaller(g->kh, g->h - top);
      correlate_row(p, kind, &t, in->data + top * in->row, out->data + o * out->plane + r * out->row);
    }
    t.weight += block * p->c * g->kh * g->kw;
  }
}

/* --- the weights' gradient --------------------------------------------------------------------------------------- */

/* OB output channels by KB neighbouring columns of the window's row. */
typedef struct GradTile {
  const float *dy, *x;
  int64_t dy_plane, dy_row, x_row;
  int64_t rows, columns; /* positions */
  float *dweight;
  int64_t next; /* from one output channel's dweight to the next one's */
} GradTile;

INLINE float sum_lanes(Vec v) {
  float sum = 0;
  for (int l = 0; l < VL; l++) sum += v[l];
  return sum;
}

#define DEFINE_GRAD_TILE(OB, KB)                                                       \
  static void grad_tile_##OB##x##KB(const GradTile *t) {                               \
    Vec sum[OB][KB] = {{{0}}};                                                         \
    for (int64_t v = 0; v < LANES; v += VL)                                            \
      for (int64_t i = 0; i < t->rows; i++) {                                          \
        const float *dy = t->dy + i * t->dy_row + v, *x = t->x + i * t->x_row + v;     \
        int64_t columns = t->columns;                                                  \
        OPAQUE(columns);                                                               \
        for (int64_t j = 0; j < columns; j++, dy += LANES, x += LANES) {               \
          Vec d[OB];                                                                   \
          for (int o = 0; o < OB; o++) d[o] = load(dy + o * t->dy_plane);              \
          for (int k = 0; k < KB; k++) {                                               \
            const Vec pixel = load(x + k * LANES);                                     \
            for (int o = 0; o < OB; o++) sum[o][k] += d[o] * pixel;                    \
          }                                                                            \
        }                                                                              \
      }                                                                                \
    for (int o = 0; o < OB; o++)                                                       \
      for (int k = 0; k < KB; k++) t->dweight[o * t->next + k] = sum_lanes(sum[o][k]); \
  }

typedef struct GradKind {
  int columns;
  void (*run)(const GradTile *t);
} GradKind;

/* One size of blocks of output channels; the columns of a window are cut into fives, threes and ones. */
typedef struct GradKinds {
  int channels;
  GradKind kind[3];
} GradKinds;

/* clang-format off */
#define DEFINE_GRAD_TILES(OB) DEFINE_GRAD_TILE(OB, 5) DEFINE_GRAD_TILE(OB, 3) DEFINE_GRAD_TILE(OB, 1)
#define GRAD_KINDS(OB) {OB, {{5, grad_tile_##OB##x5}, {3, grad_tile_##OB##x3}, {1, grad_tile_##OB##x1}}}
#if VECTOR == 64
DEFINE_GRAD_TILES(4) DEFINE_GRAD_TILES(3) DEFINE_GRAD_TILES(1)
static const GradKinds grad_kinds[] = {GRAD_KINDS(4), GRAD_KINDS(3), GRAD_KINDS(1)};
#else
DEFINE_GRAD_TILES(2) DEFINE_GRAD_TILES(1)
static const GradKinds grad_kinds[] = {GRAD_KINDS(2), GRAD_KINDS(1)};
#endif
/* clang-format on */

/* The block for the next of `left` output channels: the first size if they come out even, else the next that fits. */
static const GradKinds *grad_kinds_for(int64_t left) {
  const GradKinds *g = grad_kinds;
  if (left % g->channels == 0) return g;
  for (g++; g->channels > left; g++) {
  }
  return g;
}

/* dweight of one block of output channels, one input channel and one row of the window: t's x and dweight are at the
 * row's first column. */
static void grad_window_row(GradTile t, const GradKinds *block, int64_t kw) {
  for (int64_t b = 0; b < kw;) {
    const GradKind *kind = &block->kind[kw - b >= 5 ? 0 : kw - b >= 3 ? 1 : 2];
    kind->run(&t);
    t.x += kind->columns * LANES;
    t.dweight += kind->columns;
    b += kind->columns;
  }
}

static void grad_weight(const Correlation *p, const GroupBuffer *dy, const GroupBuffer *x, float *dweight) {
  const Window2d *g = &p->win;
  GradTile t = {.dy_plane = dy->plane, .dy_row = dy->row, .x_row = x->row, .columns = g->ow};
  t.next = p->c * g->kh * g->kw;
  const GradKinds *block;
  for (int64_t o = 0; o < p->o; o += block->channels) {
    block = grad_kinds_for(p->o - o);
    for (int64_t k = 0; k < p->c * g->kh; k++) { /* input channel and row of the window */
      const int64_t c = k / g->kh, up = k % g->kh - g->ph;
      const int64_t first = larger(0, -up), end = smaller(g->oh, g->h - up);
      t.rows = larger(0, end - first);
      t.dy = dy->data + o * dy->plane + first * dy->row;
      t.x = x->data + c * x->plane + (first + up) * x->row - g->pw * LANES;
      t.dweight = dweight + o * t.next + k * g->kw;
      grad_window_row(t, block, g->kw);
    }
  }
}

/* --- ReLU and pool ----------------------------------------------------------------------------------------------- */

static void relu_pool(int64_t kh, int64_t kw, int64_t ow, const float *x, int64_t row, float *y, uint8_t *winner) {
  for (int64_t j = 0; j < ow; j++, x += kw * LANES, y += LANES, winner += LANES) {
    for (int64_t v = 0; v < LANES; v += VL) {
      Vec best = {0};
      IVec at = (IVec){0} + NO_WINNER;
      for (int64_t a = 0; a < kh; a++) {
        for (int64_t b = 0; b < kw; b++) {
          const Vec here = load(x + a * row + b * LANES + v);
          const IVec better = (here > best) | (here != here);
          best = select_vec(better, here, best);
          at = select_int(better, (IVec){0} + (int32_t)(a * kw + b), at);
        }
      }
      store(y + v, best);
      *(BVec *)(winner + v) = __builtin_convertvector(at, BVec);
    }
  }
}

static void unpool(int64_t kh, int64_t kw, int64_t ow, int64_t width, const float *dy, const uint8_t *winner, float *x,
                   int64_t row) {
  for (int64_t j = 0; j < ow; j++, dy += LANES, winner += LANES) {
    for (int64_t v = 0; v < LANES; v += VL) {
      const IVec at = __builtin_convertvector(*(const BVec *)(winner + v), IVec);
      const Vec d = load(dy + v);
      for (int64_t k = 0; k < kh * kw; k++) {
        const IVec here = at == (IVec){0} + (int32_t)k;
        store(x + k / kw * row + (j * kw + k % kw) * LANES + v, (Vec)(here & (IVec)d));
      }
    }
  }
  for (int64_t a = 0; a < kh; a++) memset(x + a * row + ow * kw * LANES, 0, (size_t)(width - ow * kw) * LANES * 4);
}

static void add_won(int64_t ow, const float *dy, const uint8_t *winner, float *sum) {
  for (int64_t v = 0; v < LANES; v += VL) {
    Vec total = load(sum + v);
    for (int64_t j = 0; j < ow; j++) {
      const IVec at = __builtin_convertvector(*(const BVec *)(winner + j * LANES + v), IVec);
      total += (Vec)((at != NO_WINNER) & (IVec)load(dy + j * LANES + v));
    }
    store(sum + v, total);
  }
}

#define TABLE2(set) conv_kernels_##set
#define TABLE(set) TABLE2(set)
const ConvKernels TABLE(CONV_KERNELS) = {
    .interleave = interleave,
    .pack_weight = pack_weight,
    .correlate = correlate,
    .grad_weight = grad_weight,
    .relu_pool = relu_pool,
    .unpool = unpool,
    .add_won = add_won,
};
