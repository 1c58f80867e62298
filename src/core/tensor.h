/*
 * tensor.h - an n-dimensional array: a window {offset, shape, stride} onto a shared, reference-counted storage.
 *
 * Views (slice, transpose, expand, ...) are new windows onto the same storage and copy nothing. Strides count
 * elements and may be 0 (expand) or in any order; nothing here assumes row-major. The autograd fields at the end are
 * opaque to the core: the code that fills them registers tensor_set_node_release.
 *
 * Ownership: every function that returns a Tensor * gives the caller one reference, to be dropped with
 * tensor_release; NULL means failure with err_message() set. Arguments are borrowed.
 */
#ifndef OPTLAB_CORE_TENSOR_H
#define OPTLAB_CORE_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/dtype.h"
#include "core/shape.h"

/* Reference-counted memory; the data is 64-byte aligned. */
typedef struct Storage {
  int refs;
  uint32_t version; /* +1 at each in-place write, so that backward notices that a saved value was changed */
  uint64_t serial;  /* later storages have larger ones */
  size_t nbytes;
  char *data;
} Storage;

typedef struct Tensor {
  int refs;
  uint8_t dtype;            /* a DType */
  uint8_t ndim;             /* 0 for a scalar */
  bool requires_grad : 1;   /* true for leaves the user marked and for everything computed from them */
  bool contiguous : 1;      /* row-major without gaps: element i of the window lies at data[i] */
  bool is_graph_window : 1; /* made by tensor_graph_window */
  Storage *storage;
  int64_t offset; /* in elements */
  int64_t numel;
  int64_t shape[TENSOR_MAX_DIM];
  int64_t stride[TENSOR_MAX_DIM]; /* in elements */
  struct Node *node;              /* the operation that made it (autograd), NULL for a leaf; owned */
  struct Tensor *grad;            /* accumulated gradient of a leaf, NULL if none; owned */
  struct Tensor *partner; /* its graph window, owned, NULL if none; of a graph window: its tensor while that lives */
  /* Of a graph window: the number of the first node whose gradient leads to it, 0: none. Of others: the serial of the
   * storage that was made last when they were made. */
  uint64_t number;
} Tensor;

/* --- life ------------------------------------------------------------------------------------------------- */

/* A new row-major tensor, contents undefined. Fails for ndim > 8, a negative size, more elements than memory can hold
 * (base/size.h), or no memory. */
Tensor *tensor_new(DType dt, int ndim, const int64_t *shape);
Tensor *tensor_new_like(const Tensor *t); /* same dtype and shape, row-major */
/* The same, but its dimensions lie in memory in the order of these strides, the smallest innermost; and with the first
 * dimension innermost, the others in order. */
Tensor *tensor_new_ordered(DType dt, int ndim, const int64_t *shape, const int64_t *stride);
Tensor *tensor_new_batch_innermost(DType dt, int ndim, const int64_t *shape);
Tensor *tensor_full(DType dt, int ndim, const int64_t *shape, double value);
Tensor *tensor_full_of(DType dt, int ndim, const int64_t *shape, Scalar value); /* exact beyond 2^53 too */
Tensor *tensor_scalar(DType dt, double value);                                  /* 0-dimensional */
Tensor *tensor_scalar_of(DType dt, Scalar value);

/* A window onto base's storage; offset is absolute, in elements. Not recorded by autograd. Fails for a shape that
 * tensor_new would refuse. The caller vouches that every reachable element lies inside the storage. */
Tensor *tensor_view(const Tensor *base, int ndim, const int64_t *shape, const int64_t *stride, int64_t offset);
Tensor *tensor_alias(const Tensor *t); /* the same window, without its graph: what detach returns */

/* What graphs hold in the place of a tensor without node: a second window onto its memory, which has no .grad and does
 * not keep the tensor alive; so a .grad with a graph does not keep itself alive. The same one at each call, borrowed; a
 * graph window is its own. NULL without memory. */
Tensor *tensor_graph_window(Tensor *t);

/* What a graph calls for such a window that it had retained, or for a tensor with a node. The last graph to do so also
 * drops the window, unless its tensor requires a gradient: parameters are in the next graph again, while the tensors of
 * a batch wait for the collector, and memory that waits does not stay in the processor's caches. */
