/*
 * map.c - element-wise kernels over whole tensors.
 *
 * Where every operand is contiguous or a single value, a small call is one run of the kernel. Otherwise the operands
 * are walked together (core/walk.h), in blocks that are shared among threads.
 */
#include "kernels/elementwise/map.h"

#include <string.h>

#include "base/parallel.h"
#include "core/recorder.h"
#include "core/walk.h"

typedef struct Map {
  Walk walk; /* out, then the inputs */
  MapCall kern;
} Map;

/* --- walking ---------------------------------------------------------------------------------------------- */

INLINE void run_unary(void *ctx, int64_t n, char *const *at, const int64_t *s) {
  ((const Map *)ctx)->kern.unary(n, at[0], s[0], at[1], s[1]);
}
INLINE void run_binary(void *ctx, int64_t n, char *const *at, const int64_t *s) {
  ((const Map *)ctx)->kern.binary(n, at[0], s[0], at[1], s[1], at[2], s[2]);
}
INLINE void run_ternary(void *ctx, int64_t n, char *const *at, const int64_t *s) {
  ((const Map *)ctx)->kern.ternary(n, at[0], s[0], at[1], s[1], at[2], s[2], at[3], s[3]);
}

static void unary_blocks(void *ctx, int64_t begin, int64_t end) {
  walk_blocks(&((Map *)ctx)->walk, 2, begin, end, run_unary, ctx);
}
static void binary_blocks(void *ctx, int64_t begin, int64_t end) {
  walk_blocks(&((Map *)ctx)->walk, 3, begin, end, run_binary, ctx);
}
static void ternary_blocks(void *ctx, int64_t begin, int64_t end) {
  walk_blocks(&((Map *)ctx)->walk, 4, begin, end, run_ternary, ctx);
}

static void map_general(int operands, const Tensor *const *t, MapCall kern) {
  static void (*const blocks[])(void *ctx, int64_t begin, int64_t end) = {
      [2] = unary_blocks, [3] = binary_blocks, [4] = ternary_blocks};
  Map m;
  m.kern = kern;
  walk_any_order(&m.walk, operands, t);
  walk_share(&m.walk, blocks[operands], &m);
}

/* --- public ----------------------------------------------------------------------------------------------- */

/* The stride with which input a walks beside a contiguous out, or -1 if one run cannot do it. An input with as many
 * elements as out has out's shape, for it broadcasts to it. */
static inline int64_t flat_stride(const Tensor *out, const Tensor *a) {
  if (a->numel == 1) return 0;
  return a->contiguous && a->numel == out->numel ? 1 : -1;
}

/* Few enough elements for the calling thread, in one run if the inputs agree to it too. */
static inline bool short_and_flat(const Tensor *out) { return out->contiguous && out->numel < PARALLEL_FROM; }

int map_rerun(const Computation *c, Context *own) {
  MapCall kern;
  (void)own;
  memcpy(&kern, c->args, sizeof kern);
  if (c->n == 2) map1(c->t[0], c->t[1], kern.unary);
  if (c->n == 3) map2(c->t[0], c->t[1], c->t[2], kern.binary);
  if (c->n == 4) map3(c->t[0], c->t[1], c->t[2], c->t[3], kern.ternary);
  return 0;
}

/* t: out and the inputs */
static void report_map(const Tensor *const *t, int operands, MapCall kern) {
  context->recorder->call(&(Computation){.name = "an in-place operation",
                                         .run = map_rerun,
                                         .pure = true,
                                         .nout = 1,
                                         .n = operands,
                                         .t = (Tensor *const *)t,
                                         .args = &kern,
                                         .size = sizeof kern});
}

void map1(Tensor *out, const Tensor *a, Kern1 *kern) {
  if (context->recorder) report_map((const Tensor *[]){out, a}, 2, (MapCall){.unary = kern});
  tensor_touch(out);
  const int64_t sa = flat_stride(out, a);
  if (out->numel == 0) return;
  if (short_and_flat(out) && sa >= 0) {
    kern(out->numel, tensor_data(out), 1, tensor_data(a), sa);
    return;
  }
  map_general(2, (const Tensor *[]){out, a}, (MapCall){.unary = kern});
}

void map2(Tensor *out, const Tensor *a, const Tensor *b, Kern2 *kern) {
  if (context->recorder) report_map((const Tensor *[]){out, a, b}, 3, (MapCall){.binary = kern});
  tensor_touch(out);
  const int64_t sa = flat_stride(out, a), sb = flat_stride(out, b);
  if (out->numel == 0) return;
  if (short_and_flat(out) && sa >= 0 && sb >= 0) {
    kern(out->numel, tensor_data(out), 1, tensor_data(a), sa, tensor_data(b), sb);
    return;
  }
  map_general(3, (const Tensor *[]){out, a, b}, (MapCall){.binary = kern});
}

void map3(Tensor *out, const Tensor *a, const Tensor *b, const Tensor *c, Kern3 *kern) {
  if (context->recorder) report_map((const Tensor *[]){out, a, b, c}, 4, (MapCall){.ternary = kern});
  tensor_touch(out);
  const int64_t sa = flat_stride(out, a), sb = flat_stride(out, b), sc = flat_stride(out, c);
  if (out->numel == 0) return;
  if (short_and_flat(out) && sa >= 0 && sb >= 0 && sc >= 0) {
    kern(out->numel, tensor_data(out), 1, tensor_data(a), sa, tensor_data(b), sb, tensor_data(c), sc);
    return;
  }
  map_general(4, (const Tensor *[]){out, a, b, c}, (MapCall){.ternary = kern});
}
