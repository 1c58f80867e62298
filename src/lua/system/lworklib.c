/*
 * lworklib.c - what several processes need to share work (optlab.sweep): locks that end with a process, and processes
 * that end with another.
 *
 *   lock(path)      opens the file, made if it is not there, or the folder, and locks it: the lock; false if another
 *                   process has it; nil and a message if it cannot be opened; nil, a message and true if its disk has
 *                   no locks
 *   follow(pid)     this process was started by process pid, which gave it a lock as descriptor 3: it ends with that
 *                   process, and programs that it starts do not get the lock
 *
 * A lock belongs to the open file: it is held until the process, and a child that was given its descriptor, have ended
 * or closed it. Its methods: fd(); read(), the file's text; write(text), which replaces it; free().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "lua/base/lbind.h"

#define LOCK_MT "optlab.Lock"
#define MOST 4096 /* bytes of a locked file */
#define GIVEN 3   /* the descriptor that a child gets */

typedef struct Lock {
  int fd; /* -1 when it is free */
} Lock;

static Lock *check(lua_State *L) {
  Lock *lock = luaL_checkudata(L, 1, LOCK_MT);
  luaL_argcheck(L, lock->fd >= 0, 1, "the lock is free");
  return lock;
}

static int failed(lua_State *L, const char *what, const char *path) {
  const int error = errno;
  lua_pushnil(L);
  lua_pushfstring(L, "cannot %s %s: %s", what, path, strerror(error));
  return 2;
}

static int open_any(const char *path) {
  struct stat st;
  if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
}

static int lock(lua_State *L) {
  const char *path = lb_checkpath(L, 1);
  Lock *lock = lua_newuserdatauv(L, sizeof *lock, 0);
  lock->fd = -1;
  luaL_setmetatable(L, LOCK_MT);
  const int fd = open_any(path);
  if (fd < 0) return failed(L, "open", path);
  lock->fd = fd;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 1;
  const int error = errno;
  close(fd);
  lock->fd = -1;
  errno = error;
  if (error == EWOULDBLOCK) {
    lua_pushboolean(L, false);
    return 1;
  }
  failed(L, "lock", path);
  lua_pushboolean(L, true);
  return 3;
}

static int lock_fd(lua_State *L) {
  lua_pushinteger(L, check(L)->fd);
  return 1;
}

static int lock_read(lua_State *L) {
  char text[MOST];
  const ssize_t n = pread(check(L)->fd, text, sizeof text, 0);
  if (n < 0) return failed(L, "read", "a locked file");
  lua_pushlstring(L, text, (size_t)n);
  return 1;
}

/* One call of the system writes the text; what is behind it is cut off. */
static int lock_write(lua_State *L) {
  size_t n;
  const int fd = check(L)->fd;
  const char *text = luaL_checklstring(L, 2, &n);
  luaL_argcheck(L, n <= MOST, 2, "too long");
  const ssize_t done = pwrite(fd, text, n, 0);
  if (done != (ssize_t)n) {
    if (done >= 0) errno = ENOSPC;
    return failed(L, "write", "a locked file");
  }
  if (ftruncate(fd, (off_t)n) < 0) return failed(L, "write", "a locked file");
  lua_pushboolean(L, true);
  return 1;
}

static int lock_free(lua_State *L) {
  Lock *lock = luaL_checkudata(L, 1, LOCK_MT);
  if (lock->fd >= 0) close(lock->fd);
  lock->fd = -1;
  return 0;
}

static int follow(lua_State *L) {
  const pid_t parent = (pid_t)luaL_checkinteger(L, 1);
  const int flags = fcntl(GIVEN, F_GETFD);
  if (flags >= 0) fcntl(GIVEN, F_SETFD, flags | FD_CLOEXEC);
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) raise(SIGKILL); /* it has ended before this was said */
  return 0;
}

static const luaL_Reg METHODS[] = {
    {"fd", lock_fd}, {"read", lock_read}, {"write", lock_write}, {"free", lock_free}, {NULL, NULL},
};

static const luaL_Reg FUNCTIONS[] = {{"lock", lock}, {"follow", follow}, {NULL, NULL}};

int luaopen_optlab_work(lua_State *L) {
  luaL_newmetatable(L, LOCK_MT);
  luaL_newlib(L, METHODS);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, lock_free);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_newlib(L, FUNCTIONS);
  return 1;
}
