/*
 * bytes.h - bytes in memory that grow at their end.
 *
 * An append that finds no memory sets `failed`, and nothing is appended from then on, so that a writer looks once, when
 * it is through.
 */
#ifndef OPTLAB_TERM_BYTES_H
#define OPTLAB_TERM_BYTES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Bytes {
  char *data;
  size_t n, room;
  bool failed;
} Bytes;

/* Empties it; the memory is kept. */
void bytes_clear(Bytes *b);

void bytes_add(Bytes *b, const void *data, size_t n);

/* As printf; at most 63 bytes. */
__attribute__((format(printf, 2, 3))) void bytes_print(Bytes *b, const char *fmt, ...);

/* n bytes at the end, not yet set; NULL without memory. */
void *bytes_extend(Bytes *b, size_t n);

/* 0, or -1 with err_set if an append has failed. */
int bytes_check(const Bytes *b);

/* Frees the memory; an empty one is left. */
void bytes_free(Bytes *b);

#endif
