/*
 * lfileslib.c - folders and files for Lua (optlab.base.files is their face).
 *
 *   make_folder(path)             makes a folder and those above it
 *   replace(path, text)           writes a file as a whole or not at all
 *   open_partial(path, partial)   a file that grows under the name `partial`: f:write(text), f:commit() renames it.
 *                                 What is not committed stays under that name
 *
 * Each returns true (open_partial: the file), or nil and a message that names the path and the reason.
 */
#include "base/folder.h"
#include "base/outfile.h"
#include "lua/base/lbind.h"

#define FILE_MT "optlab.OutFile"

static int result(lua_State *L, int status) {
  if (status < 0) {
    lua_pushnil(L);
    lua_pushstring(L, err_message());
    return 2;
  }
  lua_pushboolean(L, true);
  return 1;
}

static int make_folder(lua_State *L) { return result(L, folder_make(luaL_checkstring(L, 1))); }

static int replace(lua_State *L) {
  size_t n;
  const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n);
  return result(L, outfile_replace(path, text, n));
}

static int open_partial(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *partial = luaL_checkstring(L, 2);
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

static const luaL_Reg library[] = {
    {"make_folder", make_folder}, {"replace", replace}, {"open_partial", open_partial}, {NULL, NULL}};
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
