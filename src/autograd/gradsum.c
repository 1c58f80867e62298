/*
 * gradsum.c - see gradsum.h.
 */
#include "autograd/gradsum.h"

#include "autograd/op.h"
#include "kernels/elementwise/map.h"

static bool can_add_in_place(const GradSum *sum, const Tensor *g) {
  return sum->own && sum->t->dtype == g->dtype && tensor_same_shape(sum->t, g);
}

int gradsum_add(GradSum *sum, Tensor *g, bool fresh, bool create_graph) {
  if (!sum->t) {
    sum->t = tensor_retain(g);
    sum->own = fresh && !create_graph;
    return 0;
  }
  if (!create_graph && can_add_in_place(sum, g)) {
    map2(sum->t, sum->t, g, op_row(OP_ADD)->kern2[g->dtype]);
    return 0;
  }
  Tensor *total = op_apply(OP_ADD, (Tensor *[]){sum->t, g}, 2, NULL);
  if (!total) return -1;
  tensor_release(sum->t);
  *sum = (GradSum){total, !create_graph};
  return 0;
}

int gradsum_make_own(GradSum *sum) {
  if (sum->own) return 0;
  Tensor *copy = tensor_clone(sum->t);
  if (!copy) return -1;
  tensor_release(sum->t);
  *sum = (GradSum){copy, true};
  return 0;
}
