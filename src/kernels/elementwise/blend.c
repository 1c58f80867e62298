/*
 * blend.c - addcmul, addcdiv and lerp.
 */
#include "kernels/elementwise/blend.h"

#include "base/simd.h"
#include "core/walk.h"

/* at: o, x, b, a; s: their strides. Without an a, at[3] is b's. */
typedef void KernBlend(int64_t n, double w, char *const *at, const int64_t *s);

#define LOOP(T, EXPR, so, sx, sb, sa)                             \
  for (int64_t i = 0; i < n; i++) {                               \
    const T x = px[i * (sx)], b = pb[i * (sb)], a = pa[i * (sa)]; \
    (void)a;                                                      \
    po[i * (so)] = (EXPR);                                        \
  }

#define BLEND(kernel, T, EXPR)                                                                                         \
  static VECTORIZED(void, kernel, (int64_t n, double weight, char *const *at, const int64_t *s), (n, weight, at, s)) { \
    const T w = (T)weight;                                                                                             \
    T *po = (T *)(void *)at[0];                                                                                        \
    const T *px = (const T *)(const void *)at[1], *pb = (const T *)(const void *)at[2],                                \
            *pa = (const T *)(const void *)at[3];                                                                      \
    if (s[0] == 1 && s[1] == 1 && s[2] == 1 && s[3] == 1) {                                                            \
      INDEPENDENT LOOP(T, EXPR, 1, 1, 1, 1)                                                                            \
    } else {                                                                                                           \
      LOOP(T, EXPR, s[0], s[1], s[2], s[3])                                                                            \
    }                                                                                                                  \
  }

/* clang-format off */
#define BLENDS(t, T)                                            \
  BLEND(addcmul_##t, T, x + (w * a) * b)                        \
  BLEND(addcdiv_##t, T, x + (w * a) / b)                        \
  BLEND(start_##t, T, x + w * (b - x))                          \
  BLEND(end_##t, T, b - (b - x) * (1 - w))
BLENDS(f32, float)
BLENDS(f64, double)
/* clang-format on */

typedef struct Blend {
  Walk walk;
  KernBlend *kern;
  double w;
} Blend;

INLINE void run(void *ctx, int64_t n, char *const *at, const int64_t *s) {
  ((const Blend *)ctx)->kern(n, ((const Blend *)ctx)->w, at, s);
}

static void blocks(void *ctx, int64_t begin, int64_t end) {
  walk_blocks(&((Blend *)ctx)->walk, 4, begin, end, run, ctx);
}

void blend(Tensor *out, BlendWay way, double w, const Tensor *x, const Tensor *a, const Tensor *b) {
  static KernBlend *const kern[BLEND_WAYS][2] = {
      {addcmul_f32, addcmul_f64}, {addcdiv_f32, addcdiv_f64}, {start_f32, start_f64}, {end_f32, end_f64}};
  tensor_touch(out);
  if (out->numel == 0) return;
  Blend m;
  m.kern = kern[way][out->dtype == DT_F64];
  m.w = w;
  walk_any_order(&m.walk, 4, (const Tensor *[]){out, x, b, a ? a : b});
  walk_share(&m.walk, blocks, &m);
}
