/*
 * fuzz.h - what the harnesses of the readers share (scripts/fuzz builds and runs them).
 *
 * A harness is a file fuzz_NAME.c with LLVMFuzzerTestOneInput: it turns the input into a file, reads that, and works
 * with what it got. fuzz.c has the mutator, which changes sizes, strides and lengths in binary and in decimal form
 * and puts the length of a header right again, so that most inputs get past the first check.
 */
#ifndef OPTLAB_TESTS_FUZZ_FUZZ_H
#define OPTLAB_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "core/tensor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file of these bytes; the same name each time. With `pack` it is gzip-compressed. */
const char *fuzz_file(const uint8_t *data, size_t size, int pack);
void fuzz_unpacks(void); /* what is in that file may be compressed */

/* Ends the program if reading the file took more memory than its length explains. Then sums, copies, transposes, casts,
 * ... the tensor that the reader returned, and drops it; accepts NULL. */
void fuzz_work(Tensor *t);

/* Takes a byte off the input; 0 at its end. */
static inline uint8_t fuzz_take(const uint8_t **data, size_t *size) {
  if (*size == 0) return 0;
  --*size;
  return *(*data)++;
}

/* What a harness knows about its format, for the mutator: where the length of a text header stands, and in how many
 * bytes, little-endian; bytes 0: nowhere. */
typedef struct FuzzFormat {
  size_t at;    /* of the length */
  size_t bytes; /* 0, 2, 4, 8 */
} FuzzFormat;
extern const FuzzFormat fuzz_format;

#endif
