/*
 * lfileslib.c - folders and files for Lua (optlab.base.files is their face).
 *
 *   make_folder(path)               makes a folder and those above it
 *   lock_folder(path)               makes the folder this process's own until it ends (base/files/folder_lock.h)
 *   holds(folder, path)             whether the file lies in the folder or below it
 *   replace(path, text, no_link)    writes a file as a whole or not at all; with no_link a link of that name is
 *                                   replaced, not followed
 *   note(path, text, flush)         the same for a file whose old version may be back if the machine loses its power;
 *                                   without `flush` nothing waits for the disk
 *   read(path)                      the bytes of a regular file
 *   readable(path)                  whether a file or a folder of that name may be read
 *   grow(path, text)                a new file in the place of an old one: f:append(text) adds a whole line or nothing,
 *                                   f:commit() puts it on the disk and closes it
 *   scratch()                       an empty file without a name, which another program may write to as /dev/fd/N:
 *                                   t:fd(), t:read(), t:close()
 *
 * Each returns true (read: the bytes; grow and scratch: the file), or nil and a message that names the path and the
 * reason.
 */
#define _GNU_SOURCE /* memfd_create */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files/folder.h"
#include "base/files/folder_lock.h"
#include "base/files/infile.h"
#include "base/files/outfile.h"
#include "lua/base/lbind.h"

#define FILE_MT "optlab.OutFile"
#define STREAM_MT "optlab.InFile"
#define SCRATCH_MT "optlab.Scratch"

/* --- folders, whole files ----------------------------------------------------------------------------------------- */

static int make_folder(lua_State *L) { return lb_status(L, folder_make(lb_checkpath(L, 1))); }

static int lock_folder(lua_State *L) { return lb_status(L, folder_lock(lb_checkpath(L, 1))); }

static int holds(lua_State *L) {
  lua_pushboolean(L, folder_holds(lb_checkpath(L, 1), lb_checkpath(L, 2)));
  return 1;
}

static int note(lua_State *L) {
  OutFile f;
  size_t n;
  const char *path = lb_checkpath(L, 1), *text = luaL_checklstring(L, 2, &n);
  int status = outfile_open(&f, path, OUTFILE_REPLACES_LINK);
  f.is_note = true;
  f.is_brief = !lua_toboolean(L, 3);
  if (status == 0) status = outfile_write(&f, text, n) < 0 || outfile_commit(&f) < 0 ? -1 : 0;
  outfile_close(&f);
  return lb_status(L, status);
}

static int replace(lua_State *L) {
  size_t n;
  const char *path = lb_checkpath(L, 1), *text = luaL_checklstring(L, 2, &n);
  return lb_status(L,
                   outfile_replace(path, lua_toboolean(L, 3) ? OUTFILE_REPLACES_LINK : OUTFILE_FOLLOWS_LINK, text, n));
}

static int file_gc(lua_State *L) {
  FILE **f = lua_touserdata(L, 1);
  if (*f) fclose(*f);
  *f = NULL;
  return 0;
}

