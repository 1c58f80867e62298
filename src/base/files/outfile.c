/*
 * outfile.c - temporary file, flush, rename.
 *
 * Where the system can do it the temporary file has no name until it is complete, so that a process that is killed
 * while it writes leaves nothing behind.
 */
#define _GNU_SOURCE /* O_TMPFILE */
#include "base/files/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files/ledger.h"
#include "base/files/leftover.h"
#include "base/interrupt.h"

#define WRITE_MOST (64 << 20) /* bytes in one call, so that an interruption is noticed */

static int failed(OutFile *f) {
  f->error = errno;
  return err_set("cannot write %s: %s", f->path, strerror(errno));
}

/* --- the name ----------------------------------------------------------------------------------------------------- */

static bool is_followed(const char *path, OutFileLink link) {
  struct stat st;
  if (link == OUTFILE_REPLACES_LINK || lstat(path, &st) < 0) return false;
  return S_ISLNK(st.st_mode) && st.st_uid == geteuid();
}

static int check_kind(const OutFile *f) {
  struct stat st;
  if (lstat(f->target, &st) < 0 || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)) return 0;
  return err_set("cannot write %s: it is %s, not a regular file", f->path,
                 S_ISDIR(st.st_mode)    ? "a directory"
                 : S_ISFIFO(st.st_mode) ? "a FIFO"
                 : S_ISSOCK(st.st_mode) ? "a socket"
                                        : "a device");
}

/* The path behind a link that is followed, or the path itself. */
static int find_target(OutFile *f, OutFileLink link) {
  char *real = is_followed(f->path, link) ? realpath(f->path, NULL) : NULL;
  int n = snprintf(f->target, sizeof f->target, "%s", real ? real : f->path);
  free(real);
  if (n >= (int)(sizeof f->target - LEFTOVER_NAME)) {
    errno = ENAMETOOLONG;
    return failed(f);
  }
  return check_kind(f);
}

/* The rights of the file to be replaced, or those of any new file. */
static mode_t rights(const OutFile *f) {
  struct stat st;
  if (lstat(f->target, &st) == 0 && S_ISREG(st.st_mode)) return st.st_mode & 0777;
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* The folder of the target with a slash at its end, or "" for the current one. */
static void folder_of(const OutFile *f, char folder[PATH_MAX]) {
  const char *slash = strrchr(f->target, '/');
  size_t n = slash ? (size_t)(slash - f->target) + 1 : 0;
  memcpy(folder, f->target, n);
  folder[n] = '\0';
}

/* --- the temporary file ------------------------------------------------------------------------------------------- */

/* A file without a name, or -1 where there are none. */
static int open_nameless(const char *folder) {
#if defined(O_TMPFILE)
  if (access("/proc/self/fd", X_OK) == 0) {
    return open(*folder ? folder : ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  }
#endif
  (void)folder;
  return -1;
}

static int open_temp(OutFile *f) {
  char folder[PATH_MAX];
  folder_of(f, folder);
  leftover_sweep(folder);
  f->fd = open_nameless(folder);
  f->named = f->fd < 0;
  if (f->named) f->fd = leftover_create(folder, f->temp);
  f->named = f->named && f->fd >= 0;
  return f->fd < 0 || fchmod(f->fd, rights(f)) < 0 ? failed(f) : 0;
}

int outfile_open(OutFile *f, const char *path, OutFileLink link) {
  *f = (OutFile){.path = path, .fd = -1};
  return find_target(f, link) < 0 ? -1 : open_temp(f);
}

/* Writes at f->at. An errno, 0 when all bytes are written. */
static int put(OutFile *f, const char *p, size_t n) {
  while (n > 0) {
    ssize_t some = pwrite(f->fd, p, n < WRITE_MOST ? n : WRITE_MOST, f->at);
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return errno;
    p += some;
    n -= (size_t)some;
    f->at += some;
    if (f->at > f->size) f->size = f->at;
    if (n > 0 && !f->grows && interrupt_requested()) return EINTR;
  }
  return 0;
}

int outfile_write(OutFile *f, const void *bytes, size_t n) {
  const int why = put(f, bytes, n);
  if (interrupt_check() < 0) {
    f->error = EINTR;
    return -1;
  }
  errno = why;
  return why ? failed(f) : 0;
}

/* --- its final name ----------------------------------------------------------------------------------------------- */

/* The new name is on the disk only when the folder is; some file systems cannot do that, and no harm is done. */
static void flush_folder(const OutFile *f) {
  char folder[PATH_MAX];
  folder_of(f, folder);
  int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!fsync(fd);
  close(fd);
}

/* Gives a nameless file a temporary name. */
static int name_temp(OutFile *f) {
  char folder[PATH_MAX];
  if (f->named) return 0;
  folder_of(f, folder);
  if (leftover_link(f->fd, folder, f->temp) < 0) return failed(f);
  f->named = true;
  return 0;
}

static int take_name(OutFile *f) {
  if (name_temp(f) < 0) return -1;
  if (rename(f->temp, f->target) < 0) return failed(f);
  f->named = false;
  if (!f->is_note) ledger_note(LEDGER_WRITTEN, f->path);
  return 0;
}

int outfile_commit(OutFile *f) {
  if (!f->grows && interrupt_check() < 0) return -1; /* the bytes may be those of a tensor that is not complete */
  if (f->error) {
    errno = f->error;
    return failed(f);
  }
  if (!f->is_brief && fsync(f->fd) < 0) return failed(f);
  if (!f->grows && take_name(f) < 0) return -1;
  close(f->fd);
  f->fd = -1;
  if (!f->is_note) flush_folder(f);
  return 0;
}

void outfile_close(OutFile *f) {
  if (f->named) unlink(f->temp);
  if (f->fd >= 0) close(f->fd); /* after unlink: until then it is locked */
  f->fd = -1;
  f->named = false;
}

int outfile_replace(const char *path, OutFileLink link, const void *bytes, size_t n) {
  OutFile f;
  int status = outfile_open(&f, path, link) < 0 || outfile_write(&f, bytes, n) < 0 || outfile_commit(&f) < 0 ? -1 : 0;
  outfile_close(&f);
  return status;
}

/* --- files that grow ---------------------------------------------------------------------------------------------- */

int outfile_grow(OutFile *f, const char *path, const void *first, size_t n) {
  if (outfile_open(f, path, OUTFILE_REPLACES_LINK) < 0 || outfile_write(f, first, n) < 0 || take_name(f) < 0) return -1;
  f->grows = true;
  return 0;
}

int outfile_append(OutFile *f, const void *bytes, size_t n) {
  const int64_t whole = f->at;
  const int why = put(f, bytes, n);
  if (why == 0) return 0;
  (void)!ftruncate(f->fd, whole);
  f->at = f->size = whole;
  return err_set("cannot write %s: %s", f->path, strerror(why)); /* later lines may find room again */
}
