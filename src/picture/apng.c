/*
 * apng.c - an animated PNG: the frames' own compressed pixels, with a chunk in front of each that says how long it is
 * shown. Programs that do not know of animation show the first.
 */
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "picture/moving.h"
#include "picture/pngread.h"

static void put32(uint8_t *to, uint32_t n) {
  to[0] = (uint8_t)(n >> 24);
  to[1] = (uint8_t)(n >> 16);
  to[2] = (uint8_t)(n >> 8);
  to[3] = (uint8_t)n;
}

/* A chunk whose data are two pieces. */
static void add_chunk(Bytes *out, const char *type, const uint8_t *head, size_t head_n, const uint8_t *data, size_t n) {
  uint8_t word[4];
  uLong crc = crc32(crc32(0, (const Bytef *)type, 4), head, (uInt)head_n);
  put32(word, (uint32_t)(head_n + n));
  bytes_add(out, word, 4);
  bytes_add(out, type, 4);
  bytes_add(out, head, head_n);
  if (n > 0) {
    bytes_add(out, data, n);
    crc = crc32(crc, data, (uInt)n);
  }
  put32(word, (uint32_t)crc);
  bytes_add(out, word, 4);
}

typedef struct Writer {
  Bytes *out;
  const uint8_t *header; /* IHDR's data of the first frame */
  uint32_t number;       /* of the next chunk about frames */
} Writer;

static void add_control(Writer *w, int delay) {
  uint8_t data[26] = {0};
  put32(data, w->number++);
  memcpy(data + 4, w->header, 8); /* the sizes; the offsets stay 0 */
  data[20] = (uint8_t)(delay >> 8);
  data[21] = (uint8_t)delay;
  data[23] = 100; /* hundredths of a second */
  add_chunk(w->out, "fcTL", data, sizeof data, NULL, 0);
}

/* A frame's pixels: IDAT as it is for the first frame, numbered for others. */
static void add_pixels(Writer *w, const PngChunk *chunk, bool first) {
  uint8_t number[4];
  if (first) {
    add_chunk(w->out, "IDAT", number, 0, chunk->data, chunk->n);
    return;
  }
  put32(number, w->number++);
  add_chunk(w->out, "fdAT", number, 4, chunk->data, chunk->n);
}

static void begin(Writer *w, const PngChunk *header, int n, int loops) {
  uint8_t control[8];
  w->header = header->data;
  bytes_add(w->out, "\x89PNG\r\n\x1a\n", 8);
  add_chunk(w->out, "IHDR", header->data, header->n, NULL, 0);
  put32(control, (uint32_t)n);
  put32(control + 4, (uint32_t)loops);
  add_chunk(w->out, "acTL", control, sizeof control, NULL, 0);
}

static int add_frame(Writer *w, const Frame *frame, int n, int loops) {
  const bool first = !w->header;
  PngChunk chunk;
  size_t at = 8;
  if (!png_next(frame->png, frame->n, &at, &chunk) || !png_is(&chunk, "IHDR") || chunk.n != 13)
    return err_set("a frame is no PNG");
  if (first) begin(w, &chunk, n, loops);
  if (memcmp(w->header, chunk.data, 13) != 0) return err_set("the frames are not all of one size and kind");
  add_control(w, frame->delay);
  while (png_next(frame->png, frame->n, &at, &chunk) && !png_is(&chunk, "IEND"))
    if (png_is(&chunk, "IDAT")) add_pixels(w, &chunk, first);
  return 0;
}

int moving_apng(const Frame *frames, int n, int loops, Bytes *out) {
  Writer w = {.out = out};
  for (int i = 0; i < n; i++)
    if (add_frame(&w, &frames[i], n, loops) < 0) return -1;
  add_chunk(out, "IEND", (const uint8_t *)"", 0, NULL, 0);
  return bytes_check(out);
}
