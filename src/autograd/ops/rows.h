/*
 * rows.h - what the files that define rows share: the rows' names and the common shape rules.
 *
 * Row OP_X is the object row_X, defined in the file of its kind; table.c gathers them into the table.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_ROWS_H
#define OPTLAB_AUTOGRAD_OPS_ROWS_H

#include "autograd/formula.h"
#include "autograd/op.h"

#define ENTRY(name) extern const Op row_##name;
#include "autograd/ops/list.h"
#undef ENTRY

/* The shape and dtype of the first input. */
int infer_same(OpShape *s, Tensor *const *in, int nin, const OpArgs *a);

/* --- reduce.c: for rows that reduce the dimensions args.reduce.dims (or of a struct that begins like it) ---------- */

int infer_reduce(OpShape *s, Tensor *const *in, int nin, const OpArgs *a);
unsigned reduce_dims(const Tensor *x, const OpArgs *a);              /* without bits beyond the rank */
double reduce_extent(int ndim, const int64_t *shape, unsigned dims); /* elements that become one */

/* out's memory under the shape that keeps the reduced dimensions, which reduce.h asks for; a copy of the struct that
 * borrows the storage. */
Tensor reduce_kept(const Tensor *out, const Tensor *x, unsigned dims);

/* In backward: the gradient or the output brought to the input's shape; elements that became one. */
Tensor *reduce_spread(Node *n, Tensor *d);
double reduce_count(Node *n);

/* In backward: 1 where x, of the input's shape, equals the output y, else 0. nan_wins: 1 also where x is nan. */
Tensor *reduce_winners(Node *n, Tensor *x, Tensor *y, bool nan_wins);

#endif
