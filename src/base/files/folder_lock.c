/*
 * folder_lock.c - one open folder for each lock.
 */
#define _GNU_SOURCE /* major, minor */
#include "base/files/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#if defined(__linux__)
#include <sys/sysmacros.h>
#endif
#include <unistd.h>

#include "base/err.h"

#define PATIENCE 200 /* hundredths of a second */

typedef struct Held {
  dev_t dev;
  ino_t ino;
} Held;

/* The folders that the process has, open until it ends: the kernel's locks are the process's, too. */
static Held *held;
static int count;

static bool is_held(const struct stat *folder) {
  for (int i = 0; i < count; i++) {
    if (held[i].dev == folder->st_dev && held[i].ino == folder->st_ino) return true;
  }
  return false;
}

static int remember(int fd, const struct stat *folder) {
  void *more = realloc(held, (size_t)(count + 1) * sizeof *held);
  if (!more) {
    close(fd);
    return err_set("out of memory");
  }
  held = more;
  held[count].dev = folder->st_dev;
  held[count++].ino = folder->st_ino;
  return 0;
}

/* The process that took the lock, from a line of Linux such as "1: FLOCK ADVISORY WRITE 708 08:01:2352 0 EOF". 0: it has
 * ended, or is not to be seen from here (in a container Linux leaves out both); -1: the system does not say. */
static long holder(const struct stat *folder) {
  long found = -1;
#if defined(__linux__)
  FILE *f = fopen("/proc/locks", "r");
  char line[256];
  if (f) found = 0;
  while (f && found == 0 && fgets(line, sizeof line, f)) {
    long pid;
    unsigned high, low;
    unsigned long long inode;
    if (sscanf(line, "%*d: FLOCK ADVISORY WRITE %ld %x:%x:%llu", &pid, &high, &low, &inode) != 4) continue;
    if (inode == folder->st_ino && high == major(folder->st_dev) && low == minor(folder->st_dev)) found = pid;
  }
  if (f) fclose(f);
  if (found > 0 && kill((pid_t)found, 0) < 0 && errno == ESRCH) found = 0;
#else
  (void)folder;
#endif
  return found;
}

static int is_taken(const char *path, long pid) {
  char by[64] = "another process";
  if (pid > 0) snprintf(by, sizeof by, "process %ld", pid);
  return err_set("%s is being written by %s; give --out another folder", path, by);
}

/* Takes the lock if nobody has it. A process that was killed while it started a program leaves a child that keeps the
 * lock until it becomes that program: it is waited for. -1 with errno; *pid: what `holder` says. */
static int take(int fd, const struct stat *folder, long *pid) {
  for (int waited = 0;; waited++) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK) return -1;
    *pid = holder(folder);
    if (*pid != 0 || waited == PATIENCE) break;
    usleep(10000);
  }
  errno = EWOULDBLOCK;
  return -1;
}

int folder_lock(const char *path) {
  struct stat folder;
  long pid = 0;
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return 0;
  if (fstat(fd, &folder) == 0 && !is_held(&folder)) {
    if (take(fd, &folder, &pid) == 0) return remember(fd, &folder);
    if (errno == EWOULDBLOCK) {
      close(fd);
      return is_taken(path, pid);
    }
  }
  close(fd);
  return 0;
}

/* A shared lock for a moment: two who look do not see each other, and whoever wants the folder waits for it (take). */
FolderState folder_state(const char *path) {
  struct stat folder;
  FolderState state = FOLDER_UNKNOWN;
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FOLDER_UNKNOWN;
  if (fstat(fd, &folder) == 0 && is_held(&folder)) {
    state = FOLDER_TAKEN;
  } else if (flock(fd, LOCK_SH | LOCK_NB) == 0) {
    state = FOLDER_FREE;
  } else if (errno == EWOULDBLOCK) {
    state = FOLDER_TAKEN;
  }
  close(fd);
  return state;
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
