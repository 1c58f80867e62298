/*
 * lhyper.c - hyperparameters between Lua tables and arrays of doubles.
 */
#include "lua/base/lhyper.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void lhyper_checkkeys(lua_State *L, int idx, const char *fn, const Hyper *table, const char *const more[]) {
  const char *names[HYPER_MAX + 5];
  int n = 0;
  for (; table->name; table++) names[n++] = table->name;
  for (; *more; more++) names[n++] = *more;
  names[n] = NULL;
  lb_checkoptions(L, idx, fn, names);
}

/* --- from Lua ----------------------------------------------------------------------------------------------------- */

/* "a string ('fast')", "a table": what the value on top of the stack is, for a message. */
static const char *describe(lua_State *L) {
  int type = lua_type(L, -1);
  if (type == LUA_TSTRING) return lua_pushfstring(L, "a string ('%s')", lua_tostring(L, -1));
  if (type == LUA_TNUMBER || type == LUA_TBOOLEAN) return luaL_tolstring(L, -1, NULL);
  return lua_pushfstring(L, "a %s", luaL_typename(L, -1));
}

static void read_tuple(lua_State *L, const char *fn, const Hyper *x, double *value) {
  if (!lua_istable(L, -1) || luaL_len(L, -1) != x->width) {
    lb_error(L, "%s: %s must be a list of %d numbers, got %s", fn, x->name, x->width, describe(L));
  }
  for (int i = 0; i < x->width; i++) {
    if (lua_geti(L, -1, i + 1) != LUA_TNUMBER) {
      lb_error(L, "%s: %s[%d] must be a number, got %s", fn, x->name, i + 1, describe(L));
    }
    value[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
}

static double read_choice(lua_State *L, const char *fn, const Hyper *x) {
  const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  for (int i = 0; x->choice[i]; i++) {
    if (strcmp(x->choice[i], word) == 0) return i;
  }
  const char *got = describe(L);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (int i = 0; x->choice[i]; i++) {
    lua_pushfstring(L, i ? ", '%s'" : "'%s'", x->choice[i]);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  return lb_error(L, "%s: %s must be one of %s, got %s", fn, x->name, lua_tostring(L, -1), got);
}

void lhyper_value(lua_State *L, const char *fn, const Hyper *x, double *value) {
  int type = lua_type(L, -1);
  if (x->kind == HYPER_TUPLE) {
    read_tuple(L, fn, x, value);
  } else if (x->kind == HYPER_CHOICE) {
    *value = read_choice(L, fn, x);
  } else if (x->kind == HYPER_BOOLEAN) {
    if (type != LUA_TBOOLEAN) lb_error(L, "%s: %s must be true or false, got %s", fn, x->name, describe(L));
    *value = lua_toboolean(L, -1);
  } else {
    if (type != LUA_TNUMBER) lb_error(L, "%s: %s must be a number, got %s", fn, x->name, describe(L));
    *value = lua_tonumber(L, -1);
  }
  lua_pop(L, 1);
}

void lhyper_read(lua_State *L, int idx, const char *fn, const Hyper *table, double *h) {
  if (lua_isnoneornil(L, idx)) return;
  idx = lua_absindex(L, idx);
  for (; table->name; table++) {
    if (lua_getfield(L, idx, table->name) != LUA_TNIL) {
      lhyper_value(L, fn, table, h);
    } else {
      lua_pop(L, 1);
    }
    h += hyper_width(table);
  }
}

/* --- to Lua ------------------------------------------------------------------------------------------------------- */

/* Whole numbers that came in as integers go out as integers: 5, not 5.0. */
static void push_number(lua_State *L, const Hyper *x, double v) {
  if (x->kind == HYPER_INTEGER) {
    lua_pushinteger(L, (lua_Integer)v);
  } else {
    lua_pushnumber(L, v);
  }
}

void lhyper_push(lua_State *L, const Hyper *x, const double *value) {
  switch (x->kind) {
    case HYPER_BOOLEAN:
      lua_pushboolean(L, *value != 0);
      break;
    case HYPER_CHOICE:
      lua_pushstring(L, x->choice[(int)*value]);
      break;
    case HYPER_TUPLE:
      lua_createtable(L, x->width, 0);
      for (int i = 0; i < x->width; i++) {
        lua_pushnumber(L, value[i]);
        lua_rawseti(L, -2, i + 1);
      }
      break;
    default:
      if (isnan(*value)) {
        lua_pushnil(L);
      } else {
        push_number(L, x, *value);
      }
  }
}

static void add_number(luaL_Buffer *b, double v) {
  char text[32];
  snprintf(text, sizeof text, "%.14g", v);
  luaL_addstring(b, text);
}

void lhyper_addtext(luaL_Buffer *b, const Hyper *x, const double *value) {
  if (x->kind == HYPER_BOOLEAN) {
    luaL_addstring(b, *value != 0 ? "true" : "false");
  } else if (x->kind == HYPER_CHOICE) {
    luaL_addstring(b, x->choice[(int)*value]);
  } else if (x->kind == HYPER_TUPLE) {
    for (int i = 0; i < x->width; i++) {
      luaL_addstring(b, i ? ", " : "(");
      add_number(b, value[i]);
    }
    luaL_addstring(b, ")");
  } else {
    add_number(b, *value);
  }
}

void lhyper_setfields(lua_State *L, const Hyper *table, const double *h) {
  for (; table->name; table++) {
    lhyper_push(L, table, h);
    lua_setfield(L, -2, table->name);
    h += hyper_width(table);
  }
}
