/*
 * attention.c - scaled_dot_product_attention: shapes, masks and random numbers for the op.
 */
#include <math.h>

#include "autograd/formula.h"
#include "base/err.h"
#include "core/rng.h"
#include "kernels/attention/attention.h"
#include "nn/functional.h"

/* (..., rows, columns) as four dimensions: all but the last three of t become one. */
static Tensor *four(Tensor *t) {
  if (!t || t->ndim == 4) return t;
  int64_t shape[4] = {1, 1, t->shape[t->ndim - 2], t->shape[t->ndim - 1]};
  for (int d = 0; d < t->ndim - 2; d++) shape[d == t->ndim - 3 ? 1 : 0] *= t->shape[d];
  return fm_reshape(t, 4, shape);
}

static int check(const Tensor *q, const Tensor *k, const Tensor *v) {
  const int n = q->ndim;
  bool fits = n >= 2 && k->ndim == n && v->ndim == n;
  for (int d = 0; fits && d < n - 2; d++) fits = q->shape[d] == k->shape[d] && k->shape[d] == v->shape[d];
  if (fits && q->shape[n - 1] == k->shape[n - 1] && k->shape[n - 2] == v->shape[n - 2]) return 0;
  return err_set("query is %s, key is %s, value is %s, must be (..., L, E), (..., S, E), (..., S, D)",
                 tensor_shape_str(q), tensor_shape_str(k), tensor_shape_str(v));
}

/* mask as numbers to add, of four dimensions that broadcast; uint8: 1 where a key is seen. */
static Tensor *additive(Tensor *mask, const Tensor *q, const int64_t *all) {
  Tensor *m = mask;
  if (mask->dtype == DT_U8) {
    m = fm_op3(OP_WHERE, mask, fm_const(q, 0), fm_const(q, -(double)INFINITY));
  }
  return fm_expand(fm_cast(m, (DType)q->dtype), q->ndim, all);
}

static Tensor *attend(Tensor *q, Tensor *k, Tensor *v, Tensor *mask, const Attend *o) {
  int64_t all[TENSOR_MAX_DIM], result[TENSOR_MAX_DIM];
  const int n = q->ndim;
  for (int d = 0; d < n; d++) all[d] = result[d] = q->shape[d];
  all[n - 1] = k->shape[n - 2];
  result[n - 1] = v->shape[n - 1];
  if (mask && !(mask = additive(mask, q, all))) return NULL;
  Tensor *in[6] = {NULL, four(q), four(k), four(v), four(mask)};
  int nin = mask ? 5 : 4;
  if (!in[1] || !in[2] || !in[3] || (mask && !in[4])) return NULL;
  if (o->dropout > 0) {
    Tensor *rng = in[nin++] = fm_own(tensor_new(DT_I64, 1, (int64_t[]){3}));
    if (!rng) return NULL;
    rng_claim(rng_for(RNG_DROPOUT), rng, attention_draws(in[1], in[2]));
  }
  in[0] = fm_own(tensor_new((DType)q->dtype, 3, in[1]->shape));
  const OpArgs args = {.attention = {o->scale, o->dropout, o->causal}};
  return fm_reshape(fm_op(OP_ATTENTION, in, nin, &args), n, result);
}

Tensor *nn_attention(Tensor *q, Tensor *k, Tensor *v, Tensor *mask, Attend o) {
  if (check(q, k, v) < 0) return NULL;
  if (mask && o.causal) return err_null("attn_mask and is_causal cannot be given together");
  if (q->dtype != k->dtype || k->dtype != v->dtype || !dtype_is_float((DType)q->dtype)) {
    return err_null("query, key and value must be floats of one dtype, got %s, %s and %s", dtype_name((DType)q->dtype),
                    dtype_name((DType)k->dtype), dtype_name((DType)v->dtype));
  }
  if (isnan(o.scale)) o.scale = 1 / sqrt((double)q->shape[q->ndim - 1]);
  FormulaMark mark = fm_begin();
  return fm_end(mark, attend(q, k, v, mask, &o));
}
