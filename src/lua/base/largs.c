/*
 * largs.c - reads the arguments of a call by their declaration.
 */
#include "lua/base/largs.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* --- one value ---------------------------------------------------------------------------------------------------- */

static bool has_nul(lua_State *L, int idx) {
  return lua_type(L, idx) == LUA_TSTRING && strlen(lua_tostring(L, idx)) != lua_rawlen(L, idx);
}

static int bad_value(lua_State *L, const char *callee, const Arg *a, int idx) {
  char what[256];
  if (a->kind == ARG_STRING && has_nul(L, idx)) {
    return lb_badvalue(L, callee, a->name, idx, "a string without a byte 0");
  }
  return lb_badvalue(L, callee, a->name, idx, arg_what(a, what, sizeof what));
}

/* What an integer must be, if the one at idx is too large for the row; else NULL. */
static const char *too_large(lua_State *L, int idx, const Arg *a) {
  int isint;
  lua_Integer v = lua_tointegerx(L, idx, &isint), most = (lua_Integer)ARG_INTEGER_MAX;
  if (!isint || !arg_is_integral(a)) return NULL;
  if (a->kind == ARG_SIZES && v > ARG_SIZES_MAX) return "an integer of at most 67108863";
  return v > most || v < -most ? "an integer from -2^53 to 2^53" : NULL;
}

/* Whether the value at idx is a number that the row accepts; then *x is it. */
static inline bool get_number(lua_State *L, int idx, const Arg *a, double *x) {
  int isint = 1;
  if (lua_type(L, idx) != LUA_TNUMBER) return false;
  if (arg_is_integral(a)) { /* as an integer, because 2^53 + 1 is 2^53 as a double */
    lua_Integer v = lua_tointegerx(L, idx, &isint), most = (lua_Integer)ARG_INTEGER_MAX;
    *x = (double)v;
    isint = isint && v <= most && v >= -most;
  } else {
    *x = lua_tonumber(L, idx);
  }
  return isint && arg_accepts(a, *x);
}

static int bad_number(lua_State *L, int idx, const char *callee, const Arg *a, int member) {
  char text[256];
  idx = lua_absindex(L, idx);
  const char *large = too_large(L, idx, a);
  const char *name = member ? lua_pushfstring(L, "%s[%d]", a->name, member) : a->name;
  const char *what = large ? large : member ? arg_member_what(a, text, sizeof text) : arg_what(a, text, sizeof text);
  return lb_badvalue(L, callee, name, idx, what);
}

/* Whether it is false where a number may be that. */
static inline bool is_off(lua_State *L, int idx, const Arg *a) {
  return a->off && lua_isboolean(L, idx) && !lua_toboolean(L, idx);
}

/* The number at idx. `member`: which one of a list, from 1; 0: the value itself. */
static inline double check_number(lua_State *L, int idx, const char *callee, const Arg *a, int member) {
  double v;
  return get_number(L, idx, a, &v) ? v : bad_number(L, idx, callee, a, member);
}

/* The members 1..n of the list at idx (absolute). */
static void read_members(lua_State *L, int idx, const char *callee, const Arg *a, double *x, int n) {
  for (int i = 0; i < n; i++) {
    lua_geti(L, idx, i + 1);
    x[i] = check_number(L, -1, callee, a, i + 1);
    lua_pop(L, 1);
  }
}

/* The word at idx among the row's; -1: it is none. */
static int word_at(lua_State *L, int idx, const Arg *a) {
  const char *word = lua_type(L, idx) == LUA_TSTRING && !has_nul(L, idx) ? lua_tostring(L, idx) : NULL;
  for (int i = 0; word && a->choices && a->choices[i]; i++) {
    if (strcmp(word, a->choices[i]) == 0) return i;
  }
  return -1;
}