void tensor_release_from_graph(Tensor *t);

/* To be called when t has got another dtype or other memory: its graph window follows. */
void tensor_window_changed(Tensor *t);

/* The same window onto the memory of `onto`, which is as large. */
void tensor_rebase(Tensor *t, const Tensor *onto);

static inline Tensor *tensor_retain(Tensor *t) {
  t->refs++;
  return t;
}
void tensor_release(Tensor *t); /* accepts NULL */

/* Storages and tensors made from now on have larger serials and numbers than this, those made before have not. */
uint64_t storage_new_era(void);

void tensor_set_grad(Tensor *t, Tensor *g); /* g may be NULL; borrowed */

/* Called with a tensor's node when the tensor dies; set once by autograd. */
void tensor_set_node_release(void (*fn)(struct Node *));

/* --- access ----------------------------------------------------------------------------------------------- */

static inline void *tensor_data(const Tensor *t) {
  return t->storage->data + t->offset * (int64_t)dtype_size((DType)t->dtype);
}
/* Typed spellings; the caller has checked the dtype. */
static inline float *tensor_f32(const Tensor *t) { return (float *)tensor_data(t); }
static inline double *tensor_f64(const Tensor *t) { return (double *)tensor_data(t); }
static inline int64_t *tensor_i64(const Tensor *t) { return (int64_t *)tensor_data(t); }
static inline uint8_t *tensor_u8(const Tensor *t) { return (uint8_t *)tensor_data(t); }

/* One element by its row-major position 0..numel-1, whatever the strides. Slow; for printing, item() and tests.
 * int64 values beyond 2^53 lose digits in the first. */
double tensor_get(const Tensor *t, int64_t i);
Scalar tensor_get_scalar(const Tensor *t, int64_t i);
void tensor_set(Tensor *t, int64_t i, double value); /* counts as an in-place write */

/* Whether several elements are one place in memory, as expand() makes them. Only fills may write to such a window:
 * tensor_check_writable returns -1 with err_set for it. */
bool tensor_repeats(const Tensor *t);
int tensor_check_writable(const Tensor *t);

/* Whether the elements fill one run of memory without gaps or repetitions, in whatever order. */
bool tensor_is_dense(const Tensor *t);

/* Whether it is row-major but for its first dimension, which is innermost: strides (1, d2 d3 .. n, .., n). */
bool tensor_is_batch_innermost(const Tensor *t);

/* To be called after writing into t's memory. */
static inline void tensor_touch(Tensor *t) { t->storage->version++; }

/* --- whole-tensor helpers (copy.c; none of them recorded by autograd) ---------------------------------- */

Tensor *tensor_contiguous(Tensor *t);             /* t itself (retained) if contiguous, else a row-major copy */
Tensor *tensor_batch_innermost(Tensor *t);        /* the same with the first dimension innermost */
Tensor *tensor_clone(const Tensor *t);            /* always a new row-major copy */
Tensor *tensor_cast(const Tensor *t, DType dt);   /* always a new row-major copy in dtype dt */
int tensor_copy_(Tensor *dst, const Tensor *src); /* broadcasts src to dst's shape, converts the dtype */
/* The same, but -1 with err_set, and dst as it was, if an element of dst cannot hold a value: 2.5 in int64. */
int tensor_copy_exact_(Tensor *dst, const Tensor *src);
void tensor_fill_(Tensor *t, double value);
void tensor_fill_of_(Tensor *t, Scalar value); /* exact beyond 2^53 too */
void tensor_shift_(Tensor *t, int64_t by);     /* adds to each element; t is int64 and contiguous */

/* --- shapes ------------------------------------------------------------------------------------------------ */

static inline bool tensor_same_shape(const Tensor *a, const Tensor *b) {
  return shape_equal(a->ndim, a->shape, b->ndim, b->shape);
}
/* Whether both look at their storage in the same way. */
static inline bool tensor_same_window(const Tensor *a, const Tensor *b) {
  return a->dtype == b->dtype && a->offset == b->offset && tensor_same_shape(a, b) &&
         shape_equal(a->ndim, a->stride, b->ndim, b->stride);
}
static inline const char *tensor_shape_str(const Tensor *t) { return shape_str(t->ndim, t->shape); }

#endif
