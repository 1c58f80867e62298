/*
 * lbind.c - tensors as userdata, and the plain values of a call.
 *
 * A tensor's userdata is a pointer. When the collector runs for what lies behind it: lcollect.h.
 */
#include "lua/base/lbind.h"

#include <string.h>

#include "base/interrupt.h"
#include "core/recorder.h"
#include "lua/base/lrecord.h"
#include "lua/memory/lcollect.h"
#include "lua/memory/lpool.h"

/* --- tensors ------------------------------------------------------------------------------------------------ */

/* The metatable of the state that opened the library last: its address, its place in the registry. */
static const void *tensor_mt;
static int tensor_mt_place;

void lb_settensormt(lua_State *L, int idx) {
  tensor_mt = idx ? lua_topointer(L, idx) : NULL;
  if (!idx) return;
  lua_pushvalue(L, idx);
  tensor_mt_place = luaL_ref(L, LUA_REGISTRYINDEX);
  lpool_install(L);
}

static void push_metatable(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, tensor_mt_place);
  if (lua_topointer(L, -1) == tensor_mt) return;
  lua_pop(L, 1);
  luaL_getmetatable(L, TENSOR_MT);
}

static inline TensorUD *test_ud(lua_State *L, int idx) {
  TensorUD *ud = lua_touserdata(L, idx);
  return !ud || lpool_holds(ud) ? ud : luaL_testudata(L, idx, TENSOR_MT);
}

Tensor *lb_testtensor(lua_State *L, int idx) {
  TensorUD *ud = test_ud(L, idx);
  if (!ud) return NULL;
  if (!ud->t) {
    lb_error(L, "this tensor was closed (its <close> variable went out of scope) and cannot be used any more");
  }
  return ud->t;
}

Tensor *lb_checktensor(lua_State *L, int idx, const char *callee, const char *name) {
  Tensor *t = lb_testtensor(L, idx);
  if (!t) lb_badvalue(L, callee, name, idx, "a tensor");
  return t;
}

/* A tensor whose computation may have been cut short reaches no script. */
static void raise_interrupted(lua_State *L, Tensor *owned) {
  tensor_release(owned);
  interrupt_error();
  lb_coreerror(L);
}

/* The metatable at the top has a finalizer from now on, for the tensors that get it then. */
static void need_finalizer(lua_State *L) {
  lua_pushcfunction(L, lb_closetensor);
  lua_setfield(L, -2, "__gc");
}

void lb_pushunseen(lua_State *L, Tensor *owned) {
  if (!owned) lb_coreerror(L);
  if (interrupt_requested()) raise_interrupted(L, owned);
  TensorUD *ud = lpool_push(L);
  ud->t = owned;
  push_metatable(L);
  if (!lpool_holds(ud)) need_finalizer(L);
  lua_setmetatable(L, -2);
  lcollect_pushed(L);
}

void lb_pushtensor(lua_State *L, Tensor *owned) {
  lb_pushunseen(L, owned);
  if (context->recorder) lrecord_tensor(L, owned);
}

void lb_pushresult(lua_State *L, const char *callee, Tensor *owned) {
  if (!owned) lb_operror(L, callee);
  lb_pushtensor(L, owned);
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

void lb_read(lua_State *L, const Tensor *t, const char *reader) {
  if (!context->recorder) return;
  context->recorder->value_read(t, reader);
  lrecord_raise(L);
}

const char *lb_checkpath(lua_State *L, int idx) {
  size_t n;
  const char *path = luaL_checklstring(L, idx, &n);
  if (strlen(path) != n) lb_error(L, "the path %s holds a byte 0", lb_pushgot(L, idx));
  return path;
}

int lb_length(lua_State *L, int idx) {
  lua_Integer n = luaL_len(L, idx);
  return n < 0 ? 0 : n > INT_MAX / 2 ? INT_MAX / 2 : (int)n;
}

void lb_checklist(lua_State *L, int idx, bool names, const char *callee, const char *name) {
  const lua_Integer n = (lua_Integer)lua_rawlen(L, idx);
  idx = lua_absindex(L, idx);
  if (luaL_getmetafield(L, idx, "__len") != LUA_TNIL) { /* what it holds is not what it shows */
    lua_pop(L, 1);
    return;
  }
  if (n > 0) lua_pushinteger(L, n);
  if (n == 0) lua_pushnil(L);
  for (; lua_next(L, idx); lua_pop(L, 1)) {
    const bool place = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n;
    if (place || (names && lua_type(L, -2) == LUA_TSTRING)) continue;
    lb_error(L, "%s: %s must be a list, with the keys 1, 2, ... alone, got the key %s", callee, name,
             lb_pushgot(L, -2));
  }
}

Tensor **lb_tensorlist(lua_State *L, int idx, int *n, const char *callee, const char *name) {
  idx = lua_absindex(L, idx);
  if (!lua_istable(L, idx)) lb_badvalue(L, callee, name, idx, "a list of tensors");
  const int len = lb_length(L, idx);
  lb_checklist(L, idx, true, callee, name);
  Tensor **list = lua_newuserdatauv(L, (size_t)(len ? len : 1) * sizeof *list, 0);
  for (int i = 1; i <= len; i++) {
    lua_geti(L, idx, i);
    list[i - 1] = lb_testtensor(L, -1);
    if (!list[i - 1]) lb_badvalue(L, callee, lua_pushfstring(L, "%s[%d]", name, i), -2, "a tensor");
    lua_pop(L, 1);
  }
  *n = len;
  return list;
}

/* --- dimensions --------------------------------------------------------------------------------------- */

int lb_checkdim(lua_State *L, double d, int ndim, const char *callee, const char *name) {
  if (d >= 0 && d < ndim) return (int)d;
  if (d < 0 && d >= -ndim) return ndim + (int)d;
  int given = (int)d + (d >= 0);
  if (ndim == 0) return lb_error(L, "%s: %s is %d, but the tensor has no dimensions", callee, name, given);
  return lb_error(L, "%s: %s must be in 1..%d, or -1 for the last, for a tensor of %d dimension%s, got %d", callee,
                  name, ndim, ndim, ndim == 1 ? "" : "s", given);
}
