/*
 * lines.c - a buffered line reader over zlib's gzFile, which reads plain files as they are.
 *
 * The buffer starts at 64 KiB and doubles when a line does not fit, so memory follows the longest line and not the
 * file.
 */
#include "data/formats/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define FIRST_CAP ((size_t)64 << 10)

/* What zlib or the system says about the last failure. */
static const char *reason(Lines *l) {
  int code = Z_OK;
  const char *text = gzerror(l->gz, &code);
  return code == Z_ERRNO || !text || *text == '\0' ? strerror(errno) : text;
}

int lines_open(Lines *l, const char *path) {
  memset(l, 0, sizeof *l);
  l->path = path;
  errno = 0;
  l->gz = gzopen(path, "rb");
  if (!l->gz) return err_set("cannot open %s: %s", path, errno ? strerror(errno) : "out of memory");
  l->buf = malloc(FIRST_CAP);
  if (!l->buf) {
    lines_close(l);
    return err_set("cannot read %s: out of memory", path);
  }
  l->cap = FIRST_CAP;
  return 0;
}

/* Makes room for at least one more byte and for the terminating NUL. */
static int make_room(Lines *l) {
  memmove(l->buf, l->buf + l->start, l->end - l->start);
  l->end -= l->start;
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
  errno = 0;
  int got = gzread(l->gz, l->buf + l->end, (unsigned)(l->cap - 1 - l->end));
  if (got < 0) return err_set("cannot read %s: %s", l->path, reason(l));
  if (got == 0) {
    int code = Z_OK;
    gzerror(l->gz, &code);
    if (code == Z_BUF_ERROR) return err_set("cannot read %s: the compressed file ends too early", l->path);
    l->eof = true;
  }
  if (l->number == 0 && l->start == 0 && l->end == 0 && got >= 3 && memcmp(l->buf, "\xEF\xBB\xBF", 3) == 0) {
    l->start = 3;
  }
  l->end += (size_t)got;
  return 0;
}

/* Returns the bytes from start up to `stop` as a line and moves on to `next`. */
static int take(Lines *l, char *stop, size_t next, char **line, size_t *len) {
  *line = l->buf + l->start;
  *len = (size_t)(stop - *line);
  if (*len > 0 && stop[-1] == '\r') --*len;
  (*line)[*len] = '\0';
  l->start = next;
  l->number++;
  if (!memchr(*line, '\0', *len)) return 1;
  return err_set("%s:%lld: a byte 0; this is no text file", l->path, (long long)l->number);
}

int lines_next(Lines *l, char **line, size_t *len) {
  size_t searched = 0;
  for (;;) {
    char *from = l->buf + l->start + searched;
    char *newline = memchr(from, '\n', l->end - l->start - searched);
    if (newline) return take(l, newline, (size_t)(newline - l->buf) + 1, line, len);
    if (l->eof) break;
    bool fresh = l->number == 0 && l->end == 0;
    searched = fresh ? 0 : l->end - l->start;
    if (refill(l) < 0) return -1;
  }
  if (l->start == l->end) return 0;
  return take(l, l->buf + l->end, l->end, line, len);
}

void lines_close(Lines *l) {
  if (l->gz) gzclose(l->gz);
  free(l->buf);
  l->gz = NULL;
  l->buf = NULL;
}
