/*
 * tensor.c - windows onto shared storage.
 *
 * A storage and its data are one block: a 64-byte header, then the elements, so that a small tensor costs two requests
 * to the caching allocator.
 */
#include "core/tensor.h"

#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/size.h"
#include "core/recorder.h"

#define STORAGE_HEADER 64
_Static_assert(sizeof(Storage) <= STORAGE_HEADER, "the header must leave the data 64-byte aligned");

static void (*release_node)(struct Node *); /* set once, when the library is opened */

/* Checks a shape and counts its elements; -1 with err_set. A window is checked like a tensor of its own, because
 * whoever copies it makes one. */
static int64_t checked_numel(DType dt, int ndim, const int64_t *shape) {
  if (ndim < 0 || ndim > TENSOR_MAX_DIM) {
    return err_set("a tensor has at most %d dimensions, got %d", TENSOR_MAX_DIM, ndim);
  }
  const int64_t n = size_product(dtype_size(dt), ndim, shape);
  if (n >= 0) return n;
  for (int d = 0; d < ndim; d++) {
    if (shape[d] < 0) return err_set("negative size in shape %s", shape_str(ndim, shape));
  }
  return err_set("shape %s has more elements than memory can hold", shape_str(ndim, shape));
}

/* --- life ------------------------------------------------------------------------------------------------- */

/* The process's, because contexts may share storages. Those that several threads make at the same time may get one
 * number; recordings, which compare numbers, are made by one thread alone. */
static _Atomic uint64_t last_serial;
static uint64_t next_serial(void) {
  const uint64_t n = atomic_load_explicit(&last_serial, memory_order_relaxed) + 1;
  atomic_store_explicit(&last_serial, n, memory_order_relaxed);
  return n;
}

uint64_t storage_new_era(void) { return next_serial() - 1; }

static Storage *storage_new(size_t nbytes) {
  Storage *s = alloc_get(STORAGE_HEADER + nbytes);
  if (!s) return NULL;
  s->refs = 1;
  s->version = 0;
  s->serial = next_serial();
  s->nbytes = nbytes;
  s->data = (char *)s + STORAGE_HEADER;
  return s;
}

static void storage_release(Storage *s) {
  if (--s->refs == 0) alloc_put(s, STORAGE_HEADER + s->nbytes);
}

/* All that a new tensor does not share with another of the same window. */
static Tensor *start_life(Tensor *t) {
  t->refs = 1;
  t->requires_grad = false;
  t->is_graph_window = false;
  t->node = NULL;
  t->grad = NULL;
  t->partner = NULL;
  t->number = atomic_load_explicit(&last_serial, memory_order_relaxed);
  return t;
}

/* The struct alone, everything but the window set. */
static Tensor *header_new(DType dt, int ndim) {
  Tensor *t = alloc_get(sizeof *t);
  if (!t) return NULL;
  t->dtype = (uint8_t)dt;
  t->ndim = (uint8_t)ndim;
  t->contiguous = true;
  t->offset = 0;
  return start_life(t);
}

Tensor *tensor_new(DType dt, int ndim, const int64_t *shape) {
  int64_t n = checked_numel(dt, ndim, shape);
  if (n < 0) return NULL;
  Tensor *t = header_new(dt, ndim);
  if (!t) return NULL;
  t->storage = storage_new((size_t)n * dtype_size(dt));
  if (!t->storage) {
    alloc_put(t, sizeof *t);
    return NULL;
  }
  t->numel = n;
  int64_t stride = 1;
  for (int d = ndim - 1; d >= 0; d--) {
    t->shape[d] = shape[d];
    t->stride[d] = stride;
    stride *= shape[d];
  }
  return t;
}

Tensor *tensor_new_ordered(DType dt, int ndim, const int64_t *shape, const int64_t *stride) {
  Tensor *t = tensor_new(dt, ndim, shape);
  if (!t) return NULL;
  int order[TENSOR_MAX_DIM];
  shape_order_by_stride(ndim, stride, order);
  int64_t run = 1;
  for (int i = ndim - 1; i >= 0; i--) {
    t->stride[order[i]] = run;
    run *= shape[order[i]];
  }
  t->contiguous = shape_is_contiguous(ndim, t->shape, t->stride);
  return t;
}

Tensor *tensor_new_batch_innermost(DType dt, int ndim, const int64_t *shape) {
  static const int64_t stride[TENSOR_MAX_DIM] = {1, 8, 7, 6, 5, 4, 3, 2};
  return tensor_new_ordered(dt, ndim, shape, stride);
}

bool tensor_is_batch_innermost(const Tensor *t) {
  if (t->ndim == 0 || (t->shape[0] != 1 && t->stride[0] != 1)) return false;
  int64_t run = t->shape[0];
  for (int d = t->ndim - 1; d > 0; d--) {
    if (t->shape[d] != 1 && t->stride[d] != run) return false;
    run *= t->shape[d];
  }
  return true;
}

bool tensor_repeats(const Tensor *t) {
  if (t->contiguous || t->numel == 0) return false;
  for (int d = 0; d < t->ndim; d++) {
    if (t->stride[d] == 0 && t->shape[d] > 1) return true;
  }
  return false;
}

