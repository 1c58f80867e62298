/*
 * folder.c - a path is made from its first component to its last.
 */
#include "base/files/folder.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

static int make_one(const char *path) {
  struct stat st;
  if (mkdir(path, 0777) == 0) return 0;
  int why = errno;
  bool there = stat(path, &st) == 0;
  if (there && S_ISDIR(st.st_mode)) return 0;
  return err_set("cannot make the folder %s: %s", path, there ? "a file of that name is in the way" : strerror(why));
}

/* The first n bytes of path. */
static int make_all(const char *path, size_t n) {
  char copy[PATH_MAX];
  if (n >= sizeof copy) return err_set("cannot make the folder %.200s...: %s", path, strerror(ENAMETOOLONG));
  memcpy(copy, path, n);
  copy[n] = '\0';
  for (size_t i = 1; i < n; i++) {
    if (copy[i] != '/') continue;
    copy[i] = '\0';
    if (make_one(copy) < 0) return -1;
    copy[i] = '/';
  }
  return n ? make_one(copy) : 0;
}

int folder_make(const char *path) { return make_all(path, strlen(path)); }

int folder_make_above(const char *file) {
  const char *slash = strrchr(file, '/');
  return make_all(file, slash ? (size_t)(slash - file) : 0);
}
