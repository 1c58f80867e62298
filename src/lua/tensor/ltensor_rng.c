/*
 * ltensor_rng.c - where the random numbers stand, as a plain table: the seed, and how far each purpose's stream has
 * been used. All of them are integers, so that the state can be printed, compared and saved.
 */
#include "core/recorder.h"
#include "core/rng.h"
#include "lua/tensor/ltensor.h"

static const char *const PURPOSES[RNG_PURPOSES + 1] = {
    [RNG_USER] = "user", [RNG_INIT] = "init", [RNG_DATA] = "data", [RNG_DROPOUT] = "dropout"};

/*** The state of all random numbers: {seed, user, init, data, dropout}. @function get_rng_state */
static int l_get_rng_state(lua_State *L) {
  lb_atmost(L, "lab.get_rng_state", 0);
  recorder_refuse("the state of the random numbers is read");
  lua_createtable(L, 0, RNG_PURPOSES + 1);
  lua_pushinteger(L, (lua_Integer)rng_seed());
  lua_setfield(L, -2, "seed");
  for (int i = 0; i < RNG_PURPOSES; i++) {
    lua_pushinteger(L, (lua_Integer)rng_for((RngPurpose)i)->counter);
    lua_setfield(L, -2, PURPOSES[i]);
  }
  return 1;
}

/*** Goes back (or on) to a state that get_rng_state gave. @function set_rng_state */
static int l_set_rng_state(lua_State *L) {
  static const Arg args[] = {
      {.name = "user", .kind = ARG_INT64, .required = true}, {.name = "init", .kind = ARG_INT64, .required = true},
      {.name = "data", .kind = ARG_INT64, .required = true}, {.name = "dropout", .kind = ARG_INT64, .required = true},
      {.name = "seed", .kind = ARG_INT64, .required = true}, {0},
  };
  const char *callee = "lab.set_rng_state";
  double at[RNG_PURPOSES + 1];
  if (!lua_istable(L, 1)) return lb_badvalue(L, callee, "state", 1, "a table from lab.get_rng_state()");
  lb_atmost(L, callee, 1);
  largs_options(L, 1, callee, &(ArgValues){.args = args, .x = at});
  rng_seed_all((uint64_t)lua_tointeger(L, (int)at[RNG_PURPOSES]));
  for (int i = 0; i < RNG_PURPOSES; i++) rng_for((RngPurpose)i)->counter = (uint64_t)lua_tointeger(L, (int)at[i]);
  return 0;
}

void ltensor_rng(lua_State *L, int lib) {
  static const luaL_Reg functions[] = {
      {"get_rng_state", l_get_rng_state}, {"set_rng_state", l_set_rng_state}, {NULL, NULL}};
  lua_pushvalue(L, lib);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
