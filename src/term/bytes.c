/*
 * bytes.c - a block that doubles.
 */
#include "term/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void bytes_clear(Bytes *b) {
  b->n = 0;
  b->failed = false;
}

void *bytes_extend(Bytes *b, size_t n) {
  if (b->failed) return NULL;
  if (b->room - b->n < n) {
    const size_t room = 2 * (b->n + n) + 256;
    char *data = realloc(b->data, room);
    if (!data) {
      b->failed = true;
      return NULL;
    }
    b->data = data;
    b->room = room;
  }
  b->n += n;
  return b->data + b->n - n;
}

void bytes_add(Bytes *b, const void *data, size_t n) {
  void *to = bytes_extend(b, n);
  if (to) memcpy(to, data, n);
}

void bytes_print(Bytes *b, const char *fmt, ...) {
  char text[64];
  va_list args;
  va_start(args, fmt);
  const int n = vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  if (n > 0) bytes_add(b, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

int bytes_check(const Bytes *b) { return b->failed ? err_set("out of memory") : 0; }

void bytes_free(Bytes *b) {
  free(b->data);
  *b = (Bytes){0};
}
