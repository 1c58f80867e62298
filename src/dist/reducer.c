/*
 * reducer.c - leaves, from the last to the first, as the arrays of a Sums.
 *
 * Which operation completes a leaf's gradient is told before each backward, from the oldest operation on
 * (autograd/gradwatch.h). So the leaves, in the order in which they are first named, are a stack: its top is the next one to
 * be complete.
 */
#include "dist/reducer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "dist/sums.h"
#include "kernels/elementwise/map.h"

typedef struct Leaf {
  Tensor *t;     /* owned */
  Tensor *aside; /* its gradient before the batch; owned, or NULL */
  bool expected; /* stands in the stack */
  bool done;     /* handed over in this part */
} Leaf;

typedef struct Due {
  int leaf;
  uint64_t seq;
} Due;

struct Reducer {
  GradWatch watch; /* first: a GradWatch is its Reducer */
  int n, due;
  Leaf *leaf;
  Due *stack;
  int *index; /* hash table of leaves by address: number + 1, or 0 */
  int slots;  /* a power of two */
  Sums *sums;
};

/* --- finding a leaf ----------------------------------------------------------------------------------------------- */

static int *slot_of(const Reducer *r, const Tensor *t) {
  uint64_t h = (uint64_t)(uintptr_t)t * 0x9e3779b97f4a7c15u >> 20;
  for (;; h++) {
    int *slot = &r->index[h & (uint64_t)(r->slots - 1)];
    if (*slot == 0 || r->leaf[*slot - 1].t == t) return slot;
  }
}

/* --- a part ------------------------------------------------------------------------------------------------------- */

static int expect(GradWatch *w, Tensor *t, uint64_t seq) {
  Reducer *r = (Reducer *)w;
  const int i = *slot_of(r, t) - 1;
  if (i < 0 || r->leaf[i].expected) return 0;
  if (r->leaf[i].done) return err_set("a second backward for one part of the batch");
  r->leaf[i].expected = true;
  r->stack[r->due++] = (Due){i, seq};
  return 0;
}

/* Hands the gradient of leaf i over and takes it from the leaf. */
static int hand_over(Reducer *r, int i) {
  Leaf *leaf = &r->leaf[i];
  leaf->done = true;
  Tensor *flat = leaf->t->grad ? tensor_contiguous(leaf->t->grad) : NULL;
  if (leaf->t->grad && !flat) return -1;
  const int rc = sums_put(r->sums, r->n - 1 - i, flat ? tensor_data(flat) : NULL);
  tensor_release(flat);
  tensor_set_grad(leaf->t, NULL);
  return rc;
}

static int passed(GradWatch *w, uint64_t seq) {
  Reducer *r = (Reducer *)w;
  while (r->due > 0 && r->stack[r->due - 1].seq >= seq) {
    if (hand_over(r, r->stack[--r->due].leaf) < 0) return -1;
  }
  return 0;
}

void reducer_watch(Reducer *r, bool on) {
  r->due = 0;
  for (int i = 0; i < r->n; i++) r->leaf[i].expected = false;
  context->gradwatch = on ? &r->watch : NULL;
}

int reducer_end_part(Reducer *r) {
  for (int i = r->n - 1; i >= 0; i--) {
    if (!r->leaf[i].done && hand_over(r, i) < 0) return -1;
  }
  for (int i = 0; i < r->n; i++) r->leaf[i].done = false;
  return 0;
}

/* --- a batch ------------------------------------------------------------------------------------------------------ */

void reducer_start(Reducer *r) {
  for (int i = 0; i < r->n; i++) {
    Leaf *leaf = &r->leaf[i];
    tensor_release(leaf->aside);
    leaf->aside = leaf->t->grad ? tensor_retain(leaf->t->grad) : NULL;
    tensor_set_grad(leaf->t, NULL);
    leaf->done = false;
  }
}

static void put_back(Leaf *leaf) {
  if (!leaf->aside) return;
  tensor_set_grad(leaf->t, leaf->aside);
  tensor_release(leaf->aside);
  leaf->aside = NULL;
}

