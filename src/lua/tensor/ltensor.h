/*
 * ltensor.h - what the files of the tensor library share among themselves.
 *
 *   ltensorlib.c     the library and its metatable; fields; plain methods
 *   ltensor_inplace.c  add_, copy_, fill_, exp_, ...: what changes a tensor, and the checks before it
 *   ltensor_create.c zeros, tensor{...}, random tensors
 *   ltensor_range.c  arange, linspace
 *   ltensor_ops.c    functions and methods that run rows of the op table: element-wise ones and products
 *   ltensor_reduce.c sum, mean, max, var, norm, softmax
 *   ltensor_shape.c  reshape, transpose, cat, ...
 *   ltensor_parts.c  chunk, split, unbind
 *   ltensor_index.c  t[i], t[{...}], t[mask], t[i] = v
 *   ltensor_positions.c  what t[key] and t[key] = v do with index tensors
 *   ltensor_scatter.c  index_add, scatter, take, ...: functions that read and write places
 *   ltensor_mask.c   masked_fill, masked_select, nonzero; what t[mask] and t[mask] = v do
 *   functions/       functions of whole tensors: sort, cumsum, tril, ...
 *   ltensor_print.c  __tostring
 */
#ifndef OPTLAB_LUA_TENSOR_LTENSOR_H
#define OPTLAB_LUA_TENSOR_LTENSOR_H

#include "autograd/op.h"
#include "kernels/index/index.h"
#include "lua/base/largs.h"

/* Add functions to the library table at `lib` and methods to the table at `methods`. */
void ltensor_create(lua_State *L, int lib, int methods);
void ltensor_range(lua_State *L, int lib);
void ltensor_ops(lua_State *L, int lib, int methods, int meta);
void ltensor_reduce(lua_State *L, int lib, int methods);
void ltensor_shape(lua_State *L, int lib, int methods);
void ltensor_parts(lua_State *L, int lib, int methods);
void ltensor_rng(lua_State *L, int lib);
void ltensor_mask(lua_State *L, int lib, int methods);
void ltensor_inplace(lua_State *L, int methods);
void ltensor_scatter(lua_State *L, int lib, int methods);
void ltensor_functions(lua_State *L, int lib, int methods);

int ltensor_index(lua_State *L);    /* t[key] for a number, table or tensor key at index 2 */
int ltensor_newindex(lua_State *L); /* t[key] = value, the same keys */
int ltensor_tostring(lua_State *L);
int ltensor_set_line_width(lua_State *L); /* set_line_width(columns): of what tostring gives, from now on */

/* Sets functions under the same names in both tables. */
void ltensor_setboth(lua_State *L, int lib, int methods, const luaL_Reg *regs);

/* The values at `first` and behind it, tensors or numbers, as new references. A number gets the dtype of the tensor
 * beside it if that can hold it (1.5 does not fit into int64). -1 with err_set without memory, then no reference. */
int ltensor_operands(lua_State *L, int first, Tensor **in);

/* Applies op to the operands at 1 and 2, of which at least one is a tensor, and pushes the result. */
int ltensor_apply2(lua_State *L, const char *callee, OpId op);

/* Runs an op on borrowed tensors and pushes the result. Errors name the callee, or the op if that is NULL. */
int ltensor_push_op(lua_State *L, const char *callee, OpId op, Tensor *const *in, int nin, const OpArgs *args);

/* The elements of x at the positions along dim that op finds, and the positions, from 1; pushes both. keep: false where
 * the size of dim becomes 1 and the dimension goes. */
int ltensor_push_picked(lua_State *L, const char *callee, Tensor *x, int dim, bool keep, OpId op, const OpArgs *args);

/* --- options of functions that make tensors (ltensor_range.c) ----------------------------------------------------- */

/* The last two rows of a declaration; dtype is the default float type, or that of an argument. */
/* clang-format off */
#define LTENSOR_OPTION_ROWS \
  {.name = "dtype", .kind = ARG_DTYPE, .def = ARG_UNSET}, {.name = "requires_grad", .kind = ARG_FLAG}, {0}
