/*
 * slices_grad.c - slices_grad(places, d1, d2, ...): zeros of a shape, to which each d is added at its slice.
 *
 * places: int64 (slices, SLICE_PLACE). It is the gradient of many slices of one tensor where that is differentiated
 * itself (gradsum.h); each d's own gradient is its slice.
 */
#include <string.h>

#include "autograd/ops/rows.h"
#include "kernels/elementwise/map.h"

static int infer_slices_grad(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  s->dtype = (DType)in[1]->dtype;
  s->ndim = (int)a->whole.ndim;
  memcpy(s->shape, a->whole.size, (size_t)s->ndim * sizeof *s->shape);
  return 0;
}

static SliceArgs place_of(const Tensor *places, int i) {
  const int64_t *p = tensor_i64(places) + (int64_t)i * SLICE_PLACE;
  return (SliceArgs){.dim = p[0], .start = p[1], .length = p[2], .step = p[3]};
}

/* The slice of out at this place. NULL without memory. */
static Tensor *window_of(Tensor *out, SliceArgs p, const int64_t *shape) {
  int64_t stride[TENSOR_MAX_DIM];
  memcpy(stride, out->stride, (size_t)out->ndim * sizeof *stride);
  const int64_t offset = out->offset + (p.length ? p.start * stride[p.dim] : 0);
  if (p.length > 1) stride[p.dim] *= p.step;
  return tensor_view(out, out->ndim, shape, stride, offset);
}

static int fw_slices_grad(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)a;
  tensor_fill_(out, 0);
  for (int i = 1; i < nin; i++) {
    Tensor *window = window_of(out, place_of(in[0], i - 1), in[i]->shape);
    if (!window) return -1;
    map2(window, window, in[i], op_row(OP_ADD)->kern2[out->dtype]);
    tensor_release(window);
  }
  return 0;
}

static int bw_slices_grad(Node *n, Tensor *d, Tensor **din) {
  const Tensor *places = node_saved(n, 0);
  if (!places) return -1;
  for (int i = 1; i < node_nin(n); i++) {
    const SliceArgs p = place_of(places, i - 1);
    if (node_wants(n, i) && !(din[i] = fm_slice(d, (int)p.dim, p.start, p.length, p.step))) return -1;
  }
  return 0;
}

const Op row_SLICES_GRAD = {.name = "slices_grad",
                            .nin = -1,
                            .args = OP_ARGS(whole),
                            .save = SAVE_INPUT(0),
                            .infer = infer_slices_grad,
                            .forward = fw_slices_grad,
                            .backward = bw_slices_grad};
