/*
 * gradsum.c - see gradsum.h.
 */
#include "autograd/gradsum.h"

#include <string.h>

#include "base/alloc.h"
#include "kernels/elementwise/map.h"

/* Inputs of a SLICES_GRAD to be: in[1..count] are the gradients of slices, in[0] will be their places. */
typedef struct GradParts {
  int count, cap;
  Tensor **in;      /* [cap + 1] */
  SliceArgs *place; /* [cap] */
} GradParts;

static bool can_add_in_place(const GradSum *sum, const Tensor *g) {
  return sum->own && sum->t->dtype == g->dtype && tensor_same_shape(sum->t, g);
}

int gradsum_add(GradSum *sum, Tensor *g, bool fresh, bool create_graph) {
  if (!sum->t) {
    sum->t = tensor_retain(g);
    sum->own = fresh && !create_graph;
    return 0;
  }
  if (!create_graph && can_add_in_place(sum, g)) {
    map2(sum->t, sum->t, g, op_row(OP_ADD)->kern2[g->dtype]);
    return 0;
  }
  Tensor *total = op_apply(OP_ADD, (Tensor *[]){sum->t, g}, 2, NULL);
  if (!total) return -1;
  tensor_release(sum->t);
  sum->t = total;
  sum->own = !create_graph;
  return 0;
}

int gradsum_set(GradSum *sum, Tensor *g) {
  tensor_release(sum->t);
  sum->t = tensor_retain(g);
  sum->own = true;
  return 0;
}

int gradsum_make_own(GradSum *sum) {
  if (sum->own) return 0;
  Tensor *copy = tensor_clone(sum->t);
  if (!copy) return -1;
  tensor_release(sum->t);
  sum->t = copy;
  sum->own = true;
  return 0;
}

/* --- slices whose gradients are themselves differentiated ----------------------------------------------------------- */

static void free_parts(GradParts *p) {
  if (!p) return;
  for (int i = 1; i <= p->count; i++) tensor_release(p->in[i]);
  if (p->in) alloc_put(p->in, (size_t)(p->cap + 1) * sizeof *p->in);
  if (p->place) alloc_put(p->place, (size_t)p->cap * sizeof *p->place);
  alloc_put(p, sizeof *p);
}

static int make_room(GradParts *p) {
  if (p->count < p->cap) return 0;
  GradParts bigger = {.count = p->count, .cap = p->cap ? 2 * p->cap : 8};
  const size_t in = sizeof *p->in, place = sizeof *p->place;
  bigger.in = alloc_get((size_t)(bigger.cap + 1) * in);
  bigger.place = alloc_get((size_t)bigger.cap * place);
  if (!bigger.in || !bigger.place) {
    if (bigger.in) alloc_put(bigger.in, (size_t)(bigger.cap + 1) * in);
    if (bigger.place) alloc_put(bigger.place, (size_t)bigger.cap * place);
    return -1;
  }
  if (p->cap) {
    memcpy(bigger.in, p->in, (size_t)(p->count + 1) * in);
    memcpy(bigger.place, p->place, (size_t)p->count * place);
    alloc_put(p->in, (size_t)(p->cap + 1) * in);
    alloc_put(p->place, (size_t)p->cap * place);
  }
  *p = bigger;
  return 0;
}

int gradsum_keep(GradSum *sum, Tensor *g, const SliceArgs *slice) {
  GradParts *p = sum->parts;
  if (!p) {
    p = alloc_get(sizeof *p);
    if (!p) return -1;
    *p = (GradParts){0};
    sum->parts = p;
  }
  if (make_room(p) < 0) return -1;
  p->place[p->count] = *slice;
  p->in[++p->count] = tensor_retain(g);
  return 0;
}

/* (slices, SLICE_PLACE): the numbers that SLICES_GRAD reads. */
static Tensor *places(const GradParts *p) {
  Tensor *t = tensor_new(DT_I64, 2, (int64_t[]){p->count, SLICE_PLACE});
  for (int i = 0; t && i < p->count; i++) {
    const SliceArgs *s = &p->place[i];
    memcpy(tensor_i64(t) + i * SLICE_PLACE, (int64_t[]){s->dim, s->start, s->length, s->step},
           SLICE_PLACE * sizeof(int64_t));
  }
  return t;
}

static Tensor *join_parts(GradParts *p, int ndim, const int64_t *shape) {
  OpArgs args = {.whole = {.dim = 0, .ndim = ndim}};
  memcpy(args.whole.size, shape, (size_t)ndim * sizeof *shape);
  Tensor *at = places(p);
  if (!at) return NULL;
  p->in[0] = at;
  Tensor *g = op_apply(OP_SLICES_GRAD, p->in, p->count + 1, &args);
  tensor_release(at);
  return g;
}

int gradsum_settle(GradSum *sum, int ndim, const int64_t *shape) {
  if (!sum->parts) return 0;
  Tensor *g = join_parts(sum->parts, ndim, shape);
  free_parts(sum->parts);
  sum->parts = NULL;
  const int rc = g ? gradsum_add(sum, g, false, true) : -1;
  tensor_release(g);
  return rc;
}

void gradsum_clear(GradSum *sum) {
  tensor_release(sum->t);
  free_parts(sum->parts);
  *sum = (GradSum){0};
}
