/*
 * fuzz_tar.c - tar archives; the first byte says whether they are compressed, and whether the headers' sums are put
 * right before they are read.
 */
#include "data/archives/tar.h"

#include <stdio.h>
#include <string.h>

#include "fuzz.h"

const FuzzFormat fuzz_format = {0, 0};

#define ARCHIVE_MAX (1 << 18)

/* Writes the sum of the header at each block of 512 bytes. */
static void mend(uint8_t *bytes, size_t size) {
  for (size_t at = 0; at + 512 <= size; at += 512) {
    unsigned sum = 0;
    char text[8];
    if (bytes[at] == 0) continue;
    for (size_t i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? ' ' : bytes[at + i];
    snprintf(text, sizeof text, "%06o", sum);
    memcpy(bytes + at + 148, text, 7);
    bytes[at + 155] = ' ';
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t bytes[ARCHIVE_MAX];
  static const char *const names[] = {"a", "b.bin"};
  Tensor *member[2];
  const uint8_t flags = fuzz_take(&data, &size);
  if (size > sizeof bytes) size = sizeof bytes;
  memcpy(bytes, data, size);
  if (flags & 2) mend(bytes, size);
  const char *path = fuzz_file(bytes, size, flags & 1);
  if (tar_read(path, flags & 4 ? 2 : 1, names, member) < 0) {
    fuzz_work(NULL);
  } else {
    fuzz_work(member[0]);
    if (flags & 4) fuzz_work(member[1]);
  }
  fuzz_work(bytes_read(path));
  return 0;
}
