/*
 * lfetchlib.c - downloads and checksums for Lua. Both return nil and a message when the world fails them.
 */
#include "data/io/digest.h"
#include "data/io/fetch.h"
#include "lua/data/ldata.h"

#define CONNECT_TIMEOUT 5.0
#define STALL_TIMEOUT 8.0

/* The progress callback's Lua side. */
typedef struct Progress {
  lua_State *L;
  int function; /* stack index; 0: none */
  bool failed;  /* the function raised; its error is on top of the stack */
} Progress;

static int on_progress(void *ctx, int64_t done, int64_t total) {
  Progress *p = ctx;
  lua_pushvalue(p->L, p->function);
  lua_pushinteger(p->L, (lua_Integer)done);
  if (total >= 0)
    lua_pushinteger(p->L, (lua_Integer)total);
  else
    lua_pushnil(p->L);
  p->failed = lua_pcall(p->L, 2, 0, 0) != LUA_OK;
  return p->failed;
}

static int failed(lua_State *L) {
  lua_pushnil(L);
  lua_pushstring(L, err_message());
  return 2;
}

/***
Downloads one file, completely or not at all.
@function download
@tparam string url
@tparam string path where to put it; its directory is made
@tparam[opt] table options digest ("sha1:..."), connect_timeout (5 s), stall_timeout (8 s), progress (function(done,
total or nil))
@treturn[1] boolean true
@treturn[2] nil
@treturn[2] string what went wrong
*/
static int download(lua_State *L) {
  static const char *const names[] = {"digest", "connect_timeout", "stall_timeout", "progress", NULL};
  const char *fn = "data.download";
  if (lua_type(L, 1) != LUA_TSTRING) return lb_argerror(L, fn, 1, "an address");
  if (lua_type(L, 2) != LUA_TSTRING) return lb_argerror(L, fn, 2, "a path");
  bool options = lb_checkoptions(L, 3, fn, names);
  Progress p = {.L = L};
  if (options && lua_getfield(L, 3, "progress") != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TFUNCTION) return lb_error(L, "%s: option 'progress' must be a function", fn);
    p.function = lua_gettop(L);
  }
  FetchOptions opt = {
      .digest = lb_optstring(L, 3, fn, "digest", NULL),
      .connect_timeout = lb_optnumber(L, 3, fn, "connect_timeout", CONNECT_TIMEOUT),
      .stall_timeout = lb_optnumber(L, 3, fn, "stall_timeout", STALL_TIMEOUT),
      .progress = p.function ? on_progress : NULL,
      .ctx = &p,
  };
  int status = fetch_file(lua_tostring(L, 1), lua_tostring(L, 2), &opt);
  if (p.failed) return lua_error(L);
  if (status < 0) return failed(L);
  lua_pushboolean(L, true);
  return 1;
}

/***
The checksum of a file.
@function digest
@tparam string path
@tparam string algorithm "md5", "sha1" or "sha256"; what follows a colon is ignored
@tparam[opt=false] boolean unpack take what a gzip-compressed file contains
@treturn[1] string such as "sha1:76e5..."
@treturn[2] nil
@treturn[2] string what went wrong
*/
static int digest(lua_State *L) {
  char out[DIGEST_MAX];
  if (lua_type(L, 1) != LUA_TSTRING) return lb_argerror(L, "data.digest", 1, "a path");
  if (lua_type(L, 2) != LUA_TSTRING) return lb_argerror(L, "data.digest", 2, "an algorithm's name");
  if (digest_file(lua_tostring(L, 1), lua_tostring(L, 2), lua_toboolean(L, 3), out) < 0) return failed(L);
  lua_pushstring(L, out);
  return 1;
}

static const luaL_Reg library[] = {{"download", download}, {"digest", digest}, {NULL, NULL}};

void ldata_add_fetch(lua_State *L) { luaL_setfuncs(L, library, 0); }