int tensor_check_writable(const Tensor *t) {
  if (!tensor_repeats(t)) return 0;
  return err_set(
      "unsupported operation: more than one element of the written-to tensor, shape %s, refers to a single memory "
      "location; clone() it first",
      tensor_shape_str(t));
}

bool tensor_is_dense(const Tensor *t) {
  int order[TENSOR_MAX_DIM];
  if (t->contiguous) return true;
  shape_order_by_stride(t->ndim, t->stride, order);
  int64_t run = 1;
  for (int i = t->ndim - 1; i >= 0; i--) {
    const int d = order[i];
    if (t->shape[d] != 1 && t->stride[d] != run) return false;
    run *= t->shape[d];
  }
  return true;
}

Tensor *tensor_new_like(const Tensor *t) { return tensor_new((DType)t->dtype, t->ndim, t->shape); }

Tensor *tensor_full(DType dt, int ndim, const int64_t *shape, double value) {
  Tensor *t = tensor_new(dt, ndim, shape);
  if (t) tensor_fill_(t, value);
  return t;
}

Tensor *tensor_full_of(DType dt, int ndim, const int64_t *shape, Scalar value) {
  Tensor *t = tensor_new(dt, ndim, shape);
  if (t) tensor_fill_of_(t, value);
  return t;
}

Tensor *tensor_scalar(DType dt, double value) { return tensor_full(dt, 0, NULL, value); }
Tensor *tensor_scalar_of(DType dt, Scalar value) { return tensor_full_of(dt, 0, NULL, value); }

Tensor *tensor_view(const Tensor *base, int ndim, const int64_t *shape, const int64_t *stride, int64_t offset) {
  const int64_t n = checked_numel((DType)base->dtype, ndim, shape);
  Tensor *t = n < 0 ? NULL : header_new((DType)base->dtype, ndim);
  if (!t) return NULL;
  t->storage = base->storage;
  t->storage->refs++;
  t->offset = offset;
  t->numel = n;
  memcpy(t->shape, shape, (size_t)ndim * sizeof *shape);
  memcpy(t->stride, stride, (size_t)ndim * sizeof *stride);
  t->contiguous = shape_is_contiguous(ndim, shape, stride);
  return t;
}

Tensor *tensor_alias(const Tensor *t) {
  Tensor *alias = alloc_get(sizeof *alias);
  if (!alias) return NULL;
  *alias = *t;
  alias->storage->refs++;
  return start_life(alias);
}

void tensor_set_node_release(void (*fn)(struct Node *)) { release_node = fn; }

Tensor *tensor_graph_window(Tensor *t) {
  if (t->is_graph_window || t->partner) return t->is_graph_window ? t : t->partner;
  Tensor *w = tensor_alias(t);
  if (!w) return NULL;
  w->is_graph_window = true;
  w->number = 0;
  w->partner = t;
  return t->partner = w;
}

static void drop_graph_window(Tensor *t) {
  Tensor *w = t->partner;
  if (!w || t->is_graph_window) return;
  t->partner = w->partner = NULL;
  tensor_release(w);
}

void tensor_release_from_graph(Tensor *t) {
  const bool last_user = t && t->is_graph_window && t->partner && t->refs == 2;
  if (last_user && !t->partner->requires_grad) drop_graph_window(t->partner);
  tensor_release(t);
}

void tensor_release(Tensor *t) {
  if (!t || --t->refs) return;
  storage_release(t->storage);
  if (t->node) release_node(t->node);
  drop_graph_window(t);
  tensor_release(t->grad);
  alloc_put(t, sizeof *t);
}

void tensor_window_changed(Tensor *t) {
  Tensor *w = t->partner;
  if (!w) return;
  t->storage->refs++;
  storage_release(w->storage);
  w->storage = t->storage;
  w->dtype = t->dtype;
  w->contiguous = t->contiguous;
  w->offset = t->offset;
  memcpy(w->stride, t->stride, sizeof w->stride);
}

void tensor_rebase(Tensor *t, const Tensor *onto) {
  onto->storage->refs++;
  storage_release(t->storage);
  t->storage = onto->storage;
}

void tensor_set_grad(Tensor *t, Tensor *g) {
  Tensor *old = t->grad;
  t->grad = g ? tensor_retain(g) : NULL;
  tensor_release(old);
  recorder_grad_written(t);
}

/* --- access ----------------------------------------------------------------------------------------------- */

static char *element(const Tensor *t, int64_t i) {
  if (!t->contiguous) i = shape_offset(t->ndim, t->shape, t->stride, i);
  return (char *)tensor_data(t) + i * (int64_t)dtype_size((DType)t->dtype);
}

double tensor_get(const Tensor *t, int64_t i) {
  if (context->recorder) context->recorder->value_read(t, "this");
  return dtype_load((DType)t->dtype, element(t, i));
}

Scalar tensor_get_scalar(const Tensor *t, int64_t i) {
  if (context->recorder) context->recorder->value_read(t, "this");
  return scalar_load((DType)t->dtype, element(t, i));
}

void tensor_set(Tensor *t, int64_t i, double value) {
  if (context->recorder) context->recorder->element_written(t);
  tensor_touch(t);
  dtype_store((DType)t->dtype, element(t, i), value);
}
