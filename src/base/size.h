/*
 * size.h - products of sizes. Whatever multiplies sizes that a caller or a file chose does it here, once.
 */
#ifndef OPTLAB_BASE_SIZE_H
#define OPTLAB_BASE_SIZE_H

#include <stddef.h>
#include <stdint.h>

#define SIZE_BYTES_MAX ((int64_t)(PTRDIFF_MAX / 2)) /* leaves room for headers and rounding */

/* size[0] * size[1] * ..., the number of elements of `element` bytes each; inline, since every view needs it. -1,
 * without err_set, where a size is negative or the bytes are more than SIZE_BYTES_MAX. A zero hides nothing: it
 * counts as 1 in this comparison, as in NumPy, so that the product of any of the sizes fits too. */
static inline int64_t size_product(size_t element, int n, const int64_t *size) {
  int64_t bytes = (int64_t)element, count = 1;
  for (int i = 0; i < n; i++) {
    if (size[i] < 0 || __builtin_mul_overflow(bytes, size[i] ? size[i] : 1, &bytes)) return -1;
    count *= size[i];
  }
  return bytes <= SIZE_BYTES_MAX ? count : -1;
}

/* The bytes of that many elements; SIZE_MAX, which no allocator has, where size_product would return -1. */
static inline size_t size_bytes(size_t element, int n, const int64_t *size) {
  const int64_t count = size_product(element, n, size);
  return count < 0 ? SIZE_MAX : (size_t)count * element;
}
/* clang-format off */
#define SIZE_LIST(...) (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__}
/* clang-format on */
#define SIZE_BYTES(element, ...) size_bytes(element, SIZE_LIST(__VA_ARGS__))

#endif
