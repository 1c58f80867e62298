/*
 * lines.h - reading a text file line by line, plain or gzip-compressed, with line ends of Unix or Windows.
 *
 * Lines may be of any length up to LINES_MAX bytes; a longer one, or a byte 0, is an error, since the file then is no
 * table. A byte-order mark at the start is skipped.
 */
#ifndef OPTLAB_DATA_FORMATS_LINES_H
#define OPTLAB_DATA_FORMATS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#define LINES_MAX ((size_t)64 << 20)

typedef struct Lines {
  const char *path; /* borrowed; for messages */
  gzFile gz;
  char *buf; /* window on the file: bytes start..end are read and not yet returned */
  size_t start, end, cap;
  bool eof;
  int64_t number; /* of the line returned last, from 1 */
} Lines;

/* 0, or -1 with err_set (nothing to close then). */
int lines_open(Lines *l, const char *path);

/* 1 and the next line without its line end, NUL-terminated, valid until the next call; 0 at the end of the file; -1
 * with err_set("path:line: ..."). */
int lines_next(Lines *l, char **line, size_t *len);

void lines_close(Lines *l);

#endif
