/*
 * tensor.c - windows onto shared storage.
 *
 * A storage and its data are one block: a 64-byte header, then the elements, so that a small tensor costs two requests
 * to the caching allocator. Whole-tensor copies walk both windows with an odometer after merging dimensions that lie
 * one after the other.
 */
#include "core/tensor.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "core/recorder.h"

#define STORAGE_HEADER 64
_Static_assert(sizeof(Storage) <= STORAGE_HEADER, "the header must leave the data 64-byte aligned");

static void (*release_node)(struct Node *); /* set once, when the library is opened */

/* --- types ------------------------------------------------------------------------------------------------ */

static const struct {
  const char *name;
  size_t size;
  int rank; /* order of promotion */
} dtypes[DT_COUNT] = {
    [DT_F32] = {"float32", 4, 2}, [DT_F64] = {"float64", 8, 3}, [DT_I64] = {"int64", 8, 1}, [DT_U8] = {"uint8", 1, 0}};

const char *dtype_name(DType dt) { return dtypes[dt].name; }
size_t dtype_size(DType dt) { return dtypes[dt].size; }
DType dtype_promote(DType a, DType b) { return dtypes[a].rank >= dtypes[b].rank ? a : b; }

DType dtype_default(void) { return context->default_dtype; }
void dtype_set_default(DType dt) { context->default_dtype = dt; }

int dtype_parse(const char *name, DType *dt) {
  for (int i = 0; i < DT_COUNT; i++) {
    if (strcmp(name, dtypes[i].name) == 0) return (*dt = (DType)i, 0);
  }
  return -1;
}

/* --- shapes ------------------------------------------------------------------------------------------------ */

bool shape_equal(int na, const int64_t *a, int nb, const int64_t *b) {
  if (na != nb) return false;
  for (int d = 0; d < na; d++) {
    if (a[d] != b[d]) return false;
  }
  return true;
}

int64_t shape_numel(int ndim, const int64_t *shape) {
  int64_t n = 1;
  for (int d = 0; d < ndim; d++) n *= shape[d];
  return n;
}

int shape_broadcast(int na, const int64_t *a, int nb, const int64_t *b, int64_t *out) {
  int n = na > nb ? na : nb;
  for (int d = 0; d < n; d++) {
    int64_t sa = d < n - na ? 1 : a[d - (n - na)];
    int64_t sb = d < n - nb ? 1 : b[d - (n - nb)];
    if (sa != sb && sa != 1 && sb != 1) return -1;
    out[d] = sa == 1 ? sb : sa;
  }
  return n;
}

const char *shape_str(int ndim, const int64_t *shape) {
  static _Thread_local char text[4][24 * TENSOR_MAX_DIM];
  static _Thread_local unsigned turn;
  char *s = text[turn++ % 4];
  size_t len = 0, room = sizeof text[0];
  len += (size_t)snprintf(s, room, "(");
  for (int d = 0; d < ndim; d++) {
    len += (size_t)snprintf(s + len, room - len, d ? ", %lld" : "%lld", (long long)shape[d]);
  }
  snprintf(s + len, room - len, ")");
  return s;
}

/* Checks a shape and multiplies it up; -1 when a size is negative or the product of bytes overflows. */
static int64_t checked_numel(DType dt, int ndim, const int64_t *shape) {
  if (ndim < 0 || ndim > TENSOR_MAX_DIM)
    return err_set("a tensor has at most %d dimensions, got %d", TENSOR_MAX_DIM, ndim);
  int64_t n = 1, bytes = 0;
  for (int d = 0; d < ndim; d++) {
    if (shape[d] < 0) return err_set("negative size in shape %s", shape_str(ndim, shape));
    if (__builtin_mul_overflow(n, shape[d], &n)) return err_set("shape %s is too large", shape_str(ndim, shape));
  }
  if (__builtin_mul_overflow(n, (int64_t)dtypes[dt].size, &bytes) || bytes > INT64_MAX / 2) {
    return err_set("shape %s is too large", shape_str(ndim, shape));
  }
  return n;
}

