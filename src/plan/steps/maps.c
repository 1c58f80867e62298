/*
 * maps.c - see maps.h.
 */
#include "plan/steps/maps.h"

#include "autograd/op.h"
#include "kernels/elementwise/map.h"

static MapKernel row_kernel(const Trace *t, const Event *e) {
  OpCall call;
  event_args(e, &call);
  const Op *op = op_row((OpId)call.op);
  const DType dt = (DType)t->layout[e->w[1].layout]->dtype;
  if (op->kern1[dt]) return (MapKernel){.inputs = 1, .one = op->kern1[dt]};
  if (op->kern2[dt]) return (MapKernel){.inputs = 2, .two = op->kern2[dt]};
  if (op->kern3[DT_F32] && dt == DT_U8) {
    return (MapKernel){.inputs = 3, .three = op->kern3[t->layout[e->w[2].layout]->dtype]};
  }
  return (MapKernel){0};
}

static MapKernel map_kernel(const Event *e) {
  MapCall call;
  event_args(e, &call);
  const int inputs = e->n - 1;
  return (MapKernel){.inputs = inputs,
                     .one = inputs == 1 ? call.unary : NULL,
                     .two = inputs == 2 ? call.binary : NULL,
                     .three = inputs == 3 ? call.ternary : NULL};
}

MapKernel event_kernel(const Trace *t, const Event *e) {
  if (e->run == map_rerun) return map_kernel(e);
  return e->run == op_rerun && e->n > 1 && e->w[1].buffer >= 0 ? row_kernel(t, e) : (MapKernel){0};
}

int64_t layout_walk(const Layout *l, int64_t n) {
  const int64_t numel = layout_numel(l), *shape = l->size, *stride = l->size + l->ndim;
  if (numel == 1) return 0;
  bool still = true;
  for (int d = 0; d < l->ndim; d++) still = still && (stride[d] == 0 || shape[d] == 1);
  if (still) return 0;
  return l->contiguous && numel == n ? 1 : -1;
}
