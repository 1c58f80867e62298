/*
 * lreducer.c - sums over the parts of a batch, for Lua.
 *
 *   r = reducer(leaves, parts, bucket)   gradients (dist/reducer.h)
 *   r:start()
 *   r:backward(loss, weight)             for each part: loss:backward() of weight times the loss, gradients handed over
 *   r:absent()                           for a part without rows
 *   r:finish(scale, what)                the sums, times scale, are in the leaves' .grad
 *   r:drop(what)                         instead: the sums are not wanted
 *
 *   s = sums(tensors, parts)             tensors' values (dist/sums.h); row-major ones
 *   s:put(i)                             for each part: what tensor i holds now; s:put(i, true): nothing
 *   s:wait(what)
 *   s:take(i)                            tensor i becomes the sum; gives how many parts had values
 */
#include "autograd/backward.h"
#include "dist/link.h"
#include "dist/reducer.h"
#include "dist/sums.h"
#include "lua/base/lbind.h"
#include "lua/dist/ldist.h"

#define REDUCER_MT "optlab.Reducer"
#define SUMS_MT "optlab.Sums"
#define SMALL_BUCKET 4096

/* --- gradients ---------------------------------------------------------------------------------------------------- */

static Reducer *check_reducer(lua_State *L) {
  Reducer **r = luaL_checkudata(L, 1, REDUCER_MT);
  if (!*r) lb_error(L, "the reducer is closed");
  return *r;
}

static int new_reducer(lua_State *L) {
  int n;
  Tensor **leaf = lb_tensorlist(L, 1, &n, "dist.reducer", "leaves");
  const int parts = (int)luaL_checkinteger(L, 2);
  const size_t bucket = (size_t)luaL_checkinteger(L, 3);
  for (int i = 0; i < n; i++) {
    if (!dtype_is_float((DType)leaf[i]->dtype)) return lb_error(L, "dist.reducer: leaf %d is no float tensor", i + 1);
  }
  Reducer **r = lua_newuserdatauv(L, sizeof *r, 0);
  *r = NULL;
  luaL_setmetatable(L, REDUCER_MT);
  *r = reducer_new(leaf, n, parts, bucket);
  return *r ? 1 : lb_coreerror(L);
}

static int reducer_gc(lua_State *L) {
  Reducer **r = luaL_checkudata(L, 1, REDUCER_MT);
  reducer_free(*r);
  *r = NULL;
  return 0;
}

static int l_start(lua_State *L) {
  reducer_start(check_reducer(L));
  return 0;
}

/* The gradient to start from: weight, as a tensor like the loss; owned. */
static Tensor *seed_of(const Tensor *loss, double weight) {
  return tensor_full((DType)loss->dtype, loss->ndim, loss->shape, weight);
}

static int l_backward(lua_State *L) {
  Reducer *r = check_reducer(L);
  Tensor *loss = lb_checktensor(L, 2, "dist.reducer", "loss");
  Tensor *seed = seed_of(loss, luaL_checknumber(L, 3));
  if (!seed) return lb_coreerror(L);
  reducer_watch(r, true);
  int rc = autograd_backward(loss, seed, (BackwardOptions){0});
  reducer_watch(r, false);
  tensor_release(seed);
  if (rc == 0) rc = reducer_end_part(r);
  return rc == 0 ? 0 : lb_coreerror(L);
}

static int l_absent(lua_State *L) { return reducer_end_part(check_reducer(L)) == 0 ? 0 : lb_coreerror(L); }

static int l_finish(lua_State *L) {
  return reducer_finish(check_reducer(L), luaL_checknumber(L, 2), luaL_checkstring(L, 3)) == 0 ? 0 : lb_coreerror(L);
}

static int l_drop(lua_State *L) {
  return reducer_drop(check_reducer(L), luaL_checkstring(L, 2)) == 0 ? 0 : lb_coreerror(L);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

typedef struct Values {
  Sums *sums;
  int n;
  Tensor *t[]; /* owned */
} Values;

static Values *check_values(lua_State *L) { return luaL_checkudata(L, 1, SUMS_MT); }

static int check_index(lua_State *L, const Values *v) {
  const lua_Integer i = luaL_checkinteger(L, 2);
  if (i < 1 || i > v->n) return lb_error(L, "dist.sums: there is no tensor %d", (int)i);
  return (int)i - 1;
}

static Sums *sums_of(const Values *v, int n, int parts, SumsArray *array) {
  for (int i = 0; i < n; i++) array[i] = (SumsArray){(DType)v->t[i]->dtype, v->t[i]->numel};
  return sums_new(array, n, parts, SMALL_BUCKET);
}

static int new_sums(lua_State *L) {
  int n;
  Tensor **t = lb_tensorlist(L, 1, &n, "dist.sums", "tensors");
  const int parts = (int)luaL_checkinteger(L, 2);
  SumsArray *array = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *array, 0);
  Values *v = lua_newuserdatauv(L, sizeof *v + (size_t)n * sizeof *v->t, 0);
  *v = (Values){0};
  luaL_setmetatable(L, SUMS_MT);
  for (int i = 0; i < n; i++) v->t[v->n++] = tensor_retain(t[i]);
  v->sums = sums_of(v, n, parts, array);
  return v->sums ? 1 : lb_coreerror(L);
}

static int sums_gc(lua_State *L) {
  Values *v = check_values(L);
  sums_free(v->sums);
  v->sums = NULL;
  while (v->n > 0) tensor_release(v->t[--v->n]);
  return 0;
}

static int l_put(lua_State *L) {
  const Values *v = check_values(L);
  const int i = check_index(L, v);
  if (!v->t[i]->contiguous) return lb_error(L, "dist.sums: tensor %d is not row-major", i + 1);
  const void *values = lua_toboolean(L, 3) ? NULL : tensor_data(v->t[i]);
  return sums_put(v->sums, i, values) == 0 ? 0 : lb_coreerror(L);
}

static int l_wait(lua_State *L) {
  return sums_wait(check_values(L)->sums, luaL_checkstring(L, 2)) == 0 ? 0 : lb_coreerror(L);
}

static int l_take(lua_State *L) {
  const Values *v = check_values(L);
  const int i = check_index(L, v);
  lua_pushinteger(L, sums_take(v->sums, i, tensor_data(v->t[i])));
  tensor_touch(v->t[i]);
  return 1;
}

/* --- classes ------------------------------------------------------------------------------------------------------ */

static void add_class(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction gc) {
  luaL_newmetatable(L, name);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

void ldist_add_reducer(lua_State *L) {
  static const luaL_Reg reducer_methods[] = {{"start", l_start},   {"backward", l_backward}, {"absent", l_absent},
                                             {"finish", l_finish}, {"drop", l_drop},         {NULL, NULL}};
  static const luaL_Reg sums_methods[] = {{"put", l_put}, {"wait", l_wait}, {"take", l_take}, {NULL, NULL}};
  static const luaL_Reg functions[] = {{"reducer", new_reducer}, {"sums", new_sums}, {NULL, NULL}};
  add_class(L, REDUCER_MT, reducer_methods, reducer_gc);
  add_class(L, SUMS_MT, sums_methods, sums_gc);
  luaL_setfuncs(L, functions, 0);
}
