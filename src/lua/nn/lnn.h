/*
 * lnn.h - what the files of the nn library share among themselves.
 *
 *   lnnlib.c          the library; modules as userdata
 *   lnn_functional.c  nn.functional and nn.init
 *   lnn_pad.c         nn.functional.pad
 *   lnn_declare.c     the declarations of all these as Lua tables
 *   lnn_copy.c        copies of modules, tensors that stand for their parameters, hooks
 *   lrnn.c            one direction of a recurrent layer
 */
#ifndef OPTLAB_LUA_NN_LNN_H
#define OPTLAB_LUA_NN_LNN_H

#include "lua/base/largs.h"
#include "nn/layers/layers.h"

#define MODULE_MT "optlab.Module"

/* The tensors at first..first+n-1 as the inputs of a layer into in[], borrowed; raises if one is none. `module`: the
 * index of the module that is called, or 0 and then `callee`. */
void lnn_inputs(lua_State *L, int first, const LayerDef *def, Tensor **in, int module, const char *callee);

/* tensor[k] = the k-th tensor among arguments that largs_read has read into x; borrowed, NULL if not given. */
void lnn_giventensors(lua_State *L, const Arg *args, const double *x, Tensor **tensor);

/* Pushes what forward returned; returns n. */
int lnn_pushoutputs(lua_State *L, int n, Tensor **out);

/* Pushes " (layer 1 'Linear' of Sequential)" for the module at idx, "" if it lies in no container or idx is 0. */
const char *lnn_pushmodulepath(lua_State *L, int idx);

/* In the table at the top: name = fn with upvalues `row` (light) and the callee "<space>.<name>". */
void lnn_setclosure(lua_State *L, const char *space, const char *name, lua_CFunction fn, const void *row);

/* A function of nn.functional whose arguments are not those of a layer. */
typedef struct Functional {
  const char *name, *doc, *equation;
  const char *const *inputs; /* as in a LayerDef */
  const Arg *args;
  Tensor *(*run)(Tensor *const *in, const double *x, Tensor *const *given); /* given: the tensors among the arguments */
} Functional;

extern const Functional lnn_functionals[]; /* ended by a NULL name */
extern const Arg lnn_gain_args[];          /* nn.init.calculate_gain */
extern const Arg lnn_pad_args[];           /* nn.functional.pad */
int lnn_pad(lua_State *L);

int lnn_declarations(lua_State *L); /* lnn_declare.c: a function of the library */
int lnn_rnn(lua_State *L);          /* lrnn.c: the same */
int lnn_twin(lua_State *L);         /* lnn_copy.c: the same for these */
int lnn_swap_tensor(lua_State *L);
int lnn_set_hooked(lua_State *L);
int lnn_count_right(lua_State *L); /* lnn_labels.c: the same for these */
int lnn_count_signs(lua_State *L);
int lnn_in_evaluation(lua_State *L); /* lnn_modes.c: the same for these */
int lnn_parameter_list(lua_State *L);

Module *lnn_test_module(lua_State *L, int idx);                      /* NULL if the value is no layer */
Module *lnn_check_module(lua_State *L, int idx, const char *callee); /* raises if the value is no layer */
int lnn_find_tensor(const LayerDef *def, const char *key); /* among parameters, then buffers; -1: there is none */

/* Push the tables nn.functional and nn.init. */
void lnn_pushfunctional(lua_State *L);
void lnn_pushinit(lua_State *L);

#endif
