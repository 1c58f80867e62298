/*
 * fuzz_mat.c - MATLAB's files. The input is what stands behind the head of 128 bytes; the first byte says in which byte
 * order, and whether it is one array to be packed.
 */
#include "data/archives/mat.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz.h"

const FuzzFormat fuzz_format = {4, 4}; /* of the first element */

#define FILE_MAX_BYTES (1 << 20)

static const char *packed_file(uint8_t *bytes, const uint8_t *data, size_t size) {
  uLongf n = FILE_MAX_BYTES - 136;
  if (size > FILE_MAX_BYTES / 2 || compress(bytes + 136, &n, data, size) != Z_OK) abort();
  const uint32_t tag[2] = {15, (uint32_t)n};
  memcpy(bytes + 128, tag, sizeof tag);
  fuzz_unpacks();
  return fuzz_file(bytes, 136 + n, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t bytes[FILE_MAX_BYTES];
  Mat m;
  const uint8_t flags = fuzz_take(&data, &size);
  memset(bytes, ' ', 128);
  memcpy(bytes + 124, flags & 1 ? "\1\0MI" : "\0\1IM", 4);
  if (size > FILE_MAX_BYTES / 2) size = FILE_MAX_BYTES / 2;
  memcpy(bytes + 128, data, size);
  const int status = mat_read(flags & 2 ? packed_file(bytes, data, size) : fuzz_file(bytes, 128 + size, 0), &m);
  for (int i = 0; status == 0 && i < m.n; i++) {
    fuzz_work(m.entry[i].tensor);
    m.entry[i].tensor = NULL;
  }
  if (status < 0) fuzz_work(NULL);
  mat_free(&m);
  return 0;
}
