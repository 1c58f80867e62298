/*
 * lbind.h - what every binding file shares: tensors as userdata, and the plain values of a call.
 *
 * Errors are in lerror.h; arguments that are declared as data, with options by name, in largs.h.
 *
 * Rule for all bindings: a Lua error is a longjmp. Never hold a reference, a block or a file across a call that may
 * raise; push the userdata that owns it first.
 */
#ifndef OPTLAB_LUA_BASE_LBIND_H
#define OPTLAB_LUA_BASE_LBIND_H

#include "core/tensor.h"
#include "lua/base/lerror.h"

#define TENSOR_MT "optlab.Tensor"

/* Raises "bad argument #arg to 'fn' (expected what, got ...)"; fn is the name users know ("lab.zeros", "Tensor:add").
 */
int lb_argerror(lua_State *L, const char *fn, int arg, const char *what);

/* --- tensors ------------------------------------------------------------------------------------------------ */

Tensor *lb_testtensor(lua_State *L, int idx); /* borrowed; NULL if the value is no tensor; raises on a closed one */
Tensor *lb_checktensor(lua_State *L, int idx, const char *fn); /* borrowed; raises naming fn and the argument */

/* Pushes a userdata that takes over the reference `owned`. NULL raises err_message(), so that
 * lb_pushtensor(L, tensor_new(...)) is complete. Tells the collector about the bytes behind the tensor. */
void lb_pushtensor(lua_State *L, Tensor *owned);

/* The same for a tensor that has no contents yet: report it later with lrecord_tensor. */
void lb_pushunseen(lua_State *L, Tensor *owned);

/* For ltensorlib.c alone: the metatable just made at idx (0: it is gone), and the function behind __gc and __close. */
void lb_settensormt(lua_State *L, int idx);
int lb_closetensor(lua_State *L);

/* To be called before elements of t become something that Lua sees; `who` does it ("item()"). Raises while a step is
 * recorded, unless t is a constant of it. */
void lb_read(lua_State *L, const Tensor *t, const char *who);

/* Reads an array of tensors at idx into a freshly pushed userdata block (left on the stack so that it is collected);
 * borrowed pointers, *n of them. Raises if an entry is no tensor. */
Tensor **lb_tensorlist(lua_State *L, int idx, int *n, const char *fn);

double lb_checknumber(lua_State *L, int idx, const char *fn);          /* raises naming fn and the argument */
double lb_numberor(lua_State *L, int idx, const char *fn, double def); /* def for none and nil */
DType lb_checkdtype(lua_State *L, int idx, const char *fn);            /* a dtype name; raises with the list of names */
DType lb_defaultdtype(void);                                           /* lab.set_default_dtype; float32 at the start */
void lb_setdefaultdtype(DType dt);

/* Reads a dimension (1-based, negative from the end) at idx into 0..ndim-1; raises "out of range". */
int lb_checkdim(lua_State *L, int idx, int ndim, const char *fn);

/* Reads a shape: integers from idx on, or a table of integers. Returns the rank; *next is the first index not read. */
int lb_checkshape(lua_State *L, int idx, int64_t *shape, int *next, const char *fn);

/* --- option tables ------------------------------------------------------------------------------------------- */

/* `names` is NULL-terminated. Raises for a key of the table at idx that is not among them, with "did you mean 'x'?"
 * when one is near. idx may be none or nil (then nothing is checked). Returns true if there is a table. */
bool lb_checkoptions(lua_State *L, int idx, const char *fn, const char *const names[]);

/* One option; the default if the table or the key is missing; raises if it has another type. */
double lb_optnumber(lua_State *L, int idx, const char *fn, const char *name, double def);
int64_t lb_optinteger(lua_State *L, int idx, const char *fn, const char *name, int64_t def);
bool lb_optboolean(lua_State *L, int idx, const char *fn, const char *name, bool def);
const char *lb_optstring(lua_State *L, int idx, const char *fn, const char *name,
                         const char *def); /* alive while the table is */

/* --- the libraries; each pushes its table --------------------------------------------------------------------- */

int luaopen_optlab_tensor(lua_State *L);   /* ltensorlib.c: creation, methods, operators */
int luaopen_optlab_autograd(lua_State *L); /* lautogradlib.c */
int luaopen_optlab_nn(lua_State *L);       /* lnnlib.c: layers, losses, init, functional */
int luaopen_optlab_optim(lua_State *L);    /* loptimlib.c */
int luaopen_optlab_sched(lua_State *L);    /* lschedlib.c */
int luaopen_optlab_data(lua_State *L);     /* ldatalib.c: csv, fetch, loader */
int luaopen_optlab_save(lua_State *L);     /* lsavelib.c: files of tensors */
int luaopen_optlab_compile(lua_State *L);  /* lcompilelib.c: recorded steps */
int luaopen_optlab_system(lua_State *L);   /* lsystemlib.c: clock, memory, threads, terminal */
int luaopen_optlab_files(lua_State *L);    /* lfileslib.c: folders, files replaced as a whole */
int luaopen_optlab_core(lua_State *L);     /* lcorelib.c: one table of the above; what require "optlab.core" gives */

#endif
