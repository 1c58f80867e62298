/*
 * copy.c - the whole-tensor helpers of tensor.h: copies with conversion, fills.
 *
 * Where both windows are contiguous, or the source is one value, a small copy is one run of its kernel. Otherwise they
 * are walked together (walk.h), so that a transposed copy goes tile by tile and a large one is shared among threads.
 */
#include <string.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "base/parallel.h"
#include "core/recorder.h"
#include "core/tensor.h"
#include "core/walk.h"

/* --- one run ---------------------------------------------------------------------------------------------------- */

/* o[i * so] = a[i * sa] with conversion; one function for each pair of types. */
#define COPY_RUN(to, from, O, A, CONVERT)                                                       \
  static void copy_##to##_##from(int64_t n, void *op, int64_t so, const void *ap, int64_t sa) { \
    O *o = op;                                                                                  \
    const A *a = ap;                                                                            \
    if (so == 1 && sa == 1) {                                                                   \
      for (int64_t i = 0; i < n; i++) o[i] = CONVERT(a[i]);                                     \
    } else if (so == 1 && sa == 0) {                                                            \
      const O v = CONVERT(*a);                                                                  \
      for (int64_t i = 0; i < n; i++) o[i] = v;                                                 \
    } else {                                                                                    \
      for (int64_t i = 0; i < n; i++) o[i * so] = CONVERT(a[i * sa]);                           \
    }                                                                                           \
  }
/* Without conversion: long runs, and long runs of zeros, by the C library. Both begin at one place, or do not touch. */
#define KEEP_RUN(name, T)                                                                         \
  static void copy_##name##_##name(int64_t n, void *op, int64_t so, const void *ap, int64_t sa) { \
    T *o = op;                                                                                    \
    const T *a = ap;                                                                              \
    if (so == 1 && sa == 1 && n >= LONG_RUN) {                                                    \
      if (o != a) memcpy(o, a, (size_t)n * sizeof *o);                                            \
    } else if (so == 1 && sa == 1) {                                                              \
      for (int64_t i = 0; i < n; i++) o[i] = a[i];                                                \
    } else if (so == 1 && sa == 0 && n >= LONG_RUN && memcmp(a, &(const T){0}, sizeof *a) == 0) { \
      memset(o, 0, (size_t)n * sizeof *o);                                                        \
    } else if (so == 1 && sa == 0) {                                                              \
      const T v = *a;                                                                             \
      for (int64_t i = 0; i < n; i++) o[i] = v;                                                   \
    } else {                                                                                      \
      for (int64_t i = 0; i < n; i++) o[i * so] = a[i * sa];                                      \
    }                                                                                             \
  }
#define LONG_RUN 64
#define AS_F32(v) ((float)(v))
#define AS_F64(v) ((double)(v))
#define AS_I64(v) ((int64_t)(v))
#define F_TO_I64(v) dtype_to_i64((double)(v))
#define F_TO_U8(v) ((uint8_t)dtype_to_i64((double)(v)))
#define AS_U8(v) ((uint8_t)(v))
KEEP_RUN(f32, float)
COPY_RUN(f32, f64, float, double, AS_F32)
COPY_RUN(f32, i64, float, int64_t, AS_F32)
COPY_RUN(f32, u8, float, uint8_t, AS_F32)
COPY_RUN(f64, f32, double, float, AS_F64)
KEEP_RUN(f64, double)
COPY_RUN(f64, i64, double, int64_t, AS_F64)
COPY_RUN(f64, u8, double, uint8_t, AS_F64)
COPY_RUN(i64, f32, int64_t, float, F_TO_I64)
COPY_RUN(i64, f64, int64_t, double, F_TO_I64)
KEEP_RUN(i64, int64_t)
COPY_RUN(i64, u8, int64_t, uint8_t, AS_I64)
COPY_RUN(u8, f32, uint8_t, float, F_TO_U8)
COPY_RUN(u8, f64, uint8_t, double, F_TO_U8)
COPY_RUN(u8, i64, uint8_t, int64_t, AS_U8)
KEEP_RUN(u8, uint8_t)

