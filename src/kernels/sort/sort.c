/*
 * sort.c - see sort.h.
 *
 * A sequence becomes a list of items: a key, a whole number that is in the order of the elements, above the position.
 * Items are all different, and their order is that of a stable sort. They have 64 bits where elements have up to 32,
 * else 128. Long lists are sorted by the bytes of the key, from the lowest up; short ones by insertion.
 */
#include "kernels/sort/sort.h"

#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/size.h"
#include "core/walk.h"

#define SHORT 40 /* up to so many items are sorted by insertion */

typedef uint64_t Item64;
__extension__ typedef unsigned __int128 Item128;

/* --- keys --------------------------------------------------------------------------------------------------------- */

static inline uint32_t key_f32(float x) {
  uint32_t u;
  if (x != x) return UINT32_MAX;
  x += 0.0f; /* -0 becomes 0 */
  memcpy(&u, &x, sizeof u);
  return u >> 31 ? ~u : u | 0x80000000u;
}
static inline uint64_t key_f64(double x) {
  uint64_t u;
  if (x != x) return UINT64_MAX;
  x += 0.0;
  memcpy(&u, &x, sizeof u);
  return u >> 63 ? ~u : u | 1ull << 63;
}
static inline uint64_t key_i64(int64_t x) { return (uint64_t)x ^ 1ull << 63; }
static inline uint32_t key_u8(uint8_t x) { return x; }

/* --- lists of items ----------------------------------------------------------------------------------------------- */

#define LOAD(name, Item, SHIFT, T, Key, key)                                              \
  static void name(int64_t n, Item *to, const void *a, int64_t stride, bool descending) { \
    const T *p = a;                                                                       \
    const Key flip = descending ? (Key)-1 : 0;                                            \
    for (int64_t i = 0; i < n; i++) {                                                     \
      to[i] = (Item)(Key)(key(p[i * stride]) ^ flip) << SHIFT | (Item)(uint64_t)i;        \
    }                                                                                     \
  }
LOAD(load_f32, Item64, 32, float, uint32_t, key_f32)
LOAD(load_u8, Item64, 32, uint8_t, uint32_t, key_u8)
LOAD(load_f64, Item128, 64, double, uint64_t, key_f64)
LOAD(load_i64, Item128, 64, int64_t, uint64_t, key_i64)

/* sort: n items in order; spare has room for as many. select: the first k of them are the smallest, and item k is in its
 * place; a pivot is the middle one of three, and after too many of them everything is sorted. */
#define ITEMS(s, Item, SHIFT, BYTES)                                                                             \
  static void insert_##s(int64_t n, Item *a) {                                                                   \
    for (int64_t i = 1; i < n; i++) {                                                                            \
      const Item x = a[i];                                                                                       \
      int64_t j = i;                                                                                             \
      for (; j > 0 && a[j - 1] > x; j--) a[j] = a[j - 1];                                                        \
      a[j] = x;                                                                                                  \
    }                                                                                                            \
  }                                                                                                              \
  static void sort_##s(int64_t n, Item *a, Item *spare) {                                                        \
    if (n <= SHORT) {                                                                                            \
      insert_##s(n, a);                                                                                          \
      return;                                                                                                    \
    }                                                                                                            \
    int64_t count[BYTES][256] = {{0}};                                                                           \
    for (int64_t i = 0; i < n; i++) {                                                                            \
      for (int b = 0; b < BYTES; b++) count[b][(uint8_t)(a[i] >> (SHIFT + 8 * b))]++;                            \
    }                                                                                                            \
    Item *from = a, *to = spare;                                                                                 \
    for (int b = 0; b < BYTES; b++) {                                                                            \
      int64_t *place = count[b], at = 0;                                                                         \
      if (place[(uint8_t)(a[0] >> (SHIFT + 8 * b))] == n) continue;                                              \
      for (int v = 0; v < 256; v++) {                                                                            \
        const int64_t c = place[v];                                                                              \
        place[v] = at;                                                                                           \
        at += c;                                                                                                 \
      }                                                                                                          \
      for (int64_t i = 0; i < n; i++) to[place[(uint8_t)(from[i] >> (SHIFT + 8 * b))]++] = from[i];              \
      Item *t = from;                                                                                            \
      from = to;                                                                                                 \
      to = t;                                                                                                    \
    }                                                                                                            \
    if (from != a) memcpy(a, from, (size_t)n * sizeof *a);                                                       \
  }                                                                                                              \
  static inline Item middle_##s(Item a, Item b, Item c) {                                                        \
    if (a > b) {                                                                                                 \
      const Item t = a;                                                                                          \
      a = b;                                                                                                     \
      b = t;                                                                                                     \
    }                                                                                                            \
    return c < a ? a : c < b ? c : b;                                                                            \
  }                                                                                                              \
  static void select_##s(int64_t n, Item *a, Item *spare, int64_t k) {                                           \
    int64_t lo = 0, hi = n - 1;                                                                                  \
    for (int turn = 0; lo < hi; turn++) {                                                                        \
      if (turn == 48 || hi - lo < SHORT) {                                                                       \
        sort_##s(hi - lo + 1, a + lo, spare);                                                                    \
        return;                                                                                                  \
      }                                                                                                          \
      const Item pivot = middle_##s(a[lo], a[lo + (hi - lo) / 2], a[hi]);                                        \
      int64_t i = lo, j = hi;                                                                                    \
      while (i <= j) {                                                                                           \
        while (a[i] < pivot) i++;                                                                                \
        while (a[j] > pivot) j--;                                                                                \
        if (i > j) break;                                                                                        \
        const Item t = a[i];                                                                                     \
        a[i++] = a[j];                                                                                           \
        a[j--] = t;                                                                                              \
      }                                                                                                          \
      if (k <= j) {                                                                                              \
        hi = j;                                                                                                  \
      } else if (k >= i) {                                                                                       \
        lo = i;                                                                                                  \
      } else {                                                                                                   \
        return;                                                                                                  \
      }                                                                                                          \
    }                                                                                                            \
  }                                                                                                              \
  /* The positions of the k smallest (one: of number k alone). */                                                \
  static void find_##s(int64_t n, void *items, void *spare, int64_t k, bool one, int64_t *out, int64_t stride) { \
    Item *a = items;                                                                                             \
    if (k < n && n > 0) select_##s(n, a, spare, k);                                                              \
    if (one) {                                                                                                   \
      *out = (int64_t)(a[k] & (((Item)1 << SHIFT) - 1));                                                         \
      return;                                                                                                    \
    }                                                                                                            \
    sort_##s(k, a, spare);                                                                                       \
    for (int64_t i = 0; i < k; i++) out[i * stride] = (int64_t)(a[i] & (((Item)1 << SHIFT) - 1));                \
  }
