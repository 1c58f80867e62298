/*
 * serials.c - open addressing, at most half full.
 */
#include "plan/serials.h"

#include <string.h>

#include "base/alloc.h"

/* Addresses are even, so no key of the one kind is one of the other. */
static uint64_t key_of(const Serials *s, const Storage *storage) {
  return storage->serial > s->start ? storage->serial << 1 | 1 : (uint64_t)(uintptr_t)storage;
}

/* The entry with this key, or the free one where it belongs. */
static SerialEntry *place_of(const Serials *s, uint64_t key) {
  const uint64_t mask = (uint64_t)s->size - 1;
  uint64_t at = (key * 0x9e3779b97f4a7c15u >> 32) & mask;
  while (s->entry[at].key != 0 && s->entry[at].key != key) at = (at + 1) & mask;
  return &s->entry[at];
}

int serials_find(const Serials *s, const Storage *storage) {
  if (s->size == 0) return -1;
  const SerialEntry *e = place_of(s, key_of(s, storage));
  return e->key ? e->number : -1;
}

static int grow(Serials *s) {
  Serials bigger = {.size = s->size ? 2 * s->size : 64, .used = s->used, .start = s->start};
  const size_t bytes = (size_t)bigger.size * sizeof *bigger.entry;
  bigger.entry = alloc_get(bytes);
  if (!bigger.entry) return -1;
  memset(bigger.entry, 0, bytes);
  for (int i = 0; i < s->size; i++) {
    if (s->entry[i].key) *place_of(&bigger, s->entry[i].key) = s->entry[i];
  }
  serials_free(s);
  *s = bigger;
  return 0;
}

int serials_add(Serials *s, const Storage *storage, int number) {
  if (2 * s->used >= s->size && grow(s) < 0) return -1;
  const uint64_t key = key_of(s, storage);
  *place_of(s, key) = (SerialEntry){key, number};
  s->used++;
  return 0;
}

void serials_free(Serials *s) {
  alloc_put(s->entry, (size_t)s->size * sizeof *s->entry);
  s->entry = NULL;
  s->size = s->used = 0;
}