typedef void CopyRun(int64_t n, void *o, int64_t so, const void *a, int64_t sa);
static CopyRun *const copy_run[DT_COUNT][DT_COUNT] = {
    [DT_F32] = {copy_f32_f32, copy_f32_f64, copy_f32_i64, copy_f32_u8},
    [DT_F64] = {copy_f64_f32, copy_f64_f64, copy_f64_i64, copy_f64_u8},
    [DT_I64] = {copy_i64_f32, copy_i64_f64, copy_i64_i64, copy_i64_u8},
    [DT_U8] = {copy_u8_f32, copy_u8_f64, copy_u8_i64, copy_u8_u8}};

/* --- two windows ------------------------------------------------------------------------------------------------ */

typedef struct Copy {
  Walk walk; /* dst, src */
  CopyRun *run;
} Copy;

static void run_pair(void *ctx, int64_t n, char *const *at, const int64_t *stride) {
  const Copy *c = ctx;
  c->run(n, at[0], stride[0], at[1], stride[1]);
}

static void copy_blocks(void *ctx, int64_t begin, int64_t end) {
  Copy *c = ctx;
  walk_blocks(&c->walk, 2, begin, end, run_pair, c);
}

/* src broadcasts to dst and is of another storage, or of the same window. */
static void copy_elements(Tensor *dst, const Tensor *src) {
  if (dst->numel == 0) return;
  Copy c;
  c.run = copy_run[dst->dtype][src->dtype];
  const bool one = src->numel == 1, flat = one || (src->contiguous && src->numel == dst->numel);
  const Tensor *t[] = {dst, src};
  if (dst->contiguous && flat && dst->numel < PARALLEL_FROM) {
    c.run(dst->numel, tensor_data(dst), 1, tensor_data(src), one ? 0 : 1);
  } else {
    walk_any_order(&c.walk, 2, t);
    walk_share(&c.walk, copy_blocks, &c);
  }
}

/* True if a write through dst could change what src still has to give. */
static bool may_overlap(const Tensor *dst, const Tensor *src) {
  return dst->storage == src->storage &&
         !(dst->offset == src->offset && tensor_same_shape(dst, src) && dst->contiguous && src->contiguous);
}

/* A row copied to every row of a small contiguous dst, as a bias is; false if it is none. */
static bool copy_to_rows(Tensor *dst, const Tensor *src) {
  if (!dst->contiguous || !src->contiguous || dst->dtype != src->dtype || dst->dtype != DT_F32 || src->ndim != 1) {
    return false;
  }
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
  if (copy || !copy_to_rows(dst, src)) copy_elements(dst, copy ? copy : src);
  tensor_touch(dst);
  tensor_release(copy);
  return 0;
}

int tensor_rerun_copy(const Computation *c, Context *own) {
  (void)own;
  return copy_over(c->t[0], c->t[1]);
}

static void report_copy(Tensor *dst, const Tensor *src) {
  Tensor *t[] = {dst, (Tensor *)src};
  context->recorder->call(
      &(Computation){.name = "copy_", .run = tensor_rerun_copy, .pure = true, .nout = 1, .n = 2, .t = t});
}

static bool broadcasts_to(const Tensor *src, const Tensor *dst) {
  int64_t shape[TENSOR_MAX_DIM];
  if (tensor_same_shape(src, dst)) return true;
  if (src->ndim == 1 && dst->ndim > 0 && src->numel == dst->shape[dst->ndim - 1]) return true; /* a row */
  int n = shape_broadcast(dst->ndim, dst->shape, src->ndim, src->shape, shape);
  return n >= 0 && shape_equal(n, shape, dst->ndim, dst->shape);
}

static int check_copy(const Tensor *dst, const Tensor *src) {
  if (broadcasts_to(src, dst)) return tensor_check_writable(dst);
  return err_set("copy_: shape %s does not broadcast to %s", tensor_shape_str(src), tensor_shape_str(dst));
}

int tensor_copy_(Tensor *dst, const Tensor *src) {
  if (check_copy(dst, src) < 0) return -1;
  const Recorder *paused = recorder_pause();
  const int rc = copy_over(dst, src) < 0 ? -1 : interrupt_check();
  recorder_resume(paused);
  if (context->recorder && rc == 0) report_copy(dst, src);
  return rc;
}

Tensor *tensor_cast(const Tensor *t, DType dt) {
  Tensor *copy = tensor_new(dt, t->ndim, t->shape);
  if (!copy) return NULL;
  if (t->contiguous && t->dtype == dt) {
    memcpy(tensor_data(copy), tensor_data(t), (size_t)t->numel * dtype_size(dt));
  } else {
    copy_elements(copy, t);
  }
  if (context->recorder) report_copy(copy, t);
  return copy;
}

