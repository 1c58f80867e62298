/*
 * lloaderlib.c - minibatches for Lua: loader(data, options) and the Loader class.
 *
 * for X, y in loader:batches() do ... end
 *
 * The iterator is a C closure over its state and the loader, so that a turn of the loop looks nothing up; it is also
 * the loop's closing value, so that a break frees the order of the epoch at once.
 */
#include <stdio.h>
#include <string.h>

#include "core/recorder.h"
#include "data/loader.h"
#include "lua/base/ldeclare.h"
#include "lua/data/ldata.h"

#define LOADER_MT "optlab.Loader"
#define BATCHES_MT "optlab.Batches"

/* --- making one ----------------------------------------------------------------------------------------------- */

/* Pushes the tensors of the data set at index 1: its X and y, or the list's entries. Returns how many. */
static int push_fields(lua_State *L, const char *fn) {
  static const char *const names[] = {"X", "y"};
  int base = lua_gettop(L);
  if (lua_getfield(L, 1, "X") != LUA_TNIL) {
    lua_settop(L, base);
    for (int i = 0; i < 2; i++) {
      if (lua_getfield(L, 1, names[i]) == LUA_TNIL) lua_pop(L, 1);
    }
  } else {
    lua_settop(L, base);
    for (int i = 1; i <= LOADER_MAX_FIELDS + 1 && lua_geti(L, 1, i) != LUA_TNIL; i++) {
    }
    if (lua_isnil(L, -1)) lua_pop(L, 1);
  }
  int n = lua_gettop(L) - base;
  if (n == 0) return lb_error(L, "%s: the data set has neither a tensor X nor a list of tensors", fn);
  return n;
}

#define WHAT_TRANSFORM "a table {scale=, mean=, std=, dtype=} or false"

static const Arg transform_args[] = {
    {.name = "dtype",
     .kind = ARG_DTYPE,
     .def = ARG_UNSET,
     .doc = "Dtype of the batches; by default the default dtype."},
    {.name = "scale", .range = RANGE_NUMBER, .def = 1, .doc = "Factor of each byte."},
    {.name = "mean", .kind = ARG_VALUE, .doc = "Subtracted after that; a list: one for each channel. Default: 0."},
    {.name = "std", .kind = ARG_VALUE, .doc = "Divisor of the difference, or a list of them. Default: 1."},
    {0},
};

#define WHAT_AUGMENT "a table {padding=, flip=}"

static const Arg augment_args[] = {
    {.name = "padding",
     .kind = ARG_INTEGER,
     .range = RANGE_NOT_NEGATIVE,
     .doc = "Zeros added on every side; then a part of the original size is cut out at a random position."},
    {.name = "flip", .kind = ARG_FLAG, .doc = "Whether half of the images are mirrored, left to right."},
    {0},
};

