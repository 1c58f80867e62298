/*
 * infile.c - what is no regular file is refused before it is opened, since a pipe's writer would notice, and looked at
 * again when it is open, since the name may lead elsewhere by then.
 */
#include "base/files/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files/ledger.h"
#include "base/interrupt.h"

#define READ_MOST ((size_t)64 << 20) /* bytes in one call, so that an interruption is noticed */

static int cannot_open(const char *path, const char *why) { return err_set("cannot open %s: %s", path, why); }

static int check_kind(const char *path, mode_t mode) {
  if (S_ISREG(mode)) return 0;
  if (S_ISDIR(mode)) return cannot_open(path, strerror(EISDIR));
  if (S_ISFIFO(mode)) return cannot_open(path, "it is a pipe; save what comes out of it to a file first");
  return cannot_open(path, S_ISSOCK(mode) ? "it is a socket" : "it is a device");
}

int infile_open(const char *path, int64_t *size) {
  struct stat st;
  if (stat(path, &st) < 0) return cannot_open(path, strerror(errno));
  if (check_kind(path, st.st_mode) < 0) return -1;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return cannot_open(path, strerror(errno));
  int status = fstat(fd, &st) < 0 ? cannot_open(path, strerror(errno)) : check_kind(path, st.st_mode);
  *size = st.st_size;
  if (status == 0) {
    ledger_note(LEDGER_READ, path);
    return fd;
  }
  close(fd);
  return -1;
}

FILE *infile_stream(const char *path, int64_t *size) {
  int fd = infile_open(path, size);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
  if (fd >= 0 && !file) {
    cannot_open(path, strerror(errno));
    close(fd);
  }
  return file;
}

int infile_read(FILE *file, const char *path, void *to, size_t n) {
  char *p = to;
  while (n > 0) {
    const size_t some = n < READ_MOST ? n : READ_MOST;
    if (interrupt_check() < 0) return -1;
    errno = 0;
    if (fread(p, 1, some, file) != some) {
      return err_set("%s: %s", path, ferror(file) && errno ? strerror(errno) : "the file ends too early");
    }
    p += some;
    n -= some;
  }
  return 0;
}
