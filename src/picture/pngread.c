/*
 * pngread.c - PNG: chunks, zlib's stream of filtered rows, the five filters.
 */
#include "picture/pngread.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "term/bytes.h"

enum { MOST_SIDE = 32768 };

static uint32_t get32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool png_next(const char *png, size_t n, size_t *at, PngChunk *chunk) {
  if (n < 20 || memcmp(png, "\x89PNG\r\n\x1a\n", 8) != 0 || *at > n - 12) return false;
  const uint8_t *p = (const uint8_t *)png + *at;
  const size_t size = get32(p);
  if (size > n - *at - 12) return false;
  *chunk = (PngChunk){p + 4, p + 8, size};
  *at += size + 12;
  return true;
}

bool png_is(const PngChunk *chunk, const char *type) { return memcmp(chunk->type, type, 4) == 0; }

/* What the header says: sizes, and how many bytes a pixel has. */
typedef struct Header {
  int width, height, channels;
} Header;

static int read_header(const PngChunk *chunk, Header *h) {
  const uint8_t *d = chunk->data;
  if (chunk->n != 13 || get32(d) - 1 >= MOST_SIDE || get32(d + 4) - 1 >= MOST_SIDE)
    return err_set("the picture is not a PNG of at most %d pixels a side", MOST_SIDE);
  if (d[8] != 8 || (d[9] != 2 && d[9] != 6) || d[12] != 0)
    return err_set("the picture is not a PNG of 8 bits a channel in red, green and blue");
  *h = (Header){(int)get32(d), (int)get32(d + 4), d[9] == 2 ? 3 : 4};
  return 0;
}

/* The header, and all IDAT chunks in one piece. */
static int collect(const char *png, size_t n, Header *h, Bytes *packed) {
  PngChunk chunk;
  size_t at = 8;
  if (!png_next(png, n, &at, &chunk) || !png_is(&chunk, "IHDR")) return err_set("the picture is no PNG");
  if (read_header(&chunk, h) < 0) return -1;
  while (png_next(png, n, &at, &chunk) && !png_is(&chunk, "IEND"))
    if (png_is(&chunk, "IDAT")) bytes_add(packed, chunk.data, chunk.n);
  return bytes_check(packed);
}

static int paeth(int a, int b, int c) {
  const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

/* Undoes a row's filter in place; `up` is the row above, NULL for the first. */
static int unfilter(int filter, uint8_t *row, const uint8_t *up, int n, int channels) {
  for (int i = 0; i < n; i++) {
    const int a = i >= channels ? row[i - channels] : 0, b = up ? up[i] : 0;
    const int c = up && i >= channels ? up[i - channels] : 0;
    switch (filter) {
      case 0:
        return 0;
      case 1:
        row[i] = (uint8_t)(row[i] + a);
        break;
      case 2:
        row[i] = (uint8_t)(row[i] + b);
        break;
      case 3:
        row[i] = (uint8_t)(row[i] + (a + b) / 2);
        break;
      case 4:
        row[i] = (uint8_t)(row[i] + paeth(a, b, c));
        break;
      default:
        return err_set("the PNG is damaged: it has a row with filter %d", filter);
    }
  }
  return 0;
}

/* A row of pixels as red, green and blue; transparent ones are laid on white. */
static void take_row(const uint8_t *row, int width, int channels, uint8_t *rgb) {
  for (int x = 0; x < width; x++, row += channels, rgb += 3) {
    const int alpha = channels == 4 ? row[3] : 255;
    for (int k = 0; k < 3; k++) rgb[k] = (uint8_t)((row[k] * alpha + 255 * (255 - alpha) + 127) / 255);
  }
}

static int take_rows(uint8_t *rows, const Header *h, Pixels *to) {
  const int n = h->width * h->channels;
  const uint8_t *up = NULL;
  for (int y = 0; y < h->height; y++) {
    uint8_t *row = rows + (size_t)y * ((size_t)n + 1);
    if (unfilter(row[0], row + 1, up, n, h->channels) < 0) return -1;
    take_row(row + 1, h->width, h->channels, to->rgb + 3 * (size_t)y * (size_t)h->width);
    up = row + 1;
  }
  return 0;
}

static int make_room(const Header *h, Pixels *to) {
  if (to->rgb && to->width == h->width && to->height == h->height) return 0;
  pixels_free(to);
  to->rgb = malloc(3 * (size_t)h->width * (size_t)h->height);
  if (!to->rgb) return err_set("out of memory for a picture of %d x %d pixels", h->width, h->height);
  to->width = h->width;
  to->height = h->height;
  return 0;
}

static int unpack(const Bytes *packed, const Header *h, Pixels *to) {
  const size_t want = (size_t)h->height * ((size_t)h->width * (size_t)h->channels + 1);
  uint8_t *rows = malloc(want);
  if (!rows) return err_set("out of memory for a picture of %d x %d pixels", h->width, h->height);
  uLongf size = (uLongf)want;
  int status = 0;
  if (uncompress(rows, &size, (const Bytef *)packed->data, (uLong)packed->n) != Z_OK || size != want)
    status = err_set("the PNG is damaged: its pixels cannot be unpacked");
  if (status == 0) status = make_room(h, to);
  if (status == 0) status = take_rows(rows, h, to);
  free(rows);
  return status;
}

int png_read(const char *png, size_t n, Pixels *to) {
  Header h = {0};
  Bytes packed = {0};
  int status = collect(png, n, &h, &packed);
  if (status == 0) status = unpack(&packed, &h, to);
  bytes_free(&packed);
  return status;
}

void pixels_free(Pixels *p) {
  free(p->rgb);
  *p = (Pixels){0};
}