static const Arg loader_args[] = {
    {.name = "batch_size",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Number of rows in a batch."},
    {.name = "shuffle", .kind = ARG_FLAG, .doc = "Whether the rows are put in a new random order in each epoch."},
    {.name = "replacement",
     .kind = ARG_FLAG,
     .doc = "Whether each row is drawn from all rows, with replacement; shuffle then has no effect."},
    {.name = "weights",
     .kind = ARG_TENSOR,
     .doc = "A number for each row, in proportion to which rows are drawn, with replacement."},
    {.name = "samples",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "Number of rows of an epoch that is shuffled or drawn; by default as many as there are."},
    {.name = "drop_last", .kind = ARG_FLAG, .doc = "Whether a last batch that is not full is left out."},
    {.name = "seed", .kind = ARG_INT64, .doc = "Seed of the order; by default it follows lab.manual_seed."},
    {.name = "transform",
     .kind = ARG_VALUE,
     .doc = "How a uint8 X is converted; by default the data set's own transform; false for none."},
    {.name = "augment",
     .kind = ARG_TABLE,
     .doc = "How images X (N, C, H, W) are moved and mirrored at random, before the transform."},
    {0},
};

#define WHAT_CHANNELS "a number or a list of up to 16 numbers"

_Static_assert(BYTE_CHANNELS_MAX == 16, "WHAT_CHANNELS says how many");

/* The number or list at idx (0: not given) into out; returns how many. */
static int read_channels(lua_State *L, int idx, const char *name, double *out) {
  const char *fn = "data.loader: transform";
  if (idx == 0) return 1;
  if (lua_type(L, idx) == LUA_TNUMBER) {
    out[0] = lua_tonumber(L, idx);
    return 1;
  }
  const int n = lua_istable(L, idx) ? lb_length(L, idx) : 0;
  if (n < 1 || n > BYTE_CHANNELS_MAX) return lb_badvalue(L, fn, name, idx, WHAT_CHANNELS);
  for (int c = 0; c < n; c++) {
    if (lua_geti(L, idx, c + 1) != LUA_TNUMBER) return lb_badvalue(L, fn, name, idx, WHAT_CHANNELS);
    out[c] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  return n;
}

/* One value stands for all channels of a list beside it. */
static void spread(double *x, int given, int channels) {
  for (int c = given; c < channels; c++) x[c] = x[0];
}

/* Reads the table {dtype =, scale =, mean =, std =} at idx. */
static ByteTransform check_transform(lua_State *L, int idx) {
  enum { DTYPE, SCALE, MEAN, STD, COUNT };
  double x[COUNT];
  largs_options(L, idx, "data.loader: transform", &(ArgValues){.args = transform_args, .x = x});
  ByteTransform t = {.dtype = arg_dtype(x[DTYPE]), .scale = x[SCALE], .std = {1}};
  const int means = read_channels(L, (int)x[MEAN], "mean", t.mean);
  const int stds = read_channels(L, (int)x[STD], "std", t.std);
  if (means > 1 && stds > 1 && means != stds) {
    lb_error(L, "data.loader: transform: mean has %d numbers, std has %d", means, stds);
  }
  t.channels = means > stds ? means : stds;
  spread(t.mean, means, t.channels);
  spread(t.std, stds, t.channels);
  return t;
}

/* The option `transform` at idx (0: not given; false: none), else the data set's own. */
static void find_transform(lua_State *L, const char *fn, int idx, LoaderOptions *opt) {
  if (idx == 0) {
    lua_getfield(L, 1, "transform");
    idx = lua_gettop(L);
  }
  bool off = !lua_toboolean(L, idx);
  if (!off && !lua_istable(L, idx)) {
    lb_badvalue(L, fn, "transform", idx, WHAT_TRANSFORM);
  }
  opt->has_transform = !off;
  if (!off) opt->transform = check_transform(L, idx);
}

static Augment check_augment(lua_State *L, int idx) {
  enum { PADDING, FLIP, COUNT };
  double x[COUNT];
  if (idx == 0) return (Augment){0};
  largs_options(L, idx, "data.loader: augment", &(ArgValues){.args = augment_args, .x = x});
  if (x[PADDING] >= 0x1p30) lb_error(L, "data.loader: augment: padding must be below 2^30, got %f", x[PADDING]);
  return (Augment){.padding = (int64_t)x[PADDING], .flip = x[FLIP] != 0};
}

/* Whether a key of the data set at index 1 is one that a loader reads: X, y and transform of one with an X. */
static bool is_read(lua_State *L, int key, bool named) {
  static const char *const names[] = {"X", "y", "transform"};
  if (!named) return lua_isinteger(L, key);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (lua_type(L, key) == LUA_TSTRING && strcmp(lua_tostring(L, key), names[i]) == 0) return true;
  }
  return false;
}

/* The entry of the data set whose key and value are on top is no part of it: an option goes into the table at 2, if the
 * call had none; a tensor that no batch would hold is an error. A list holds nothing but tensors and options. */
static void settle_entry(lua_State *L, const char *fn, bool named, bool given) {
  int at;
  const int value = lua_gettop(L), key = value - 1;
  const char *name = lua_type(L, key) == LUA_TSTRING ? lua_tostring(L, key) : NULL;
  const bool option = name && args_find(loader_args, name, &at);
  if (option && given) lb_error(L, "%s: %s stands in the data set and must stand in the table of options", fn, name);
  if (option || !named) {
    lua_pushvalue(L, key);
    lua_pushvalue(L, value);
    lua_rawset(L, 2);
  } else if (lb_testtensor(L, value)) {
    lb_error(L, "%s: the data set has a tensor '%s', which no batch would hold; a list {X, y, ...} takes more tensors",
             fn, luaL_tolstring(L, key, NULL));
  }
}

/* Options may stand beside the tensors, in the same table; classes of data sets have fields of their own. */
static void split_data(lua_State *L, const char *fn) {
  const bool given = !lua_isnil(L, 2), named = lua_getfield(L, 1, "X") != LUA_TNIL;
  lua_pop(L, 1);
  if (lua_getmetatable(L, 1)) {
    lua_pop(L, 1);
    return;
  }
  if (!given) {
    lua_newtable(L);
    lua_replace(L, 2);
  }
  for (lua_pushnil(L); lua_next(L, 1); lua_settop(L, 3)) {
    if (!is_read(L, 3, named)) settle_entry(L, fn, named, given);
  }
}

static LoaderOptions check_options(lua_State *L, const char *fn) {
  enum { BATCH_SIZE, SHUFFLE, REPLACEMENT, WEIGHTS, SAMPLES, DROP_LAST, SEED, TRANSFORM, AUGMENT, COUNT };
  double x[COUNT];
  lb_atmost(L, fn, 2);
  lua_settop(L, 2);
  split_data(L, fn);
  largs_options(L, 2, fn, &(ArgValues){.args = loader_args, .x = x});
  LoaderOptions opt = {.batch_size = (int64_t)x[BATCH_SIZE],
                       .shuffle = x[SHUFFLE] != 0,
                       .replacement = x[REPLACEMENT] != 0,
                       .drop_last = x[DROP_LAST] != 0,
                       .has_seed = x[SEED] != 0};
  if (opt.has_seed) opt.seed = (uint64_t)lua_tointeger(L, (int)x[SEED]);
  if (x[WEIGHTS] != 0) opt.weights = lb_testtensor(L, (int)x[WEIGHTS]);
  if (!isnan(x[SAMPLES])) opt.samples = (int64_t)x[SAMPLES];
  opt.augment = check_augment(L, (int)x[AUGMENT]);
  find_transform(L, fn, (int)x[TRANSFORM], &opt);
  return opt;
}

/***
Cuts a data set into minibatches.
@function loader
@tparam table data a data set or any {X=tensor, y=tensor}, or a list of tensors with the same first dimension; options
may stand in the same table
@tparam[opt] table options see loader_args
@treturn Loader
@usage
local loader = data.loader(data.airfoil(), {batch_size = 10, shuffle = true})
for X, y in loader:batches() do ... end
*/
static int loader(lua_State *L) {
  const char *fn = "data.loader";
  Tensor *field[LOADER_MAX_FIELDS + 1];
  if (!lua_istable(L, 1)) return lb_badvalue(L, fn, "data", 1, "a data set {X=tensor, y=tensor} or a list of tensors");
  LoaderOptions opt = check_options(L, fn);
  lua_settop(L, 2);
  Loader *l = lua_newuserdatauv(L, sizeof *l, 0);
  memset(l, 0, sizeof *l);
  luaL_setmetatable(L, LOADER_MT);
  int n = push_fields(L, fn);
  for (int i = 0; i < n; i++) {
    field[i] = lb_testtensor(L, 4 + i);
    if (!field[i]) {
      return lb_error(L, "%s: field %d of the data set must be a tensor, got %s", fn, i + 1, lb_pushgot(L, 4 + i));
    }
  }
  if (loader_init(l, n, field, opt) < 0) return lb_error(L, "%s: %s", fn, err_message());
  lua_settop(L, 3);
  return 1;
}

/* loader_copy(loader) -> another one, whose passes the first does not see */
static int copy(lua_State *L) {
  const Loader *from = ldata_checkloader(L, "loader_copy");
  Loader *l = lua_newuserdatauv(L, sizeof *l, 0);
  memset(l, 0, sizeof *l);
  luaL_setmetatable(L, LOADER_MT);
  return loader_copy(l, from) < 0 ? lb_coreerror(L) : 1;
}

/* --- iterating ------------------------------------------------------------------------------------------------ */

static int batches_gc(lua_State *L) {
  Batches *b = luaL_testudata(L, 1, BATCHES_MT);
  if (b) batches_free(b);
  return 0;
}

Loader *ldata_testloader(lua_State *L, int idx) { return luaL_testudata(L, idx, LOADER_MT); }

Loader *ldata_checkloader(lua_State *L, const char *fn) {
  Loader *l = ldata_testloader(L, 1);
  if (!l) lb_badvalue(L, fn, "self", 1, "a loader (call it as loader:method())");
  return l;
}

Batches *ldata_start(lua_State *L, Loader *l) {
  Batches *b = lua_newuserdatauv(L, sizeof *b, 0);
  *b = (Batches){0};
  luaL_setmetatable(L, BATCHES_MT);
  if (loader_start(l, b) < 0) lb_coreerror(L);
  return b;
}

/* --- state ---------------------------------------------------------------------------------------------------- */

/***
Where the loader stands, to continue with the same batches in another run.
@function Loader:state_dict
@treturn table {epoch, position, key}
*/
static int loader_state_dict(lua_State *L) {
  Loader *l = ldata_checkloader(L, "Loader:state_dict");
  lb_atmost(L, "Loader:state_dict", 1);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, (lua_Integer)l->epoch);
  lua_setfield(L, -2, "epoch");
  lua_pushinteger(L, (lua_Integer)l->position);
  lua_setfield(L, -2, "position");
  lua_pushinteger(L, (lua_Integer)l->key);
  lua_setfield(L, -2, "key");
  return 1;
}

