/*
 * map.c - element-wise kernels over whole tensors.
 *
 * Where every operand is contiguous or a single value, the call is one run of the kernel. Otherwise a Loop is made:
 * sizes of 1 are dropped, dimensions sorted by out's strides (so that a permuted physical order costs nothing) and
 * merged where all operands allow it. The innermost dimension is the kernel's run, an odometer turns the others. Work
 * is cut into items, each a piece of one run, and the items are shared among threads.
 */
#include "kernels/elementwise/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "base/simd.h"
#include "core/recorder.h"

#define MAX_OPERANDS 4 /* out and up to three inputs */
#define GRAIN 8192     /* elements in a thread's chunk, about */
#define SHORT_RUN 8    /* an innermost dimension below this is swapped for the longest one */

typedef union Kernel {
  Kern1 *unary;
  Kern2 *binary;
  Kern3 *ternary;
} Kernel;

typedef struct Loop {
  Kernel kern;
  int operands;
  int ndim; /* >= 1 */
  int64_t shape[TENSOR_MAX_DIM];
  int64_t stride[TENSOR_MAX_DIM][MAX_OPERANDS]; /* in elements */
  int64_t step[TENSOR_MAX_DIM][MAX_OPERANDS];   /* in bytes */
  char *data[MAX_OPERANDS];
  int64_t piece;  /* elements of a run in one item */
  int64_t pieces; /* items in a run */
} Loop;

/* --- running a plan --------------------------------------------------------------------------------------- */

/* These are inlined for two, three and four operands, which unrolls their loops. */
INLINE void run_kernel(const Loop *p, int operands, int64_t n, char *const *at) {
  const int64_t *s = p->stride[p->ndim - 1];
  switch (operands) {
    case 2:
      p->kern.unary(n, at[0], s[0], at[1], s[1]);
      break;
    case 3:
      p->kern.binary(n, at[0], s[0], at[1], s[1], at[2], s[2]);
      break;
    default:
      p->kern.ternary(n, at[0], s[0], at[1], s[1], at[2], s[2], at[3], s[3]);
  }
}

/* Moves every operand by `steps` along dimension d. */
INLINE void advance(const Loop *p, int operands, char **at, int d, int64_t steps) {
  for (int k = 0; k < operands; k++) at[k] += steps * p->step[d][k];
}

/* Sets the odometer and the operands' places to the beginning of a run. */
INLINE void seek(const Loop *p, int operands, int64_t run, int64_t *index, char **at) {
  for (int k = 0; k < operands; k++) at[k] = p->data[k];
  for (int d = p->ndim - 2; d >= 0; d--) {
    index[d] = run == 0 ? 0 : run % p->shape[d];
    run /= p->shape[d];
    advance(p, operands, at, d, index[d]);
  }
}

/* The next run: the last dimension that has not come to its end moves on, those inside it go back to 0. */
INLINE void next_run(const Loop *p, int operands, int64_t *index, char **at) {
  for (int d = p->ndim - 2; d >= 0; d--) {
    advance(p, operands, at, d, 1);
    if (++index[d] < p->shape[d]) return;
    advance(p, operands, at, d, -index[d]);
    index[d] = 0;
  }
}

INLINE void run_items_of(const Loop *p, int operands, int64_t begin, int64_t end) {
  const int64_t length = p->shape[p->ndim - 1];
  int64_t index[TENSOR_MAX_DIM], part = p->pieces > 1 ? begin % p->pieces : 0;
  char *at[MAX_OPERANDS], *from[MAX_OPERANDS];
  seek(p, operands, begin / p->pieces, index, at);
  for (int64_t item = begin; item < end; item++) {
    const int64_t first = part * p->piece, left = length - first;
    for (int k = 0; k < operands; k++) from[k] = at[k] + first * p->step[p->ndim - 1][k];
    run_kernel(p, operands, left < p->piece ? left : p->piece, from);
    if (++part == p->pieces) {
      part = 0;
      next_run(p, operands, index, at);
    }
  }
}

static void run_items(void *ctx, int64_t begin, int64_t end) {
  const Loop *p = ctx;
  switch (p->operands) {
    case 2:
      run_items_of(p, 2, begin, end);
      break;
    case 3:
      run_items_of(p, 3, begin, end);
      break;
    default:
      run_items_of(p, 4, begin, end);
  }
}

static void run_loop(Loop *p) {
  const int64_t length = p->shape[p->ndim - 1];
  int64_t runs = 1;
  for (int d = 0; d < p->ndim - 1; d++) runs *= p->shape[d];
  const bool parallel = runs * length >= MAP_PARALLEL_FROM;
  p->piece = parallel && length > GRAIN ? GRAIN : length;
  p->pieces = (length + p->piece - 1) / p->piece;
  const int64_t items = runs * p->pieces;
  if (parallel) {
    parallel_for(items, p->piece < GRAIN ? GRAIN / p->piece : 1, run_items, p);
  } else {
    run_items(p, 0, items);
  }
}

/* --- making a plan ---------------------------------------------------------------------------------------- */

static void swap_dims(Loop *p, int a, int b) {
  const int64_t n = p->shape[a];
  p->shape[a] = p->shape[b];
  p->shape[b] = n;
  for (int k = 0; k < p->operands; k++) {
    const int64_t s = p->stride[a][k];
    p->stride[a][k] = p->stride[b][k];
    p->stride[b][k] = s;
  }
}

