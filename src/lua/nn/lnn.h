/*
 * lnn.h - what the files of the nn library share among themselves.
 *
 *   lnnlib.c          the library; modules as userdata
 *   lnn_functional.c  nn.functional and nn.init
 *   lnn_args.c        reads a call's arguments by a list of Arg (args/arg.h)
 */
#ifndef OPTLAB_LUA_NN_LNN_H
#define OPTLAB_LUA_NN_LNN_H

#include "lua/base/lbind.h"
#include "nn/layers/layers.h"

#define MODULE_MT "optlab.Module"

/* Whom errors name: "nn." and "Linear". */
typedef struct Callee {
  const char *space, *name;
} Callee;

/* Reads the call's values at first..last: by position up to the first table, which must be the last value and holds the
 * rest by name. value[i] receives args[i]; the k-th tensor argument goes to tensor[k] (borrowed; untouched if not
 * given). Raises naming the argument. */
void lnn_args(lua_State *L, int first, int last, Callee callee, const Arg *args, double *value, Tensor **tensor);

/* The tensors at first..first+n-1 (an input, a target) into in[], borrowed; raises if one is none. `module`: the index
 * of the module that is called, 0 for none. */
void lnn_inputs(lua_State *L, int first, int n, Callee callee, Tensor **in, int module);

/* Pushes the words between '' and separated by commas. */
const char *lnn_pushwords(lua_State *L, const char *const *words);

/* Pushes " (layer 1 'Linear' of Sequential)" for the module at idx, "" if it lies in no container or idx is 0. */
const char *lnn_pushmodulepath(lua_State *L, int idx);

/* In the table at the top: name = fn with `row` as its upvalue 1. */
void lnn_setclosure(lua_State *L, const char *name, lua_CFunction fn, const void *row);

/* Push the tables nn.functional and nn.init. */
void lnn_pushfunctional(lua_State *L);
void lnn_pushinit(lua_State *L);

#endif
