/*
 * leftover.c - random names, locks, and a look at a folder.
 */
#define _GNU_SOURCE /* getentropy, O_PATH */
#include "base/files/leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

#define PREFIX ".optlab-"
#define SUFFIX ".part"
#define DIGITS 16
#define TRIES 100
#define FOLDERS 64 /* remembered */

static int random_path(const char *folder, char path[PATH_MAX]) {
  uint64_t number;
  if (getentropy(&number, sizeof number) < 0) return -1;
  int n = snprintf(path, PATH_MAX, "%s" PREFIX "%016llx" SUFFIX, folder, (unsigned long long)number);
  if (n < PATH_MAX) return 0;
  errno = ENAMETOOLONG;
  return -1;
}

/* Whether the file at fd is locked by us, or cannot be locked on this file system. */
static bool is_ours(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

/* Whether the file still has a name: another process may have taken it for a leftover before we had the lock. */
static bool has_name(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

int leftover_create(const char *folder, char path[PATH_MAX]) {
  for (int i = 0; i < TRIES; i++) {
    if (random_path(folder, path) < 0) return -1;
    int fd = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) return -1;
    if (fd < 0) continue;
    if (is_ours(fd) && has_name(fd)) return fd;
    unlink(path);
    close(fd);
  }
  errno = EEXIST;
  return -1;
}

int leftover_link(int fd, const char *folder, char path[PATH_MAX]) {
  char self[64];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  (void)is_ours(fd);
  for (int i = 0; i < TRIES; i++) {
    if (random_path(folder, path) < 0) return -1;
    if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0) return 0;
    if (errno != EEXIST) return -1;
  }
  return -1;
}

/* --- sweeping ----------------------------------------------------------------------------------------------------- */

static bool is_temporary(const char *name) {
  const size_t prefix = sizeof PREFIX - 1, suffix = sizeof SUFFIX - 1;
  if (strlen(name) != prefix + DIGITS + suffix || strncmp(name, PREFIX, prefix) != 0) return false;
  if (strspn(name + prefix, "0123456789abcdef") != DIGITS) return false;
  return strcmp(name + prefix + DIGITS, SUFFIX) == 0;
}

/* Removes the file unless it is another user's or has a writer. */
static void remove_leftover(int folder, const char *name) {
  struct stat st;
  int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  const bool mine = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
  if (mine && flock(fd, LOCK_EX | LOCK_NB) == 0) unlinkat(folder, name, 0);
  close(fd);
}

/* Whether this process has not looked at the folder yet; from now on it has. */
static bool is_new(int fd) {
  static struct {
    dev_t dev;
    ino_t ino;
  } seen[FOLDERS]; /* the process's, because the locks are */
  static unsigned count;
  struct stat st;
  if (fstat(fd, &st) < 0) return false;
  for (unsigned i = 0; i < FOLDERS && i < count; i++) {
    if (seen[i].dev == st.st_dev && seen[i].ino == st.st_ino) return false;
  }
  seen[count % FOLDERS].dev = st.st_dev;
  seen[count++ % FOLDERS].ino = st.st_ino;
  return true;
}

void leftover_sweep(const char *folder) {
  int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  DIR *dir = is_new(fd) ? fdopendir(fd) : NULL;
  if (!dir) {
    close(fd);
    return;
  }
  for (const struct dirent *e; (e = readdir(dir));) {
    if (is_temporary(e->d_name)) remove_leftover(fd, e->d_name);
  }
  closedir(dir);
}
