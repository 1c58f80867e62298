/*
 * lfetchlib.c - downloads and checksums for Lua. Both return nil and a message when the network or the disk fails.
 */
#include <string.h>

#include "data/io/digest.h"
#include "data/io/fetch.h"
#include "lua/base/ldeclare.h"
#include "lua/data/ldata.h"

#define CONNECT_TIMEOUT 5.0
#define STALL_TIMEOUT 8.0
#define TIMEOUT 3600.0

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

enum { URL, PATH, DIGEST, CONNECT, STALL, ALL, MAX_BYTES, PROGRESS, DOWNLOAD_COUNT };
static const Arg download_args[] = {
    {.name = "url", .kind = ARG_STRING, .required = true, .doc = "The address."},
    {.name = "path", .kind = ARG_STRING, .required = true, .doc = "Where to put the file; its folder is created."},
    {.name = "digest", .kind = ARG_STRING, .doc = "The expected checksum, such as \"sha1:76e5...\"."},
    {.name = "connect_timeout",
     .range = RANGE_POSITIVE,
     .def = CONNECT_TIMEOUT,
     .doc = "Seconds until the server must have answered."},
    {.name = "stall_timeout",
     .range = RANGE_POSITIVE,
     .def = STALL_TIMEOUT,
     .doc = "Seconds without data after which the download fails."},
    {.name = "timeout",
     .range = RANGE_POSITIVE,
     .def = TIMEOUT,
     .doc = "Seconds after which the download fails, even if data arrive."},
    {.name = "max_bytes",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "Size at which the download fails; by default $OPTLAB_MAX_DOWNLOAD (such as 16G), or 2 GiB."},
    {.name = "progress",
     .kind = ARG_FUNCTION,
     .doc = "progress(done, total) is called now and then with bytes; total is nil if it is not known."},
    {0},
};

/***
Downloads one file, completely or not at all.
@function download
@tparam string url
@tparam string path where to put it; its directory is made
@tparam[opt] table options see download_args
@treturn[1] boolean true
@treturn[2] nil
@treturn[2] string what went wrong
*/
static int download(lua_State *L) {
  double x[DOWNLOAD_COUNT];
  largs_read(L, 1, "data.download", &(ArgValues){.args = download_args, .x = x});
  Progress p = {.L = L, .function = (int)x[PROGRESS]};
  FetchOptions opt = {
      .digest = x[DIGEST] != 0 ? lua_tostring(L, (int)x[DIGEST]) : NULL,
      .connect_timeout = x[CONNECT],
      .stall_timeout = x[STALL],
      .timeout = x[ALL],
      .max_bytes = isnan(x[MAX_BYTES]) ? 0 : (int64_t)x[MAX_BYTES],
      .progress = p.function ? on_progress : NULL,
      .ctx = &p,
  };
  int status = fetch_file(lua_tostring(L, (int)x[URL]), lua_tostring(L, (int)x[PATH]), &opt);
  if (p.failed) return lua_error(L);
  if (status < 0) return lb_nilerror(L);
  lua_pushboolean(L, true);
  return 1;
}

static const Arg digest_args[] = {
    {.name = "path", .kind = ARG_STRING, .required = true, .doc = "The file."},
    {.name = "algorithm",
     .kind = ARG_STRING,
     .required = true,
     .doc = "\"md5\", \"sha1\" or \"sha256\"; what follows a colon is ignored."},
    {.name = "unpack", .kind = ARG_FLAG, .doc = "Whether to digest what a gzip-compressed file contains."},
    {0},
};

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
  enum { FILE_PATH, ALGORITHM, UNPACK, COUNT };
  char out[DIGEST_MAX];
  double x[COUNT];
  largs_read(L, 1, "data.digest", &(ArgValues){.args = digest_args, .x = x});
  if (digest_file(lua_tostring(L, (int)x[FILE_PATH]), lua_tostring(L, (int)x[ALGORITHM]), x[UNPACK] != 0, out) < 0) {
    return lb_nilerror(L);
  }
  lua_pushstring(L, out);
  return 1;
}

/* sha256(text): the checksum of a text, 64 hexadecimal digits; optlab's own modules call it. */
static int sha256(lua_State *L) {
  size_t n;
  char out[DIGEST_MAX];
  const char *text = luaL_checklstring(L, 1, &n);
  Digest *d = digest_new("sha256");
  const int status = !d || digest_add(d, text, n) < 0 ? -1 : digest_text(d, out);
  digest_free(d);
  if (status < 0) return luaL_error(L, "%s", err_message());
  lua_pushstring(L, strchr(out, ':') + 1);
  return 1;
}

static const luaL_Reg library[] = {{"download", download}, {"digest", digest}, {"sha256", sha256}, {NULL, NULL}};

void ldata_declare_fetch(lua_State *L) {
  ldeclare_push(L, "data", "download",
                "Downloads one file, completely or not at all; returns true, or nil and a message.", NULL, NULL,
                download_args);
  ldeclare_append(L);
  ldeclare_push(L, "data", "digest", "The checksum of a file, such as \"sha1:76e5...\"; or nil and a message.", NULL,
                NULL, digest_args);
  ldeclare_append(L);
}

void ldata_add_fetch(lua_State *L) { luaL_setfuncs(L, library, 0); }
