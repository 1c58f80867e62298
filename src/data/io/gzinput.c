/*
 * gzinput.c - zlib's gzFile over a regular file.
 */
#include "data/io/gzinput.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files/infile.h"
#include "base/interrupt.h"
#include "data/io/limit.h"

#define BUFFER (128 << 10)
#define MOST_AT_ONCE (1 << 20)

int gzinput_open(GzInput *g, const char *path) {
  *g = (GzInput){.path = path, .left = limit_bytes(LIMIT_UNPACKED, LIMIT_UNPACKED_DEFAULT)};
  if (g->left < 0) return -1;
  int fd = infile_open(path, &g->size);
  if (fd < 0) return -1;
  g->gz = gzdopen(fd, "rb");
  if (!g->gz) {
    close(fd);
    return err_set("cannot open %s: out of memory", path);
  }
  gzbuffer(g->gz, BUFFER);
  return 0;
}

/* What zlib or the system says about the last failure. */
static int cannot_read(GzInput *g) {
  int code = Z_OK;
  const char *text = gzerror(g->gz, &code);
  if (code == Z_ERRNO) return err_set("cannot read %s: %s", g->path, strerror(errno));
  if (code == Z_DATA_ERROR) return err_set("cannot read %s: damaged compressed data (%s)", g->path, text);
  return err_set("cannot read %s: %s", g->path, code == Z_BUF_ERROR ? "the compressed file ends too early" : text);
}

static int too_much(const GzInput *g) {
  return err_set("cannot read %s: more than %lld bytes come out of this compressed file; " LIMIT_UNPACKED
                 " sets the limit",
                 g->path, (long long)limit_bytes(LIMIT_UNPACKED, LIMIT_UNPACKED_DEFAULT));
}

int64_t gzinput_read(GzInput *g, void *to, size_t n) {
  if (interrupt_check() < 0) return -1;
  errno = 0;
  int got = gzread(g->gz, to, n < MOST_AT_ONCE ? (unsigned)n : MOST_AT_ONCE);
  if (got < 0) return cannot_read(g);
  if (got == 0 && n > 0) {
    int code = Z_OK;
    gzerror(g->gz, &code);
    return code == Z_BUF_ERROR ? cannot_read(g) : 0;
  }
  if (gzdirect(g->gz)) return got;
  g->left -= got;
  return g->left < 0 ? too_much(g) : got;
}

int gzinput_read_all(GzInput *g, void *to, size_t n) {
  char *p = to;
  while (n > 0) {
    int64_t got = gzinput_read(g, p, n);
    if (got < 0) return -1;
    if (got == 0) return err_set("%s: the file ends too early", g->path);
    p += got;
    n -= (size_t)got;
  }
  return 0;
}

int64_t gzinput_capacity(GzInput *g) {
  if (gzdirect(g->gz)) return g->size;
  return g->size < INT64_MAX / DEFLATE_MAX_RATIO ? g->size * DEFLATE_MAX_RATIO : INT64_MAX;
}

void gzinput_close(GzInput *g) {
  if (g->gz) gzclose(g->gz);
  g->gz = NULL;
}
