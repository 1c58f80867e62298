/*
 * lfetchlib.c - downloads and checksums for Lua. Both return nil and a message when the network or the disk fails.
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
  if (total >= 0) {
    lua_pushinteger(p->L, (lua_Integer)total);
  } else {
    lua_pushnil(p->L);
  }
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
  enum { URL, PATH, DIGEST, CONNECT, STALL, PROGRESS, COUNT };
  static const Arg args[] = {{.name = "url", .kind = ARG_STRING, .required = true},
                             {.name = "path", .kind = ARG_STRING, .required = true},
                             {.name = "digest", .kind = ARG_STRING},
                             {.name = "connect_timeout", .def = CONNECT_TIMEOUT},
                             {.name = "stall_timeout", .def = STALL_TIMEOUT},
                             {.name = "progress", .kind = ARG_FUNCTION},
                             {0}};
  double x[COUNT];
  largs_read(L, 1, "data.download", &(ArgValues){.args = args, .x = x});
  Progress p = {.L = L, .function = (int)x[PROGRESS]};
  FetchOptions opt = {
      .digest = x[DIGEST] != 0 ? lua_tostring(L, (int)x[DIGEST]) : NULL,
      .connect_timeout = x[CONNECT],
      .stall_timeout = x[STALL],
      .progress = p.function ? on_progress : NULL,
      .ctx = &p,
  };
  int status = fetch_file(lua_tostring(L, (int)x[URL]), lua_tostring(L, (int)x[PATH]), &opt);
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
  enum { PATH, ALGORITHM, UNPACK, COUNT };
  static const Arg args[] = {{.name = "path", .kind = ARG_STRING, .required = true},
                             {.name = "algorithm", .kind = ARG_STRING, .required = true},
                             {.name = "unpack", .kind = ARG_FLAG},
                             {0}};
  char out[DIGEST_MAX];
  double x[COUNT];
  largs_read(L, 1, "data.digest", &(ArgValues){.args = args, .x = x});
  if (digest_file(lua_tostring(L, (int)x[PATH]), lua_tostring(L, (int)x[ALGORITHM]), x[UNPACK] != 0, out) < 0) {
    return failed(L);
  }
  lua_pushstring(L, out);
  return 1;
}

static const luaL_Reg library[] = {{"download", download}, {"digest", digest}, {NULL, NULL}};

void ldata_add_fetch(lua_State *L) { luaL_setfuncs(L, library, 0); }
