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

#endif
