/*
 * tile.h - the tiles of a convolution (kernels.h). T is the type of the elements.
 *
 * A tile is OB output channels by V vectors of images at one output pixel: OB x V accumulators stay in registers while
 * all taps and channels go by. The loops' bounds are not constants for the compiler, because an unrolled window would
 * spill its accumulators.
 */

/* Fetches a part of the lines that the next tile will write, and add, while row r goes by: the planes of channels lie far
 * apart, and all lines at once would be more than can be under way. */
INLINE void fetch_next(const Tile *t, int64_t r, int outputs, int vectors) {
  if (t->next == 0) return;
  const T *out = (const T *)t->out + t->next, *add = t->add ? (const T *)t->add + t->next : NULL;
  for (int64_t o = r; o < outputs; o += t->nrows) {
    for (int v = 0; v < vectors; v++) {
      __builtin_prefetch(out + o * t->out_channel + v * VL, 1, 2);
      if (add) __builtin_prefetch(add + o * t->out_channel + v * VL, 0, 2);
    }
  }
}

/* The loops over the runs, around one step: x and w are at a channel of a tap. */
#define EACH_TAP(t, OB, V, step)                                                                 \
  for (int64_t r = 0; r < (t)->nrows; r++) {                                                     \
    fetch_next(t, r, OB, V);                                                                     \
    const T *x_row = (const T *)(t)->x + (t)->rows[r].at * (t)->x_row;                           \
    const T *w_row = (const T *)(t)->weight + (t)->rows[r].tap * (t)->kw * (t)->channels * (OB); \
    for (int64_t k = 0; k < (t)->ncolumns; k++) {                                                \
      const T *x = x_row + (t)->columns[k].at * (t)->x_column;                                   \
      const T *w = w_row + (t)->columns[k].tap * (t)->channels * (OB);                           \
      for (int64_t n = (t)->columns[k].length * (t)->channels; n > 0; n--) {                     \
        step;                                                                                    \
        x += (V)*VL;                                                                             \
        w += (OB);                                                                               \
      }                                                                                          \
    }                                                                                            \
  }

#define DEFINE_TILE(OB, V, step)                                                                   \
  static void tile_##OB##x##V(const Tile *t) {                                                     \
    Vec sum[OB][V];                                                                                \
    const T *bias = t->bias;                                                                       \
    for (int o = 0; o < OB; o++)                                                                   \
      for (int v = 0; v < V; v++) sum[o][v] = splat(bias ? bias[o] : 0);                           \
    EACH_TAP(t, OB, V, step(OB, V))                                                                \
    T *out = t->out;                                                                               \
    if (t->add) {                                                                                  \
      const T *add = t->add;                                                                       \
      for (int o = 0; o < OB; o++)                                                                 \
        for (int v = 0; v < V; v++) sum[o][v] += load_anywhere(add + o * t->out_channel + v * VL); \
    }                                                                                              \
    for (int o = 0; o < OB; o++)                                                                   \
      for (int v = 0; v < V; v++) store_anywhere(out + o * t->out_channel + v * VL, sum[o][v]);    \
  }

/* The pixel's vectors in registers, one weight at a time; or all weights, one vector at a time. */
#define PIXELS(OB, V)                                           \
  Vec pixel[V];                                                 \
  for (int v = 0; v < V; v++) pixel[v] = load(x + v * VL);      \
  for (int o = 0; o < OB; o++) {                                \
    const Vec weight = splat(w[o]);                             \
    for (int v = 0; v < V; v++) sum[o][v] += weight * pixel[v]; \
  }
#define WEIGHTS(OB, V)                                           \
  Vec weight[OB];                                                \
  for (int o = 0; o < OB; o++) weight[o] = splat(w[o]);          \
  for (int v = 0; v < V; v++) {                                  \
    const Vec pixel = load(x + v * VL);                          \
    for (int o = 0; o < OB; o++) sum[o][v] += weight[o] * pixel; \
  }

/* clang-format off */
#define TILES_TO_6(V) \
  DEFINE_TILE(1, V, PIXELS) DEFINE_TILE(2, V, PIXELS) DEFINE_TILE(3, V, PIXELS) \
  DEFINE_TILE(4, V, PIXELS) DEFINE_TILE(5, V, PIXELS) DEFINE_TILE(6, V, PIXELS)
#define TILES_TO_13(V) TILES_TO_6(V) \
  DEFINE_TILE(7, V, PIXELS) DEFINE_TILE(8, V, PIXELS) DEFINE_TILE(9, V, PIXELS) DEFINE_TILE(10, V, PIXELS) \
  DEFINE_TILE(11, V, PIXELS) DEFINE_TILE(12, V, PIXELS) DEFINE_TILE(13, V, PIXELS)
#define NAMES_TO_6(V) tile_1x##V, tile_2x##V, tile_3x##V, tile_4x##V, tile_5x##V, tile_6x##V
#define NAMES_TO_13(V) NAMES_TO_6(V), tile_7x##V, tile_8x##V, tile_9x##V, tile_10x##V, tile_11x##V, tile_12x##V, \
  tile_13x##V

#if REGISTERS == 32
TILES_TO_13(1) TILES_TO_13(2) TILES_TO_6(4)
DEFINE_TILE(1, 8, WEIGHTS) DEFINE_TILE(2, 8, WEIGHTS) DEFINE_TILE(3, 8, WEIGHTS)
static TileFn *const tiles_1[] = {NAMES_TO_13(1)}, *const tiles_2[] = {NAMES_TO_13(2)}, *const tiles_4[] = {NAMES_TO_6(4)},
             *const tiles_8[] = {tile_1x8, tile_2x8, tile_3x8};
#define TILE_OUTPUTS {13, 13, 6, 3}
#else
TILES_TO_13(1) TILES_TO_6(2)
DEFINE_TILE(1, 4, WEIGHTS) DEFINE_TILE(2, 4, WEIGHTS) DEFINE_TILE(3, 4, WEIGHTS) DEFINE_TILE(1, 8, WEIGHTS)
static TileFn *const tiles_1[] = {NAMES_TO_13(1)}, *const tiles_2[] = {NAMES_TO_6(2)},
             *const tiles_4[] = {tile_1x4, tile_2x4, tile_3x4}, *const tiles_8[] = {tile_1x8};
#define TILE_OUTPUTS {13, 6, 3, 1}
#endif
/* clang-format on */
