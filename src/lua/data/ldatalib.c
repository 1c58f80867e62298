/*
 * ldatalib.c - tables of numbers for Lua: csv, idx, npy, standardize, gaussian, garments; and the entry of the data
 * library.
 */
#include <ctype.h>
#include <string.h>

#include "data/formats/csv.h"
#include "data/formats/idx.h"
#include "data/formats/npy.h"
#include "data/standardize.h"
#include "data/standins/garments.h"
#include "data/standins/gaussian.h"
#include "lua/data/ldata.h"

#define CSV_TABLE_MT "optlab.CsvTable"

static const char *check_path(lua_State *L, const char *fn) {
  if (lua_type(L, 1) != LUA_TSTRING) lb_argerror(L, fn, 1, "a path");
  return lua_tostring(L, 1);
}

/* --- csv ---------------------------------------------------------------------------------------------------------- */

static const char CSV[] = "data.csv";

static char check_delimiter(lua_State *L) {
  const char *s = lb_optstring(L, 2, CSV, "delimiter", NULL);
  if (s == NULL) return 0;
  if (strlen(s) != 1 || isalnum((unsigned char)*s) || strchr("+-.\"\r\n", *s) != NULL)
    lb_error(L,
             "%s: option 'delimiter' must be one sign that is no part of a number (\",\", \";\", \"\\t\", \" \" for "
             "blanks), got '%s'",
             CSV, s);
  return *s;
}

/* A one-character string; false or "" for none. */
static char check_comment(lua_State *L) {
  if (lua_getfield(L, 2, "comment") == LUA_TBOOLEAN && !lua_toboolean(L, -1)) return 0;
  lua_pop(L, 1);
  const char *s = lb_optstring(L, 2, CSV, "comment", "#");
  if (strlen(s) > 1) lb_error(L, "%s: option 'comment' must be one sign or false, got '%s'", CSV, s);
  return *s;
}

static void check_na(lua_State *L, CsvOptions *opt) {
  opt->allow_na = lua_getfield(L, 2, "na") != LUA_TNIL;
  opt->na = lb_optnumber(L, 2, CSV, "na", 0);
}

/* Reads {2, "chord", ...} into a block of memory left on the stack. */
static void check_columns(lua_State *L, CsvOptions *opt) {
  int type = lua_getfield(L, 2, "columns");
  if (type == LUA_TNIL) return;
  int list = lua_gettop(L);
  lua_Integer n = type == LUA_TTABLE ? luaL_len(L, list) : 0;
  if (n < 1) lb_error(L, "%s: option 'columns' must be a list of positions or names", CSV);
  CsvColumn *columns = lua_newuserdatauv(L, (size_t)n * sizeof *columns, 0);
  for (lua_Integer i = 1; i <= n; i++) {
    int isint = 0;
    CsvColumn c = {NULL, 0};
    if (lua_geti(L, list, i) == LUA_TSTRING) {
      c.name = lua_tostring(L, -1); /* the list keeps it alive */
    } else {
      c.index = lua_tointegerx(L, -1, &isint) - 1;
      if (!isint || c.index < 0)
        lb_error(L, "%s: columns[%I] must be a position from 1 on or a name", CSV, (LUAI_UACINT)i);
    }
    columns[i - 1] = c;
    lua_pop(L, 1);
  }
  opt->columns = columns;
  opt->ncolumns = n;
}

static CsvOptions check_csv_options(lua_State *L) {
  static const char *const names[] = {"delimiter", "header", "skip", "columns", "comment", "na", "dtype", NULL};
  CsvOptions opt = {.comment = '#', .dtype = lb_defaultdtype()};
  if (!lb_checkoptions(L, 2, CSV, names)) return opt;
  opt.delimiter = check_delimiter(L);
  opt.comment = check_comment(L);
  opt.header = lb_optboolean(L, 2, CSV, "header", false);
  opt.skip = lb_optinteger(L, 2, CSV, "skip", 0);
  if (opt.skip < 0) lb_error(L, "%s: option 'skip' must be at least 0, got %I", CSV, (LUAI_UACINT)opt.skip);
  if (lua_getfield(L, 2, "dtype") != LUA_TNIL) opt.dtype = lb_checkdtype(L, -1, CSV);
  check_na(L, &opt);
  check_columns(L, &opt);
  return opt;
}

static int csv_table_gc(lua_State *L) {
  csv_release(luaL_checkudata(L, 1, CSV_TABLE_MT));
  return 0;
}

/* Pushes the tensor and, if there was a header, the list of names. */
static int push_csv(lua_State *L, CsvTable *table) {
  Tensor *data = table->data;
  table->data = NULL;
  lb_pushtensor(L, data);
  if (table->names == NULL) return 1;
  lua_createtable(L, (int)table->nnames, 0);
  for (int64_t i = 0; i < table->nnames; i++) {
    lua_pushstring(L, table->names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 2;
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
  const char *path = check_path(L, CSV);
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
  Tensor *t = idx_read(check_path(L, "data.idx"));
  if (t == NULL) return lb_error(L, "data.idx: %s", err_message());
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
  Tensor *t = npy_read(check_path(L, "data.npy"));
  if (t == NULL) return lb_error(L, "data.npy: %s", err_message());
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
  Tensor *x = lb_checktensor(L, 1, "data.standardize");
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
  const char *fn = "data.gaussian";
  int n_ok, seed_ok;
  lua_Integer n = lua_tointegerx(L, 1, &n_ok), seed = lua_tointegerx(L, 4, &seed_ok);
  if (!n_ok) return lb_argerror(L, fn, 1, "a number of rows");
  Tensor *mean = lb_checktensor(L, 2, fn), *cov = lb_checktensor(L, 3, fn);
  if (!seed_ok) return lb_argerror(L, fn, 4, "a seed (an integer)");
  Rng rng = rng_make((uint64_t)seed, RNG_DATA);
  Tensor *t = gaussian_table(&rng, n, mean, cov);
  if (t == NULL) return lb_error(L, "%s: %s", fn, err_message());
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
  static const char *const what[] = {"a seed (an integer)", "the number of the first image", "a number of images"};
  const char *fn = "data.garments";
  int64_t v[3];
  Tensor *images, *labels;
  for (int i = 0; i < 3; i++) {
    int isint;
    v[i] = lua_tointegerx(L, i + 1, &isint);
    if (!isint) return lb_argerror(L, fn, i + 1, what[i]);
  }
  if (garments_draw((uint64_t)v[0], v[1], v[2], &images, &labels) < 0) return lb_error(L, "%s: %s", fn, err_message());
  lb_pushtensor(L, images);
  lb_pushtensor(L, labels);
  return 2;
}

static const luaL_Reg library[] = {
    {"csv", csv},           {"idx", idx},           {"npy", npy}, {"standardize", standardize_table},
    {"gaussian", gaussian}, {"garments", garments}, {NULL, NULL},
};

int luaopen_optlab_data(lua_State *L) {
  luaL_newmetatable(L, CSV_TABLE_MT);
  lua_pushcfunction(L, csv_table_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, library);
  ldata_add_loader(L);
  ldata_add_fetch(L);
  return 1;
}
