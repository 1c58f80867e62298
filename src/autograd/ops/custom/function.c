/*
 * function.c - function(y, x1, x2, ...): y, which was computed from the x outside of the op table.
 *
 * Its backward is a callback of the node (callback.h), which the engine calls; y itself gets no gradient.
 */
#include "autograd/ops/rows.h"
#include "base/err.h"

static Tensor *view_function(const OpShape *s, Tensor *y, const OpArgs *a) {
  (void)s;
  (void)a;
  return tensor_alias(y);
}

static int bw_function(Node *n, Tensor *d, Tensor **din) {
  (void)n;
  (void)d;
  (void)din;
  return err_set("function: the backward is that of the node");
}

const Op row_FUNCTION = {.name = "function",
                         .nin = -1,
                         .save = SAVE_OUT,
                         .infer = infer_same,
                         .view = view_function,
                         .backward = bw_function};
