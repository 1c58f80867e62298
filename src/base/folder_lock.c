/*
 * folder_lock.c - fcntl locks on .lock, one for each folder.
 *
 * The file is removed while it is locked. A process that opened it before that gets its lock afterwards, sees that the
 * file has lost its name, and opens the new one.
 */
#include "base/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define NAME "/.lock"

typedef struct Held {
  char *path; /* of the lock file, from the root */
  dev_t dev;  /* of the folder */
  ino_t ino;
  int fd;
} Held;

/* The process's: the kernel's locks are. */
static Held *held;
static int count;
static pid_t owner;

/* --- the end ------------------------------------------------------------------------------------------------------- */

static bool same_file(int fd, const char *path) {
  struct stat a, b;
  return fstat(fd, &a) == 0 && lstat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* At exit; a child that was forked holds no locks. */
static void release_all(void) {
  for (int i = 0; i < count && getpid() == owner; i++) {
    if (same_file(held[i].fd, held[i].path)) unlink(held[i].path);
    close(held[i].fd);
    free(held[i].path);
  }
  free(held);
  held = NULL;
  count = 0;
}

/* --- taking a lock ------------------------------------------------------------------------------------------------ */

static int lock_file(int fd, int command, struct flock *l) {
  *l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(fd, command, l);
}

static int is_taken(const char *folder, int fd) {
  struct flock l;
  char by[64] = "another process";
  if (lock_file(fd, F_GETLK, &l) == 0 && l.l_type != F_UNLCK && l.l_pid > 0) {
    snprintf(by, sizeof by, "process %ld", (long)l.l_pid);
  }
  return err_set("%s is being written by %s; give --out another folder", folder, by);
}

/* The lock file's descriptor, locked; -1 with err_set; -2 where there are no locks. */
static int take(const char *folder, const char *path) {
  for (;;) {
    struct flock l;
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (fd < 0 && (errno == ELOOP || errno == EISDIR)) return err_set("%s must be a file, or not be there", path);
    if (fd < 0 && errno == EACCES && access(path, F_OK) == 0) return err_set("%s belongs to another user", path);
    if (fd < 0) return -2;
    const int status = lock_file(fd, F_SETLK, &l), why = errno;
    if (status == 0 && same_file(fd, path)) return fd;
    if (status < 0 && (why == EACCES || why == EAGAIN)) {
      is_taken(folder, fd);
      close(fd);
      return -1;
    }
    close(fd);
    if (status < 0) return -2;
  }
}

static int remember(int fd, char *path, const struct stat *folder) {
  Held *more = realloc(held, (size_t)(count + 1) * sizeof *held);
  if (!more) {
    close(fd);
    free(path);
    return err_set("out of memory");
  }
  held = more;
  if (count == 0) atexit(release_all);
  owner = getpid();
  held[count++] = (Held){path, folder->st_dev, folder->st_ino, fd};
  return 0;
}

static bool is_held(const struct stat *folder) {
  for (int i = 0; i < count; i++) {
    if (held[i].dev == folder->st_dev && held[i].ino == folder->st_ino) return true;
  }
  return false;
}

int folder_lock(const char *folder) {
  struct stat st;
  if (stat(folder, &st) < 0 || is_held(&st)) return 0;
  char *real = realpath(folder, NULL);
  char *path = real ? malloc(strlen(real) + sizeof NAME) : NULL;
  if (path) strcat(strcpy(path, real), NAME);
  free(real);
  if (!path) return 0;
  const int fd = take(folder, path);
  if (fd >= 0) return remember(fd, path, &st);
  free(path);
  return fd == -2 ? 0 : -1;
}

/* --- what lies in a folder ---------------------------------------------------------------------------------------- */

bool folder_holds(const char *folder, const char *file) {
  char above[PATH_MAX];
  const char *slash = strrchr(file, '/');
  const size_t n = slash ? (size_t)(slash - file) + 1 : 0;
  if (n >= sizeof above) return false;
  memcpy(above, file, n);
  strcpy(above + n, n ? "" : ".");
  char *outer = realpath(folder, NULL), *inner = outer ? realpath(above, NULL) : NULL;
  const size_t length = outer ? strlen(outer) : 0;
  const bool holds = inner && strncmp(outer, inner, length) == 0 && (inner[length] == '/' || inner[length] == '\0');
  free(outer);
  free(inner);
  return holds;
}
