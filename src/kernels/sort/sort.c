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
#define FEW 32   /* so many smallest ones are kept while the elements pass */
#define CHUNK 64

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
 * place; what is larger may be lost. */
#define ITEMS(s, Item, SHIFT, BYTES)                                                                                     \
  static void insert_##s(int64_t n, Item *a) {                                                                           \
    for (int64_t i = 1; i < n; i++) {                                                                                    \
      const Item x = a[i];                                                                                               \
      int64_t j = i;                                                                                                     \
      for (; j > 0 && a[j - 1] > x; j--) a[j] = a[j - 1];                                                                \
      a[j] = x;                                                                                                          \
    }                                                                                                                    \
  }                                                                                                                      \
  static void sort_##s(int64_t n, Item *a, Item *spare) {                                                                \
    if (n <= SHORT) {                                                                                                    \
      insert_##s(n, a);                                                                                                  \
      return;                                                                                                            \
    }                                                                                                                    \
    int64_t count[BYTES][256] = {{0}};                                                                                   \
    for (int64_t i = 0; i < n; i++) {                                                                                    \
      for (int b = 0; b < BYTES; b++) count[b][(uint8_t)(a[i] >> (SHIFT + 8 * b))]++;                                    \
    }                                                                                                                    \
    Item *from = a, *to = spare;                                                                                         \
    for (int b = 0; b < BYTES; b++) {                                                                                    \
      int64_t *place = count[b], at = 0;                                                                                 \
      if (place[(uint8_t)(a[0] >> (SHIFT + 8 * b))] == n) continue;                                                      \
      for (int v = 0; v < 256; v++) {                                                                                    \
        const int64_t c = place[v];                                                                                      \
        place[v] = at;                                                                                                   \
        at += c;                                                                                                         \
      }                                                                                                                  \
      for (int64_t i = 0; i < n; i++) to[place[(uint8_t)(from[i] >> (SHIFT + 8 * b))]++] = from[i];                      \
      Item *t = from;                                                                                                    \
      from = to;                                                                                                         \
      to = t;                                                                                                            \
    }                                                                                                                    \
    if (from != a) memcpy(a, from, (size_t)n * sizeof *a);                                                               \
  }                                                                                                                      \
  /* By the bytes of the key, from the highest down: the items with a smaller byte than item k's, then those with the  \
     same, which go on. */ \
  static void select_##s(int64_t n, Item *a, Item *spare, int64_t k) {                                                   \
    for (int shift = SHIFT + 8 * (BYTES - 1); shift >= SHIFT && n > SHORT; shift -= 8) {                                 \
      int64_t count[256] = {0}, before = 0, less = 0, same = 0;                                                          \
      for (int64_t i = 0; i < n; i++) count[(uint8_t)(a[i] >> shift)]++;                                                 \
      int mine = 0;                                                                                                      \
      while (before + count[mine] <= k) before += count[mine++];                                                         \
      if (count[mine] == n) continue;                                                                                    \
      for (int64_t i = 0; i < n; i++) {                                                                                  \
        const Item x = a[i];                                                                                             \
        const int byte = (uint8_t)(x >> shift);                                                                          \
        a[less] = spare[same] = x; /* for good in one of the two, or in none */                                          \
        less += byte < mine;                                                                                             \
        same += byte == mine;                                                                                            \
      }                                                                                                                  \
      memcpy(a + less, spare, (size_t)same * sizeof *a);                                                                 \
      a += less;                                                                                                         \
      k -= less;                                                                                                         \
      n = same;                                                                                                          \
    }                                                                                                                    \
    sort_##s(n, a, spare);                                                                                               \
  }                                                                                                                      \
  /* The positions of the k smallest (one: of number k alone). */                                                        \
  static void find_##s(int64_t n, void *items, void *spare, int64_t k, bool one, int64_t *out, int64_t stride) {         \
    Item *a = items;                                                                                                     \
    if (k < n && n > 0) select_##s(n, a, spare, k);                                                                      \
    if (one) {                                                                                                           \
      *out = (int64_t)(a[k] & (((Item)1 << SHIFT) - 1));                                                                 \
      return;                                                                                                            \
    }                                                                                                                    \
    sort_##s(k, a, spare);                                                                                               \
    for (int64_t i = 0; i < k; i++) out[i * stride] = (int64_t)(a[i] & (((Item)1 << SHIFT) - 1));                        \
  }
