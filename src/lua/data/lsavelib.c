/*
 * lsavelib.c - files of tensors for Lua: the bytes of .safetensors, .npy and .npz. What a safetensors header says is
 * read and written in Lua (optlab.save.safetensors).
 *
 *   write_safetensors(path, header, {tensor, ...})
 *   open_safetensors(path) -> file: file:header(), file:size() (bytes of data), file:tensor(type, {sizes}, begin)
 *   type_size(type) -> bytes per element, or nil
 *   write_npy(path, tensor)            read_npy(path) -> tensor
 *   write_npz(path, {name, ...}, {tensor, ...}, compress)   read_npz(path) -> {name = tensor}[, why a member
 *   was left out, how many were]
 *
 * All raise; the messages name the file. `path` is checked by the callers.
 */
#include <string.h>

#include "data/formats/npy.h"
#include "data/formats/npz.h"
#include "data/formats/safetensors.h"
#include "lua/base/largs.h"

#define SAFE_MT "optlab.SafeFile"
#define NPZ_MT "optlab.NpzFile"

static const char SAVE[] = "lab.save", LOAD[] = "lab.load";

static int checked(lua_State *L, int status, const char *fn) {
  return status < 0 ? lb_error(L, "%s: %s", fn, err_message()) : 0;
}

/* --- safetensors----------------------------------------------------------------------------------------------- */

static int l_write_safetensors(lua_State *L) {
  size_t nheader;
  int n;
  const char *path = lb_checkpath(L, 1), *header = luaL_checklstring(L, 2, &nheader);
  Tensor **list = lb_tensorlist(L, 3, &n, SAVE, "tensors");
  return checked(L, safetensors_write(path, header, nheader, n, list), SAVE);
}

static int l_open_safetensors(lua_State *L) {
  const char *path = lb_checkpath(L, 1);
  SafeFile *f = lua_newuserdatauv(L, sizeof *f, 0);
  *f = (SafeFile){0};
  luaL_setmetatable(L, SAFE_MT);
  checked(L, safetensors_open(f, path), LOAD);
  return 1;
}

static SafeFile *check_file(lua_State *L) {
  SafeFile *f = luaL_checkudata(L, 1, SAFE_MT);
  luaL_argcheck(L, f->file, 1, "the file is closed");
  return f;
}

static int file_header(lua_State *L) {
  SafeFile *f = check_file(L);
  luaL_Buffer b;
  char *text = luaL_buffinitsize(L, &b, (size_t)f->header);
  checked(L, safetensors_header(f, text), LOAD);
  luaL_pushresultsize(&b, (size_t)f->header);
  return 1;
}

static int file_size(lua_State *L) {
  lua_pushinteger(L, check_file(L)->data);
  return 1;
}

static int file_tensor(lua_State *L) {
  SafeFile *f = check_file(L);
  static const Arg size = {.name = "shape", .kind = ARG_SHAPE};
  double x[ARG_SHAPE_PLACES];
  int64_t shape[TENSOR_MAX_DIM];
  const char *type = luaL_checkstring(L, 2);
  largs_value(L, 3, LOAD, &size, x);
  Tensor *t = safetensors_tensor(f, type, arg_shape(x, shape), shape, luaL_checkinteger(L, 4));
  checked(L, t ? 0 : -1, LOAD);
  lb_pushtensor(L, t);
  return 1;
}

static int file_close(lua_State *L) {
  safetensors_close(luaL_checkudata(L, 1, SAFE_MT));
  return 0;
}

static int l_type_size(lua_State *L) {
  int size = safetensors_size(luaL_checkstring(L, 1));
  if (size == 0) return 0;
  lua_pushinteger(L, size);
  return 1;
}

/* --- npy, npz-------------------------------------------------------------------------------------------------- */

static int l_write_npy(lua_State *L) {
  const char *path = lb_checkpath(L, 1);
  return checked(L, npy_write(path, lb_checktensor(L, 2, SAVE, "tensor")), SAVE);
}

static int l_read_npy(lua_State *L) {
  Tensor *t = npy_read(lb_checkpath(L, 1));
  checked(L, t ? 0 : -1, LOAD);
  lb_pushtensor(L, t);
  return 1;
}

static int l_write_npz(lua_State *L) {
  int n;
  const char *path = lb_checkpath(L, 1);
  Tensor **tensor = lb_tensorlist(L, 3, &n, SAVE, "tensors");
  const char **name = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *name, 0);
  for (int i = 0; i < n; i++) {
    lua_geti(L, 2, i + 1);
    name[i] = lb_checkpath(L, -1); /* the list keeps it alive */
    lua_pop(L, 1);
  }
  return checked(L, npz_write(path, n, name, tensor, lua_toboolean(L, 4)), SAVE);
}

static int npz_gc(lua_State *L) {
  npz_free(luaL_checkudata(L, 1, NPZ_MT));
  return 0;
}

static int l_read_npz(lua_State *L) {
  const char *path = lb_checkpath(L, 1);
  Npz *z = lua_newuserdatauv(L, sizeof *z, 0);
  *z = (Npz){0};
  luaL_setmetatable(L, NPZ_MT);
  checked(L, npz_read(path, z), LOAD);
  lua_createtable(L, 0, z->n);
  for (int i = 0; i < z->n; i++) {
    Tensor *t = z->entry[i].tensor;
    lua_pushstring(L, z->entry[i].name);
    z->entry[i].tensor = NULL;
    lb_pushtensor(L, t);
    lua_rawset(L, -3);
  }
  if (!z->reason) return 1;
  lua_pushstring(L, z->reason);
  lua_pushinteger(L, z->left_out);
  return 3;
}

static const luaL_Reg library[] = {
    {"write_safetensors", l_write_safetensors},
    {"open_safetensors", l_open_safetensors},
    {"type_size", l_type_size},
    {"write_npy", l_write_npy},
    {"read_npy", l_read_npy},
    {"write_npz", l_write_npz},
    {"read_npz", l_read_npz},
    {NULL, NULL},
};

static const luaL_Reg file_methods[] = {
    {"header", file_header}, {"size", file_size}, {"tensor", file_tensor}, {NULL, NULL}};
static const luaL_Reg file_metamethods[] = {{"__gc", file_close}, {"__close", file_close}, {NULL, NULL}};

int luaopen_optlab_save(lua_State *L) {
  luaL_newmetatable(L, SAFE_MT);
  luaL_setfuncs(L, file_metamethods, 0);
  luaL_newlib(L, file_methods);
  lua_setfield(L, -2, "__index");
  luaL_newmetatable(L, NPZ_MT);
  lua_pushcfunction(L, npz_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, library);
  return 1;
}
