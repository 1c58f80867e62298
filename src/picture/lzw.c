/*
 * lzw.c - codes for runs of pixels that were seen before. A run is a code and one more pixel; the table from such pairs
 * to codes is a hash table, which is emptied when all 4096 codes are given away.
 */
#include "picture/lzw.h"

#include <string.h>

enum { CLEAR = 256, END = 257, FIRST = 258, LAST = 4095, ROOM = 16384 };

typedef struct Coder {
  Bytes *out;
  uint8_t block[256]; /* its length, then what it holds */
  uint32_t bits;      /* not yet in the block */
  int n_bits, width, next;
  uint32_t pair[ROOM]; /* code << 8 | pixel, + 1; 0: free */
  uint16_t code[ROOM];
} Coder;

static void add_byte(Coder *c, uint8_t byte) {
  c->block[++c->block[0]] = byte;
  if (c->block[0] < 255) return;
  bytes_add(c->out, c->block, 256);
  c->block[0] = 0;
}

static void add_code(Coder *c, uint32_t code) {
  c->bits |= code << c->n_bits;
  for (c->n_bits += c->width; c->n_bits >= 8; c->n_bits -= 8, c->bits >>= 8) add_byte(c, (uint8_t)c->bits);
}

static void begin_anew(Coder *c) {
  add_code(c, CLEAR);
  memset(c->pair, 0, sizeof c->pair);
  c->width = 9;
  c->next = FIRST;
}

static uint32_t place_of(const Coder *c, uint32_t pair) {
  uint32_t at = (pair * 2654435761u) >> 18;
  while (c->pair[at] != 0 && c->pair[at] != pair) at = (at + 1) % ROOM;
  return at;
}

/* Gives the pair at a place the next code. */
static void learn(Coder *c, uint32_t at, uint32_t pair) {
  if (c->next > LAST) {
    begin_anew(c);
    return;
  }
  if (c->next == 1 << c->width) c->width++;
  c->pair[at] = pair;
  c->code[at] = (uint16_t)c->next++;
}

static void finish(Coder *c) {
  if (c->next == 1 << c->width && c->width < 12) c->width++;
  add_code(c, END);
  if (c->n_bits > 0) add_byte(c, (uint8_t)c->bits);
  if (c->block[0] > 0) bytes_add(c->out, c->block, c->block[0] + 1u);
  bytes_add(c->out, "", 1);
}

void lzw_add(Bytes *out, const uint8_t *pixels, size_t n) {
  Coder c;
  c.out = out;
  c.block[0] = 0;
  c.bits = 0;
  c.n_bits = 0;
  c.width = 9;
  bytes_add(out, "\10", 1); /* 8 bits a pixel */
  begin_anew(&c);
  uint32_t run = n > 0 ? pixels[0] : END;
  for (size_t i = 1; i < n; i++) {
    const uint32_t pair = (run << 8 | pixels[i]) + 1, at = place_of(&c, pair);
    if (c.pair[at] == pair) {
      run = c.code[at];
    } else {
      add_code(&c, run);
      learn(&c, at, pair);
      run = pixels[i];
    }
  }
  if (n > 0) add_code(&c, run);
  finish(&c);
}
