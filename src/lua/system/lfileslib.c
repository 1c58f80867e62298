/*
 * lfileslib.c - folders and files for Lua (optlab.base.files is their face).
 *
 *   make_folder(path)             makes a folder and those above it
 *   replace(path, text)           writes a file as a whole or not at all
 *   read(path)                    the bytes of a regular file
 *   readable(path)                whether a file or a folder of that name may be read
 *   open_partial(path, partial)   a file that grows under the name `partial`: f:write(text), f:commit() renames it.
 *                                 What is not committed stays under that name
 *
 * Each returns true (read: the bytes; open_partial: the file), or nil and a message that names the path and the reason.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files/folder.h"
#include "base/files/infile.h"
#include "base/outfile.h"
#include "lua/base/lbind.h"

#define FILE_MT "optlab.OutFile"
#define STREAM_MT "optlab.InFile"

static int result(lua_State *L, int status) {
  if (status < 0) {
    lua_pushnil(L);
    lua_pushstring(L, err_message());
    return 2;
  }
  lua_pushboolean(L, true);
  return 1;
}

static int make_folder(lua_State *L) { return result(L, folder_make(lb_checkpath(L, 1))); }

static int replace(lua_State *L) {
  size_t n;
  const char *path = lb_checkpath(L, 1), *text = luaL_checklstring(L, 2, &n);
  return result(L, outfile_replace(path, text, n));
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
  if (!*f) return result(L, -1);
  size_t got;
  luaL_buffinit(L, &b);
  do {
    got = fread(luaL_prepbuffer(&b), 1, LUAL_BUFFERSIZE, *f);
    luaL_addsize(&b, got);
  } while (got > 0);
  luaL_pushresult(&b);
  return ferror(*f) ? result(L, err_set("cannot read %s: %s", path, strerror(errno))) : 1;
}

static int readable(lua_State *L) {
  lua_pushboolean(L, access(lb_checkpath(L, 1), R_OK) == 0);
  return 1;
}

static int open_partial(lua_State *L) {
  const char *path = lb_checkpath(L, 1), *partial = lb_checkpath(L, 2);
  OutFile *f = lua_newuserdatauv(L, sizeof *f, 1);
  *f = (OutFile){.fd = -1};
  luaL_setmetatable(L, FILE_MT);
  lua_pushvalue(L, 1); /* f->path points into it */
  lua_setiuservalue(L, -2, 1);
  return outfile_open_partial(f, path, partial) < 0 ? result(L, -1) : 1;
}

static OutFile *check_file(lua_State *L) {
  OutFile *f = luaL_checkudata(L, 1, FILE_MT);
  luaL_argcheck(L, f->fd >= 0, 1, "the file is closed");
  return f;
}

static int file_write(lua_State *L) {
  size_t n;
  OutFile *f = check_file(L);
  const char *text = luaL_checklstring(L, 2, &n);
  return result(L, outfile_write(f, text, n));
}

static int file_commit(lua_State *L) {
  OutFile *f = check_file(L);
  int status = outfile_commit(f);
  outfile_close(f);
  return result(L, status);
}

static int file_close(lua_State *L) {
  outfile_close(luaL_checkudata(L, 1, FILE_MT));
  return 0;
}

static const luaL_Reg library[] = {{"make_folder", make_folder}, {"replace", replace},           {"read", read_file},
                                   {"readable", readable},       {"open_partial", open_partial}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"write", file_write}, {"commit", file_commit}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", file_close}, {"__close", file_close}, {NULL, NULL}};

int luaopen_optlab_files(lua_State *L) {
  luaL_newmetatable(L, FILE_MT);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, library);
  return 1;
}
