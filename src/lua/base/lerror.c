/*
 * lerror.c - errors with the script's line; the value that was given, and the name that was probably meant.
 */
#include "lua/base/lerror.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "args/arg.h"
#include "base/interrupt.h"
#include "base/text/visible.h"
#include "lua/base/lbind.h"

/* --- where ------------------------------------------------------------------------------------------------------ */

static char libdir[4096]; /* where optlab's Lua modules are: the same for the whole process */

void lb_setlibdir(const char *dir) { snprintf(libdir, sizeof libdir, "%s", dir); }

static bool is_own(const lua_Debug *ar) {
  return libdir[0] && ar->source[0] == '@' && strncmp(ar->source + 1, libdir, strlen(libdir)) == 0;
}

/* The innermost Lua function from `level` on that is not part of optlab. */
static bool find_script(lua_State *L, int level, lua_Debug *ar) {
  for (; lua_getstack(L, level, ar); level++) {
    lua_getinfo(L, "Sl", ar);
    if (ar->currentline > 0 && !is_own(ar)) return true;
  }
  return false;
}

/* Pushes "file:line: " of the script, or an empty string where no function on the stack is one of a script. */
static void push_where(lua_State *L) {
  lua_Debug ar;
  if (find_script(L, 1, &ar)) {
    lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
  } else {
    lua_pushliteral(L, "");
  }
}

bool lb_position(lua_State *L, const void **source, int *line, char *text, size_t size) {
  lua_Debug ar;
  if (!find_script(L, 0, &ar)) return false;
  *source = ar.source;
  *line = ar.currentline;
  if (text) snprintf(text, size, "%s:%d", ar.short_src, ar.currentline);
  return true;
}

int lb_error(lua_State *L, const char *fmt, ...) {
  va_list ap;
  push_where(L);
  va_start(ap, fmt);
  lua_pushvfstring(L, fmt, ap);
  va_end(ap);
  lua_concat(L, 2);
  size_t n;
  const char *text = lua_tolstring(L, -1, &n);
  lb_pushvisible(L, text, n, false);
  return lua_error(L);
}

int lb_coreerror(lua_State *L) { return lb_error(L, "%s", err_message()); }

int lb_nilerror(lua_State *L) {
  lua_pushnil(L);
  lua_pushstring(L, err_message());
  return 2;
}

int lb_status(lua_State *L, int status) {
  if (status < 0) return lb_nilerror(L);
  lua_pushboolean(L, true);
  return 1;
}

int lb_calleeerror(lua_State *L, const char *callee) { return lb_error(L, "%s: %s", callee, err_message()); }

/* The message behind the name of the operation that failed, such as "max/min: ", if it begins with one. */
static const char *behind_name(const char *message) {
  const size_t n = strspn(message, "abcdefghijklmnopqrstuvwxyz_/");
  return n > 0 && strncmp(message + n, ": ", 2) == 0 ? message + n + 2 : message;
}

int lb_operror(lua_State *L, const char *callee) {
  if (interrupt_requested()) return lb_coreerror(L); /* "interrupted", whatever ran */
  return lb_error(L, "%s: %s", callee, behind_name(err_message()));
}

/* --- what was given ----------------------------------------------------------------------------------------------- */

const char *lb_pushvisible(lua_State *L, const char *text, size_t n, bool lines) {
  luaL_Buffer b;
  const size_t room = 4 * n + 1; /* each byte as \xNN */
  char *out = luaL_buffinitsize(L, &b, room);
  luaL_pushresultsize(&b, visible(out, room, text, n, lines));
  return lua_tostring(L, -1);
}

/* A string in quotes; of a long one, the beginning. */
static const char *push_string(lua_State *L, int idx) {
  char text[512];
  size_t n;
  const char *s = lua_tolstring(L, idx, &n);
  visible(text, sizeof text, s, n, false);
  return lua_pushfstring(L, "'%s'", text);
}

/* "a table", "a userdata", "an optlab.Optimizer" */
static const char *push_type(lua_State *L, int idx) {
  const char *name = luaL_getmetafield(L, idx, "__name") == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, idx);
  return lua_pushfstring(L, "%s %s", strchr("aeio", tolower((unsigned char)*name)) ? "an" : "a", name);
}

const char *lb_pushgot(lua_State *L, int idx) {
  char text[32];
  idx = lua_absindex(L, idx);
  const Tensor *t = lb_testtensor(L, idx);
  if (t) return lua_pushfstring(L, "a tensor of shape %s", tensor_shape_str(t));
  switch (lua_type(L, idx)) {
    case LUA_TNONE:
    case LUA_TNIL:
      return lua_pushstring(L, "nothing");
    case LUA_TSTRING:
      return push_string(L, idx);
    case LUA_TBOOLEAN:
      return luaL_tolstring(L, idx, NULL);
    case LUA_TNUMBER:
      if (lua_isinteger(L, idx)) return luaL_tolstring(L, idx, NULL);
      return lua_pushstring(L, arg_number(lua_tonumber(L, idx), text, sizeof text));
    default:
      return push_type(L, idx);
  }
}