/* Fills in out's dimensions except those of size 1, with the stride of each operand: 0 where it is broadcast. */
static void collect_dims(Loop *p, const Tensor *const *t) {
  const Tensor *out = t[0];
  p->ndim = 0;
  for (int d = 0; d < out->ndim; d++) {
    if (out->shape[d] == 1) continue;
    p->shape[p->ndim] = out->shape[d];
    for (int k = 0; k < p->operands; k++) {
      const int e = d - (out->ndim - t[k]->ndim); /* the same dimension of operand k, counted from the right */
      p->stride[p->ndim][k] = e >= 0 && t[k]->shape[e] != 1 ? t[k]->stride[e] : 0;
    }
    p->ndim++;
  }
}

static void sort_dims(Loop *p) {
  for (int i = 1; i < p->ndim; i++)
    for (int j = i; j > 0 && llabs(p->stride[j][0]) > llabs(p->stride[j - 1][0]); j--) swap_dims(p, j, j - 1);
}

static bool mergeable(const Loop *p, int outer, int inner) {
  for (int k = 0; k < p->operands; k++)
    if (p->stride[outer][k] != p->stride[inner][k] * p->shape[inner]) return false;
  return true;
}

static void merge_dims(Loop *p) {
  int last = 0; /* dimensions 0..last are final but for further merging into `last` */
  for (int d = 1; d < p->ndim; d++) {
    if (mergeable(p, last, d)) {
      p->shape[d] *= p->shape[last];
    } else {
      last++;
    }
    if (last != d) swap_dims(p, last, d);
  }
  if (p->ndim > 0) p->ndim = last + 1;
}

/* A very short run would leave most of the time to the odometer. */
static void lengthen_run(Loop *p) {
  const int last = p->ndim - 1;
  if (p->shape[last] >= SHORT_RUN) return;
  int longest = last;
  for (int d = 0; d < last; d++)
    if (p->shape[d] > p->shape[longest]) longest = d;
  swap_dims(p, longest, last);
}

static void set_steps(Loop *p, const Tensor *const *t) {
  for (int k = 0; k < p->operands; k++) {
    const int64_t size = (int64_t)dtype_size((DType)t[k]->dtype);
    p->data[k] = tensor_data(t[k]);
    for (int d = 0; d < p->ndim; d++) p->step[d][k] = p->stride[d][k] * size;
  }
}

static void map_general(int operands, const Tensor *const *t, Kernel kern) {
  Loop p;
  p.kern = kern;
  p.operands = operands;
  collect_dims(&p, t);
  sort_dims(&p);
  merge_dims(&p);
  if (p.ndim == 0) { /* a single element */
    p.ndim = 1;
    p.shape[0] = 1;
    for (int k = 0; k < operands; k++) p.stride[0][k] = k == 0;
  }
  lengthen_run(&p);
  set_steps(&p, t);
  run_loop(&p);
}

/* --- public ----------------------------------------------------------------------------------------------- */

/* The stride with which input a walks beside a contiguous out, or -1 if one run cannot do it. An input with as many
 * elements as out has out's shape, for it broadcasts to it. */
static inline int64_t flat_stride(const Tensor *out, const Tensor *a) {
  if (a->numel == 1) return 0;
  return a->contiguous && a->numel == out->numel ? 1 : -1;
}

/* Few enough elements for the calling thread, in one run if the inputs agree to it too. */
static inline bool short_and_flat(const Tensor *out) { return out->contiguous && out->numel < MAP_PARALLEL_FROM; }

int map_rerun(const Computation *c, Context *own) {
  Kernel kern;
  (void)own;
  memcpy(&kern, c->args, sizeof kern);
  if (c->n == 2) map1(c->t[0], c->t[1], kern.unary);
  if (c->n == 3) map2(c->t[0], c->t[1], c->t[2], kern.binary);
  if (c->n == 4) map3(c->t[0], c->t[1], c->t[2], c->t[3], kern.ternary);
  return 0;
}

/* t: out and the inputs */
static void tell_map(const Tensor *const *t, int operands, Kernel kern) {
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
  if (context->recorder) tell_map((const Tensor *[]){out, a}, 2, (Kernel){.unary = kern});
  tensor_touch(out);
  const int64_t sa = flat_stride(out, a);
  if (out->numel == 0) return;
  if (short_and_flat(out) && sa >= 0) {
    kern(out->numel, tensor_data(out), 1, tensor_data(a), sa);
    return;
  }
  map_general(2, (const Tensor *[]){out, a}, (Kernel){.unary = kern});
}

void map2(Tensor *out, const Tensor *a, const Tensor *b, Kern2 *kern) {
  if (context->recorder) tell_map((const Tensor *[]){out, a, b}, 3, (Kernel){.binary = kern});
  tensor_touch(out);
  const int64_t sa = flat_stride(out, a), sb = flat_stride(out, b);
  if (out->numel == 0) return;
  if (short_and_flat(out) && sa >= 0 && sb >= 0) {
    kern(out->numel, tensor_data(out), 1, tensor_data(a), sa, tensor_data(b), sb);
    return;
  }
  map_general(3, (const Tensor *[]){out, a, b}, (Kernel){.binary = kern});
}

void map3(Tensor *out, const Tensor *a, const Tensor *b, const Tensor *c, Kern3 *kern) {
  if (context->recorder) tell_map((const Tensor *[]){out, a, b, c}, 4, (Kernel){.ternary = kern});
  tensor_touch(out);
  const int64_t sa = flat_stride(out, a), sb = flat_stride(out, b), sc = flat_stride(out, c);
  if (out->numel == 0) return;
  if (short_and_flat(out) && sa >= 0 && sb >= 0 && sc >= 0) {
    kern(out->numel, tensor_data(out), 1, tensor_data(a), sa, tensor_data(b), sb, tensor_data(c), sc);
    return;
  }
  map_general(4, (const Tensor *[]){out, a, b, c}, (Kernel){.ternary = kern});
}