/***
Makes the next batches() go on behind the batch at which state_dict was taken.
@function Loader:load_state_dict
@tparam table state
*/
static int loader_load_state_dict(lua_State *L) {
  enum { EPOCH, POSITION, KEY, COUNT };
  static const Arg args[] = {{.name = "epoch", .kind = ARG_INTEGER},
                             {.name = "position", .kind = ARG_INTEGER},
                             {.name = "key", .kind = ARG_INT64},
                             {0}};
  double x[COUNT];
  const char *fn = "Loader:load_state_dict";
  Loader *l = ldata_checkloader(L, fn);
  if (!lua_istable(L, 2)) return lb_badvalue(L, fn, "state", 2, "a table from state_dict()");
  lb_atmost(L, fn, 2);
  largs_options(L, 2, fn, &(ArgValues){.args = args, .x = x});
  uint64_t key = x[KEY] != 0 ? (uint64_t)lua_tointeger(L, (int)x[KEY]) : 0;
  if (loader_seek(l, (int64_t)x[EPOCH], (int64_t)x[POSITION], key) < 0) return lb_calleeerror(L, fn);
  return 0;
}

/* --- as a value ----------------------------------------------------------------------------------------------- */

static int loader_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)loader_length(ldata_checkloader(L, "#loader")));
  return 1;
}

