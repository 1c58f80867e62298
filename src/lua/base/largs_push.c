/*
 * largs_push.c - declared values on their way to Lua: as values, as text, as the fields of a table.
 */
#include "lua/base/largs.h"

static void push_number(lua_State *L, const Arg *a, double v) {
  if (arg_is_integral(a)) {
    lua_pushinteger(L, (lua_Integer)v);
  } else {
    lua_pushnumber(L, v);
  }
}

static void push_numbers(lua_State *L, const Arg *a, const double *x, int n) {
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    push_number(L, a, x[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

void largs_push(lua_State *L, const Arg *a, const double *x, const ArgList *list) {
  if (arg_is_list(a)) {
    push_numbers(L, a, list[(int)*x].x, list[(int)*x].n);
  } else if (isnan(*x) && a->off) {
    lua_pushboolean(L, false);
  } else if (isnan(*x) && isnan(arg_default(a, 0))) {
    lua_pushnil(L);
  } else if (arg_word(a, *x) >= 0) {
    lua_pushstring(L, a->choices[arg_word(a, *x)]);
  } else if (a->kind == ARG_TUPLE || a->kind == ARG_SIZES) {
    push_numbers(L, a, x, a->width);
  } else if (a->kind == ARG_SHAPE) {
    push_numbers(L, a, x + 1, (int)*x);
  } else if (a->kind == ARG_FLAG) {
    lua_pushboolean(L, *x != 0);
  } else if (a->kind == ARG_CHOICE) {
    lua_pushstring(L, a->choices[(int)*x]);
  } else if (a->kind == ARG_DIM) {
    lua_pushinteger(L, (lua_Integer)*x + (*x >= 0));
  } else if (a->kind == ARG_DTYPE || a->kind == ARG_FLOAT_DTYPE) {
    lua_pushstring(L, dtype_name((DType)*x));
  } else if (a->kind >= ARG_TENSOR) {
    lua_pushnil(L);
  } else {
    push_number(L, a, *x);
  }
}

static void add_numbers(luaL_Buffer *b, const double *x, int n, const char *open, const char *shut) {
  char text[32];
  luaL_addstring(b, open);
  for (int i = 0; i < n; i++) {
    if (i) luaL_addstring(b, ", ");
    luaL_addstring(b, arg_number(x[i], text, sizeof text));
  }
  luaL_addstring(b, shut);
}

void largs_addtext(luaL_Buffer *b, const Arg *a, const double *x, const ArgList *list) {
  if (arg_is_list(a)) {
    add_numbers(b, list[(int)*x].x, list[(int)*x].n, "{", "}");
  } else if (arg_word(a, *x) >= 0) {
    luaL_addstring(b, a->choices[arg_word(a, *x)]);
  } else if (a->kind == ARG_TUPLE || a->kind == ARG_SIZES) {
    add_numbers(b, x, a->width, "(", ")");
  } else if (isnan(*x) && a->off) {
    luaL_addstring(b, "false");
  } else if (a->kind == ARG_FLAG) {
    luaL_addstring(b, *x != 0 ? "true" : "false");
  } else if (a->kind == ARG_CHOICE) {
    luaL_addstring(b, a->choices[(int)*x]);
  } else {
    add_numbers(b, x, 1, "", "");
  }
}

void largs_setfields(lua_State *L, const Arg *args, const double *x, const ArgList *list) {
  for (; args->name; x += arg_width(args++)) {
    largs_push(L, args, x, list);
    lua_setfield(L, -2, args->name);
  }
}
