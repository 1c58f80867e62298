/*
 * lrecord.c - two tables in the registry, there while a step is recorded: what the recording keeps alive, and the
 * tensors that Lua got with the number of the line that got them.
 */
#include "lua/base/lrecord.h"

#include <lauxlib.h>

#include "core/recorder.h"
#include "lua/base/lbind.h"

static const char KEPT = 'k', TENSORS = 't'; /* registry keys */

void lrecord_tensor(lua_State *L, Tensor *t) {
  const int line = context->recorder->seen(t);
  luaL_checkstack(L, 4, NULL);
  if (lrecord_push_tensors(L) == LUA_TTABLE) {
    lua_pushvalue(L, -2);
    lua_pushinteger(L, line);
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
}

void lrecord_keep(lua_State *L, int idx) {
  idx = lua_absindex(L, idx);
  if (lrecord_push_kept(L) == LUA_TTABLE) {
    lua_pushvalue(L, idx);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  lua_pop(L, 1);
}

void lrecord_raise(lua_State *L) {
  const char *why = context->recorder ? context->recorder->refused() : NULL;
  if (!why) return;
  lua_pushstring(L, why);
  lua_error(L);
}

int lrecord_push_kept(lua_State *L) { return lua_rawgetp(L, LUA_REGISTRYINDEX, &KEPT); }

int lrecord_push_tensors(lua_State *L) { return lua_rawgetp(L, LUA_REGISTRYINDEX, &TENSORS); }

void lrecord_open(lua_State *L, bool tensors) {
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &KEPT);
  if (!tensors) return;
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &TENSORS);
}

void lrecord_close(lua_State *L) {
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &KEPT);
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &TENSORS);
}