/* clang-format on */

/* The dtype of a tensor to be made; raises if it cannot require a gradient as asked. x: the places of the two rows. */
DType ltensor_new_dtype(lua_State *L, const char *callee, const double *x, DType def);

/* Pushes a tensor made with these options; t is owned, NULL raises err_message(). */
int ltensor_push_new(lua_State *L, const char *callee, Tensor *t, const double *x);

/* --- before something is changed in place (ltensor_inplace.c) -------------------------------------------------- */

/* Raises unless t may be changed in place now: it is no result that backward could still need, nor a leaf that requires
 * a gradient, unless gradients are off; and no two of its elements are one place in memory. */
void ltensor_check_inplace(lua_State *L, const Tensor *t, const char *fn);

/* The same where one value is written everywhere, so that elements may share their place. */
void ltensor_check_fill(lua_State *L, const Tensor *t, const char *fn);

/* Raises if the value, whose elements are about to be written into a tensor, requires a gradient: it would be lost. */
void ltensor_check_source(lua_State *L, const Tensor *value, const char *fn);

/* Raises if results of that dtype cannot be stored in t: floats in an integer tensor. */
void ltensor_check_result(lua_State *L, const Tensor *t, DType result, const char *fn);

/* --- masks (ltensor_mask.c) ------------------------------------------------------------------------------------- */

/* Raises unless `mask` is a mask for the dimensions of x from dim on. */
void ltensor_check_mask(lua_State *L, const Tensor *x, int dim, const Tensor *mask, const char *fn);

/* The positions of a mask's ones, to be used before a formula begins; raises while a step is recorded. */
Tensor *ltensor_mask_positions(lua_State *L, const Tensor *mask, const char *fn);

/* In the caller's formula: the parts of x that the mask's ones name, along one dimension in place of the mask's. */
Tensor *ltensor_select_masked(Tensor *x, int dim, const Tensor *mask, Tensor *positions);

/* The number or tensor at idx in x's dtype, in the caller's formula; NULL with err_set if the dtype cannot hold it. */
Tensor *ltensor_as_elements(lua_State *L, int idx, const Tensor *x);

/* Writes the number or tensor at idx into the parts of x that the mask, which was checked, names. */
void ltensor_assign_masked(lua_State *L, Tensor *x, int dim, Tensor *mask, int idx, const char *fn);

/* --- positions (ltensor_positions.c) ------------------------------------------------------------------------------ */

/* The tensors of a key: int64 positions for one dimension, or masks for as many as they have. */
typedef struct LtensorKey {
  int n;
  Tensor *t[TENSOR_MAX_DIM];
  int at[TENSOR_MAX_DIM]; /* the first dimension that each is for */
} LtensorKey;

/* Where they lead. */
typedef struct LtensorPositions {
  Tensor *at;       /* the index, on the stack */
  IndexCount count; /* how it counts */
  int ndim;         /* its shape */
  int64_t shape[TENSOR_MAX_DIM];
  int dim, dims; /* the dimensions that they are for, once these stand side by side */
  bool moves;    /* which asks for this order of dimensions: */
  int64_t from[TENSOR_MAX_DIM];
} LtensorPositions;

/* Works out where the tensors of the key lead in y. Leaves values on the stack; raises. */
void ltensor_read_positions(lua_State *L, const Tensor *y, const LtensorKey *k, const char *fn, LtensorPositions *p);

/* In the caller's formula: the elements there; y with the value there, or with it added; the same in place, which says
 * -1 with err_set. The value is of y's dtype and broadcasts to the shape of the elements. */
Tensor *ltensor_pick(Tensor *y, const LtensorPositions *p);
Tensor *ltensor_with_put(Tensor *y, const LtensorPositions *p, Tensor *value, bool add);
int ltensor_put(Tensor *y, const LtensorPositions *p, Tensor *value, bool add);

#endif
