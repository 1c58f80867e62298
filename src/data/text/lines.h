/*
 * lines.h - reading a text file line by line, plain or gzip-compressed, with line ends of Unix or Windows.
 *
 * Lines may be of any length up to LINES_MAX bytes; a longer one, or a byte 0, is an error, since the file then is no
 * table. A byte-order mark at the start is skipped.
 */
#ifndef OPTLAB_DATA_TEXT_LINES_H
#define OPTLAB_DATA_TEXT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/io/gzinput.h"

#define LINES_MAX ((size_t)64 << 20)

typedef struct Lines {
  const char *path; /* borrowed; for messages */
  GzInput in;
  char *buf; /* window on the file: bytes start..end are read; the line returned last is start..stop, then comes next */
  size_t start, stop, next, end, cap;
  char cut; /* what stood at `stop` before the NUL */
  bool eof;
  int64_t number; /* of the line returned last, from 1; of a text of several lines, of its last one */
} Lines;

/* 0, or -1 with err_set (nothing to close then). */
int lines_open(Lines *l, const char *path);

/* 1 and the next line without its line end, NUL-terminated, valid until the next call; 0 at the end of the file; -1
 * with err_set("path:line: ..."). */
int lines_next(Lines *l, char **line, size_t *len);

/* The same line and the one behind it with the line break between them, as one text. 1, 0 where the file ends, with
 * *line as it was, or -1. The bytes of the line must be as they were when it was returned. */
int lines_more(Lines *l, char **line, size_t *len);

void lines_close(Lines *l);

#endif
