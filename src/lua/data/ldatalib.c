/*
 * ldatalib.c - tables of numbers for Lua: csv, idx, npy, standardize, gaussian, garments; and the entry of the data
 * library.
 */
#include <ctype.h>
#include <string.h>

#include "data/formats/idx.h"
#include "data/formats/npy.h"
#include "data/io/inflate.h"
#include "data/standardize.h"
#include "data/standins/garments.h"
#include "data/standins/gaussian.h"
#include "data/text/csv.h"
#include "lua/base/ldeclare.h"
#include "lua/data/ldata.h"

#define CSV_TABLE_MT "optlab.CsvTable"

/* The path that is the only argument. */
static const char *only_path(lua_State *L, const char *callee) {
  static const Arg args[] = {{.name = "path", .kind = ARG_STRING, .required = true}, {0}};
  double at = 0;
  largs_read(L, 1, callee, &(ArgValues){.args = args, .x = &at});
  return lua_tostring(L, (int)at);
}

/* --- csv ---------------------------------------------------------------------------------------------------------- */

static const char CSV[] = "data.csv";

#define WHAT_DELIMITER "one sign that is no part of a number (\",\", \";\", \"\\t\", \" \" for blanks)"
#define WHAT_COMMENT "one sign or false"
#define WHAT_COLUMNS "a list of positions or names"

enum { DELIMITER, HEADER, SKIP, COLUMNS, CATEGORIES, COMMENT, NA, DTYPE, CSV_COUNT };
static const Arg csv_args[] = {
    [DELIMITER] = {.name = "delimiter",
                   .kind = ARG_STRING,
                   .doc = "What separates the fields; detected by default; \" \" means runs of blanks."},
    [HEADER] = {.name = "header",
                .kind = ARG_FLAG,
                .doc = "Whether the first line, or a comment above a first line of numbers, holds the columns' names."},
    [SKIP] = {.name = "skip",
              .kind = ARG_INTEGER,
              .range = RANGE_NOT_NEGATIVE,
              .doc = "Number of lines to skip at the start of the file."},
    [COLUMNS] = {.name = "columns",
                 .kind = ARG_TABLE,
                 .doc = "Positions or names of the columns to read; by default all."},
    [CATEGORIES] = {.name = "categories",
                    .kind = ARG_TABLE,
                    .doc = "Columns of texts, by position or name; their texts become numbers from 1, in the order of "
                           "their bytes. {name = {\"a\", \"b\"}}: only these texts, in this order, also \"NA\"."},
    [COMMENT] = {.name = "comment",
                 .kind = ARG_VALUE,
                 .doc = "The sign that begins a comment, by default \"#\"; false for no comments."},
    [NA] = {.name = "na",
            .kind = ARG_VALUE,
            .doc = "The number to use for missing values (empty, NA, nan, null, None, #N/A, ...); without it they are "
                   "errors."},
    [DTYPE] = {.name = "dtype",
               .kind = ARG_DTYPE,
               .def = ARG_UNSET,
               .doc = "Dtype of the tensor; by default the default dtype."},
    [CSV_COUNT] = {0},
};

static char check_delimiter(lua_State *L, int idx) {
  const char *s = idx ? lua_tostring(L, idx) : NULL;
  if (!s) return 0;
  if (strlen(s) != 1 || isalnum((unsigned char)*s) || strchr("+-.\"\r\n", *s)) {
    lb_badvalue(L, CSV, "delimiter", idx, WHAT_DELIMITER);
  }
  return *s;
}

/* A one-character string; false or "" for none. */
static char check_comment(lua_State *L, int idx) {
  if (idx == 0) return '#';
  if (lua_isboolean(L, idx) && !lua_toboolean(L, idx)) return 0;
  const char *s = lua_type(L, idx) == LUA_TSTRING ? lua_tostring(L, idx) : NULL;
  if (!s || strlen(s) > 1) lb_badvalue(L, CSV, "comment", idx, WHAT_COMMENT);
  return *s;
}

/* Any number, nan too. */
static void check_na(lua_State *L, int idx, CsvOptions *opt) {
  opt->allow_na = idx != 0;
  if (idx == 0) return;
  if (lua_type(L, idx) != LUA_TNUMBER) lb_badvalue(L, CSV, "na", idx, "a number");
  opt->na = lua_tonumber(L, idx);
}

