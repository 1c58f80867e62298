/*
 * search.c - where values belong in sorted sequences, by halving.
 */
#include "base/parallel.h"
#include "kernels/sort/sort.h"

typedef struct Search {
  DType dtype;
  bool right;
  int64_t n, each; /* elements of a sequence; values for each */
  const char *sorted, *values;
  int64_t *out;
} Search;

/* BEFORE(a, x): a comes before the place of x. NaN is larger than every number. */
#define DEFINE_SEARCH(name, T)                                                                  \
  static int64_t name(int64_t n, const T *a, T x, bool right) {                                 \
    int64_t lo = 0, hi = n;                                                                     \
    while (lo < hi) {                                                                           \
      const int64_t mid = lo + (hi - lo) / 2;                                                   \
      const T y = a[mid];                                                                       \
      const bool before = right ? !(y > x || (y != y && x == x)) : y < x || (x != x && y == y); \
      if (before) {                                                                             \
        lo = mid + 1;                                                                           \
      } else {                                                                                  \
        hi = mid;                                                                               \
      }                                                                                         \
    }                                                                                           \
    return lo;                                                                                  \
  }
DEFINE_SEARCH(search_f32, float)
DEFINE_SEARCH(search_f64, double)
DEFINE_SEARCH(search_i64, int64_t)
DEFINE_SEARCH(search_u8, uint8_t)

static void search_range(void *ctx, int64_t begin, int64_t end) {
  const Search *s = ctx;
  for (int64_t i = begin; i < end; i++) {
    const int64_t at = s->each ? i / s->each * s->n : 0;
    switch (s->dtype) {
      case DT_F32:
        s->out[i] = search_f32(s->n, (const float *)(const void *)s->sorted + at,
                               ((const float *)(const void *)s->values)[i], s->right);
        break;
      case DT_F64:
        s->out[i] = search_f64(s->n, (const double *)(const void *)s->sorted + at,
                               ((const double *)(const void *)s->values)[i], s->right);
        break;
      case DT_I64:
        s->out[i] = search_i64(s->n, (const int64_t *)(const void *)s->sorted + at,
                               ((const int64_t *)(const void *)s->values)[i], s->right);
        break;
      default:
        s->out[i] = search_u8(s->n, (const uint8_t *)s->sorted + at, ((const uint8_t *)s->values)[i], s->right);
    }
  }
}

int sort_search(Tensor *out, const Tensor *sorted, const Tensor *values, bool right) {
  tensor_touch(out);
  if (out->numel == 0) return 0;
  Tensor *a = tensor_contiguous((Tensor *)sorted), *v = tensor_contiguous((Tensor *)values);
  const bool ok = a && v;
  if (ok) {
    Search s = {.dtype = (DType)a->dtype,
                .right = right,
                .n = a->shape[a->ndim - 1],
                .each = a->ndim > 1 ? v->shape[v->ndim - 1] : 0,
                .sorted = tensor_data(a),
                .values = tensor_data(v),
                .out = tensor_i64(out)};
    parallel_for(out->numel, PARALLEL_GRAIN / 4, search_range, &s);
  }
  tensor_release(a);
  tensor_release(v);
  return ok ? 0 : -1;
}