/* Pushes an empty place for a stream that is closed with it. */
static FILE **push_stream(lua_State *L) {
  FILE **f = lua_newuserdatauv(L, sizeof *f, 0);
  *f = NULL;
  if (luaL_newmetatable(L, STREAM_MT)) {
    lua_pushcfunction(L, file_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return f;
}

static int read_file(lua_State *L) {
  int64_t size;
  luaL_Buffer b;
  const char *path = lb_checkpath(L, 1);
  FILE **f = push_stream(L);
  *f = infile_stream(path, &size);
  if (!*f) return lb_nilerror(L);
  size_t got;
  luaL_buffinit(L, &b);
  do {
    got = fread(luaL_prepbuffer(&b), 1, LUAL_BUFFERSIZE, *f);
    luaL_addsize(&b, got);
  } while (got > 0);
  luaL_pushresult(&b);
  return ferror(*f) ? lb_status(L, err_set("cannot read %s: %s", path, strerror(errno))) : 1;
}

static int readable(lua_State *L) {
  lua_pushboolean(L, access(lb_checkpath(L, 1), R_OK) == 0);
  return 1;
}

/* --- files that grow ---------------------------------------------------------------------------------------------- */

static int grow(lua_State *L) {
  size_t n;
  const char *path = lb_checkpath(L, 1), *text = luaL_checklstring(L, 2, &n);
  OutFile *f = lua_newuserdatauv(L, sizeof *f, 1);
  *f = (OutFile){.fd = -1};
  luaL_setmetatable(L, FILE_MT);
  lua_pushvalue(L, 1); /* f->path points into it */
  lua_setiuservalue(L, -2, 1);
  if (outfile_grow(f, path, text, n) == 0) return 1;
  outfile_close(f);
  return lb_nilerror(L);
}

static OutFile *check_file(lua_State *L) {
  OutFile *f = luaL_checkudata(L, 1, FILE_MT);
  luaL_argcheck(L, f->fd >= 0, 1, "the file is closed");
  return f;
}

static int file_append(lua_State *L) {
  size_t n;
  OutFile *f = check_file(L);
  const char *text = luaL_checklstring(L, 2, &n);
  return lb_status(L, outfile_append(f, text, n));
}

static int file_commit(lua_State *L) {
  OutFile *f = check_file(L);
  int status = outfile_commit(f);
  outfile_close(f);
  return lb_status(L, status);
}

static int file_close(lua_State *L) {
  outfile_close(luaL_checkudata(L, 1, FILE_MT));
  return 0;
}

/* --- files for other programs ------------------------------------------------------------------------------------- */

typedef struct Scratch {
  int fd; /* -1 when closed */
} Scratch;

/* A file without a name. */
static int open_nameless(void) {
#if defined(MFD_CLOEXEC)
  return memfd_create("optlab", MFD_CLOEXEC);
#else
  FILE *f = tmpfile();
  const int fd = f ? fcntl(fileno(f), F_DUPFD_CLOEXEC, 0) : -1;
  if (f) fclose(f);
  return fd;
#endif
}

static int failed(lua_State *L, const char *what) {
  err_set("%s: %s", what, strerror(errno));
  return lb_nilerror(L);
}

static int scratch(lua_State *L) {
  Scratch *s = lua_newuserdatauv(L, sizeof *s, 0);
  s->fd = -1;
  luaL_setmetatable(L, SCRATCH_MT);
  s->fd = open_nameless();
  return s->fd < 0 ? failed(L, "cannot make a temporary file") : 1;
}

static Scratch *check_scratch(lua_State *L) {
  Scratch *s = luaL_checkudata(L, 1, SCRATCH_MT);
  luaL_argcheck(L, s->fd >= 0, 1, "the file is closed");
  return s;
}

static int scratch_fd(lua_State *L) {
  lua_pushinteger(L, check_scratch(L)->fd);
  return 1;
}

static int scratch_read(lua_State *L) {
  const Scratch *s = check_scratch(L);
  struct stat st;
  luaL_Buffer b;
  if (fstat(s->fd, &st) < 0) return failed(L, "cannot read a temporary file");
  const size_t size = (size_t)st.st_size;
  char *to = luaL_buffinitsize(L, &b, size);
  size_t n = 0;
  while (n < size) {
    ssize_t some = pread(s->fd, to + n, size - n, (off_t)n);
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return failed(L, "cannot read a temporary file");
    if (some == 0) break;
    n += (size_t)some;
  }
  luaL_pushresultsize(&b, n);
  return 1;
}

static int scratch_close(lua_State *L) {
  Scratch *s = luaL_checkudata(L, 1, SCRATCH_MT);
  if (s->fd >= 0) close(s->fd);
  s->fd = -1;
  return 0;
}

/* --- the library -------------------------------------------------------------------------------------------------- */

static const luaL_Reg library[] = {
    {"make_folder", make_folder}, {"lock_folder", lock_folder}, {"holds", holds}, {"replace", replace}, {"note", note},
    {"read", read_file},          {"readable", readable},       {"grow", grow},   {"scratch", scratch}, {NULL, NULL},
};
static const luaL_Reg file_methods[] = {{"append", file_append}, {"commit", file_commit}, {NULL, NULL}};
static const luaL_Reg file_metamethods[] = {{"__gc", file_close}, {"__close", file_close}, {NULL, NULL}};
static const luaL_Reg scratch_methods[] = {
    {"fd", scratch_fd}, {"read", scratch_read}, {"close", scratch_close}, {NULL, NULL}};
static const luaL_Reg scratch_metamethods[] = {{"__gc", scratch_close}, {"__close", scratch_close}, {NULL, NULL}};

static void make_type(lua_State *L, const char *name, const luaL_Reg *metamethods, const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  luaL_setfuncs(L, metamethods, 0);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

int luaopen_optlab_files(lua_State *L) {
  make_type(L, FILE_MT, file_metamethods, file_methods);
  make_type(L, SCRATCH_MT, scratch_metamethods, scratch_methods);
  luaL_newlib(L, library);
  return 1;
}
