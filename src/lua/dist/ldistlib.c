/*
 * ldistlib.c - several processes as one job, for Lua; optlab.dist and optlab.train are its faces.
 *
 *   start(module)                       joins the job: rank and size, or nil and a message
 *   rank(), size()                      0 and 1 before that
 *   reduce(x, op, what)                 x: a tensor (changed in place) or a number; op: "sum", "min", "max"
 *   broadcast(x, root, what)            x: a tensor (changed in place), a number or a string
 *   barrier(what)
 *   random_state()                      where the generators of numbers and masks stand: two integers
 *   set_random_state(user, dropout)
 *
 * `what` names the function that the script called, for messages. Reducers: lreducer.c.
 */
#include "lua/dist/ldist.h"

#include <string.h>

#include "core/recorder.h"
#include "core/rng.h"
#include "dist/collective.h"
#include "dist/link.h"
#include "lua/base/lbind.h"
#include "lua/base/lrecord.h"

static int start(lua_State *L) {
  if (link_start(lb_checkpath(L, 1)) < 0) return lb_nilerror(L);
  lua_pushinteger(L, dist_link.rank);
  lua_pushinteger(L, dist_link.size);
  return 2;
}

static int rank(lua_State *L) {
  lua_pushinteger(L, dist_link.rank);
  return 1;
}

static int size(lua_State *L) {
  lua_pushinteger(L, dist_link.size);
  return 1;
}

static int raise_unless(lua_State *L, int rc) { return rc < 0 ? lb_coreerror(L) : 0; }

/* --- reduce ------------------------------------------------------------------------------------------------------- */

static Combine check_op(lua_State *L, int idx) {
  static const char *const names[] = {"sum", "min", "max", NULL};
  return (Combine)luaL_checkoption(L, idx, NULL, names);
}

/* An integer stays one where it is one on all ranks: how many have one is part of the sum. */
static int reduce_number(lua_State *L, Combine op, const char *what) {
  int64_t integral = lua_isinteger(L, 1);
  if (collective_reduce(COMBINE_MIN, DT_I64, &integral, 1, what) < 0) return lb_coreerror(L);
  if (integral) {
    int64_t x = lua_tointeger(L, 1);
    if (collective_reduce(op, DT_I64, &x, 1, what) < 0) return lb_coreerror(L);
    lua_pushinteger(L, x);
  } else {
    double x = lua_tonumber(L, 1);
    if (collective_reduce(op, DT_F64, &x, 1, what) < 0) return lb_coreerror(L);
    lua_pushnumber(L, x);
  }
  return 1;
}

static int reduce(lua_State *L) {
  const Combine op = check_op(L, 2);
  const char *what = luaL_checkstring(L, 3);
  if (lua_type(L, 1) == LUA_TNUMBER) return reduce_number(L, op, what);
  Tensor *t = lb_checktensor(L, 1, what, "x");
  recorder_refuse("ranks exchange values");
  lrecord_raise(L);
  if (!combine_knows((DType)t->dtype)) {
    return lb_error(L, "%s: x must be float32, float64 or int64, got %s", what, dtype_name((DType)t->dtype));
  }
  const int rc = collective_reduce(op, (DType)t->dtype, tensor_data(t), t->numel, what);
  tensor_touch(t);
  raise_unless(L, rc);
  lua_settop(L, 1);
  return 1;
}

/* --- broadcast ---------------------------------------------------------------------------------------------------- */

static int broadcast_string(lua_State *L, int root, const char *what) {
  size_t n;
  const char *text = lua_tolstring(L, 1, &n);
  int64_t bytes = (int64_t)n;
  if (collective_broadcast(&bytes, sizeof bytes, root, what) < 0) return lb_coreerror(L);
  luaL_Buffer b;
  char *room = luaL_buffinitsize(L, &b, (size_t)bytes);
  if (dist_link.rank == root) memcpy(room, text, n);
  if (collective_broadcast(room, bytes, root, what) < 0) return lb_coreerror(L);
  luaL_pushresultsize(&b, (size_t)bytes);
  return 1;
}

/* The number as text that reads back as the same number and type. */
static int broadcast_number(lua_State *L, int root, const char *what) {
  struct {
    int64_t integral, i;
    double d;
  } x = {lua_isinteger(L, 1), 0, 0};
  if (x.integral) x.i = lua_tointeger(L, 1);
  if (!x.integral) x.d = lua_tonumber(L, 1);
  if (collective_broadcast(&x, sizeof x, root, what) < 0) return lb_coreerror(L);
  if (x.integral) {
    lua_pushinteger(L, x.i);
  } else {
    lua_pushnumber(L, x.d);
  }
  return 1;
}

static int broadcast(lua_State *L) {
  const int root = (int)luaL_checkinteger(L, 2);
  const char *what = luaL_checkstring(L, 3);
  if (lua_type(L, 1) == LUA_TNUMBER) return broadcast_number(L, root, what);
  if (lua_type(L, 1) == LUA_TSTRING) return broadcast_string(L, root, what);
  Tensor *t = lb_checktensor(L, 1, what, "x");
  recorder_refuse("ranks exchange values");
  lrecord_raise(L);
  const int64_t bytes = t->numel * (int64_t)dtype_size((DType)t->dtype);
  const int rc = collective_broadcast(tensor_data(t), bytes, root, what);
  tensor_touch(t);
  raise_unless(L, rc);
  lua_settop(L, 1);
  return 1;
}

static int barrier(lua_State *L) { return raise_unless(L, collective_barrier(luaL_checkstring(L, 1))); }

/* --- random numbers of a part ------------------------------------------------------------------------------------- */

static int random_state(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)rng_for(RNG_USER)->counter);
  lua_pushinteger(L, (lua_Integer)rng_for(RNG_DROPOUT)->counter);
  return 2;
}

static int set_random_state(lua_State *L) {
  rng_for(RNG_USER)->counter = (uint64_t)luaL_checkinteger(L, 1);
  rng_for(RNG_DROPOUT)->counter = (uint64_t)luaL_checkinteger(L, 2);
  return 0;
}

int luaopen_optlab_dist(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"start", start},
      {"rank", rank},
      {"size", size},
      {"reduce", reduce},
      {"broadcast", broadcast},
      {"barrier", barrier},
      {"random_state", random_state},
      {"set_random_state", set_random_state},
      {NULL, NULL},
  };
  luaL_newlib(L, functions);
  ldist_add_reducer(L);
  return 1;
}