/* Reads {2, "chord", ...} into a block of memory left on the stack. */
static void check_columns(lua_State *L, int list, CsvOptions *opt) {
  if (list == 0) return;
  const int n = lb_length(L, list);
  if (n < 1) lb_badvalue(L, CSV, "columns", list, WHAT_COLUMNS);
  CsvColumn *columns = lua_newuserdatauv(L, (size_t)n * sizeof *columns, 0);
  for (int i = 1; i <= n; i++) {
    int isint = 0;
    CsvColumn c = {NULL, 0};
    bool ok = true;
    if (lua_geti(L, list, i) == LUA_TSTRING) {
      c.name = lua_tostring(L, -1); /* the list keeps it alive */
      ok = strlen(c.name) == lua_rawlen(L, -1);
    } else {
      c.index = lua_tointegerx(L, -1, &isint) - 1;
      ok = isint && c.index >= 0;
    }
    if (!ok) lb_badvalue(L, CSV, lua_pushfstring(L, "columns[%d]", i), -2, "a position (1, 2, ...) or a name");
    columns[i - 1] = c;
    lua_pop(L, 1);
  }
  opt->columns = columns;
  opt->ncolumns = n;
}

#define WHAT_CATEGORIES "a list of positions or names, or {name = {\"a\", \"b\"}, ...}"

/* The list of texts at the top into c->known, in memory left on the stack below it. */
static void check_known(lua_State *L, CsvCategory *c) {
  const int n = lua_istable(L, -1) ? lb_length(L, -1) : 0;
  if (n < 1) lb_badvalue(L, CSV, "categories", -1, WHAT_CATEGORIES);
  const char **known = lua_newuserdatauv(L, (size_t)n * sizeof *known, 0);
  for (int k = 0; k < n; k++) {
    if (lua_geti(L, -2, k + 1) != LUA_TSTRING) lb_badvalue(L, CSV, "categories", -1, WHAT_CATEGORIES);
    known[k] = lua_tostring(L, -1); /* the list keeps it alive */
    if (strlen(known[k]) != lua_rawlen(L, -1)) lb_badvalue(L, CSV, "categories", -1, "texts without a byte 0");
    lua_pop(L, 1);
  }
  c->known = known;
  c->nknown = n;
}

/* Reads {2, "species", colour = {"red", "blue"}} into blocks of memory left on the stack. */
static void check_categories(lua_State *L, int table, CsvOptions *opt) {
  int n = 0;
  if (table == 0) return;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) n++;
  CsvCategory *list = lua_newuserdatauv(L, (size_t)(n ? n : 1) * sizeof *list, 0);
  memset(list, 0, (size_t)(n ? n : 1) * sizeof *list);
  opt->categories = list;
  luaL_checkstack(L, n + 8, "too many categories");
  lua_pushnil(L);
  while (lua_next(L, table)) {
    CsvCategory *c = &list[opt->ncategories++];
    const bool named = lua_type(L, -2) == LUA_TSTRING;
    if (named) {
      c->column.name = lua_tostring(L, -2);
      check_known(L, c);
      lua_insert(L, -3); /* the memory goes below key and value */
    } else if (lua_type(L, -1) == LUA_TSTRING) {
      c->column.name = lua_tostring(L, -1);
    } else {
      c->column.index = lua_tointeger(L, -1) - 1;
      if (!lua_isinteger(L, -1) || c->column.index < 0) lb_badvalue(L, CSV, "categories", -1, WHAT_CATEGORIES);
    }
    lua_pop(L, 1);
  }
}

static CsvOptions check_csv_options(lua_State *L) {
  double x[CSV_COUNT];
  lb_atmost(L, CSV, 2);
  lua_settop(L, 2);
  largs_options(L, 2, CSV, &(ArgValues){.args = csv_args, .x = x});
  CsvOptions opt = {.header = x[HEADER] != 0, .skip = (int64_t)x[SKIP], .dtype = arg_dtype(x[DTYPE])};
  opt.delimiter = check_delimiter(L, (int)x[DELIMITER]);
  opt.comment = check_comment(L, (int)x[COMMENT]);
  check_na(L, (int)x[NA], &opt);
  check_columns(L, (int)x[COLUMNS], &opt);
  check_categories(L, (int)x[CATEGORIES], &opt);
  return opt;
}

static int csv_table_gc(lua_State *L) {
  csv_release(luaL_checkudata(L, 1, CSV_TABLE_MT));
  return 0;
}

