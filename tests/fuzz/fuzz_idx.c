/*
 * fuzz_idx.c - IDX files; the first byte says whether they are compressed.
 */
#include "data/formats/idx.h"

#include "fuzz.h"

const FuzzFormat fuzz_format = {0, 0};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t flags = fuzz_take(&data, &size);
  fuzz_work(idx_read(fuzz_file(data, size, flags & 1)));
  return 0;
}
