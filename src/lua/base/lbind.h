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

/* --- tensors ------------------------------------------------------------------------------------------------ */

Tensor *lb_testtensor(lua_State *L, int idx); /* borrowed; NULL if the value is no tensor; raises on a closed one */
/* Borrowed; raises about the argument `name` if the value is no tensor. */
Tensor *lb_checktensor(lua_State *L, int idx, const char *callee, const char *name);
static inline Tensor *lb_checkself(lua_State *L, const char *callee) { return lb_checktensor(L, 1, callee, "self"); }

/* Pushes a userdata that takes over the reference `owned`. NULL raises err_message(), so that
 * lb_pushtensor(L, tensor_new(...)) is complete. May run the collector (lcollect.h). */
void lb_pushtensor(lua_State *L, Tensor *owned);
/* The same with an error that names the function which the script called, not the operation inside it that failed. */
void lb_pushresult(lua_State *L, const char *callee, Tensor *owned);

/* The same for a tensor that has no contents yet: report it later with lrecord_tensor. */
void lb_pushunseen(lua_State *L, Tensor *owned);

/* For ltensorlib.c alone: the metatable just made at idx (0: it is gone), and the function behind __gc and __close. */
void lb_settensormt(lua_State *L, int idx);
int lb_closetensor(lua_State *L);

/* To be called before elements of t become Lua values; `reader` names the function that reads: "item()". Raises while
 * a step is recorded, unless t is a constant of it. */
void lb_read(lua_State *L, const Tensor *t, const char *reader);

/* The name of a file at idx; raises if it is no string or holds a byte 0, where the system would cut it. For functions
 * that only optlab's own modules call; others declare their arguments. */
const char *lb_checkpath(lua_State *L, int idx);

/* The length of the list at idx, at least 0 and at most INT_MAX / 2, whatever a metamethod says: n + 1 is an int, and
 * n times the size of an element no more than memory can hold. */
int lb_length(lua_State *L, int idx);

/* Raises if the table at idx has keys beside 1, 2, ..., n, its length: the reader of a list would drop them. names:
 * strings are options, which others check. Looks behind the last member, where tables keep other keys. */
void lb_checklist(lua_State *L, int idx, bool names, const char *callee, const char *name);

/* Reads the list of tensors `name` at idx into a freshly pushed userdata block (left on the stack so that it is
 * collected); borrowed pointers, *n of them. Raises if it is no list or an entry no tensor. */
Tensor **lb_tensorlist(lua_State *L, int idx, int *n, const char *callee, const char *name);

/* The dimension d of the argument `name`, as an ARG_DIM has it (0, 1, ... or -1, -2, ...), as 0..ndim-1; raises if it
 * is out of range. */
int lb_checkdim(lua_State *L, double d, int ndim, const char *callee, const char *name);

/* --- the libraries; each pushes its table --------------------------------------------------------------------- */

int luaopen_optlab_tensor(lua_State *L);    /* ltensorlib.c: creation, methods, operators */
int luaopen_optlab_autograd(lua_State *L);  /* lautogradlib.c */
int luaopen_optlab_nn(lua_State *L);        /* lnnlib.c: layers, losses, init, functional */
int luaopen_optlab_linalg(lua_State *L);    /* llinalglib.c: solutions, decompositions of matrices */
int luaopen_optlab_minimize(lua_State *L);  /* lminimizelib.c: methods of NLopt */
int luaopen_optlab_optim(lua_State *L);     /* loptimlib.c */
int luaopen_optlab_sched(lua_State *L);     /* lschedlib.c */
int luaopen_optlab_data(lua_State *L);      /* ldatalib.c: csv, fetch, loader */
int luaopen_optlab_save(lua_State *L);      /* lsavelib.c: files of tensors */
int luaopen_optlab_compile(lua_State *L);   /* lcompilelib.c: recorded steps */
int luaopen_optlab_dist(lua_State *L);      /* ldistlib.c: several processes as one job */
int luaopen_optlab_system(lua_State *L);    /* lsystemlib.c: clock, memory, threads, terminal */
int luaopen_optlab_files(lua_State *L);     /* lfileslib.c: folders, files replaced as a whole */
int luaopen_optlab_runs(lua_State *L);      /* lrunslib.c: folders of runs, the ledger of files, versions */
int luaopen_optlab_work(lua_State *L);      /* lworklib.c: locks and processes that several workers share */
int luaopen_optlab_interrupt(lua_State *L); /* linterruptlib.c: the request that the program ends */
int luaopen_optlab_terminal(lua_State *L);  /* lterminallib.c: what is drawn on a terminal */
int luaopen_optlab_core(lua_State *L);      /* lcorelib.c: one table of the above; what require "optlab.core" gives */

#endif
