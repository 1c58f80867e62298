/*
 * lcsvwritelib.c - tensors as text tables for Lua: write_csv.
 */
#include <ctype.h>
#include <string.h>

#include "data/text/csv_write.h"
#include "lua/base/ldeclare.h"
#include "lua/data/ldata.h"

static const char WRITE[] = "data.write_csv";

enum { NAMES, CATEGORIES, DELIMITER, COUNT };
static const Arg write_args[] = {
    [NAMES] = {.name = "names", .kind = ARG_TABLE, .doc = "The columns' names, which become the first line."},
    [CATEGORIES] = {.name = "categories",
                    .kind = ARG_TABLE,
                    .doc = "{[column] = {\"a\", \"b\"}}: the texts for the numbers 1, 2, ... of a column, as data.csv "
                           "returns it."},
    [DELIMITER] = {.name = "delimiter", .kind = ARG_STRING, .doc = "What separates the fields; by default a comma."},
    [COUNT] = {0},
};

/* The n texts of the list at idx, in memory left on the stack. */
static const char **texts(lua_State *L, int idx, int n, const char *name) {
  const char **list = lua_newuserdatauv(L, (size_t)(n ? n : 1) * sizeof *list, 0);
  for (int i = 0; i < n; i++) {
    const bool is_text = lua_geti(L, idx, i + 1) == LUA_TSTRING;
    if (!is_text || strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1)) {
      lb_badvalue(L, WRITE, lua_pushfstring(L, "%s[%d]", name, i + 1), -2, "a text without a byte 0");
    }
    list[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  return list;
}

/* The keys of a table of categories are columns. */
static void check_keys(lua_State *L, int table, int columns) {
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    const lua_Integer column = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (column >= 1 && column <= columns) continue;
    lb_error(L, "%s: categories has the key %s, which is none of the columns 1 to %d", WRITE, lb_pushgot(L, -2),
             columns);
  }
}

static void check_words(lua_State *L, int table, int columns, CsvWriteOptions *opt) {
  if (table == 0) return;
  check_keys(L, table, columns);
  const char *const **words = lua_newuserdatauv(L, (size_t)columns * sizeof *words, 0);
  int *nwords = lua_newuserdatauv(L, (size_t)columns * sizeof *nwords, 0);
  memset(words, 0, (size_t)columns * sizeof *words);
  memset(nwords, 0, (size_t)columns * sizeof *nwords);
  luaL_checkstack(L, 2 * columns + 8, "too many categories");
  for (int c = 0; c < columns; c++) {
    if (lua_geti(L, table, c + 1) == LUA_TNIL) continue;
    if (!lua_istable(L, -1)) lb_badvalue(L, WRITE, lua_pushfstring(L, "categories[%d]", c + 1), -2, "a list of texts");
    nwords[c] = lb_length(L, -1);
    words[c] = texts(L, lua_gettop(L), nwords[c], "categories");
  }
  opt->words = words;
  opt->nwords = nwords;
}

static char check_delimiter(lua_State *L, int idx) {
  const char *s = idx ? lua_tostring(L, idx) : ",";
  if (strlen(s) != 1 || isalnum((unsigned char)*s) || strchr("+-.\"\r\n ", *s)) {
    lb_badvalue(L, WRITE, "delimiter", idx, "one sign that is no part of a number (\",\", \";\", \"\\t\")");
  }
  return *s;
}

/*** Writes a matrix as a text table. @function write_csv */
static int write_csv(lua_State *L) {
  static const Arg path_arg = {.name = "path", .kind = ARG_STRING, .required = true};
  double x[COUNT], at = 0;
  if (lua_isnoneornil(L, 1)) return lb_badvalue(L, WRITE, "path", 1, "a string");
  largs_value(L, 1, WRITE, &path_arg, &at);
  const Tensor *t = lb_checktensor(L, 2, WRITE, "table");
  lb_atmost(L, WRITE, 3);
  lua_settop(L, 3);
  largs_options(L, 3, WRITE, &(ArgValues){.args = write_args, .x = x});
  if (t->ndim != 1 && t->ndim != 2) {
    return lb_error(L, "%s: table must be of shape (rows, columns) or (rows), got %s", WRITE, tensor_shape_str(t));
  }
  const int columns = t->ndim == 2 ? (int)t->shape[1] : 1;
  CsvWriteOptions opt = {.delimiter = check_delimiter(L, (int)x[DELIMITER])};
  if (x[NAMES] != 0) {
    const int n = lb_length(L, (int)x[NAMES]);
    if (n != columns) return lb_error(L, "%s: %d names for %d columns", WRITE, n, columns);
    opt.names = texts(L, (int)x[NAMES], n, "names");
  }
  check_words(L, (int)x[CATEGORIES], columns, &opt);
  lb_read(L, t, WRITE);
  if (csv_write(lua_tostring(L, 1), t, &opt) < 0) return lb_error(L, "%s: %s", WRITE, err_message());
  return 0;
}

static const luaL_Reg library[] = {{"write_csv", write_csv}, {NULL, NULL}};

void ldata_add_write(lua_State *L) { luaL_setfuncs(L, library, 0); }

void ldata_declare_write(lua_State *L) {
  ldeclare_push(L, "data", "write_csv",
                "Writes a matrix as a text table, with the fewest digits that give back each number exactly.", NULL,
                NULL, write_args);
  ldeclare_setwhat(L, "names", "table", "a list of names", false);
  ldeclare_append(L);
}
