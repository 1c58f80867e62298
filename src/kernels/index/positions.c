/*
 * positions.c - index tensors: checked, and joined to one of positions from 0.
 */
#include <string.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "base/simd.h"
#include "core/recorder.h"
#include "core/walk.h"
#include "kernels/index/index.h"

/* --- checks ------------------------------------------------------------------------------------------------------- */

/* A position from 0; beyond the range where it is none. */
INLINE int64_t position(int64_t given, int64_t size, IndexCount count) {
  if (count == INDEX_FROM_0) return given;
  return given > 0 ? given - 1 : count == INDEX_SIGNED && given < 0 ? given + size : -1;
}

VECTORIZED(bool, index_all_within, (const int64_t *p, int64_t n, int64_t first, uint64_t size), (p, n, first, size)) {
  uint64_t bad = 0;
  for (int64_t i = 0; i < n; i++) bad |= (uint64_t)((uint64_t)p[i] - (uint64_t)first >= size);
  return bad == 0;
}

int index_check(const char *name, const Tensor *index, int64_t size, IndexCount count) {
  if (index->dtype != DT_I64) {
    return err_set("%s: the index has dtype %s, it must be int64", name, dtype_name((DType)index->dtype));
  }
  const int64_t first = count != INDEX_FROM_0;
  if (index->contiguous && index_all_within(tensor_i64(index), index->numel, first, (uint64_t)size)) return 0;
  for (int64_t i = 0; i < index->numel; i++) {
    const int64_t given = index->contiguous ? tensor_i64(index)[i] : tensor_get_scalar(index, i).i;
    if ((uint64_t)position(given, size, count) < (uint64_t)size) continue;
    return err_set("%s: index %lld at position %lld is out of range 1..%lld", name,
                   (long long)given + (count == INDEX_FROM_0), (long long)i + 1, (long long)size);
  }
  return 0;
}

/* --- joining ------------------------------------------------------------------------------------------------------ */

typedef struct Join {
  int64_t size[TENSOR_MAX_DIM];
} Join;

/* One index: out = out size + position. */
typedef struct Step {
  Walk walk; /* out, index */
  int64_t size;
  bool first;
} Step;

static void step_run(void *ctx, int64_t n, char *const *at, const int64_t *stride) {
  const Step *s = ctx;
  int64_t *o = (int64_t *)(void *)at[0];
  const int64_t *p = (const int64_t *)(const void *)at[1];
  const int64_t so = stride[0], sp = stride[1], size = s->size;
  for (int64_t i = 0; i < n; i++) {
    o[i * so] = (s->first ? 0 : o[i * so] * size) + position(p[i * sp], size, INDEX_SIGNED);
  }
}

static void step_blocks(void *ctx, int64_t begin, int64_t end) {
  walk_blocks(&((Step *)ctx)->walk, 2, begin, end, step_run, ctx);
}

static int run_join(const Computation *c, Context *own) {
  Join j;
  (void)own;
  memcpy(&j, c->args, sizeof j);
  for (int k = 0; c->t[0]->numel > 0 && k < c->n - 1; k++) {
    Step s = {.size = j.size[k], .first = k == 0};
    if (index_check("positions", c->t[k + 1], s.size, INDEX_SIGNED) < 0) return -1;
    walk_any_order(&s.walk, 2, (const Tensor *[]){c->t[0], c->t[k + 1]});
    walk_share(&s.walk, step_blocks, &s);
  }
  tensor_touch(c->t[0]);
  return interrupt_check();
}

Tensor *index_join(int n, Tensor *const *index, const int64_t *size, int ndim, const int64_t *shape) {
  Join j = {{0}};
  Tensor *t[TENSOR_MAX_DIM + 1] = {tensor_new(DT_I64, ndim, shape)};
  if (!t[0]) return NULL;
  for (int k = 0; k < n; k++) {
    j.size[k] = size[k];
    t[k + 1] = index[k];
  }
  if (recorder_run(&(Computation){.name = "positions",
                                  .run = run_join,
                                  .pure = true,
                                  .nout = 1,
                                  .n = n + 1,
                                  .t = t,
                                  .args = &j,
                                  .size = sizeof j}) == 0) {
    return t[0];
  }
  tensor_release(t[0]);
  return NULL;
}