static void read_tuple(lua_State *L, int idx, const char *callee, const Arg *a, double *x) {
  bool one = a->kind == ARG_SIZES && lua_type(L, idx) == LUA_TNUMBER;
  const int word = a->kind == ARG_SIZES ? word_at(L, idx, a) : -1;
  for (int i = 0; word >= 0 && i < a->width; i++) x[i] = arg_word_place(word);
  if (word >= 0) return;
  if (!one && (!lua_istable(L, idx) || lb_length(L, idx) != a->width)) bad_value(L, callee, a, idx);
  if (one) x[0] = check_number(L, idx, callee, a, 0);
  for (int i = 1; one && i < a->width; i++) x[i] = x[0];
  if (!one) read_members(L, idx, callee, a, x, a->width);
}

static void read_shape(lua_State *L, int idx, const char *callee, const Arg *a, double *x) {
  bool list = lua_istable(L, idx);
  int n = list ? lb_length(L, idx) : 1;
  if (n > TENSOR_MAX_DIM) lb_error(L, "%s: a tensor has at most %d dimensions", callee, TENSOR_MAX_DIM);
  x[0] = n;
  if (list) read_members(L, idx, callee, a, x + 1, n);
  if (!list) x[1] = check_number(L, idx, callee, a, 0);
}

static double read_choice(lua_State *L, int idx, const char *callee, const Arg *a) {
  const int word = word_at(L, idx, a);
  return word >= 0 ? word : bad_value(L, callee, a, idx);
}

static double read_dim(lua_State *L, int idx, const char *callee, const Arg *a) {
  int isint;
  lua_Integer d = lua_tointegerx(L, idx, &isint);
  if (!isint || lua_type(L, idx) != LUA_TNUMBER || d == 0 || d > INT_MAX || d < -INT_MAX) bad_value(L, callee, a, idx);
  return (double)(d > 0 ? d - 1 : d);
}

static double read_dtype(lua_State *L, int idx, const char *callee, const Arg *a) {
  DType dt = DT_F32;
  bool ok = lua_type(L, idx) == LUA_TSTRING && !has_nul(L, idx) && dtype_parse(lua_tostring(L, idx), &dt) == 0;
  if (!ok || (a->kind == ARG_FLOAT_DTYPE && !dtype_is_float(dt))) bad_value(L, callee, a, idx);
  return dt;
}

/* Whether the value at idx, which stays on the stack, is of the row's kind. */
static bool is_kept_kind(lua_State *L, int idx, const Arg *a) {
  int isint;
  switch (a->kind) {
    case ARG_TENSOR:
      return lb_testtensor(L, idx) != NULL;
    case ARG_STRING:
      return lua_type(L, idx) == LUA_TSTRING && !has_nul(L, idx); /* names of files and the like, read as C reads */
    case ARG_FUNCTION:
      return lua_isfunction(L, idx);
    case ARG_TABLE:
      return lua_istable(L, idx);
    case ARG_INT64:
      lua_tointegerx(L, idx, &isint);
      return isint && lua_type(L, idx) == LUA_TNUMBER;
    case ARG_SCALAR:
      return lua_type(L, idx) == LUA_TNUMBER && arg_in_range(a->range, lua_tonumber(L, idx));
    default:
      return true;
  }
}

Scalar largs_scalar(lua_State *L, int idx) {
  return lua_isinteger(L, idx) ? scalar_integer(lua_tointeger(L, idx)) : scalar_number(lua_tonumber(L, idx));
}