/* Pushes {[column] = {"a", "b"}} of the columns of texts. */
static void push_words(lua_State *L, const CsvTable *table) {
  lua_newtable(L);
  for (int64_t i = 0; i < table->nwords; i++) {
    const CsvWords *w = &table->words[i];
    if (w->n == 0) continue;
    lua_createtable(L, w->n, 0);
    for (int k = 0; k < w->n; k++) {
      lua_pushstring(L, w->text[k]);
      lua_rawseti(L, -2, k + 1);
    }
    lua_rawseti(L, -2, i + 1);
  }
}

/* Pushes the tensor and, if there was a header, the list of names. */
static int push_csv(lua_State *L, CsvTable *table) {
  Tensor *data = table->data;
  table->data = NULL;
  lb_pushtensor(L, data);
  if (!table->names && !table->words) return 1;
  if (!table->names) lua_pushnil(L);
  if (table->names) lua_createtable(L, (int)table->nnames, 0);
  for (int64_t i = 0; i < table->nnames; i++) {
    lua_pushstring(L, table->names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  if (!table->words) return 2;
  push_words(L, table);
  return 3;
}

/***
Reads a numeric table from a text file (CSV, TSV, columns between blanks; plain or gzip-compressed).
Empty lines and comments are skipped. A row with another number of fields, or a field that is no number, is an error
that names file, line and column.
@function csv
@tparam string path
@tparam[opt] table options delimiter (default: detected; " " stands for runs of blanks), header (true: the first line
holds names), skip (lines to ignore at the start), columns (list of positions or names), comment ("#"; false: none), na
(a number such as 0/0 to stand for missing values; without it they are an error), dtype
@treturn Tensor (rows, columns)
@treturn ?{string,...} the columns' names, with header
@usage local t, names = data.csv("iris.csv", {header = true, columns = {1, "petal_width"}})
*/
static int csv(lua_State *L) {
  static const Arg path_arg = {.name = "path", .kind = ARG_STRING, .required = true};
  double at = 0;
  if (lua_isnoneornil(L, 1)) return lb_badvalue(L, CSV, "path", 1, "a string");
  largs_value(L, 1, CSV, &path_arg, &at);
  const char *path = lua_tostring(L, (int)at);
  CsvOptions opt = check_csv_options(L);
  CsvTable *table = lua_newuserdatauv(L, sizeof *table, 0);
  *table = (CsvTable){0};
  luaL_setmetatable(L, CSV_TABLE_MT);
  if (csv_read(path, &opt, table) < 0) return lb_error(L, "%s: %s", CSV, err_message());
  return push_csv(L, table);
}

/* --- the rest ------------------------------------------------------------------------------------------------- */

/***
Reads a file in the IDX format of MNIST, plain or gzip-compressed.
@function idx
@tparam string path
@treturn Tensor uint8 for the usual files; int64, float32 or float64 for those of other types
*/
static int idx(lua_State *L) {
  Tensor *t = idx_read(only_path(L, "data.idx"));
  if (!t) return lb_error(L, "data.idx: %s", err_message());
  lb_pushtensor(L, t);
  return 1;
}

/***
Reads an array from a .npy file of NumPy's.
@function npy
@tparam string path
@treturn Tensor float32, float64, uint8, or int64 for the other integers
*/
static int npy(lua_State *L) {
  Tensor *t = npy_read(only_path(L, "data.npy"));
  if (!t) return lb_error(L, "data.npy: %s", err_message());
  lb_pushtensor(L, t);
  return 1;
}

/***
Scales the columns of a matrix to mean 0 and standard deviation 1 (the population's, divided by n).
A constant column is an error.
@function standardize
@tparam Tensor x (rows, columns), float
@treturn Tensor (x - mean) / std
@treturn Tensor mean (columns)
@treturn Tensor std (columns)
*/
static int standardize_table(lua_State *L) {
  Tensor *z, *mean, *std;
  Tensor *x = lb_checktensor(L, 1, "data.standardize", "x");
  lb_atmost(L, "data.standardize", 1);
  if (standardize(x, &z, &mean, &std) < 0) return lb_error(L, "data.standardize: %s", err_message());
  lb_pushtensor(L, z);
  lb_pushtensor(L, mean);
  lb_pushtensor(L, std);
  return 3;
}

/***
Draws a table from a normal distribution and corrects it so that its own mean and covariance (divided by n) are those
given.
@function gaussian
@tparam integer n rows
@tparam Tensor mean (d), float64
@tparam Tensor cov (d, d), float64
@tparam integer seed
@treturn Tensor (n, d), float64
*/
static int gaussian(lua_State *L) {
  enum { N, MEAN, COV, SEED, COUNT };
  static const Arg args[] = {{.name = "n", .kind = ARG_INTEGER, .required = true},
                             {.name = "mean", .kind = ARG_TENSOR, .required = true},
                             {.name = "cov", .kind = ARG_TENSOR, .required = true},
                             {.name = "seed", .kind = ARG_INT64, .required = true},
                             {0}};
  const char *fn = "data.gaussian";
  double x[COUNT];
  largs_read(L, 1, fn, &(ArgValues){.args = args, .x = x});
  Rng rng = rng_make((uint64_t)lua_tointeger(L, (int)x[SEED]), RNG_DATA);
  Tensor *t = gaussian_table(&rng, (int64_t)x[N], lb_testtensor(L, (int)x[MEAN]), lb_testtensor(L, (int)x[COV]));
  if (!t) return lb_calleeerror(L, fn);
  lb_pushtensor(L, t);
  return 1;
}

/***
Draws garment-like images, the stand-in for Fashion-MNIST.
@function garments
@tparam integer seed
@tparam integer first number of the first image, from 0 on
@tparam integer n how many
@treturn Tensor uint8 (n, 28, 28)
@treturn Tensor uint8 (n), the classes 0..9
*/
static int garments(lua_State *L) {
  enum { SEED, FIRST, N, COUNT };
  static const Arg args[] = {{.name = "seed", .kind = ARG_INT64, .required = true},
                             {.name = "first", .kind = ARG_INTEGER, .required = true},
                             {.name = "n", .kind = ARG_INTEGER, .required = true},
                             {0}};
  const char *fn = "data.garments";
  double x[COUNT];
  Tensor *images, *labels;
  largs_read(L, 1, fn, &(ArgValues){.args = args, .x = x});
  uint64_t seed = (uint64_t)lua_tointeger(L, (int)x[SEED]);
  if (garments_draw(seed, (int64_t)x[FIRST], (int64_t)x[N], &images, &labels) < 0) return lb_calleeerror(L, fn);
  lb_pushtensor(L, images);
  lb_pushtensor(L, labels);
  return 2;
}

/* declarations() -> a list of {space =, name =, doc =, args =}. */
static int declarations(lua_State *L) {
  lua_newtable(L);
  ldeclare_push(L, "data", "csv",
                "Reads a table of numbers; returns a tensor (rows, columns), and the names if there are any.", NULL,
                NULL, csv_args);
  ldeclare_setwhat(L, "delimiter", "string", WHAT_DELIMITER, false);
  ldeclare_setwhat(L, "columns", "columns", WHAT_COLUMNS, false);
  ldeclare_setwhat(L, "categories", "table", WHAT_CATEGORIES, false);
  ldeclare_setwhat(L, "comment", "string|false", WHAT_COMMENT, false);
  ldeclare_setwhat(L, "na", "number", "a number", false);
  ldeclare_append(L);
  ldata_declare_loader(L);
  ldata_declare_fetch(L);
  ldata_declare_images(L);
  ldata_declare_write(L);
  return 1;
}

/*** What zlib packed, unpacked; nil if that is damaged or longer than `most` bytes. Internal. @function inflate */
static int inflate_string(lua_State *L) {
  size_t n, size = (size_t)luaL_checkinteger(L, 2);
  const char *bytes = luaL_checklstring(L, 1, &n);
  luaL_Buffer b;
  if (inflate_bytes(bytes, n, luaL_buffinitsize(L, &b, size), &size) < 0) return 0;
  luaL_pushresultsize(&b, size);
  return 1;
}

static const luaL_Reg library[] = {
    {"csv", csv},
    {"idx", idx},
    {"npy", npy},
    {"standardize", standardize_table},
    {"gaussian", gaussian},
    {"garments", garments},
    {"declarations", declarations},
    {"inflate", inflate_string},
    {NULL, NULL},
};

int luaopen_optlab_data(lua_State *L) {
  luaL_newmetatable(L, CSV_TABLE_MT);
  lua_pushcfunction(L, csv_table_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, library);
  ldata_add_loader(L);
  ldata_add_fetch(L);
  ldata_add_images(L);
  ldata_add_write(L);
  return 1;
}