Tensor *tensor_clone(const Tensor *t) { return tensor_cast(t, (DType)t->dtype); }
Tensor *tensor_contiguous(Tensor *t) { return t->contiguous ? tensor_retain(t) : tensor_clone(t); }

Tensor *tensor_batch_innermost(Tensor *t) {
  if (tensor_is_batch_innermost(t)) return tensor_retain(t);
  Tensor *copy = tensor_new_batch_innermost((DType)t->dtype, t->ndim, t->shape);
  if (copy) copy_elements(copy, t);
  return copy;
}

/* --- copies that refuse what does not fit ------------------------------------------------------------------------- */

static int check_values(const Tensor *t, DType dt) {
  Walk w;
  WalkCursor at;
  walk_row_major(&w, 1, &t);
  walk_seek(&w, 1, w.data, 0, &at);
  for (int64_t i = 0; i < t->numel; i++, walk_on(&w, 1, &at, 1)) {
    if (scalar_check(scalar_load((DType)t->dtype, at.at[0]), dt) < 0) return -1;
  }
  return 0;
}

static int run_copy_exact(const Computation *c, Context *own) {
  (void)own;
  return check_values(c->t[1], (DType)c->t[0]->dtype) < 0 ? -1 : copy_over(c->t[0], c->t[1]);
}

int tensor_copy_exact_(Tensor *dst, const Tensor *src) {
  if (dtype_is_float((DType)dst->dtype) || dtype_promote((DType)dst->dtype, (DType)src->dtype) == dst->dtype) {
    return tensor_copy_(dst, src);
  }
  if (check_copy(dst, src) < 0) return -1;
  Tensor *t[] = {dst, (Tensor *)src};
  return recorder_run(&(Computation){.name = "copy_", .run = run_copy_exact, .nout = 1, .n = 2, .t = t});
}

/* --- fills -------------------------------------------------------------------------------------------------------- */

/* The window without its repetitions; it borrows the storage. */
static Tensor without_repeats(const Tensor *t) {
  Tensor once = *t;
  for (int d = 0; d < t->ndim; d++) {
    if (t->stride[d] != 0 || t->shape[d] <= 1) continue;
    once.shape[d] = 1;
    once.numel /= t->shape[d];
  }
  once.contiguous = shape_is_contiguous(once.ndim, once.shape, once.stride);
  return once;
}

/* What a recorder is told of a fill. */
typedef struct FillArgs {
  double shown; /* the number, rounded, for messages */
  char element[sizeof(int64_t)];
} FillArgs;

static inline void put_element(void *p, const char *element, size_t size) {
  if (size == 4) {
    memcpy(p, element, 4);
  } else if (size == 8) {
    memcpy(p, element, 8);
  } else {
    memcpy(p, element, 1);
  }
}

static void fill_many(Tensor *t, FillArgs *a) {
  Tensor one = {.dtype = t->dtype, .storage = &(Storage){.data = a->element}, .contiguous = true, .numel = 1};
  if (tensor_repeats(t)) {
    Tensor once = without_repeats(t);
    copy_elements(&once, &one);
  } else {
    copy_elements(t, &one);
  }
}

static void fill(Tensor *t, FillArgs *a) {
  if (t->numel == 1) {
    put_element(tensor_data(t), a->element, dtype_size((DType)t->dtype));
  } else {
    fill_many(t, a);
  }
  tensor_touch(t);
}

static int rerun_fill(const Computation *c, Context *own) {
  FillArgs a;
  (void)own;
  memcpy(&a, c->args, sizeof a);
  fill(c->t[0], &a);
  return 0;
}

void tensor_fill_of_(Tensor *t, Scalar value) {
  FillArgs a = {.shown = scalar_double(value)};
  scalar_store((DType)t->dtype, a.element, value);
  fill(t, &a);
  if (!context->recorder) return;
  context->recorder->call(&(Computation){.name = "fill_",
                                         .run = rerun_fill,
                                         .pure = true,
                                         .each = true,
                                         .frozen = true,
                                         .nout = 1,
                                         .n = 1,
                                         .t = &t,
                                         .args = &a,
                                         .size = sizeof a});
}

void tensor_fill_(Tensor *t, double value) { tensor_fill_of_(t, scalar_number(value)); }

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