void largs_value(lua_State *L, int idx, const char *callee, const Arg *a, double *x) {
  idx = lua_absindex(L, idx);
  switch (a->kind) {
    case ARG_NUMBER:
    case ARG_INTEGER:
      *x = is_off(L, idx, a) ? ARG_UNSET : check_number(L, idx, callee, a, 0);
      break;
    case ARG_FLAG:
      if (!lua_isboolean(L, idx)) bad_value(L, callee, a, idx);
      *x = lua_toboolean(L, idx);
      break;
    case ARG_CHOICE:
      *x = read_choice(L, idx, callee, a);
      break;
    case ARG_TUPLE:
    case ARG_SIZES:
      read_tuple(L, idx, callee, a, x);
      break;
    case ARG_SHAPE:
      read_shape(L, idx, callee, a, x);
      break;
    case ARG_DIM:
      *x = read_dim(L, idx, callee, a);
      break;
    case ARG_DTYPE:
    case ARG_FLOAT_DTYPE:
      *x = read_dtype(L, idx, callee, a);
      break;
    default:
      if (!is_kept_kind(L, idx, a)) bad_value(L, callee, a, idx);
      *x = idx;
  }
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

/* Room for n members of list k: in v's memory, or in userdata that stays on the stack. */
static double *list_room(lua_State *L, ArgValues *v, int k, int n) {
  if (!v->owned) v->list[k] = (ArgList){lua_newuserdatauv(L, (size_t)(n ? n : 1) * sizeof(double), 0), n};
  if (v->owned && !args_resize(v, k, n)) lb_coreerror(L);
  return v->list[k].x;
}

static void read_list(lua_State *L, int idx, const char *callee, const Arg *a, ArgValues *v, int k) {
  idx = lua_absindex(L, idx);
  bool one = a->kind == ARG_INTEGERS && lua_type(L, idx) == LUA_TNUMBER;
  if (!one && !lua_istable(L, idx)) bad_value(L, callee, a, idx);
  double first = one ? check_number(L, idx, callee, a, 0) : 0;
  int n = one ? 1 : lb_length(L, idx);
  double *x = list_room(L, v, k, n);
  if (one) *x = first;
  if (!one) read_members(L, idx, callee, a, x, n);
}

/* The value at idx as row a, whose first place is x. */
static void read_value(lua_State *L, int idx, const char *callee, const Arg *a, double *x, ArgValues *v) {
  if (arg_is_list(a)) {
    read_list(L, idx, callee, a, v, (int)*x);
  } else {
    largs_value(L, idx, callee, a, x);
  }
}

/* --- options by name ---------------------------------------------------------------------------------------------- */

static bool is_object(lua_State *L, int idx) {
  if (luaL_getmetafield(L, idx, "__name") == LUA_TNIL) return false;
  lua_pop(L, 1);
  return true;
}

/* How many of the last members of a list are looked at for names. Lua goes through a table's array first and then
 * through the names; the last members of a list may lie among these where there is room, fewer than there are names. */
#define TAIL 8

bool largs_is_options(lua_State *L, int idx) {
  if (!lua_istable(L, idx) || is_object(L, idx)) return false;
  idx = lua_absindex(L, idx);
  lua_Integer n = (lua_Integer)lua_rawlen(L, idx);
  if (n > TAIL) {
    lua_pushinteger(L, n - TAIL);
  } else {
    lua_pushnil(L);
  }
  for (; lua_next(L, idx); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) continue;
    lua_pop(L, 2);
    return true;
  }
  return false;
}

static bool takes_list(const Arg *a) {
  return a->kind == ARG_TUPLE || a->kind == ARG_SIZES || a->kind == ARG_SHAPE || arg_is_list(a) || a->kind == ARG_VALUE;
}

static bool is_empty(lua_State *L, int idx) {
  lua_pushnil(L);
  if (!lua_next(L, idx)) return !is_object(L, idx);
  lua_pop(L, 2);
  return false;
}

static bool is_among(const char *key, const char *const names[]) {
  for (; names && *names; names++) {
    if (strcmp(*names, key) == 0) return true;
  }
  return false;
}

static int unknown_name(lua_State *L, const char *callee, const char *key, const Arg *args, const char *const more[]) {
  int n = args_count(args), at = 0;
  for (int i = 0; more && more[i]; i++) n++;
  const char **names = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *names, 0);
  for (; args->name; args++) names[at++] = args->name;
  for (; more && *more; more++) names[at++] = *more;
  names[at] = NULL;
  return lb_unknown(L, callee, key, names);
}

/* Whether the value at idx is one of the keys 1..n. */
static bool is_place(lua_State *L, int idx, lua_Integer n) {
  return lua_isinteger(L, idx) && lua_tointeger(L, idx) >= 1 && lua_tointeger(L, idx) <= n;
}

