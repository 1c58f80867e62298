/*
 * fuzz_npz.c - NumPy's .npz files.
 *
 * An input whose first byte is even is an archive as it is. Else it tells members, each a byte of flags, two bytes of
 * length and the member itself; the harness writes the archive with the right checksums and then damages the field that
 * the flags name.
 */
#include "data/formats/npz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz.h"

const FuzzFormat fuzz_format = {12, 2}; /* of the first member's .npy header */

#define MEMBERS 6
#define ARCHIVE_MAX (1 << 20)

typedef struct Archive {
  uint8_t bytes[ARCHIVE_MAX], directory[4096];
  size_t n, nd;
  int members;
} Archive;

static void put(uint8_t *out, size_t *n, uint64_t v, int bytes) {
  for (int i = 0; i < bytes; i++) out[(*n)++] = (uint8_t)(v >> 8 * i);
}

static size_t deflated(const uint8_t *data, size_t size, uint8_t *out, size_t room) {
  z_stream z = {0};
  if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
  z.next_in = (Bytef *)data;
  z.avail_in = (uInt)size;
  z.next_out = out;
  z.avail_out = (uInt)room;
  if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
  deflateEnd(&z);
  return z.total_out;
}

/* The fields that both headers of a member share, from the version on. */
static void put_fields(uint8_t *out, size_t *n, uint8_t flags, uint32_t crc, uint64_t packed, uint64_t size) {
  put(out, n, 20, 2);
  put(out, n, flags & 16 ? 1 : 0, 2);                  /* encrypted */
  put(out, n, flags & 1 ? 8 : flags & 32 ? 14 : 0, 2); /* deflated, by a method that is not read, stored */
  put(out, n, 0x00210000, 4);
  put(out, n, crc, 4);
  put(out, n, flags & 2 ? packed * 100 + 1 : packed, 4);
  put(out, n, flags & 4 ? size * 1000 + 1 : size, 4);
}

static void add(Archive *a, uint8_t flags, const uint8_t *data, size_t size) {
  static const char *const names[] = {"a.npy", "b.npy", "d/", "a", "", "x\xff.npy"};
  const char *name = names[a->members % MEMBERS];
  const size_t at = a->n;
  const uint32_t crc = (uint32_t)crc32(0, data, (uInt)size) ^ (flags & 8 ? 1u : 0);
  static uint8_t packed[1 << 18];
  const size_t n = flags & 1 ? deflated(data, size, packed, sizeof packed) : size;
  put(a->bytes, &a->n, 0x04034b50, 4);
  put_fields(a->bytes, &a->n, flags, crc, n, size);
  put(a->bytes, &a->n, strlen(name), 2);
  put(a->bytes, &a->n, 0, 2);
  memcpy(a->bytes + a->n, name, strlen(name));
  a->n += strlen(name);
  memcpy(a->bytes + a->n, flags & 1 ? packed : data, n);
  a->n += n;
  put(a->directory, &a->nd, 0x02014b50, 4);
  put(a->directory, &a->nd, 20, 2);
  put_fields(a->directory, &a->nd, flags, crc, n, size);
  put(a->directory, &a->nd, strlen(name), 2);
  put(a->directory, &a->nd, 0, 8); /* extra, comment, disk, attributes */
  put(a->directory, &a->nd, 0, 4);
  put(a->directory, &a->nd, flags & 64 ? 0 : at, 4); /* 0: on top of the first member */
  memcpy(a->directory + a->nd, name, strlen(name));
  a->nd += strlen(name);
  a->members++;
}

static void finish(Archive *a) {
  const size_t at = a->n;
  memcpy(a->bytes + a->n, a->directory, a->nd);
  a->n += a->nd;
  put(a->bytes, &a->n, 0x06054b50, 4);
  put(a->bytes, &a->n, 0, 4);
  put(a->bytes, &a->n, (uint64_t)a->members, 2);
  put(a->bytes, &a->n, (uint64_t)a->members, 2);
  put(a->bytes, &a->n, a->nd, 4);
  put(a->bytes, &a->n, at, 4);
  put(a->bytes, &a->n, 0, 2);
}

static const char *made_archive(const uint8_t *data, size_t size) {
  static Archive a;
  a.n = a.nd = 0;
  a.members = 0;
  while (size > 0 && a.members < MEMBERS) {
    const uint8_t flags = fuzz_take(&data, &size);
    size_t n = fuzz_take(&data, &size);
    n |= (size_t)fuzz_take(&data, &size) << 8;
    if (n > size) n = size;
    add(&a, flags, data, n);
    data += n;
    size -= n;
  }
  finish(&a);
  return fuzz_file(a.bytes, a.n, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Npz z;
  const uint8_t form = fuzz_take(&data, &size);
  const char *path = form & 1 ? made_archive(data, size) : fuzz_file(data, size, 0);
  fuzz_unpacks();
  const int status = npz_read(path, &z);
  for (int i = 0; status == 0 && i < z.n; i++) {
    fuzz_work(z.entry[i].tensor);
    z.entry[i].tensor = NULL;
  }
  if (status < 0) fuzz_work(NULL);
  npz_free(&z);
  return 0;
}
