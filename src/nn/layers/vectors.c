/*
 * vectors.c - distances and similarities of vectors.
 */
#include "nn/layers/vectors.h"

#include <math.h>

#include "base/err.h"
#include "nn/module.h"

Tensor *fm_norm(Tensor *x, double p, int dim, bool keepdim) {
  return fm_op(OP_NORM, &x, 1, &(OpArgs){.norm = {1u << dim, keepdim, p}});
}

Tensor *fm_at_least(Tensor *x, double least) {
  Tensor *plain = x ? fm_own(tensor_alias(x)) : NULL;
  return fm_add(x, fm_sub(fm_clamp(plain, least, INFINITY), plain));
}

Tensor *fm_pairwise_distance(Tensor *a, Tensor *b, double p, double eps, bool keepdim) {
  Tensor *d = a && b ? fm_adds(fm_sub(module_as_float(a), module_as_float(b)), eps) : NULL;
  if (!d) return NULL;
  return d->ndim > 0 ? fm_norm(d, p, d->ndim - 1, keepdim) : fm_op1(OP_ABS, d);
}

int distance_dim(double d, int ndim) {
  const int n = ndim > 0 ? ndim : 1;
  if (d < n && d >= -n) return (int)(d < 0 ? d + n : d);
  return err_set("dim is %d, the input has %d dimension%s", (int)(d < 0 ? d : d + 1), ndim, ndim == 1 ? "" : "s");
}

Tensor *nn_normalize(Tensor *x, double p, int dim, double eps) {
  FormulaMark m = fm_begin();
  Tensor *y = module_as_float(x);
  return fm_end(m, y ? fm_div(y, fm_clamp(fm_norm(y, p, dim, true), eps, INFINITY)) : NULL);
}
