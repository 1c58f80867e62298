/*
 * fuzz.c - files from inputs, work for tensors, mutations of sizes.
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "autograd/op.h"
#include "base/alloc.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* --- files -------------------------------------------------------------------------------------------------------- */

static void write_all(int fd, const uint8_t *data, size_t size) {
  if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
}

/* Raw deflate has no checksum to get past; gzip has one, so the harness makes it. */
static void write_packed(int fd, const uint8_t *data, size_t size) {
  static uint8_t out[1 << 21];
  z_stream z = {0};
  if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
  z.next_in = (Bytef *)data;
  z.avail_in = (uInt)size;
  z.next_out = out;
  z.avail_out = sizeof out;
  if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
  write_all(fd, out, z.total_out);
  deflateEnd(&z);
}

static int64_t live;        /* bytes of tensors before the file was read */
static int64_t most_memory; /* that reading the file may take */

void fuzz_unpacks(void) { most_memory *= 1032; }

const char *fuzz_file(const uint8_t *data, size_t size, int pack) {
  static int fd = -1;
  static char path[64];
  if (fd < 0) {
    fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (pack) {
    write_packed(fd, data, size);
  } else {
    write_all(fd, data, size);
  }
  most_memory = 8 * (int64_t)size + (64 << 10);
  if (pack || (size > 2 && data[0] == 0x1f && data[1] == 0x8b)) fuzz_unpacks();
  alloc_reset_peak();
  live = alloc_stats().live;
  return path;
}

/* --- work --------------------------------------------------------------------------------------------------------- */

static void apply(OpId op, Tensor *t, const OpArgs *args) {
  Tensor *out = op_apply(op, &t, 1, args);
  if (out && out->numel > 0) (void)tensor_get(out, out->numel - 1);
  tensor_release(out);
}

#define MANY (1 << 20)

/* How many sums there are along a dimension: of a tensor without elements, as many as its other sizes say. */
static int64_t sums(const Tensor *t, int d) {
  int64_t n = 1;
  for (int i = 0; i < t->ndim; i++) n *= i == d ? 1 : t->shape[i];
  return n;
}

static Tensor *transposed(Tensor *t) {
  OpArgs a = {.permute = {{0}}};
  for (int d = 0; d < t->ndim; d++) a.permute.from[d] = t->ndim - 1 - d;
  return op_apply(OP_PERMUTE, &t, 1, &a);
}

static void work(Tensor *t) {
  assert(t->numel >= 0 && t->ndim <= TENSOR_MAX_DIM);
  Tensor *flip = transposed(t), *row_major = tensor_contiguous(t), *copy = flip ? tensor_clone(flip) : NULL;
  for (int64_t i = 0; i < t->numel && i < 64; i++) (void)tensor_get(t, i);
  for (DType dt = 0; dt < DT_COUNT; dt++) tensor_release(tensor_cast(t, dt));
  apply(OP_SUM, t, &(OpArgs){.reduce = {.dims = (1u << t->ndim) - 1}});
  for (int d = 0; d < t->ndim; d++) {
    if (sums(t, d) < MANY) apply(OP_SUM, t, &(OpArgs){.reduce = {.dims = 1u << d}});
    apply(OP_SOFTMAX, t, &(OpArgs){.along = {d}});
    apply(OP_SLICE, t, &(OpArgs){.slice = {d, 0, t->shape[d] / 2, 2, 0}});
  }
  if (flip) apply(OP_EXP, flip, NULL);
  apply(OP_RESHAPE, t, &(OpArgs){.shape = {.ndim = 1, .size = {t->numel}}});
  Tensor *both[] = {t, t};
  tensor_release(op_apply(OP_ADD, both, 2, NULL));
  tensor_release(copy);
  tensor_release(row_major);
  tensor_release(flip);
  tensor_release(t);
}

void fuzz_work(Tensor *t) {
  if (alloc_stats().peak - live > most_memory) {
    fprintf(stderr, "reading took %lld bytes of memory, at most %lld are due\n", (long long)(alloc_stats().peak - live),
            (long long)most_memory);
    abort();
  }
  if (t) work(t);
  alloc_trim(); /* so that what is freed is freed */
  alloc_reset_peak();
}
/* --- mutations ------------------------------------------------------------------------------------------------- */

static uint64_t state; /* of the generator; seeded by each call of the mutator */

static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}
static size_t below(size_t n) { return n ? (size_t)(next_random() % n) : 0; }

