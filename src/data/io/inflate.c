/*
 * inflate.c - by zlib.
 */
#include "data/io/inflate.h"

#include <zlib.h>

int inflate_bytes(const char *bytes, size_t n, char *out, size_t *size) {
  uLongf made = *size;
  if (uncompress((Bytef *)out, &made, (const Bytef *)bytes, n) != Z_OK) return -1;
  *size = made;
  return 0;
}
