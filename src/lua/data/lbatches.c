/*
 * lbatches.c - one pass over a loader: Loader:batches, data.share.
 */
#include "base/interrupt.h"
#include "core/recorder.h"
#include "lua/data/ldata.h"

/* The upvalues of the functions that give the next batch. */
enum { UP_BATCHES = 1, UP_LOADER, UP_TENSORS /* and so on: the batch before, where it is used again */ };

static int end_of(lua_State *L, Batches *b) {
  batches_free(b);
  lua_pushnil(L);
  return 1;
}

static int next_batch(lua_State *L) {
  Batches *b = lua_touserdata(L, lua_upvalueindex(UP_BATCHES));
  Loader *l = lua_touserdata(L, lua_upvalueindex(UP_LOADER));
  Tensor *out[LOADER_MAX_FIELDS];
  const int got = loader_next(l, b, out);
  if (got < 0) return lb_coreerror(L);
  if (got == 0) return end_of(L, b);
  for (int i = 0; i < l->nfields; i++) lb_pushtensor(L, out[i]);
  return l->nfields;
}

/* --- into the tensors of the batch before -------------------------------------------------------------------------- */

/* Whether these take the next batch. A leaf of a graph is left alone. */
static bool take_next(lua_State *L, const Loader *l, const Batches *b, Tensor **out) {
  const int64_t n = loader_ready(l, b);
  for (int i = 0; i < l->nfields; i++) {
    const int at = lua_upvalueindex(UP_TENSORS + i);
    out[i] = lua_isnil(L, at) ? NULL : lb_testtensor(L, at);
    if (!out[i] || out[i]->requires_grad || !loader_fits(l, i, out[i], n)) return false;
  }
  return true;
}

static int next_in_place(lua_State *L) {
  Batches *b = lua_touserdata(L, lua_upvalueindex(UP_BATCHES));
  Loader *l = lua_touserdata(L, lua_upvalueindex(UP_LOADER));
  Tensor *out[LOADER_MAX_FIELDS];
  lua_settop(L, 0);
  if (loader_ready(l, b) <= 0) return end_of(L, b);
  if (!take_next(L, l, b, out)) {
    const int n = next_batch(L);
    for (int i = 1; i <= n; i++) {
      lua_pushvalue(L, i);
      lua_replace(L, lua_upvalueindex(UP_TENSORS + i - 1));
    }
    return n;
  }
  recorder_refuse("a loader gives a batch");
  loader_take(l, b, out);
  for (int i = 0; i < l->nfields; i++) {
    tensor_touch(out[i]);
    lua_pushvalue(L, lua_upvalueindex(UP_TENSORS + i));
  }
  if (interrupt_check() < 0) return lb_coreerror(L);
  return l->nfields;
}

/* --- the iterators -------------------------------------------------------------------------------------------------- */

/* The four values of a generic for: a function with the Batches at the top, the loader at 1 and `more` empty upvalues. */
static int iterator(lua_State *L, lua_CFunction next, int more) {
  const int batches = lua_gettop(L);
  lua_pushvalue(L, batches);
  lua_pushvalue(L, 1);
  for (int i = 0; i < more; i++) lua_pushnil(L);
  lua_pushcclosure(L, next, 2 + more);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, batches);
  return 4;
}

/***
One pass over the data, in a new order if the loader shuffles.
@function Loader:batches
@tparam[opt] table options reuse = true: a batch is written over the one before
@treturn function an iterator for the generic for
*/
int ldata_batches(lua_State *L) {
  static const Arg args[] = {{.name = "reuse", .kind = ARG_FLAG}, {0}};
  const char *fn = "Loader:batches";
  Loader *l = ldata_checkloader(L, fn);
  double reuse = 0;
  largs_options(L, 2, fn, &(ArgValues){.args = args, .x = &reuse});
  lb_atmost(L, fn, 2);
  lua_settop(L, 1);
  ldata_start(L, l);
  return reuse != 0 ? iterator(L, next_in_place, l->nfields) : iterator(L, next_batch, 0);
}

/* Upvalues as those of next_batch. Gives the rows of the whole batch, then the share of each tensor. */
static int next_share(lua_State *L) {
  const Batches *b = lua_touserdata(L, lua_upvalueindex(UP_BATCHES));
  const Loader *l = lua_touserdata(L, lua_upvalueindex(UP_LOADER));
  const int64_t rows = loader_ready(l, b);
  lua_settop(L, 0);
  const int n = next_batch(L);
  if (lua_isnil(L, 1)) return 1;
  lua_pushinteger(L, rows);
  lua_insert(L, 1);
  return n + 1;
}

/* share(loader, first, mine, parts): one pass over this process's part of each batch (loader.h). */
int ldata_share(lua_State *L) {
  Loader *l = ldata_checkloader(L, "data.share");
  const LoaderShare s = {luaL_checkinteger(L, 2), luaL_checkinteger(L, 3), luaL_checkinteger(L, 4)};
  luaL_argcheck(L, s.first >= 0 && s.mine > 0 && s.first + s.mine <= s.parts, 2, "no part of the batch");
  loader_share(ldata_start(L, l), s);
  return iterator(L, next_share, 0);
}
