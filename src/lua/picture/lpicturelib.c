/*
 * lpicturelib.c - moving pictures for Lua (picture/moving.h).
 *
 *   gif(frames, delays, loops), apng(frames, delays, loops)    the file as a string, or nil and a message
 *
 * frames: strings, each a PNG; delays: hundredths of a second, one for each; loops: how often it plays, 0 for ever.
 */
#include "base/err.h"
#include "lua/base/lbind.h"
#include "picture/moving.h"

#define MOVING_MT "optlab.Moving"

static int moving_gc(lua_State *L) {
  bytes_free(luaL_checkudata(L, 1, MOVING_MT));
  return 0;
}

/* An empty file in memory, which Lua frees whatever happens. */
static Bytes *new_bytes(lua_State *L) {
  Bytes *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (Bytes){0};
  if (luaL_newmetatable(L, MOVING_MT)) {
    lua_pushcfunction(L, moving_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return b;
}

/* The frames of the lists at 1 and 2; the strings stay in the list. */
static Frame *take_frames(lua_State *L, int n) {
  Frame *frames = lua_newuserdatauv(L, (size_t)n * sizeof *frames, 0);
  for (int i = 0; i < n; i++) {
    lua_geti(L, 1, i + 1);
    lua_geti(L, 2, i + 1);
    luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING, 1, "strings are wanted");
    frames[i].png = lua_tolstring(L, -2, &frames[i].n);
    frames[i].delay = (int)luaL_checkinteger(L, -1);
    lua_pop(L, 2);
  }
  return frames;
}

static int make(lua_State *L, int (*write)(const Frame *, int, int, Bytes *)) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  const int loops = (int)luaL_checkinteger(L, 3), n = (int)luaL_len(L, 1);
  luaL_argcheck(L, n > 0, 1, "there is no frame");
  Bytes *out = new_bytes(L);
  if (write(take_frames(L, n), n, loops, out) < 0) {
    lua_pushnil(L);
    lua_pushstring(L, err_message());
    return 2;
  }
  lua_pushlstring(L, out->data, out->n);
  return 1;
}

static int gif(lua_State *L) { return make(L, moving_gif); }

static int apng(lua_State *L) { return make(L, moving_apng); }

int luaopen_optlab_picture(lua_State *L) {
  static const luaL_Reg functions[] = {{"gif", gif}, {"apng", apng}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
