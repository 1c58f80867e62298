/*
 * lines.c - a buffered line reader over gzinput.h.
 *
 * The buffer starts at 64 KiB and doubles when a line does not fit, so memory follows the longest line and not the
 * file.
 */
#include "data/text/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define FIRST_CAP ((size_t)64 << 10)

int lines_open(Lines *l, const char *path) {
  *l = (Lines){.path = path};
  if (gzinput_open(&l->in, path) < 0) return -1;
  l->buf = malloc(FIRST_CAP);
  if (!l->buf) {
    lines_close(l);
    return err_set("cannot read %s: out of memory", path);
  }
  l->cap = FIRST_CAP;
  return 0;
}

/* Makes room for at least one more byte and for the terminating NUL; the bytes from `start` on stay. */
static int make_room(Lines *l) {
  memmove(l->buf, l->buf + l->start, l->end - l->start);
  l->end -= l->start;
  l->stop -= l->start;
  l->next -= l->start;
  l->start = 0;
  if (l->end + 1 < l->cap) return 0;
  if (l->cap >= LINES_MAX) {
    return err_set("%s:%lld: a line of more than %zu MiB; this is no table", l->path, (long long)l->number + 1,
                   LINES_MAX >> 20);
  }
  char *bigger = realloc(l->buf, l->cap * 2);
  if (!bigger) return err_set("cannot read %s: out of memory", l->path);
  l->buf = bigger;
  l->cap *= 2;
  return 0;
}

/* Reads more bytes behind `end`; sets eof at the end of the file. */
static int refill(Lines *l) {
  if (make_room(l) < 0) return -1;
  int64_t got = gzinput_read(&l->in, l->buf + l->end, l->cap - 1 - l->end);
  if (got < 0) return -1;
  l->eof = got == 0;
  l->end += (size_t)got;
  return 0;
}

/* Reads the three bytes of a byte-order mark, if they are one. */
static int skip_mark(Lines *l) {
  while (!l->eof && l->end < 3) {
    if (refill(l) < 0) return -1;
  }
  if (l->end >= 3 && memcmp(l->buf, "\xEF\xBB\xBF", 3) == 0) l->start = l->stop = l->next = 3;
  return 0;
}

/* Moves stop and next to the end of the line that begins at `next`. 1, 0 where there is none, -1. */
static int find_end(Lines *l) {
  size_t searched = 0;
  char *newline;
  while (!(newline = memchr(l->buf + l->next + searched, '\n', l->end - l->next - searched)) && !l->eof) {
    searched = l->end - l->next;
    if (refill(l) < 0) return -1;
  }
  if (!newline && l->next == l->end) return 0;
  const size_t first = l->next;
  l->stop = newline ? (size_t)(newline - l->buf) : l->end;
  l->next = newline ? l->stop + 1 : l->end;
  if (l->stop > first && l->buf[l->stop - 1] == '\r') l->stop--;
  l->number++;
  if (!memchr(l->buf + first, '\0', l->stop - first)) return 1;
  return err_set("%s:%lld: a byte 0; this is no text file", l->path, (long long)l->number);
}

static int give(Lines *l, int found, char **line, size_t *len) {
  l->cut = l->buf[l->stop];
  l->buf[l->stop] = '\0';
  *line = l->buf + l->start;
  *len = l->stop - l->start;
  return found;
}

int lines_next(Lines *l, char **line, size_t *len) {
  if (l->number == 0 && skip_mark(l) < 0) return -1;
  l->start = l->stop = l->next;
  int found = find_end(l);
  return found == 1 ? give(l, found, line, len) : found;
}

int lines_more(Lines *l, char **line, size_t *len) {
  l->buf[l->stop] = l->cut;
  int found = find_end(l);
  return found < 0 ? -1 : give(l, found, line, len);
}

void lines_close(Lines *l) {
  gzinput_close(&l->in);
  free(l->buf);
  l->buf = NULL;
}
