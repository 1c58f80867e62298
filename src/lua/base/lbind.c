/*
 * lbind.c - tensors as userdata, option tables, errors with the script's line.
 *
 * A tensor userdata is one pointer. The collector sees only those eight bytes, so every pushed tensor adds what lies
 * behind it to a sum, and the sum is handed to the collector as debt (LUA_GCSTEP) whenever it passes four
 * megabytes: memory stays flat without collectgarbage() calls in scripts. A collection takes some 20 us, however little
 * there is to collect; at a quarter of a megabyte that was most of the time of an addition of 10,000 numbers. Four
 * megabytes of small tensors are 17,000 of them and no longer fit into the processor's second cache, which made
 * steps of small models half as slow again; so the sum is also handed over after 2048 tensors.
 */
#include "lua/base/lbind.h"

#include <string.h>

#include "base/alloc.h"
#include "core/recorder.h"
#include "lua/base/lrecord.h"

#define GC_BYTES (4 << 20) /* between two reports to the collector at most so many bytes */
#define GC_TENSORS 2048    /* and so many tensors */

typedef struct TensorUD {
  Tensor *t; /* NULL once closed */
} TensorUD;

/* What users call the type of the value at idx. */
static const char *type_name(lua_State *L, int idx) {
  if (luaL_getmetafield(L, idx, "__name") == LUA_TSTRING) return lua_tostring(L, -1);
  return luaL_typename(L, idx);
}

int lb_argerror(lua_State *L, const char *fn, int arg, const char *what) {
  const char *got = lua_isnone(L, arg) ? "nothing" : type_name(L, arg);
  return lb_error(L, "bad argument #%d to '%s' (expected %s, got %s)", arg, fn, what, got);
}

/* --- tensors ------------------------------------------------------------------------------------------------ */

static const void *tensor_mt; /* address of the metatable of the state that opened the library last */

void lb_settensormt(lua_State *L, int idx) { tensor_mt = idx ? lua_topointer(L, idx) : NULL; }

static TensorUD *test_ud(lua_State *L, int idx) {
  TensorUD *ud = lua_touserdata(L, idx);
  if (!ud || !lua_getmetatable(L, idx)) return NULL;
  bool ok = lua_topointer(L, -1) == tensor_mt;
  lua_pop(L, 1);
  if (ok) return ud;
  return luaL_testudata(L, idx, TENSOR_MT);
}

Tensor *lb_testtensor(lua_State *L, int idx) {
  TensorUD *ud = test_ud(L, idx);
  if (!ud) return NULL;
  if (!ud->t)
    lb_error(L, "this tensor was closed (its <close> variable went out of scope) and cannot be used any more");
  return ud->t;
}

Tensor *lb_checktensor(lua_State *L, int idx, const char *fn) {
  Tensor *t = lb_testtensor(L, idx);
  if (!t) lb_argerror(L, fn, idx, "a tensor");
  return t;
}

void lb_pushunseen(lua_State *L, Tensor *owned) {
  static size_t unreported; /* since the last report to the collector: bytes, tensors */
  static int tensors;
  if (!owned) lb_coreerror(L);
  TensorUD *ud = lua_newuserdatauv(L, sizeof *ud, 0); /* raises only when Lua itself is out of memory */
  ud->t = owned;
  luaL_setmetatable(L, TENSOR_MT);
  unreported += sizeof *owned + (owned->storage->refs == 1 ? owned->storage->nbytes : 0); /* a view keeps nothing new */
  if (unreported < GC_BYTES && ++tensors < GC_TENSORS) return;
  size_t kb = unreported >> 10;
  unreported = 0;
  tensors = 0;
  lua_gc(L, LUA_GCSTEP, kb > 1 << 20 ? 1 << 20 : (int)kb);
}

void lb_pushtensor(lua_State *L, Tensor *owned) {
  lb_pushunseen(L, owned);
  if (context->recorder) lrecord_tensor(L, owned);
}

int lb_closetensor(lua_State *L) {
  TensorUD *ud = test_ud(L, 1);
  if (ud) {
    Tensor *t = ud->t;
    ud->t = NULL;
    tensor_release(t);
  }
  return 0;
}

void lb_read(lua_State *L, const Tensor *t, const char *who) {
  if (!context->recorder) return;
  context->recorder->value_read(t, who);
  lrecord_raise(L);
}

Tensor **lb_tensorlist(lua_State *L, int idx, int *n, const char *fn) {
  idx = lua_absindex(L, idx);
  if (!lua_istable(L, idx)) lb_argerror(L, fn, idx, "a list of tensors");
  lua_Integer len = luaL_len(L, idx);
  Tensor **list = lua_newuserdatauv(L, (size_t)(len ? len : 1) * sizeof *list, 0);
  for (lua_Integer i = 1; i <= len; i++) {
    lua_geti(L, idx, i);
    list[i - 1] = lb_testtensor(L, -1);
    if (!list[i - 1])
      lb_error(L, "bad argument #%d to '%s' (entry %d of the list is %s, expected a tensor)", idx, fn, (int)i,
               type_name(L, -1));
    lua_pop(L, 1);
  }
  *n = (int)len;
  return list;
}

/* --- numbers, dtypes, dimensions, shapes ---------------------------------------------------------------------- */

double lb_checknumber(lua_State *L, int idx, const char *fn) {
  if (lua_type(L, idx) != LUA_TNUMBER) lb_argerror(L, fn, idx, "a number");
  return lua_tonumber(L, idx);
}

double lb_numberor(lua_State *L, int idx, const char *fn, double def) {
  return lua_isnoneornil(L, idx) ? def : lb_checknumber(L, idx, fn);
}

