/*
 * lnn_args.c - reads the arguments of layers, losses and initializers by the lists that describe them.
 */
#include <string.h>

#include "lua/nn/lnn.h"

const char *lnn_pushwords(lua_State *L, const char *const *words) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (int i = 0; words[i]; i++) {
    lua_pushfstring(L, i ? ", '%s'" : "'%s'", words[i]);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  return lua_tostring(L, -1);
}

static const char *expectation(lua_State *L, const Arg *a) {
  switch (a->kind) {
    case ARG_SIZE:
      return "a whole number from 1 up";
    case ARG_PAIR:
      return "a whole number from 1 up, or two of them {height, width}";
    case ARG_PAIR0:
      return "a whole number from 0 up, or two of them {height, width}";
    case ARG_NUMBER:
      return "a number";
    case ARG_FLAG:
      return "true or false";
    case ARG_DIM:
      return "a dimension (1, 2, ... or -1 for the last)";
    case ARG_DTYPE:
      return "'float32' or 'float64'";
    case ARG_TENSOR:
      return "a tensor";
    case ARG_CHOICE:
      return lua_pushfstring(L, "one of %s", lnn_pushwords(L, a->choices));
  }
  return "";
}

static int bad_value(lua_State *L, int idx, Callee callee, const Arg *a) {
  idx = lua_absindex(L, idx);
  const char *quote = lua_type(L, idx) == LUA_TSTRING ? "'" : "", *what = expectation(L, a);
  return lb_error(L, "%s%s: %s must be %s, got %s%s%s", callee.space, callee.name, a->name, what, quote,
                  luaL_tolstring(L, idx, NULL), quote);
}

static int missing_value(lua_State *L, Callee callee, const Arg *a) {
  return lb_error(L, "%s%s: %s is missing, must be %s", callee.space, callee.name, a->name, expectation(L, a));
}

static bool read_integer(lua_State *L, int idx, double *value) {
  int isint;
  lua_Integer v = lua_tointegerx(L, idx, &isint);
  *value = (double)v;
  return isint && lua_type(L, idx) == LUA_TNUMBER;
}

static bool is_list(lua_State *L, int idx) { return lua_istable(L, idx) && lua_rawlen(L, idx) > 0; }

/* A number for both, or {height, width}; each from `least` up. */
static bool read_pair(lua_State *L, int idx, int least, double *value) {
  double side[2];
  idx = lua_absindex(L, idx);
  bool list = is_list(L, idx), ok = !list || lua_rawlen(L, idx) == 2;
  for (int i = 0; i < 2; i++) {
    if (list) lua_rawgeti(L, idx, i + 1);
    ok = ok && read_integer(L, list ? -1 : idx, &side[i]) && side[i] >= least && side[i] <= PAIR_MAX;
    if (list) lua_pop(L, 1);
  }
  if (ok) *value = PAIR(side[0], side[1]);
  return ok;
}

static bool read_choice(lua_State *L, int idx, const char *const *words, double *value) {
  const char *word = lua_type(L, idx) == LUA_TSTRING ? lua_tostring(L, idx) : NULL;
  for (int i = 0; word && words[i]; i++) {
    if (strcmp(word, words[i]) == 0) {
      *value = i;
      return true;
    }
  }
  return false;
}

static bool read_dtype(lua_State *L, int idx, double *value) {
  DType dt;
  if (lua_type(L, idx) != LUA_TSTRING || dtype_parse(lua_tostring(L, idx), &dt) < 0 || !dtype_is_float(dt))
    return false;
  *value = dt;
  return true;
}

/* The value at idx as argument `a`; false if it is none. */
static bool read_value(lua_State *L, int idx, const Arg *a, double *value, Tensor **tensor) {
  switch (a->kind) {
    case ARG_SIZE:
      return read_integer(L, idx, value) && *value >= 1;
    case ARG_PAIR:
      return read_pair(L, idx, 1, value);
    case ARG_PAIR0:
      return read_pair(L, idx, 0, value);
    case ARG_NUMBER:
      *value = lua_tonumber(L, idx);
      return lua_type(L, idx) == LUA_TNUMBER && *value == *value;
    case ARG_FLAG:
      *value = lua_toboolean(L, idx);
      return lua_isboolean(L, idx);
    case ARG_DIM:
      if (!read_integer(L, idx, value) || *value == 0) return false;
      if (*value > 0) *value -= 1;
      return true;
    case ARG_DTYPE:
      return read_dtype(L, idx, value);
    case ARG_CHOICE:
      return read_choice(L, idx, a->choices, value);
    case ARG_TENSOR:
      return (*tensor = lb_testtensor(L, idx)) != NULL;
  }
  return false;
}

static void check_names(lua_State *L, int idx, Callee callee, const Arg *args) {
  const char *names[ARG_MAX + 1];
  int n = 0;
  for (; args[n].name; n++) names[n] = args[n].name;
  names[n] = NULL;
  lb_checkoptions(L, idx, lua_pushfstring(L, "%s%s", callee.space, callee.name), names);
  lua_pop(L, 1);
}

static int count_args(const Arg *args) {
  int n = 0;
  while (args[n].name) n++;
  return n;
}

/* The position of the table of options in first..last, last + 1 without one: the first table that is not a pair in its
 * place. */
static int find_options(lua_State *L, int first, int last, const Arg *args) {
  int at = first, n = count_args(args);
  for (; at <= last; at++) {
    bool pair = at - first < n && (args[at - first].kind == ARG_PAIR || args[at - first].kind == ARG_PAIR0);
    if (lua_istable(L, at) && !(pair && is_list(L, at))) break;
  }
  return at;
}

void lnn_args(lua_State *L, int first, int last, Callee callee, const Arg *args, double *value, Tensor **tensor) {
  int options = find_options(L, first, last, args);
  int table = options <= last ? options : 0;
  if (table) check_names(L, table, callee, args);
  int n = 0;
  for (; args[n].name; n++) {
    const Arg *a = &args[n];
    Tensor **slot = a->kind == ARG_TENSOR ? tensor++ : NULL;
    int at = first + n < options ? first + n : 0; /* its position, if given so */
    if (at && !lua_isnil(L, at)) {
      if (!read_value(L, at, a, &value[n], slot)) bad_value(L, at, callee, a);
      continue;
    }
    value[n] = a->kind == ARG_DTYPE ? (double)dtype_default() : a->def;
    if (table && lua_getfield(L, table, a->name) != LUA_TNIL) {
      if (!read_value(L, -1, a, &value[n], slot)) bad_value(L, -1, callee, a);
    } else if (arg_required(a)) {
      missing_value(L, callee, a);
    }
    if (table) lua_pop(L, 1);
  }
  if ((table && table != last) || options - first > n) {
    lb_error(L, "%s%s: too many arguments (%d, at most %d and a table of options)", callee.space, callee.name,
             last - first + 1, n);
  }
}

void lnn_inputs(lua_State *L, int first, int n, Callee callee, Tensor **in, int module) {
  static const char *const names[MODULE_MAX_INPUTS] = {"input", "target"};
  for (int i = 0; i < n; i++) {
    in[i] = lb_testtensor(L, first + i);
    if (in[i]) continue;
    const char *got = luaL_getmetafield(L, first + i, "__name") == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (!got) got = lua_isnone(L, first + i) ? "nothing" : luaL_typename(L, first + i);
    lb_error(L, "%s%s: the %s must be a tensor, got %s%s", callee.space, callee.name, names[i], got,
             lnn_pushmodulepath(L, module));
  }
}
