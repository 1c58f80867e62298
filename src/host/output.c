/*
 * output.c - two streams of fopencookie, and the record.
 */
#define _GNU_SOURCE /* fopencookie */
#include "host/output.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <stdio_ext.h>
#endif

/* The process has one standard output. */
typedef struct Tee {
  FILE *stream, *real;
  luaL_Stream *file; /* Lua's file object, in which the stream stands */
} Tee;

static Tee tees[2];      /* standard output, standard error */
static int stdout_error; /* an errno */

int output_errno(void) { return stdout_error; }

/* --- the record ------------------------------------------------------------------------------------------------- */

static bool recording;
static int record = -1; /* -1: the bytes are kept in memory until there is a file */
static char *kept;
static size_t kept_size, kept_room;
static int problem; /* an errno */

static void keep_in_memory(const char *bytes, size_t n) {
  if (kept_size + n > kept_room) {
    const size_t room = 2 * (kept_size + n);
    char *more = realloc(kept, room);
    if (!more) {
      problem = ENOMEM;
      return;
    }
    kept = more;
    kept_room = room;
  }
  memcpy(kept + kept_size, bytes, n);
  kept_size += n;
}

/* A record that cannot be written does not keep the script from printing. */
static void write_record(const char *bytes, size_t n) {
  while (n > 0 && !problem) {
    const ssize_t some = write(record, bytes, n);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) {
      problem = some < 0 ? errno : ENOSPC;
    } else {
      bytes += some;
      n -= (size_t)some;
    }
  }
}

static void note(const char *bytes, size_t n) {
  if (!recording || problem) return;
  if (record >= 0) {
    write_record(bytes, n);
  } else {
    keep_in_memory(bytes, n);
  }
}

static void forget(void) {
  free(kept);
  kept = NULL;
  kept_size = kept_room = 0;
}

/* --- the streams ------------------------------------------------------------------------------------------------ */

#if defined(__linux__)
/* As the C library writes to a descriptor: an interrupted call is an error. */
static ssize_t write_both(void *cookie, const char *bytes, size_t n) {
  const bool is_stdout = cookie == &tees[0];
  const int fd = is_stdout ? STDOUT_FILENO : STDERR_FILENO;
  size_t done = 0;
  note(bytes, n);
  while (done < n) {
    const ssize_t some = write(fd, bytes + done, n - done);
    if (some < 0) {
      if (is_stdout) stdout_error = errno;
      break;
    }
    done += (size_t)some;
  }
  return (ssize_t)done; /* fewer than n: an error, whose errno is that of write */
}

static int seek_descriptor(void *cookie, off64_t *offset, int whence) {
  const off64_t at = lseek64(cookie == &tees[0] ? STDOUT_FILENO : STDERR_FILENO, *offset, whence);
  if (at < 0) return -1;
  *offset = at;
  return 0;
}

/* The buffer that the script has chosen, or the one that the C library would take. */
static int buffering(FILE *real, int fd) {
  if (__flbf(real)) return _IOLBF;
  if (fd == STDERR_FILENO || __fbufsize(real) == 1) return _IONBF;
  return isatty(fd) ? _IOLBF : _IOFBF;
}

static bool install(Tee *tee, FILE *real, int fd, luaL_Stream *file) {
  const cookie_io_functions_t functions = {.write = write_both, .seek = seek_descriptor};
  tee->stream = fopencookie(tee, "w", functions);
  if (!tee->stream) return false;
  fflush(real);
  setvbuf(tee->stream, NULL, buffering(real, fd), BUFSIZ);
  tee->real = real;
  tee->file = file;
  file->f = tee->stream;
  return true;
}
#else
static bool install(Tee *tee, FILE *real, int fd, luaL_Stream *file) {
  (void)tee, (void)real, (void)fd, (void)file;
  return false;
}
#endif

/* glibc's stdout is a variable; elsewhere it may be a constant. Whether it leads to the stream now. */
static bool replace_variables(FILE *out, FILE *err) {
#if defined(__GLIBC__)
  stdout = out;
  stderr = err;
  return true;
#else
  (void)out, (void)err;
  return false;
#endif
}

static void uninstall(Tee *tee) {
  if (!tee->stream) return;
  fflush(tee->stream);
  tee->file->f = tee->real;
}

/* --- the library ------------------------------------------------------------------------------------------------ */

static int output_keep(lua_State *L) {
  luaL_Stream *out = luaL_checkudata(L, 1, LUA_FILEHANDLE), *err = luaL_checkudata(L, 2, LUA_FILEHANDLE);
  lua_settop(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &tees[1]); /* alive as long as the streams stand in them */
  lua_rawsetp(L, LUA_REGISTRYINDEX, &tees[0]);
  recording = install(&tees[0], stdout, STDOUT_FILENO, out) && install(&tees[1], stderr, STDERR_FILENO, err);
  lua_pushboolean(L, recording && replace_variables(tees[0].stream, tees[1].stream));
  return 1;
}

static int output_open(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  if (recording) {
    record = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (record < 0) {
      problem = errno;
      lua_pushnil(L);
      lua_pushfstring(L, "cannot write %s: %s", path, strerror(problem));
      return 2;
    }
    write_record(kept, kept_size);
  }
  forget();
  lua_pushboolean(L, true);
  return 1;
}

static int output_drop(lua_State *L) {
  (void)L;
  forget();
  if (record >= 0) close(record);
  record = -1;
  if (!recording) return 0;
  uninstall(&tees[0]);
  uninstall(&tees[1]);
  replace_variables(tees[0].real, tees[1].real);
  recording = false;
  return 0;
}

static int output_problem(lua_State *L) {
  if (!problem) return 0;
  lua_pushstring(L, strerror(problem));
  return 1;
}

int output_push_library(lua_State *L) {
  static const luaL_Reg library[] = {
      {"keep", output_keep}, {"open", output_open}, {"drop", output_drop}, {"problem", output_problem}, {NULL, NULL}};
  luaL_newlib(L, library);
  return 1;
}
