/*
 * arena.c - chunks that double in size, up to a limit.
 */
#include "plan/arena.h"

#include "base/alloc.h"

#define FIRST_CHUNK 2048 /* bytes */
#define MAX_CHUNK 65536

struct ArenaChunk {
  ArenaChunk *before;
  size_t size, used; /* bytes of data */
  char data[];
};

static ArenaChunk *chunk_new(ArenaChunk *before, size_t bytes) {
  size_t size = before ? 2 * before->size : FIRST_CHUNK;
  if (size > MAX_CHUNK) size = MAX_CHUNK;
  if (size < bytes) size = bytes;
  ArenaChunk *c = alloc_get(sizeof *c + size);
  if (c) *c = (ArenaChunk){.before = before, .size = size};
  return c;
}

void *arena_get(Arena *a, size_t bytes) {
  bytes = (bytes + 7) / 8 * 8;
  if (!a->last || a->last->size - a->last->used < bytes) {
    ArenaChunk *c = chunk_new(a->last, bytes);
    if (!c) return NULL;
    a->last = c;
  }
  a->last->used += bytes;
  return a->last->data + a->last->used - bytes;
}

static void drop_last(Arena *a) {
  ArenaChunk *c = a->last;
  a->last = c->before;
  alloc_put(c, sizeof *c + c->size);
}

void arena_cut(Arena *a, const void *piece) {
  const char *p = piece;
  while (p < a->last->data || p >= a->last->data + a->last->size) drop_last(a);
  a->last->used = (size_t)(p - a->last->data);
}

void arena_free(Arena *a) {
  while (a->last) drop_last(a);
}
