/*
 * outfile.c - temporary file, flush, rename.
 *
 * Where the system can do it the temporary file has no name until it is complete, so that a process that is killed
 * while it writes leaves nothing behind.
 */
#define _GNU_SOURCE /* realpath */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

static int failed(OutFile *f) {
  f->error = errno;
  return err_set("cannot write %s: %s", f->path, strerror(errno));
}

/* The path behind links, or the path itself where there is no file yet. */
static int find_target(OutFile *f) {
  struct stat st;
  char *real = realpath(f->path, NULL);
  int n = snprintf(f->target, sizeof f->target, "%s", real ? real : f->path);
  free(real);
  if (n >= (int)(sizeof f->target - OUTFILE_SUFFIX)) {
    errno = ENAMETOOLONG;
    return failed(f);
  }
  if (stat(f->target, &st) == 0 && !S_ISREG(st.st_mode)) {
    return err_set("cannot write %s: there is something of that name that is not a regular file", f->path);
  }
  return 0;
}

/* The rights of the file to be replaced, or those of any new file. */
static mode_t rights(const OutFile *f) {
  struct stat st;
  if (stat(f->target, &st) == 0) return st.st_mode & 0777;
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* The folder of the target, "." if it names none. */
static void folder_of(const OutFile *f, char folder[PATH_MAX]) {
  const char *slash = strrchr(f->target, '/');
  size_t n = slash ? (size_t)(slash - f->target) + 1 : 0;
  memcpy(folder, f->target, n);
  strcpy(folder + n, n ? "" : ".");
}

static int open_temp(OutFile *f) {
  char folder[PATH_MAX];
  folder_of(f, folder);
  mode_t mode = rights(f);
  snprintf(f->temp, sizeof f->temp, "%s.part-%ld", f->target, (long)getpid());
  unlink(f->temp); /* of a process that had our number and was killed */
#if defined(O_TMPFILE)
  if (access("/proc/self/fd", X_OK) == 0) f->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#endif
  f->named = f->fd < 0;
  if (f->named) f->fd = open(f->temp, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (f->fd >= 0) return fchmod(f->fd, mode) < 0 ? failed(f) : 0;
  f->named = false;
  return failed(f);
}

int outfile_open(OutFile *f, const char *path) {
  *f = (OutFile){.path = path, .fd = -1};
  return find_target(f) < 0 ? -1 : open_temp(f);
}

int outfile_open_partial(OutFile *f, const char *path, const char *partial) {
  *f = (OutFile){.path = path, .fd = -1, .kept = true};
  int target = snprintf(f->target, sizeof f->target, "%s", path);
  int temp = snprintf(f->temp, sizeof f->temp, "%s", partial);
  if (target < (int)sizeof f->target && temp < (int)sizeof f->temp) {
    f->fd = open(partial, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  } else {
    errno = ENAMETOOLONG;
  }
  f->named = f->fd >= 0;
  return f->named ? 0 : failed(f);
}

int outfile_write(OutFile *f, const void *bytes, size_t n) {
  const char *p = bytes;
  while (n > 0) {
    ssize_t put = pwrite(f->fd, p, n < 1 << 30 ? n : 1 << 30, f->at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed(f);
    p += put;
    n -= (size_t)put;
    f->at += put;
    if (f->at > f->size) f->size = f->at;
  }
  return 0;
}

/* The new name is on the disk only when the folder is; some file systems cannot do that, and no harm is done. */
static void flush_folder(const OutFile *f) {
  char folder[PATH_MAX];
  folder_of(f, folder);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!fsync(fd);
  close(fd);
}

/* Gives a nameless file its temporary name. */
static int name_temp(OutFile *f) {
  char self[64];
  if (f->named) return 0;
  snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
  if (linkat(AT_FDCWD, self, AT_FDCWD, f->temp, AT_SYMLINK_FOLLOW) < 0) return failed(f);
  f->named = true;
  return 0;
}

int outfile_commit(OutFile *f) {
  if (f->error) {
    errno = f->error;
    return failed(f);
  }
  if (f->flush && fsync(f->fd) < 0) return failed(f);
  if (name_temp(f) < 0) return -1;
  int fd = f->fd;
  f->fd = -1;
  if (close(fd) < 0 || rename(f->temp, f->target) < 0) return failed(f);
  f->named = false;
  if (f->flush) flush_folder(f);
  return 0;
}

void outfile_close(OutFile *f) {
  if (f->fd >= 0) close(f->fd);
  if (f->named && !f->kept) unlink(f->temp);
  f->fd = -1;
  f->named = false;
}

int outfile_replace(const char *path, const void *bytes, size_t n) {
  OutFile f;
  int status = outfile_open(&f, path) < 0 || outfile_write(&f, bytes, n) < 0 || outfile_commit(&f) < 0 ? -1 : 0;
  outfile_close(&f);
  return status;
}