static void multiply(Tensor *t, double scale) {
  if (scale == 1) return;
  for (int64_t i = 0; i < t->numel; i++) {
    if (t->dtype == DT_F32) tensor_f32(t)[i] *= (float)scale;
    if (t->dtype == DT_F64) tensor_f64(t)[i] *= scale;
  }
}

/* leaf.grad = what was put aside + the sum times scale. */
static int take(Reducer *r, int i, double scale) {
  Leaf *leaf = &r->leaf[i];
  Tensor *sum = tensor_new_like(leaf->t);
  if (!sum) return -1;
  const bool any = sums_take(r->sums, r->n - 1 - i, tensor_data(sum)) > 0;
  multiply(sum, scale);
  put_back(leaf);
  if (any && leaf->t->grad) {
    map2(leaf->t->grad, leaf->t->grad, sum, sum->dtype == DT_F32 ? kern_add_f32 : kern_add_f64);
  } else if (any) {
    tensor_set_grad(leaf->t, sum);
  }
  tensor_release(sum);
  return 0;
}

int reducer_finish(Reducer *r, double scale, const char *what) {
  if (sums_wait(r->sums, what) < 0) return -1;
  for (int i = 0; i < r->n; i++) {
    if (take(r, i, scale) < 0) return -1;
  }
  return 0;
}

int reducer_drop(Reducer *r, const char *what) {
  if (sums_wait(r->sums, what) < 0) return -1;
  for (int i = 0; i < r->n; i++) {
    tensor_set_grad(r->leaf[i].t, NULL);
    put_back(&r->leaf[i]);
  }
  return 0;
}

/* --- life --------------------------------------------------------------------------------------------------------- */

/* Zeroed memory for `n` elements; a list may be empty. */
static void *get_zeroed(size_t size, int n) {
  const size_t bytes = size * (size_t)n;
  void *p = alloc_get(bytes + 1);
  if (p) memset(p, 0, bytes);
  return p;
}

static void put_zeroed(void *p, size_t size, int n) { alloc_put(p, size * (size_t)n + 1); }

static Sums *sums_of(Tensor *const *leaf, int n, int parts, size_t bucket_bytes) {
  SumsArray *array = get_zeroed(sizeof *array, n);
  if (!array) return NULL;
  for (int i = 0; i < n; i++) array[n - 1 - i] = (SumsArray){(DType)leaf[i]->dtype, leaf[i]->numel};
  Sums *s = sums_new(array, n, parts, bucket_bytes);
  put_zeroed(array, sizeof *array, n);
  return s;
}

static int build(Reducer *r, Tensor *const *leaf, int n, int parts, size_t bucket_bytes) {
  for (r->slots = 16; r->slots < 4 * n;) r->slots *= 2;
  r->leaf = get_zeroed(sizeof *r->leaf, n);
  r->stack = get_zeroed(sizeof *r->stack, n);
  r->index = get_zeroed(sizeof *r->index, r->slots);
  r->sums = sums_of(leaf, n, parts, bucket_bytes);
  if (!r->leaf || !r->stack || !r->index || !r->sums) return -1;
  for (int i = 0; i < n; i++) {
    r->leaf[i].t = tensor_retain(leaf[i]);
    r->n++;
    *slot_of(r, leaf[i]) = i + 1;
  }
  return 0;
}

Reducer *reducer_new(Tensor *const *leaf, int n, int parts, size_t bucket_bytes) {
  Reducer *r = get_zeroed(sizeof *r, 1);
  if (!r) return NULL;
  r->watch = (GradWatch){expect, passed};
  if (build(r, leaf, n, parts, bucket_bytes) == 0) return r;
  r->n = n; /* what the blocks were asked for */
  reducer_free(r);
  return NULL;
}

void reducer_free(Reducer *r) {
  if (!r) return;
  if (context->gradwatch == &r->watch) context->gradwatch = NULL;
  for (int i = 0; r->leaf && i < r->n; i++) {
    tensor_release(r->leaf[i].t);
    tensor_release(r->leaf[i].aside);
  }
  sums_free(r->sums);
  put_zeroed(r->leaf, sizeof *r->leaf, r->n);
  put_zeroed(r->stack, sizeof *r->stack, r->n);
  put_zeroed(r->index, sizeof *r->index, r->slots);
  put_zeroed(r, sizeof *r, 1);
}
