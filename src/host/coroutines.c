/*
 * coroutines.c - Lua's own functions (lcorolib.c), with signals_enter and signals_leave around what runs another
 * coroutine. Results and messages are the same.
 */
#include "host/coroutines.h"

#include <lauxlib.h>
#include <stdbool.h>

#include "host/signals.h"

/* Resumes co with n values from the top of L. The number of results, which are then on top of L; or -1 with an error
 * object there. */
static int resume(lua_State *L, lua_State *co, int n) {
  int results = 0;
  if (!lua_checkstack(co, n)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, co, n);
  signals_enter(co);
  const int status = lua_resume(co, L, n, &results);
  signals_leave(L);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(co, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(co, L, results);
  return results;
}

static lua_State *check_coroutine(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co, 1, "coroutine");
  return co;
}

static int l_resume(lua_State *L) {
  lua_State *co = check_coroutine(L);
  const int results = resume(L, co, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  lua_insert(L, results >= 0 ? -(results + 1) : -2);
  return results >= 0 ? results + 1 : 2;
}

static int reset(lua_State *L, lua_State *co) {
  signals_enter(co);
#if LUA_VERSION_RELEASE_NUM >= 50406
  const int status = lua_closethread(co, L);
#else
  const int status = lua_resetthread(co);
#endif
  signals_leave(L);
  return status;
}

/* What coroutine.wrap returns. */
static int call_wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  const int results = resume(L, co, lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) { /* an error in the coroutine: its variables are closed */
    status = reset(L, co);
    lua_xmove(co, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int l_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

/* A suspended coroutine may have variables whose closing runs code; Lua's own function, an upvalue, does the rest. */
static int l_close(lua_State *L) {
  lua_State *co = check_coroutine(L);
  if (lua_status(co) == LUA_YIELD) {
    const bool closed = reset(L, co) == LUA_OK;
    lua_pushboolean(L, closed);
    if (closed) return 1;
    lua_xmove(co, L, 1);
    return 2;
  }
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, LUA_MULTRET);
  return lua_gettop(L);
}

void coroutines_install(lua_State *L) {
  static const luaL_Reg functions[] = {{"resume", l_resume}, {"wrap", l_wrap}, {NULL, NULL}};
  lua_getglobal(L, "coroutine");
  luaL_setfuncs(L, functions, 0);
  lua_getfield(L, -1, "close");
  lua_pushcclosure(L, l_close, 1);
  lua_setfield(L, -2, "close");
  lua_pop(L, 1);
}