/* Upvalue: the table of methods. */
static int loader_index(lua_State *L) {
  Loader *l = ldata_checkloader(L, "Loader");
  lua_pushvalue(L, 2);
  if (lua_gettable(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  if (lua_type(L, 2) != LUA_TSTRING) {
    return lb_error(L, "a loader has no elements; its batches: for X, y in loader:batches() do ... end");
  }
  const char *key = lua_tostring(L, 2);
  if (strcmp(key, "epoch") == 0) recorder_refuse("the number of an epoch is read");
  if (strcmp(key, "epoch") == 0) {
    lua_pushinteger(L, (lua_Integer)l->epoch);
  } else if (strcmp(key, "batch_size") == 0) {
    lua_pushinteger(L, (lua_Integer)l->opt.batch_size);
  } else if (strcmp(key, "rows") == 0) {
    lua_pushinteger(L, (lua_Integer)l->rows);
  } else {
    return lb_error(L, "a loader has no '%s' (it has epoch, batch_size, rows, batches, state_dict, load_state_dict)",
                    key);
  }
  return 1;
}

static int loader_newindex(lua_State *L) {
  Loader *l = ldata_checkloader(L, "Loader");
  const char *key = luaL_tolstring(L, 2, NULL);
  if (strcmp(key, "epoch") != 0) return lb_error(L, "Loader: field '%s' cannot be set (only epoch can)", key);
  int isint;
  lua_Integer epoch = lua_tointegerx(L, 3, &isint);
  if (!isint) return lb_error(L, "Loader: epoch must be an integer, got %s", lb_pushgot(L, 3));
  if (loader_seek(l, epoch, 0, l->key) < 0) return lb_error(L, "Loader: %s", err_message());
  return 0;
}

static int loader_tostring(lua_State *L) {
  Loader *l = ldata_checkloader(L, "Loader");
  lua_pushfstring(L, "Loader(%I rows, batch_size=%I, %I batches, shuffle=%s%s, drop_last=%s)", (LUAI_UACINT)l->rows,
                  (LUAI_UACINT)l->opt.batch_size, (LUAI_UACINT)loader_length(l), l->opt.shuffle ? "true" : "false",
                  l->opt.replacement ? ", replacement=true" : "", l->opt.drop_last ? "true" : "false");
  return 1;
}

static int loader_gc(lua_State *L) {
  Loader *l = luaL_testudata(L, 1, LOADER_MT);
  if (l) loader_free(l);
  return 0;
}

static const luaL_Reg library[] = {{"loader", loader}, {"loader_copy", copy}, {"share", ldata_share}, {NULL, NULL}};

static const luaL_Reg methods[] = {
    {"batches", ldata_batches},
    {"state_dict", loader_state_dict},
    {"load_state_dict", loader_load_state_dict},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", loader_gc}, {"__len", loader_len}, {"__tostring", loader_tostring}, {"__newindex", loader_newindex},
    {NULL, NULL},
};

static const luaL_Reg batches_metamethods[] = {{"__gc", batches_gc}, {"__close", batches_gc}, {NULL, NULL}};

void ldata_add_loader(lua_State *L) {
  luaL_newmetatable(L, LOADER_MT);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, loader_index, 1);
  lua_setfield(L, -2, "__index");
  luaL_newmetatable(L, BATCHES_MT);
  luaL_setfuncs(L, batches_metamethods, 0);
  lua_pop(L, 2);
  luaL_setfuncs(L, library, 0);
}

void ldata_declare_loader(lua_State *L) {
  ldeclare_push(L, "data", "loader", "Cuts a data set into minibatches: for X, y in loader:batches() do ... end.", NULL,
                NULL, loader_args);
  ldeclare_setwhat(L, "transform", "table|false", WHAT_TRANSFORM, false);
  ldeclare_setwhat(L, "augment", "table", WHAT_AUGMENT, false);
  ldeclare_append(L);
  ldeclare_push(L, "data", "loader: transform", "How a loader converts a uint8 X, a batch at a time.",
                "(X scale - mean) / std", NULL, transform_args);
  ldeclare_setwhat(L, "mean", "number|tuple", WHAT_CHANNELS, false);
  ldeclare_setwhat(L, "std", "number|tuple", WHAT_CHANNELS, false);
  ldeclare_append(L);
  ldeclare_push(L, "data", "loader: augment", "How a loader moves and mirrors images, differently in each epoch.", NULL,
                NULL, augment_args);
  ldeclare_append(L);
}