/* clang-format off */
ITEMS(64, Item64, 32, 4)
ITEMS(128, Item128, 64, 8)
/* clang-format on */

/* --- over a tensor ------------------------------------------------------------------------------------------------ */

typedef struct Sort {
  Walk kept; /* input, output: the other dimensions */
  DType dtype;
  int64_t n, stride, out_stride, k;
  bool one, descending, nan_first;
  int64_t bytes; /* of a list */
  char *memory;  /* two lists for each thread */
} Sort;

static int64_t first_nan(const Sort *s, const void *a) {
  if (!dtype_is_float(s->dtype)) return -1;
  const int64_t step = s->stride * (int64_t)dtype_size(s->dtype);
  for (int64_t i = 0; i < s->n; i++) {
    const double x = dtype_load(s->dtype, (const char *)a + i * step);
    if (x != x) return i;
  }
  return -1;
}

static void sort_line(const Sort *s, const void *a, int64_t *out) {
  void *items = s->memory + 2 * parallel_thread() * s->bytes, *spare = (char *)items + s->bytes;
  if (s->nan_first && (*out = first_nan(s, a)) >= 0) return;
  switch (s->dtype) {
    case DT_F32:
      load_f32(s->n, items, a, s->stride, s->descending);
      break;
    case DT_F64:
      load_f64(s->n, items, a, s->stride, s->descending);
      break;
    case DT_I64:
      load_i64(s->n, items, a, s->stride, s->descending);
      break;
    default:
      load_u8(s->n, items, a, s->stride, s->descending);
  }
  const bool wide = s->dtype == DT_F64 || s->dtype == DT_I64;
  (wide ? find_128 : find_64)(s->n, items, spare, s->k, s->one, out, s->out_stride);
}

static void sort_lines(void *ctx, int64_t begin, int64_t end) {
  const Sort *s = ctx;
  WalkCursor c;
  walk_seek(&s->kept, 2, s->kept.data, begin, &c);
  for (int64_t i = begin; i < end; i++) {
    sort_line(s, c.at[0], (int64_t *)(void *)c.at[1]);
    walk_on(&s->kept, 2, &c, 1);
  }
}

/* s: k, one, descending, nan_first */
static int sort_all(Tensor *out, const Tensor *x, int dim, Sort s) {
  tensor_touch(out);
  if (out->numel == 0) return 0;
  s.dtype = (DType)x->dtype;
  s.n = x->shape[dim];
  s.stride = x->stride[dim];
  s.out_stride = out->stride[dim];
  const size_t item = s.dtype == DT_F64 || s.dtype == DT_I64 ? sizeof(Item128) : sizeof(Item64);
  const bool alone = x->numel < PARALLEL_FROM;
  /* the caller may be a worker itself, whose number counts */
  const int places = alone ? parallel_thread() + 1 : parallel_threads();
  const size_t bytes = SIZE_BYTES(item, s.n, 2, places);
  s.bytes = s.n * (int64_t)item;
  s.memory = alloc_get(bytes);
  if (!s.memory) return -1;
  walk_start(&s.kept, 2);
  walk_operand(&s.kept, 0, tensor_data(x), (int64_t)dtype_size(s.dtype));
  walk_operand(&s.kept, 1, tensor_data(out), (int64_t)sizeof(int64_t));
  for (int d = 0; d < x->ndim; d++) {
    if (d != dim) walk_add(&s.kept, x->shape[d], (int64_t[]){x->stride[d], out->stride[d]});
  }
  walk_finish(&s.kept);
  const int64_t lines = x->numel / s.n;
  if (alone) {
    sort_lines(&s, 0, lines);
  } else {
    parallel_for(lines, PARALLEL_GRAIN / 8 / s.n + 1, sort_lines, &s);
  }
  alloc_put(s.memory, bytes);
  return 0;
}

int sort_positions(Tensor *out, const Tensor *x, int dim, int64_t k, bool descending) {
  return sort_all(out, x, dim, (Sort){.k = k, .descending = descending});
}

int sort_kth(Tensor *out, const Tensor *x, int dim, int64_t k) {
  const bool median = k < 0;
  return sort_all(out, x, dim, (Sort){.k = median ? (x->shape[dim] - 1) / 2 : k, .one = true, .nan_first = median});
}