DType lb_checkdtype(lua_State *L, int idx, const char *fn) {
  DType dt = DT_F32;
  const char *name = lua_type(L, idx) == LUA_TSTRING ? lua_tostring(L, idx) : NULL;
  if (!name) lb_argerror(L, fn, idx, "a dtype name");
  if (dtype_parse(name, &dt) < 0) lb_error(L, "%s: there is no dtype '%s' (float32, float64, int64, uint8)", fn, name);
  return dt;
}

DType lb_defaultdtype(void) { return dtype_default(); }
void lb_setdefaultdtype(DType dt) { dtype_set_default(dt); }

int lb_checkdim(lua_State *L, int idx, int ndim, const char *fn) {
  int isint;
  lua_Integer d = lua_tointegerx(L, idx, &isint);
  if (!isint) lb_argerror(L, fn, idx, "a dimension (an integer)");
  if (d >= 1 && d <= ndim) return (int)d - 1;
  if (d < 0 && d >= -ndim) return (int)(ndim + d);
  return lb_error(L, "%s: dimension %I is out of range for a tensor of %d dimension%s (1..%d, or -1 for the last)", fn,
                  (LUAI_UACINT)d, ndim, ndim == 1 ? "" : "s", ndim);
}

static int64_t check_size(lua_State *L, int idx, const char *fn) {
  int isint;
  lua_Integer n = lua_tointegerx(L, idx, &isint);
  if (!isint || lua_type(L, idx) != LUA_TNUMBER) {
    return lb_error(L, "%s: a shape is made of integers, got %s", fn, luaL_tolstring(L, idx, NULL));
  }
  return n;
}

int lb_checkshape(lua_State *L, int idx, int64_t *shape, int *next, const char *fn) {
  int n = 0;
  if (lua_istable(L, idx) && luaL_getmetafield(L, idx, "__name") == LUA_TNIL) {
    lua_Integer len = luaL_len(L, idx);
    if (len > TENSOR_MAX_DIM) return lb_error(L, "%s: a tensor has at most %d dimensions", fn, TENSOR_MAX_DIM);
    for (; n < len; n++) {
      lua_geti(L, idx, n + 1);
      shape[n] = check_size(L, -1, fn);
      lua_pop(L, 1);
    }
    *next = idx + 1;
    return n;
  }
  for (; lua_type(L, idx + n) == LUA_TNUMBER; n++) {
    if (n == TENSOR_MAX_DIM) return lb_error(L, "%s: a tensor has at most %d dimensions", fn, TENSOR_MAX_DIM);
    shape[n] = check_size(L, idx + n, fn);
  }
  *next = idx + n;
  return n;
}

/* --- option tables ------------------------------------------------------------------------------------------- */

bool lb_checkoptions(lua_State *L, int idx, const char *fn, const char *const names[]) {
  if (lua_isnoneornil(L, idx)) return false;
  if (!lua_istable(L, idx)) lb_argerror(L, fn, idx, "a table of options");
  idx = lua_absindex(L, idx);
  lua_pushnil(L);
  while (lua_next(L, idx)) {
    lua_pop(L, 1);
    const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (!key) return lb_error(L, "%s: options are given by name, got the key %s", fn, luaL_tolstring(L, -1, NULL));
    bool known = false;
    for (int i = 0; names[i] && !known; i++) known = strcmp(names[i], key) == 0;
    if (!known) return lb_unknown(L, fn, key, names);
  }
  return true;
}

/* Pushes option `name` and returns its type; pushes nil if there is no table. */
static int get_option(lua_State *L, int idx, const char *name) {
  if (lua_istable(L, idx)) return lua_getfield(L, idx, name);
  lua_pushnil(L);
  return LUA_TNIL;
}

static int bad_option(lua_State *L, const char *fn, const char *name, const char *what) {
  return lb_error(L, "%s: option '%s' must be %s, got %s", fn, name, what, luaL_tolstring(L, -1, NULL));
}

double lb_optnumber(lua_State *L, int idx, const char *fn, const char *name, double def) {
  int type = get_option(L, idx, name);
  if (type != LUA_TNIL && type != LUA_TNUMBER) bad_option(L, fn, name, "a number");
  double v = type == LUA_TNIL ? def : lua_tonumber(L, -1);
  lua_pop(L, 1);
  return v;
}

int64_t lb_optinteger(lua_State *L, int idx, const char *fn, const char *name, int64_t def) {
  int type = get_option(L, idx, name), isint = 1;
  int64_t v = type == LUA_TNUMBER ? lua_tointegerx(L, -1, &isint) : def;
  if ((type != LUA_TNIL && type != LUA_TNUMBER) || !isint) bad_option(L, fn, name, "an integer");
  lua_pop(L, 1);
  return v;
}

bool lb_optboolean(lua_State *L, int idx, const char *fn, const char *name, bool def) {
  int type = get_option(L, idx, name);
  if (type != LUA_TNIL && type != LUA_TBOOLEAN) bad_option(L, fn, name, "true or false");
  bool v = type == LUA_TNIL ? def : lua_toboolean(L, -1);
  lua_pop(L, 1);
  return v;
}

const char *lb_optstring(lua_State *L, int idx, const char *fn, const char *name, const char *def) {
  int type = get_option(L, idx, name);
  if (type != LUA_TNIL && type != LUA_TSTRING) bad_option(L, fn, name, "a string");
  const char *v = type == LUA_TNIL ? def : lua_tostring(L, -1);
  lua_pop(L, 1);
  return v;
}