/* What to do about a value in the place of a number, or "". */
static const char *number_hint(lua_State *L, int idx, const char *what) {
  if (strncmp(what, "a number", 8) != 0 && strncmp(what, "an integer", 10) != 0) return "";
  const Tensor *t = lb_testtensor(L, idx);
  if (t && t->numel == 1) return "; its number is x:item()";
  const bool schedule =
      luaL_getmetafield(L, idx, "__name") == LUA_TSTRING && strcmp(lua_tostring(L, -1), "optlab.Schedule") == 0;
  return schedule ? "; sched.attach(optimizer, schedule) makes an optimizer follow a schedule" : "";
}

int lb_badvalue(lua_State *L, const char *callee, const char *name, int idx, const char *what) {
  if (lua_isnoneornil(L, idx)) return lb_error(L, "%s: %s is missing; it must be %s", callee, name, what);
  idx = lua_absindex(L, idx);
  const char *hint = number_hint(L, idx, what);
  return lb_error(L, "%s: %s must be %s, got %s%s", callee, name, what, lb_pushgot(L, idx), hint);
}

void lb_atmost(lua_State *L, const char *callee, int n) {
  int given = lua_gettop(L), self = strchr(callee, ':') != NULL;
  if (given <= n) return;
  while (given > n && lua_isnil(L, given)) given--;
  if (given > n) lb_error(L, "%s: too many arguments (%d, at most %d)", callee, given - self, n - self);
}

/* --- names that were meant ---------------------------------------------------------------------------------------- */

/* Optimal string alignment distance (edits and swaps of neighbours) without regard to case; words up to 63 letters. */
static int edit_distance(const char *a, const char *b) {
  int d[64][64], n = (int)strlen(a), m = (int)strlen(b);
  if (n > 63 || m > 63) return 64;
  for (int i = 0; i <= n; i++) d[i][0] = i;
  for (int j = 0; j <= m; j++) d[0][j] = j;
  for (int i = 1; i <= n; i++) {
    for (int j = 1; j <= m; j++) {
      int best = d[i - 1][j - 1] + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
      if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
      if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
      bool swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swap && d[i - 2][j - 2] + 1 < best) best = d[i - 2][j - 2] + 1;
      d[i][j] = best;
    }
  }
  return d[n][m];
}

/* Distances are doubled: a name that begins with the word comes half an edit nearer than others as near. */
static int doubled_distance(const char *word, const char *name) {
  size_t len = strlen(word);
  int d = 2 * edit_distance(word, name);
  if (len == 0 || strncmp(word, name, len) != 0) return d;
  return (len >= 3 ? 2 : d) - 1;
}

/* Whether word is one of the parts of a name between underscores. */
static bool is_part(const char *word, const char *name) {
  const size_t len = strlen(word);
  for (const char *part = name; len > 1 && part; part = strchr(part, '_') ? strchr(part, '_') + 1 : NULL) {
    if (strncmp(part, word, len) == 0 && (part[len] == '_' || part[len] == '\0')) return true;
  }
  return false;
}

/* The shortest name of which word is a part: 'seed' is meant to be 'manual_seed'. */
static const char *holder_of(const char *word, const char *const names[]) {
  const char *best = NULL;
  for (int i = 0; names[i]; i++) {
    if (is_part(word, names[i]) && (!best || strlen(names[i]) < strlen(best))) best = names[i];
  }
  return best;
}

const char *lb_nearest(const char *word, const char *const names[]) {
  const char *best = NULL;
  int least = INT_MAX, third = (int)strlen(word) / 3;
  for (int i = 0; names[i]; i++) {
    int d = doubled_distance(word, names[i]);
    if (d < least) {
      least = d;
      best = names[i];
    }
  }
  bool meant = best && least <= 2 * (third > 1 ? third : 1) && least < 2 * (int)strlen(best);
  return meant ? best : holder_of(word, names);
}

const char *lb_pushwords(lua_State *L, const char *const names[]) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (int i = 0; names[i]; i++) {
    lua_pushfstring(L, i ? ", '%s'" : "'%s'", names[i]);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  return lua_tostring(L, -1);
}

int lb_unknown(lua_State *L, const char *callee, const char *key, const char *const names[]) {
  const char *near = lb_nearest(key, names);
  if (near) return lb_error(L, "%s: unknown option '%s'; did you mean '%s'?", callee, key, near);
  if (!names[0]) return lb_error(L, "%s: unknown option '%s' (there are no options)", callee, key);
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (int i = 0; names[i]; i++) {
    if (i) luaL_addstring(&b, ", ");
    luaL_addstring(&b, names[i]);
  }
  luaL_pushresult(&b);
  return lb_error(L, "%s: unknown option '%s' (options: %s)", callee, key, lua_tostring(L, -1));
}