static bool is_contiguous(int ndim, const int64_t *shape, const int64_t *stride) {
  int64_t expect = 1;
  for (int d = ndim - 1; d >= 0; d--) {
    if (shape[d] == 0) return true;
    if (shape[d] != 1 && stride[d] != expect) return false;
    expect *= shape[d];
  }
  return true;
}

/* --- life ------------------------------------------------------------------------------------------------- */

/* The process's, because contexts may share storages. Those that several threads make at the same time may get one
 * number; recordings, which compare numbers, are made by one thread alone. */
static _Atomic uint64_t last_serial;
uint64_t storage_last_serial(void) { return last_serial; }

static uint64_t next_serial(void) {
  const uint64_t n = atomic_load_explicit(&last_serial, memory_order_relaxed) + 1;
  atomic_store_explicit(&last_serial, n, memory_order_relaxed);
  return n;
}

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

/* The struct alone, everything but the window set. */
static Tensor *header_new(DType dt, int ndim) {
  Tensor *t = alloc_get(sizeof *t);
  if (!t) return NULL;
  t->refs = 1;
  t->dtype = (uint8_t)dt;
  t->ndim = (uint8_t)ndim;
  t->requires_grad = false;
  t->contiguous = true;
  t->offset = 0;
  t->node = NULL;
  t->grad = NULL;
  return t;
}

