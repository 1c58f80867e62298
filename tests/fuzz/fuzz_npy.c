/*
 * fuzz_npy.c - NumPy's .npy files.
 */
#include "data/formats/npy.h"

#include "fuzz.h"

const FuzzFormat fuzz_format = {8, 2};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_work(npy_read(fuzz_file(data, size, 0)));
  return 0;
}
