/*
 * table.c - the table of ops: a row per name that a folder's CMakeLists.txt adds, from which CMake makes list.h
 * with a line ENTRY(NEG) for row_NEG. Each row is defined in the folder of its kind.
 */
#include <string.h>

#include "autograd/ops/rows.h"

static const Op *const table[] = {
#define ENTRY(name) [OP_##name] = &row_##name,
#include "autograd/ops/list.h"
#undef ENTRY
};
_Static_assert(sizeof table / sizeof *table == OP_COUNT, "one row per op");

const Op *op_row(OpId id) { return table[id]; }

int infer_same(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  (void)a;
  s->dtype = (DType)in[0]->dtype;
  s->ndim = in[0]->ndim;
  memcpy(s->shape, in[0]->shape, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}