/* clang-format off */
ITEMS(64, Item64, 32, 4)
ITEMS(128, Item128, 64, 8)
/* clang-format on */

/* The positions of the k smallest elements of many, at most FEW: a block of which none can be among them is passed over.
 */
#define TOP(name, Item, SHIFT, T, Key, key)                                                                            \
  static void name(int64_t n, const void *a, int64_t stride, bool descending, int64_t k, int64_t *out, int64_t step) { \
    const T *p = a;                                                                                                    \
    const Key flip = descending ? (Key)-1 : 0;                                                                         \
    Item best[FEW];                                                                                                    \
    for (int64_t j = 0; j < k; j++) best[j] = ~(Item)0; /* larger than any item */                                     \
    for (int64_t begin = 0; begin < n; begin += CHUNK) {                                                               \
      const int64_t m = n - begin < CHUNK ? n - begin : CHUNK;                                                         \
      Key keys[CHUNK], least = (Key)-1;                                                                                \
      for (int64_t i = 0; i < m; i++) keys[i] = key(p[(begin + i) * stride]) ^ flip;                                   \
      for (int64_t i = 0; i < m; i++) least = keys[i] < least ? keys[i] : least;                                       \
      if (least > (Key)(best[k - 1] >> SHIFT)) continue;                                                               \
      for (int64_t i = 0; i < m; i++) {                                                                                \
        const Item x = (Item)keys[i] << SHIFT | (Item)(uint64_t)(begin + i);                                           \
        if (x >= best[k - 1]) continue;                                                                                \
        int64_t j = k - 1;                                                                                             \
        for (; j > 0 && best[j - 1] > x; j--) best[j] = best[j - 1];                                                   \
        best[j] = x;                                                                                                   \
      }                                                                                                                \
    }                                                                                                                  \
    for (int64_t j = 0; j < k; j++) out[j * step] = (int64_t)(best[j] & (((Item)1 << SHIFT) - 1));                     \
  }
/* clang-format off */
TOP(top_f32, Item64, 32, float, uint32_t, key_f32)
TOP(top_u8, Item64, 32, uint8_t, uint32_t, key_u8)
TOP(top_f64, Item128, 64, double, uint64_t, key_f64)
TOP(top_i64, Item128, 64, int64_t, uint64_t, key_i64)
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

#define FIRST_NAN(name, T)                                        \
  static int64_t name(int64_t n, const void *a, int64_t stride) { \
    const T *p = a;                                               \
    int64_t begin = 0;                                            \
    for (int any = 0; begin < n; begin += CHUNK) {                \
      const int64_t m = n - begin < CHUNK ? n - begin : CHUNK;    \
      for (int64_t i = 0; i < m; i++) {                           \
        const T x = p[(begin + i) * stride];                      \
        any |= x != x;                                            \
      }                                                           \
      if (any) break;                                             \
    }                                                             \
    for (int64_t i = begin; i < n; i++) {                         \
      if (p[i * stride] != p[i * stride]) return i;               \
    }                                                             \
    return -1;                                                    \
  }
FIRST_NAN(nan_f32, float)
FIRST_NAN(nan_f64, double)

static int64_t first_nan(const Sort *s, const void *a) {
  if (!dtype_is_float(s->dtype)) return -1;
  return (s->dtype == DT_F32 ? nan_f32 : nan_f64)(s->n, a, s->stride);
}

static void sort_line(const Sort *s, const void *a, int64_t *out) {
  void *items = s->memory + 2 * parallel_thread() * s->bytes, *spare = (char *)items + s->bytes;
  if (s->nan_first && (*out = first_nan(s, a)) >= 0) return;
  if (!s->one && s->k <= FEW && s->k < s->n / 4) {
    const DType dt = s->dtype;
    (dt == DT_F32   ? top_f32
     : dt == DT_F64 ? top_f64
     : dt == DT_I64 ? top_i64
                    : top_u8)(s->n, a, s->stride, s->descending, s->k, out, s->out_stride);
    return;
  }
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