void largs_checknames(lua_State *L, int idx, const char *callee, const Arg *args, const char *const more[], bool list) {
  int at;
  if (lua_isnoneornil(L, idx)) return;
  if (!lua_istable(L, idx)) {
    lb_badvalue(L, callee, "options", idx, lua_pushfstring(L, "a table, such as {%s = ...}", args->name));
  }
  idx = lua_absindex(L, idx);
  for (lua_pushnil(L); lua_next(L, idx);) {
    lua_pop(L, 1);
    if (list && is_place(L, -1, (lua_Integer)lua_rawlen(L, idx))) continue;
    const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (!key) lb_error(L, "%s: options are given by name, got the key %s", callee, lb_pushgot(L, -1));
    if (!args_find(args, key, &at) && !is_among(key, more)) unknown_name(L, callee, key, args, more);
  }
}

/* Whether a row's value is a list of numbers. */
static bool is_list_kind(const Arg *a) {
  return a->kind == ARG_TUPLE || a->kind == ARG_SIZES || a->kind == ARG_SHAPE || arg_is_list(a);
}

/* Whether the values of a row stay on the stack. */
static bool stays(const Arg *a, const ArgValues *v) { return a->kind >= ARG_TENSOR || (arg_is_list(a) && !v->owned); }

void largs_refusenames(lua_State *L, int idx, const char *callee, const char *name) {
  if (largs_is_options(L, idx)) {
    lb_error(L, "%s: %s must be a list, which has no names; options belong beside it", callee, name);
  }
  if (lua_istable(L, idx)) lb_checklist(L, idx, true, callee, name);
}

/* Pushes the option called `name`, or nil; returns its type. What stands behind a metatable is no option: names are
 * checked by going through the table, too. */
static int push_option(lua_State *L, int options, const char *name) {
  lua_pushstring(L, name);
  return lua_rawget(L, options);
}

/* Reads row a from the table at `options`; false if it is not there. */
static bool read_named(lua_State *L, int options, const char *callee, const Arg *a, double *x, ArgValues *v) {
  int type = push_option(L, options, a->name);
  if (type == LUA_TTABLE && is_list_kind(a)) largs_refusenames(L, -1, callee, a->name);
  if (type != LUA_TNIL) read_value(L, -1, callee, a, x, v);
  if (type == LUA_TNIL || !stays(a, v)) lua_pop(L, 1);
  return type != LUA_TNIL;
}

void largs_named(lua_State *L, int idx, const char *callee, ArgValues *v) {
  double *x = v->x;
  if (lua_isnoneornil(L, idx)) return;
  idx = lua_absindex(L, idx);
  luaL_checkstack(L, args_count(v->args) + 8, NULL);
  for (const Arg *a = v->args; a->name; x += arg_width(a++)) read_named(L, idx, callee, a, x, v);
}

void largs_options(lua_State *L, int idx, const char *callee, ArgValues *v) {
  largs_checknames(L, idx, callee, v->args, NULL, false);
  args_defaults(v->args, v->x);
  largs_named(L, idx, callee, v);
  for (const Arg *a = v->args; a->name; a++) {
    if (!a->required) continue;
    if (lua_isnoneornil(L, idx) || push_option(L, idx, a->name) == LUA_TNIL) {
      bad_value(L, callee, a, lua_gettop(L) + 1);
    }
    lua_pop(L, 1);
  }
}

/* --- a whole call ------------------------------------------------------------------------------------------------- */

/* Where a call's values lie: positions first..end-1; `options`: the table of options, 0 without one. */
typedef struct Call {
  int first, last, end, options;
} Call;

/* The position behind that of row a, whose value lies at `at`. */
static int behind(lua_State *L, const Arg *a, int at) {
  if (a->rest && lua_type(L, at) == LUA_TNUMBER) {
    while (lua_type(L, at + 1) == LUA_TNUMBER) at++;
  }
  return at + 1;
}

static Call find_options(lua_State *L, int first, const Arg *a) {
  Call c = {.first = first, .last = lua_gettop(L)};
  while (c.last >= first && lua_isnil(L, c.last)) c.last--;
  for (int at = first; at <= c.last; at = a->name ? behind(L, a++, at) : at + 1) {
    if (!lua_istable(L, at) || (a->name && a->kind == ARG_TABLE)) continue;
    bool list = a->name && takes_list(a);
    if (!largs_is_options(L, at) && (list || !is_empty(L, at))) continue;
    c.options = at;
    c.end = list && lua_rawlen(L, at) > 0 ? at + 1 : at;
    return c;
  }
  c.end = c.last + 1;
  return c;
}

