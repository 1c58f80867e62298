/*
 * nonzero.c - positions of elements that are not 0, and masks.
 */
#include "kernels/reduce/nonzero.h"

#include <stdlib.h>

#include "base/err.h"
#include "core/recorder.h"
#include "core/walk.h"

/* Goes over the elements row by row. */
typedef struct Reader {
  Walk walk;
  WalkCursor at;
  DType dtype;
} Reader;

static void start(Reader *r, const Tensor *t) {
  r->dtype = (DType)t->dtype;
  walk_row_major(&r->walk, 1, &t);
  walk_seek(&r->walk, 1, r->walk.data, 0, &r->at);
}

/* Whether the next element is not 0 (nan is not). */
static bool next(Reader *r) {
  const void *p = r->at.at[0];
  walk_on(&r->walk, 1, &r->at, 1);
  return r->dtype == DT_U8 ? *(const uint8_t *)p != 0 : dtype_load(r->dtype, p) != 0;
}

static int64_t count_of(const Tensor *t) {
  Reader r;
  int64_t n = 0;
  start(&r, t);
  for (int64_t i = 0; i < t->numel; i++) n += next(&r);
  return n;
}

Tensor *nonzero_flat(const Tensor *t) {
  const int64_t n = count_of(t);
  Tensor *out = tensor_new(DT_I64, 1, &n);
  Reader r;
  start(&r, t);
  for (int64_t i = 0, at = 0; out && i < t->numel; i++) {
    if (next(&r)) tensor_i64(out)[at++] = i;
  }
  return out;
}

Tensor *nonzero(const Tensor *t) {
  Tensor *flat = nonzero_flat(t);
  Tensor *out = flat ? tensor_new(DT_I64, 2, (int64_t[]){flat->numel, t->ndim}) : NULL;
  for (int64_t i = 0; out && i < flat->numel; i++) {
    int64_t left = tensor_i64(flat)[i];
    for (int d = t->ndim - 1; d >= 0; d--) {
      tensor_i64(out)[i * t->ndim + d] = left % t->shape[d] + 1;
      left /= t->shape[d];
    }
  }
  tensor_release(flat);
  return out;
}

Tensor *nonzero_ranks(const Tensor *mask, int64_t count) {
  Tensor *out = tensor_new(DT_I64, 1, &mask->numel);
  Reader r;
  start(&r, mask);
  for (int64_t i = 0, before = 0; out && i < mask->numel; i++) {
    tensor_i64(out)[i] = before < count ? before : count - 1;
    before += next(&r);
  }
  return out;
}

static int run_check(const Computation *c, Context *own) {
  const Tensor *mask = c->t[0];
  Walk w;
  WalkCursor at;
  (void)own;
  walk_row_major(&w, 1, &mask);
  walk_seek(&w, 1, w.data, 0, &at);
  for (int64_t left = mask->numel; left > 0;) {
    const int64_t n = walk_left(&w, &at), stride = w.stride[w.ndim - 1][0];
    const uint8_t *p = (const uint8_t *)at.at[0];
    uint8_t all = 0;
    for (int64_t i = 0; i < n; i++) all |= p[i * stride];
    if (all > 1) {
      return err_set(
          "a mask has elements 0 and 1 only, this uint8 tensor has others; compare it (mask:ne(0)) to make a mask, or "
          "convert positions with to('int64')");
    }
    walk_on(&w, 1, &at, n);
    left -= n;
  }
  return 0;
}

int mask_check(const Tensor *mask) {
  Tensor *t[] = {(Tensor *)mask};
  return recorder_run(&(Computation){.name = "mask", .run = run_check, .n = 1, .t = t});
}
