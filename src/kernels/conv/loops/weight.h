/*
 * weight.h - the tiles of the weights' gradient (kernels.h). T is the type of the elements.
 *
 * With output channels in the lanes a tile is CB channels by OV vectors of output channels: x is broadcast, and nothing
 * is summed across lanes. With images in the lanes it is OB output channels by CB channels, whose sums are taken across
 * lanes at the end; that is for few output channels, which would not fill the lanes. A tile's sums start from zero and
 * are added to what is there, so that long sums are taken in parts, with less rounding.
 */
#define PX (2 * VL) /* images of a block in x, and in dy with images in the lanes */

#define EACH_POSITION(t)                  \
  for (int64_t r = 0; r < (t)->rows; r++) \
    for (int64_t k = 0; k < (t)->columns; k++)

#define DEFINE_GRAD(OV, CB)                                                   \
  static void grad_##OV##x##CB(const GradTile *t) {                           \
    Vec sum[CB][OV] = {{{0}}};                                                \
    EACH_POSITION(t) {                                                        \
      const T *dy = (const T *)t->dy + r * t->dy_row + k * t->dy_column;      \
      const T *x = (const T *)t->x + r * t->x_row + k * t->x_column;          \
      for (int64_t n = t->images; n > 0; n--, dy += OV * VL, x++) {           \
        Vec d[OV];                                                            \
        for (int o = 0; o < OV; o++) d[o] = load(dy + o * VL);                \
        for (int c = 0; c < CB; c++) {                                        \
          const Vec pixel = splat(x[c * PX]);                                 \
          for (int o = 0; o < OV; o++) sum[c][o] += pixel * d[o];             \
        }                                                                     \
      }                                                                       \
    }                                                                         \
    T *to = t->sum;                                                           \
    for (int c = 0; c < CB; c++)                                              \
      for (int o = 0; o < OV; o++, to += VL) store(to, load(to) + sum[c][o]); \
  }

/* sums[i] = the sum of the lanes of v[i], for VL vectors, which are lost */
INLINE Vec sum_lanes(Vec *v) {
  transpose(v);
  for (int step = VL / 2; step > 0; step /= 2)
    for (int i = 0; i < step; i++) v[i] += v[i + step];
  return v[0];
}

#define DEFINE_LANES_GRAD(OB, CB)                                               \
  static void lanes_grad_##OB##x##CB(const GradTile *t) {                       \
    Vec sum[OB][CB] = {{{0}}};                                                  \
    for (int64_t v = 0; v < t->images; v += VL) EACH_POSITION(t) {              \
        const T *dy = (const T *)t->dy + r * t->dy_row + k * t->dy_column + v;  \
        const T *x = (const T *)t->x + r * t->x_row + k * t->x_column + v;      \
        Vec pixel[CB];                                                          \
        for (int c = 0; c < CB; c++) pixel[c] = load(x + c * PX);               \
        for (int o = 0; o < OB; o++) {                                          \
          const Vec d = load(dy + o * PX);                                      \
          for (int c = 0; c < CB; c++) sum[o][c] += d * pixel[c];               \
        }                                                                       \
      }                                                                         \
    Vec flat[(OB * CB + VL - 1) / VL * VL] = {{0}};                             \
    for (int i = 0; i < OB * CB; i++) flat[i] = sum[i / CB][i % CB];            \
    for (int i = 0; i < OB * CB; i += VL) {                                     \
      const Vec total = sum_lanes(flat + i);                                    \
      for (int l = 0; l < VL && i + l < OB * CB; l++)                           \
        ((T *)t->sum)[(i + l) / CB * t->sum_output + (i + l) % CB] += total[l]; \
    }                                                                           \
  }

/* clang-format off */
#define GRADS_TO_4(OV) DEFINE_GRAD(OV, 1) DEFINE_GRAD(OV, 2) DEFINE_GRAD(OV, 3) DEFINE_GRAD(OV, 4)
#define GRADS_TO_6(OV) GRADS_TO_4(OV) DEFINE_GRAD(OV, 5) DEFINE_GRAD(OV, 6)
#define GRADS_TO_8(OV) GRADS_TO_6(OV) DEFINE_GRAD(OV, 7) DEFINE_GRAD(OV, 8)
#define GRADS_TO_13(OV) GRADS_TO_8(OV) DEFINE_GRAD(OV, 9) DEFINE_GRAD(OV, 10) DEFINE_GRAD(OV, 11) DEFINE_GRAD(OV, 12) \
  DEFINE_GRAD(OV, 13)
#define GRAD_NAMES_TO_4(OV) grad_##OV##x1, grad_##OV##x2, grad_##OV##x3, grad_##OV##x4
#define GRAD_NAMES_TO_6(OV) GRAD_NAMES_TO_4(OV), grad_##OV##x5, grad_##OV##x6
#define GRAD_NAMES_TO_8(OV) GRAD_NAMES_TO_6(OV), grad_##OV##x7, grad_##OV##x8
#define GRAD_NAMES_TO_13(OV) GRAD_NAMES_TO_8(OV), grad_##OV##x9, grad_##OV##x10, grad_##OV##x11, grad_##OV##x12, \
  grad_##OV##x13

#if REGISTERS == 32
GRADS_TO_13(1) GRADS_TO_13(2) GRADS_TO_8(3) GRADS_TO_6(4)
static GradFn *const grads_1[] = {GRAD_NAMES_TO_13(1)}, *const grads_2[] = {GRAD_NAMES_TO_13(2)},
             *const grads_3[] = {GRAD_NAMES_TO_8(3)}, *const grads_4[] = {GRAD_NAMES_TO_6(4)};
#define GRAD_MOST_CHANNELS {13, 13, 8, 6}
#else
GRADS_TO_13(1) GRADS_TO_6(2) GRADS_TO_4(3) DEFINE_GRAD(4, 1) DEFINE_GRAD(4, 2)
static GradFn *const grads_1[] = {GRAD_NAMES_TO_13(1)}, *const grads_2[] = {GRAD_NAMES_TO_6(2)},
             *const grads_3[] = {GRAD_NAMES_TO_4(3)}, *const grads_4[] = {grad_4x1, grad_4x2};
#define GRAD_MOST_CHANNELS {13, 6, 4, 2}
#endif

#define LANES_GRADS(OB) DEFINE_LANES_GRAD(OB, 1) DEFINE_LANES_GRAD(OB, 2) DEFINE_LANES_GRAD(OB, 3) DEFINE_LANES_GRAD(OB, 4)
#define LANES_NAMES(OB) lanes_grad_##OB##x1, lanes_grad_##OB##x2, lanes_grad_##OB##x3, lanes_grad_##OB##x4
LANES_GRADS(1) LANES_GRADS(2) LANES_GRADS(3) LANES_GRADS(4) LANES_GRADS(5) LANES_GRADS(6)
static GradFn *const lanes_grads[] = {LANES_NAMES(1), LANES_NAMES(2), LANES_NAMES(3),
                                      LANES_NAMES(4), LANES_NAMES(5), LANES_NAMES(6)};
/* clang-format on */
