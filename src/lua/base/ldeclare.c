/*
 * ldeclare.c - declarations as Lua tables.
 */
#include "lua/base/ldeclare.h"

#include <string.h>

#include "lua/base/largs.h"

static const char *const kinds[ARG_KIND_COUNT] = {
    [ARG_NUMBER] = "number", [ARG_INTEGER] = "integer", [ARG_FLAG] = "flag",
    [ARG_CHOICE] = "choice", [ARG_TUPLE] = "tuple",     [ARG_SIZES] = "sizes",
    [ARG_SHAPE] = "shape",   [ARG_LIST] = "list",       [ARG_INTEGERS] = "integers",
    [ARG_DIM] = "dimension", [ARG_DTYPE] = "dtype",     [ARG_FLOAT_DTYPE] = "float_dtype",
    [ARG_TENSOR] = "tensor", [ARG_STRING] = "string",   [ARG_FUNCTION] = "function",
    [ARG_TABLE] = "table",   [ARG_VALUE] = "value",     [ARG_INT64] = "integer",
    [ARG_SCALAR] = "number",
};

static const char *const ranges[RANGE_COUNT] = {
    [RANGE_FINITE] = "(-inf, inf)",  [RANGE_NUMBER] = "[-inf, inf]",  [RANGE_NOT_NEGATIVE] = "[0, inf)",
    [RANGE_POSITIVE] = "(0, inf)",   [RANGE_AT_LEAST_1] = "[1, inf)", [RANGE_0_TO_1] = "[0, 1]",
    [RANGE_0_TO_BELOW_1] = "[0, 1)",
};

void ldeclare_settext(lua_State *L, const char *name, const char *text) {
  if (!text) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

void ldeclare_append(lua_State *L) { lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1); }

static void set_choices(lua_State *L, const char *const *choices) {
  lua_newtable(L);
  for (; *choices; choices++) {
    lua_pushstring(L, *choices);
    ldeclare_append(L);
  }
  lua_setfield(L, -2, "choices");
}

/* The default as largs_push shows it. */
static void set_default(lua_State *L, const Arg *a) {
  double x[arg_width(a)];
  if (a->required || arg_is_list(a)) return;
  for (int i = 0; i < arg_width(a); i++) x[i] = arg_default(a, i);
  largs_push(L, a, x, NULL);
  lua_setfield(L, -2, "default");
}

static bool is_numeric(const Arg *a) {
  return arg_is_integral(a) || a->kind == ARG_NUMBER || a->kind == ARG_SCALAR || a->kind == ARG_TUPLE ||
         a->kind == ARG_LIST;
}

static const char *kind_of(const Arg *a) {
  if (a->kind == ARG_SIZES && a->choices) return "sizes|choice";
  return a->off ? "number|false" : kinds[a->kind];
}

void ldeclare_pushargs(lua_State *L, const Arg *args) {
  char what[256];
  lua_newtable(L);
  for (const Arg *a = args; a->name; a++) {
    lua_newtable(L);
    ldeclare_settext(L, "name", a->name);
    ldeclare_settext(L, "kind", kind_of(a));
    ldeclare_settext(L, "what", arg_what(a, what, sizeof what));
    if (is_numeric(a)) ldeclare_settext(L, "range", ranges[a->range]);
    ldeclare_settext(L, "doc", a->doc);
    lua_pushboolean(L, a->required);
    lua_setfield(L, -2, "required");
    if (a->choices) set_choices(L, a->choices);
    set_default(L, a);
    ldeclare_append(L);
  }
}

void ldeclare_push(lua_State *L, const char *space, const char *name, const char *doc, const char *equation,
                   const char *paper, const Arg *args) {
  lua_newtable(L);
  ldeclare_settext(L, "space", space);
  ldeclare_settext(L, "name", name);
  ldeclare_settext(L, "doc", doc);
  ldeclare_settext(L, "equation", equation);
  ldeclare_settext(L, "paper", paper);
  ldeclare_pushargs(L, args);
  lua_setfield(L, -2, "args");
}

void ldeclare_setwhat(lua_State *L, const char *name, const char *kind, const char *what, bool required) {
  lua_getfield(L, -1, "args");
  for (lua_Integer i = 1; lua_geti(L, -1, i) == LUA_TTABLE; i++) {
    lua_getfield(L, -1, "name");
    bool same = strcmp(lua_tostring(L, -1), name) == 0;
    lua_pop(L, 1);
    if (same) {
      ldeclare_settext(L, "kind", kind);
      ldeclare_settext(L, "what", what);
      lua_pushboolean(L, required);
      lua_setfield(L, -2, "required");
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
}