static void check_options(lua_State *L, const Call *c, const char *callee, const Arg *args) {
  largs_checknames(L, c->options, callee, args, NULL, c->end > c->options);
  if (c->options < c->last) lb_error(L, "%s: the table of options must be the last argument", callee);
}

static void check_count(lua_State *L, const Call *c, int at, const char *callee, const Arg *args) {
  int last = c->end - 1; /* nils at the end do not count */
  while (last >= at && lua_isnil(L, last)) last--;
  if (last < at) return;
  lb_error(L, "%s: too many arguments (%d, at most %d and a table of options)", callee, c->last - c->first + 1,
           args_count(args));
}

/* Row a from the position `at`; returns the position behind it. */
static int read_position(lua_State *L, const Call *c, int at, const char *callee, const Arg *a, double *x,
                         ArgValues *v) {
  int next = behind(L, a, at), n = next - at;
  if (c->options) {
    if (push_option(L, c->options, a->name) != LUA_TNIL) {
      lb_error(L, "%s: %s is given twice, by position and by name", callee, a->name);
    }
    lua_pop(L, 1);
  }
  if (n == 1) {
    if (lua_istable(L, at) && is_list_kind(a)) lb_checklist(L, at, true, callee, a->name);
    read_value(L, at, callee, a, x, v);
    return next;
  }
  if (n > TENSOR_MAX_DIM) lb_error(L, "%s: a tensor has at most %d dimensions", callee, TENSOR_MAX_DIM);
  x[0] = n;
  for (int i = 0; i < n; i++) x[i + 1] = check_number(L, at + i, callee, a, i + 1);
  return next;
}

/* Whether a call has neither tables, which may be options, nor nils: most are read without a second look. */
static bool is_plain(lua_State *L, int first, int top) {
  for (int at = first; at <= top; at++) {
    int type = lua_type(L, at);
    if (type == LUA_TTABLE || type == LUA_TNIL) return false;
  }
  return true;
}

static void set_default(const Arg *a, double *x) {
  for (int i = 0, n = a->kind == ARG_SHAPE ? 1 : arg_width(a); i < n; i++) x[i] = arg_default(a, i);
}

/* A call without arguments, such as loss:backward(): every value is its default. */
static void read_none(lua_State *L, const char *callee, const ArgValues *v) {
  for (const Arg *a = v->args; a->name; a++) {
    if (a->required) bad_value(L, callee, a, lua_gettop(L) + 1);
  }
  args_defaults(v->args, v->x);
}

void largs_read(lua_State *L, int first, const char *callee, ArgValues *v) {
  const int top = lua_gettop(L);
  if (top < first) {
    read_none(L, callee, v);
    return;
  }
  const bool plain = is_plain(L, first, top);
  Call c = plain ? (Call){.first = first, .last = top, .end = top + 1} : find_options(L, first, v->args);
  int at = first, lists = 0;
  double *x = v->x;
  if (c.options) check_options(L, &c, callee, v->args);
  if (c.options || v->list) luaL_checkstack(L, args_count(v->args) + LUA_MINSTACK, NULL);
  for (const Arg *a = v->args; a->name; x += arg_width(a++)) {
    if (arg_is_list(a)) *x = lists++;
    if (at < c.end && (plain || !lua_isnil(L, at))) {
      if (plain && a->kind <= ARG_INTEGER && get_number(L, at, a, x)) {
        at++;
        continue;
      }
      if (plain && a->kind == ARG_SHAPE && !a->rest && get_number(L, at, a, x + 1)) {
        x[0] = 1;
        at++;
        continue;
      }
      at = read_position(L, &c, at, callee, a, x, v);
      continue;
    }
    at++;
    if (c.options && read_named(L, c.options, callee, a, x, v)) continue;
    if (a->required) bad_value(L, callee, a, lua_gettop(L) + 1);
    if (!arg_is_list(a)) set_default(a, x);
  }
  check_count(L, &c, at, callee, v->args);
}
