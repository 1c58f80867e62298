/*
 * png.c - a PNG file of palette colours: IHDR, PLTE, tRNS (the background is transparent), IDAT, IEND.
 */
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "term/raster.h"

static void put32(uint8_t *to, uint32_t n) {
  to[0] = (uint8_t)(n >> 24);
  to[1] = (uint8_t)(n >> 16);
  to[2] = (uint8_t)(n >> 8);
  to[3] = (uint8_t)n;
}

static void add_chunk(Bytes *out, const char *type, const void *data, size_t n) {
  uint8_t word[4];
  put32(word, (uint32_t)n);
  bytes_add(out, word, 4);
  bytes_add(out, type, 4);
  if (n > 0) bytes_add(out, data, n);
  uLong crc = crc32(0, (const Bytef *)type, 4);
  if (n > 0) crc = crc32(crc, data, (uInt)n);
  put32(word, (uint32_t)crc);
  bytes_add(out, word, 4);
}

/* The rows, each with the number of its filter (0: none) in front, compressed. */
static int add_pixels(const Raster *r, Bytes *out) {
  Bytes rows = {0}, packed = {0};
  for (int y = 0; y < r->height; y++) {
    bytes_add(&rows, "", 1);
    bytes_add(&rows, r->pixels + (size_t)y * (size_t)r->width, (size_t)r->width);
  }
  uLongf n = compressBound((uLong)rows.n);
  void *to = bytes_extend(&packed, n);
  int status = bytes_check(&rows) < 0 || bytes_check(&packed) < 0 ? -1 : 0;
  if (status == 0 && compress2(to, &n, (Bytef *)rows.data, (uLong)rows.n, 1) != Z_OK) status = err_set("out of memory");
  if (status == 0) add_chunk(out, "IDAT", to, n);
  bytes_free(&rows);
  bytes_free(&packed);
  return status;
}

int raster_png(const Raster *r, Bytes *out) {
  uint8_t header[13] = {[8] = 8, [9] = 3}; /* eight bits a pixel, palette */
  const uint8_t clear[1] = {0};
  put32(header, (uint32_t)r->width);
  put32(header + 4, (uint32_t)r->height);
  bytes_add(out, "\x89PNG\r\n\x1a\n", 8);
  add_chunk(out, "IHDR", header, sizeof header);
  add_chunk(out, "PLTE", r->colours, 3 * ((size_t)r->n_colours + 1));
  add_chunk(out, "tRNS", clear, sizeof clear);
  if (add_pixels(r, out) < 0) return -1;
  add_chunk(out, "IEND", NULL, 0);
  return bytes_check(out);
}
