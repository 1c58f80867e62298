/*
 * positions.c - index tensors as scripts give them, checked and joined to one of positions from 0.
 */
#include <string.h>

#include "base/err.h"
#include "base/simd.h"
#include "core/recorder.h"
#include "core/walk.h"
#include "kernels/index/index.h"

/* --- checks ------------------------------------------------------------------------------------------------------- */

static VECTORIZED(bool, all_below, (const int64_t *p, int64_t n, uint64_t size), (p, n, size)) {
  uint64_t bad = 0;
  for (int64_t i = 0; i < n; i++) bad |= (uint64_t)((uint64_t)p[i] >= size);
  return bad == 0;
}

static int out_of_range(const char *name, int64_t shown, int64_t at, int64_t size) {
  return err_set("%s: index %lld at position %lld is out of range 1..%lld", name, (long long)shown, (long long)at + 1,
                 (long long)size);
}

int index_check(const char *name, const Tensor *index, int64_t size) {
  if (index->dtype != DT_I64) {
    return err_set("%s: the index has dtype %s, it must be int64", name, dtype_name((DType)index->dtype));
  }
  if (index->contiguous && all_below(tensor_i64(index), index->numel, (uint64_t)size)) return 0;
  for (int64_t i = 0; i < index->numel; i++) {
    const int64_t v = tensor_get_scalar(index, i).i;
    if (v < 0 || v >= size) return out_of_range(name, v + 1, i, size);
  }
  return 0;
}

/* --- joining ------------------------------------------------------------------------------------------------------ */

typedef struct Join {
  const char *name;
  int64_t negative;
  int64_t size[TENSOR_MAX_DIM];
} Join;

/* One index: out = out size + position. */
typedef struct Step {
  Walk walk; /* out, index */
  int64_t size;
  bool first, negative;
  bool *bad;
} Step;

/* A position from 0; beyond the range where it is none. */
INLINE int64_t position(int64_t given, int64_t size, bool negative) {
  return given > 0 ? given - 1 : negative && given < 0 ? given + size : -1;
}

static void step_run(void *ctx, int64_t n, char *const *at, const int64_t *stride) {
  const Step *s = ctx;
  int64_t *o = (int64_t *)(void *)at[0];
  const int64_t *p = (const int64_t *)(const void *)at[1];
  const int64_t so = stride[0], sp = stride[1], size = s->size;
  bool bad = false;
  for (int64_t i = 0; i < n; i++) {
    const int64_t v = position(p[i * sp], size, s->negative);
    bad |= (uint64_t)v >= (uint64_t)size;
    o[i * so] = (s->first ? 0 : o[i * so] * size) + v;
  }
  if (bad) __atomic_store_n(s->bad, true, __ATOMIC_RELAXED);
}

static void step_blocks(void *ctx, int64_t begin, int64_t end) {
  walk_blocks(&((Step *)ctx)->walk, 2, begin, end, step_run, ctx);
}

static int refuse(const Tensor *index, const Join *j, int64_t size) {
  for (int64_t i = 0; i < index->numel; i++) {
    const int64_t given = tensor_get_scalar(index, i).i;
    if ((uint64_t)position(given, size, j->negative != 0) >= (uint64_t)size) {
      return out_of_range(j->name, given, i, size);
    }
  }
  return 0;
}

static int run_join(const Computation *c, Context *own) {
  Join j;
  (void)own;
  memcpy(&j, c->args, sizeof j);
  for (int k = 0; c->t[0]->numel > 0 && k < c->n - 1; k++) {
    bool bad = false;
    Step s = {.size = j.size[k], .first = k == 0, .negative = j.negative != 0, .bad = &bad};
    walk_any_order(&s.walk, 2, (const Tensor *[]){c->t[0], c->t[k + 1]});
    walk_share(&s.walk, step_blocks, &s);
    if (bad) return refuse(c->t[k + 1], &j, s.size);
  }
  tensor_touch(c->t[0]);
  return 0;
}

Tensor *index_positions(const char *name, int n, Tensor *const *index, const int64_t *size, bool negative, int ndim,
                        const int64_t *shape) {
  Join j = {.name = name, .negative = negative};
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