Tensor *tensor_new(DType dt, int ndim, const int64_t *shape) {
  int64_t n = checked_numel(dt, ndim, shape);
  if (n < 0) return NULL;
  Tensor *t = header_new(dt, ndim);
  if (!t) return NULL;
  t->storage = storage_new((size_t)n * dtypes[dt].size);
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

/* Dimensions by their strides, the largest first; equal ones as they come. */
static void order_by_stride(int ndim, const int64_t *stride, int *order) {
  for (int d = 0; d < ndim; d++) {
    int at = d;
    for (; at > 0 && stride[order[at - 1]] < stride[d]; at--) order[at] = order[at - 1];
    order[at] = d;
  }
}

Tensor *tensor_new_ordered(DType dt, int ndim, const int64_t *shape, const int64_t *stride) {
  Tensor *t = tensor_new(dt, ndim, shape);
  if (!t) return NULL;
  int order[TENSOR_MAX_DIM];
  order_by_stride(ndim, stride, order);
  int64_t run = 1;
  for (int i = ndim - 1; i >= 0; i--) {
    t->stride[order[i]] = run;
    run *= shape[order[i]];
  }
  t->contiguous = is_contiguous(ndim, t->shape, t->stride);
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

bool tensor_is_dense(const Tensor *t) {
  int order[TENSOR_MAX_DIM];
  if (t->contiguous) return true;
  order_by_stride(t->ndim, t->stride, order);
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

Tensor *tensor_scalar(DType dt, double value) { return tensor_full(dt, 0, NULL, value); }

Tensor *tensor_view(const Tensor *base, int ndim, const int64_t *shape, const int64_t *stride, int64_t offset) {
  Tensor *t = header_new((DType)base->dtype, ndim);
  if (!t) return NULL;
  t->storage = base->storage;
  t->storage->refs++;
  t->offset = offset;
  t->numel = shape_numel(ndim, shape);
  memcpy(t->shape, shape, (size_t)ndim * sizeof *shape);
  memcpy(t->stride, stride, (size_t)ndim * sizeof *stride);
  t->contiguous = is_contiguous(ndim, shape, stride);
  return t;
}

Tensor *tensor_alias(const Tensor *t) { return tensor_view(t, t->ndim, t->shape, t->stride, t->offset); }

void tensor_set_node_release(void (*fn)(struct Node *)) { release_node = fn; }

void tensor_release(Tensor *t) {
  if (!t || --t->refs) return;
  storage_release(t->storage);
  if (t->node) release_node(t->node);
  tensor_release(t->grad);
  alloc_put(t, sizeof *t);
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

static int64_t position(const Tensor *t, int64_t i) {
  if (t->contiguous) return i;
  int64_t at = 0;
  for (int d = t->ndim - 1; d >= 0; d--) {
    at += i % t->shape[d] * t->stride[d];
    i /= t->shape[d];
  }
  return at;
}

double tensor_get(const Tensor *t, int64_t i) {
  if (context->recorder) context->recorder->value_read(t, "this");
  int64_t at = position(t, i);
  switch ((DType)t->dtype) {
    case DT_F32:
      return (double)tensor_f32(t)[at];
    case DT_F64:
      return tensor_f64(t)[at];
    case DT_I64:
      return (double)tensor_i64(t)[at];
    default:
      return (double)tensor_u8(t)[at];
  }
}

/* A double as an integer element: truncated towards zero, out-of-range and NaN values saturate instead of being
 * undefined. */
static int64_t to_i64(double v) {
  if (!(v > -0x1p63)) return INT64_MIN;
  return v >= 0x1p63 ? INT64_MAX : (int64_t)v;
}

static void set_element(Tensor *t, int64_t i, double value) {
  int64_t at = position(t, i);
  tensor_touch(t);
  switch ((DType)t->dtype) {
    case DT_F32:
      tensor_f32(t)[at] = (float)value;
      break;
    case DT_F64:
      tensor_f64(t)[at] = value;
      break;
    case DT_I64:
      tensor_i64(t)[at] = to_i64(value);
      break;
    default:
      tensor_u8(t)[at] = (uint8_t)to_i64(value);
  }
}

void tensor_set(Tensor *t, int64_t i, double value) {
  if (context->recorder) context->recorder->element_written(t);
  set_element(t, i, value);
}

/* --- copies ------------------------------------------------------------------------------------------------ */

/* o[i * so] = a[i * sa] with conversion; one function for each pair of types. */
#define COPY_RUN(to, from, O, A, CONVERT)                                                       \
  static void copy_##to##_##from(int64_t n, void *op, int64_t so, const void *ap, int64_t sa) { \
    O *o = op;                                                                                  \
    const A *a = ap;                                                                            \
    if (so == 1 && sa == 1) {                                                                   \
      for (int64_t i = 0; i < n; i++) o[i] = CONVERT(a[i]);                                     \
    } else {                                                                                    \
      for (int64_t i = 0; i < n; i++) o[i * so] = CONVERT(a[i * sa]);                           \
    }                                                                                           \
  }
#define AS_IS(v) (v)
#define AS_F32(v) ((float)(v))
#define AS_F64(v) ((double)(v))
#define AS_I64(v) ((int64_t)(v))
#define F_TO_I64(v) to_i64((double)(v))
#define F_TO_U8(v) ((uint8_t)to_i64((double)(v)))
#define AS_U8(v) ((uint8_t)(v))
COPY_RUN(f32, f32, float, float, AS_IS)
COPY_RUN(f32, f64, float, double, AS_F32)
COPY_RUN(f32, i64, float, int64_t, AS_F32)
COPY_RUN(f32, u8, float, uint8_t, AS_F32)
COPY_RUN(f64, f32, double, float, AS_F64)
COPY_RUN(f64, f64, double, double, AS_IS)
COPY_RUN(f64, i64, double, int64_t, AS_F64)
COPY_RUN(f64, u8, double, uint8_t, AS_F64)
COPY_RUN(i64, f32, int64_t, float, F_TO_I64)
COPY_RUN(i64, f64, int64_t, double, F_TO_I64)
COPY_RUN(i64, i64, int64_t, int64_t, AS_IS)
COPY_RUN(i64, u8, int64_t, uint8_t, AS_I64)
COPY_RUN(u8, f32, uint8_t, float, F_TO_U8)
COPY_RUN(u8, f64, uint8_t, double, F_TO_U8)
COPY_RUN(u8, i64, uint8_t, int64_t, AS_U8)
COPY_RUN(u8, u8, uint8_t, uint8_t, AS_IS)

typedef void CopyRun(int64_t n, void *o, int64_t so, const void *a, int64_t sa);
static CopyRun *const copy_run[DT_COUNT][DT_COUNT] = {
    [DT_F32] = {copy_f32_f32, copy_f32_f64, copy_f32_i64, copy_f32_u8},
    [DT_F64] = {copy_f64_f32, copy_f64_f64, copy_f64_i64, copy_f64_u8},
    [DT_I64] = {copy_i64_f32, copy_i64_f64, copy_i64_i64, copy_i64_u8},
    [DT_U8] = {copy_u8_f32, copy_u8_f64, copy_u8_i64, copy_u8_u8}};

/* The two windows after merging: innermost dimension last. */
typedef struct CopyPlan {
  int ndim;
  int64_t size[TENSOR_MAX_DIM], so[TENSOR_MAX_DIM], sa[TENSOR_MAX_DIM];
} CopyPlan;

/* Drops dimensions of size 1 and merges neighbours; src is broadcast to dst's shape. */
static void copy_plan(CopyPlan *p, const Tensor *dst, const Tensor *src) {
  p->ndim = 0;
  int lead = dst->ndim - src->ndim;
  for (int d = 0; d < dst->ndim; d++) {
    int64_t size = dst->shape[d], so = dst->stride[d];
    int64_t sa = d < lead || src->shape[d - lead] == 1 ? 0 : src->stride[d - lead];
    if (size == 1) continue;
    int last = p->ndim - 1;
    if (last >= 0 && p->so[last] == so * size && p->sa[last] == sa * size) {
      p->size[last] *= size;
      p->so[last] = so;
      p->sa[last] = sa;
    } else {
      p->size[p->ndim] = size;
      p->so[p->ndim] = so;
      p->sa[p->ndim++] = sa;
    }
  }
}

static void copy_strided(Tensor *dst, const Tensor *src) {
  if (dst->numel == 0) return;
  CopyPlan p;
  copy_plan(&p, dst, src);
  CopyRun *run = copy_run[dst->dtype][src->dtype];
  size_t eo = dtypes[dst->dtype].size, ea = dtypes[src->dtype].size;
  char *o = tensor_data(dst);
  const char *a = tensor_data(src);
  if (p.ndim == 0) {
    run(1, o, 1, a, 1);
    return;
  }
  int inner = p.ndim - 1;
  int64_t index[TENSOR_MAX_DIM] = {0}, at_o = 0, at_a = 0;
  for (;;) {
    run(p.size[inner], o + at_o * (int64_t)eo, p.so[inner], a + at_a * (int64_t)ea, p.sa[inner]);
    int d = inner - 1;
    for (; d >= 0; d--) {
      at_o += p.so[d];
      at_a += p.sa[d];
      if (++index[d] < p.size[d]) break;
      at_o -= p.so[d] * p.size[d];
      at_a -= p.sa[d] * p.size[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

/* True if a write through dst could change what src still has to give. */
static bool may_overlap(const Tensor *dst, const Tensor *src) {
  return dst->storage == src->storage &&
         !(dst->offset == src->offset && tensor_same_shape(dst, src) && dst->contiguous && src->contiguous);
}

/* A row copied to every row of a small contiguous dst, as a bias is; false if it is none. */
static bool copy_to_rows(Tensor *dst, const Tensor *src) {
  if (!dst->contiguous || !src->contiguous || dst->dtype != src->dtype || dst->dtype != DT_F32 || src->ndim != 1)
    return false;
  const int64_t n = src->numel;
  if (dst->numel > 4096 || dst->shape[dst->ndim - 1] != n || dst->storage == src->storage) return false;
  const float *a = tensor_f32(src);
  float *o = tensor_f32(dst), *const end = o + dst->numel;
  if (n == 1) {
    const float x = *a;
    while (o < end) *o++ = x;
  }
  for (; o < end; o += n) memcpy(o, a, (size_t)n * sizeof *o);
  return true;
}

/* src broadcasts to dst */
static int copy_over(Tensor *dst, const Tensor *src) {
  Tensor *copy = NULL;
  if (may_overlap(dst, src) && !(copy = tensor_clone(src))) return -1;
  if (copy || !copy_to_rows(dst, src)) copy_strided(dst, copy ? copy : src);
  tensor_touch(dst);
  tensor_release(copy);
  return 0;
}

int tensor_rerun_copy(const Computation *c, Context *own) {
  (void)own;
  return copy_over(c->t[0], c->t[1]);
}

static void tell_copy(Tensor *dst, const Tensor *src) {
  Tensor *t[] = {dst, (Tensor *)src};
  context->recorder->call(
      &(Computation){.name = "copy_", .run = tensor_rerun_copy, .pure = true, .nout = 1, .n = 2, .t = t});
}

int tensor_copy_(Tensor *dst, const Tensor *src) {
  int64_t shape[TENSOR_MAX_DIM];
  int n = shape_broadcast(dst->ndim, dst->shape, src->ndim, src->shape, shape);
  if (n < 0 || !shape_equal(n, shape, dst->ndim, dst->shape)) {
    return err_set("copy_: shape %s does not broadcast to %s", tensor_shape_str(src), tensor_shape_str(dst));
  }
  const Recorder *paused = recorder_pause();
  int rc = copy_over(dst, src);
  recorder_resume(paused);
  if (context->recorder && rc == 0) tell_copy(dst, src);
  return rc;
}

Tensor *tensor_cast(const Tensor *t, DType dt) {
  Tensor *copy = tensor_new(dt, t->ndim, t->shape);
  if (!copy) return NULL;
  if (t->contiguous && t->dtype == dt) {
    memcpy(tensor_data(copy), tensor_data(t), (size_t)t->numel * dtypes[dt].size);
  } else {
    copy_strided(copy, t);
  }
  if (context->recorder) tell_copy(copy, t);
  return copy;
}

Tensor *tensor_clone(const Tensor *t) { return tensor_cast(t, (DType)t->dtype); }
Tensor *tensor_contiguous(Tensor *t) { return t->contiguous ? tensor_retain(t) : tensor_clone(t); }

Tensor *tensor_batch_innermost(Tensor *t) {
  if (tensor_is_batch_innermost(t)) return tensor_retain(t);
  Tensor *copy = tensor_new_batch_innermost((DType)t->dtype, t->ndim, t->shape);
  if (copy) copy_strided(copy, t);
  return copy;
}

static void fill(Tensor *t, double value) {
  if (t->numel == 1) {
    set_element(t, 0, value);
    return;
  }
  double cell[1]; /* room for one element of any type */
  Tensor one = {.dtype = t->dtype, .storage = &(Storage){.data = (char *)cell}, .contiguous = true, .numel = 1};
  set_element(&one, 0, value);
  copy_strided(t, &one);
  tensor_touch(t);
}

int tensor_rerun_fill(const Computation *c, Context *own) {
  (void)own;
  double value;
  memcpy(&value, c->args, sizeof value);
  fill(c->t[0], value);
  return 0;
}

void tensor_fill_(Tensor *t, double value) {
  fill(t, value);
  if (!context->recorder) return;
  context->recorder->call(&(Computation){.name = "fill_",
                                         .run = tensor_rerun_fill,
                                         .pure = true,
                                         .frozen = true,
                                         .nout = 1,
                                         .n = 1,
                                         .t = &t,
                                         .args = &value,
                                         .size = sizeof value});
}

static int run_shift(const Computation *c, Context *own) {
  int64_t by;
  (void)own;
  memcpy(&by, c->args, sizeof by);
  for (int64_t i = 0; i < c->t[0]->numel; i++) tensor_i64(c->t[0])[i] += by;
  tensor_touch(c->t[0]);
  return 0;
}

void tensor_shift_(Tensor *t, int64_t by) {
  Tensor *list[] = {t, t};
  recorder_run(&(Computation){.name = "positions",
                              .run = run_shift,
                              .pure = true,
                              .nout = 1,
                              .n = 2,
                              .t = list,
                              .args = &by,
                              .size = sizeof by});
}
