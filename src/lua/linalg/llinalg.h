/*
 * llinalg.h - what the files of the linear algebra library share among themselves.
 *
 *   llinalglib.c        the library
 *   llinalg_solve.c     solutions, inverses, determinants
 *   llinalg_decompose.c decompositions
 *   llinalg.c           batches: (..., rows, columns) as the rows of the op table want them, (batch, rows, columns)
 *
 * Scripts call these functions through lua/optlab/linalg, which declares the arguments; here they stand in a fixed order.
 */
#ifndef OPTLAB_LUA_LINALG_LLINALG_H
#define OPTLAB_LUA_LINALG_LLINALG_H

#include "autograd/formula.h"
#include "lua/base/lbind.h"

void llinalg_solve(lua_State *L, int lib);
void llinalg_decompose(lua_State *L, int lib);

/* The matrices (..., m, n) at idx; raises if it has fewer dimensions, or if they are to be square and are not. */
Tensor *llinalg_matrices(lua_State *L, int idx, const char *callee, const char *name);
Tensor *llinalg_square(lua_State *L, int idx, const char *callee, const char *name);

/* In a formula: (..., m, n) as (batch, m, n), and back: the dimensions of t behind its first one behind those of a in
 * front of its matrices. */
Tensor *llinalg_flat(Tensor *a);
Tensor *llinalg_restore(Tensor *t, const Tensor *a);

/* In a formula: numbers from `start` on of each line of `packed` (batch, ...) as rows x columns (rows -1: as a vector of
 * columns numbers), brought to a's batch. */
Tensor *llinalg_part(Tensor *packed, const Tensor *a, int64_t start, int64_t rows, int64_t columns);

/* Ends a formula and pushes its results; a NULL among them raises. */
int llinalg_push(lua_State *L, const char *callee, FormulaMark m, Tensor *const *result, int n);

#endif
