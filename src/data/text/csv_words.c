/*
 * csv_words.c - a hash table with open addressing, at most half full.
 */
#include "data/text/csv_words.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const char *text, size_t len) { /* FNV-1a */
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
  return h;
}

/* The slot that holds the text, or the free one where it belongs. */
static int find(const CsvWords *w, const char *text, size_t len) {
  int at = (int)(hash_of(text, len) & (uint64_t)(w->slots - 1));
  while (w->slot[at]) {
    const char *known = w->text[w->slot[at] - 1];
    if (strlen(known) == len && memcmp(known, text, len) == 0) break;
    at = (at + 1) & (w->slots - 1);
  }
  return at;
}

static int grow(CsvWords *w) {
  const int room = w->room ? 2 * w->room : 16;
  char **text = realloc(w->text, (size_t)room * sizeof *text);
  if (!text) return -1;
  w->text = text;
  int *slot = calloc((size_t)room * 2, sizeof *slot);
  if (!slot) return -1;
  free(w->slot);
  w->slot = slot;
  w->slots = 2 * room;
  w->room = room;
  for (int k = 0; k < w->n; k++) slot[find(w, text[k], strlen(text[k]))] = k + 1;
  return 0;
}

int csv_words_number(CsvWords *w, const char *text, size_t len) {
  if (w->n == w->room && (w->room >= 1 << 28 || grow(w) < 0)) return -1;
  const int at = find(w, text, len);
  if (w->slot[at]) return w->slot[at];
  if (w->fixed) return 0;
  w->text[w->n] = strndup(text, len);
  if (!w->text[w->n]) return -1;
  return w->slot[at] = ++w->n;
}

typedef struct Numbered {
  char *text;
  int number;
} Numbered;

static int compare(const void *a, const void *b) {
  return strcmp(((const Numbered *)a)->text, ((const Numbered *)b)->text);
}

int csv_words_sort(CsvWords *w, int *to) {
  Numbered *list = malloc((size_t)(w->n ? w->n : 1) * sizeof *list);
  if (!list) return -1;
  for (int k = 0; k < w->n; k++) list[k] = (Numbered){w->text[k], k};
  qsort(list, (size_t)w->n, sizeof *list, compare);
  for (int k = 0; k < w->n; k++) {
    w->text[k] = list[k].text;
    to[list[k].number] = k + 1;
  }
  free(list);
  return 0;
}

void csv_words_free(CsvWords *w) {
  for (int k = 0; k < w->n; k++) free(w->text[k]);
  free(w->text);
  free(w->slot);
  *w = (CsvWords){0};
}