/* Sizes at which products overflow, and small ones. */
static uint64_t interesting(void) {
  static const uint64_t sizes[] = {0,          1,          2,          3,          7,          8,
                                   9,          16,         255,        256,        1023,       65535,
                                   65536,      0x7fffffff, 1u << 31,   0xffffffff, 1ull << 32, 1ull << 53,
                                   1ull << 60, 1ull << 61, 1ull << 62, INT64_MAX,  1ull << 63, UINT64_MAX};
  const uint64_t v = sizes[below(sizeof sizes / sizeof *sizes)];
  return below(3) ? v : v + below(5) - 2;
}

/* Puts n bytes in the place of `old` bytes at `at`. */
static size_t replace(uint8_t *data, size_t size, size_t max, size_t at, size_t old, const void *with, size_t n) {
  if (size - old + n > max) return size;
  memmove(data + at + n, data + at + old, size - at - old);
  memcpy(data + at, with, n);
  return size - old + n;
}

static int is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* Another decimal number in the place of one. */
static size_t change_number(uint8_t *data, size_t size, size_t max) {
  char text[32];
  size_t at = below(size), end;
  while (at < size && !is_digit(data[at])) at++;
  if (at == size) return size;
  while (at > 0 && is_digit(data[at - 1])) at--;
  for (end = at; end < size && is_digit(data[end]); end++) continue;
  const int n = snprintf(text, sizeof text, "%llu", (unsigned long long)interesting());
  return replace(data, size, max, at, end - at, text, (size_t)n);
}

/* One more size in a list, or one less. */
static size_t change_list(uint8_t *data, size_t size, size_t max) {
  char text[40];
  size_t at = below(size);
  while (at < size && data[at] != ',') at++;
  if (at == size) return size;
  if (below(2)) {
    size_t end = at + 1;
    while (end < size && data[end] != ',' && data[end] != ')' && data[end] != ']') end++;
    return replace(data, size, max, at, end - at, "", 0);
  }
  const int n = snprintf(text, sizeof text, ", %llu", (unsigned long long)interesting());
  return replace(data, size, max, at, 0, text, (size_t)n);
}

/* A binary integer of 1 to 8 bytes, of either order. */
static size_t change_integer(uint8_t *data, size_t size, size_t max) {
  const size_t width = (size_t)1 << below(4), near = below(2) ? 64 : size;
  if (size < width) return LLVMFuzzerMutate(data, size, max);
  const size_t at = below((near < size ? near : size) - (width <= near ? width : near) + 1);
  const uint64_t v = interesting();
  const int big = (int)below(2);
  for (size_t i = 0; i < width && at + i < size; i++) data[at + i] = (uint8_t)(v >> 8 * (big ? width - 1 - i : i));
  return size;
}

/* Makes the header end where its text does: behind the last brace that comes before the old end or near it. */
static void mend_length(uint8_t *data, size_t size, size_t grown_by) {
  const FuzzFormat f = fuzz_format;
  uint64_t length = 0;
  if (f.bytes == 0 || size < f.at + f.bytes) return;
  for (size_t i = 0; i < f.bytes; i++) length |= (uint64_t)data[f.at + i] << 8 * i;
  length += grown_by;
  for (size_t i = 0; i < f.bytes; i++) data[f.at + i] = (uint8_t)(length >> 8 * i);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed) {
  state = seed * 0x9E3779B97F4A7C15ull + 1;
  const size_t before = size;
  switch (below(6)) {
    case 0:
      size = change_number(data, size, max);
      break;
    case 1:
      size = change_list(data, size, max);
      break;
    case 2:
      return change_integer(data, size, max);
    case 3: /* two at once */
      size = change_number(data, change_number(data, size, max), max);
      break;
    default:
      return LLVMFuzzerMutate(data, size, max);
  }
  if (below(8)) mend_length(data, size, size - before); /* wraps where it became shorter */
  return size;
}
