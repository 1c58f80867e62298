/*
 * pool_rows.c - see pool_rows.h.
 */
#include "autograd/ops/image/pool_rows.h"

/* --- lists ------------------------------------------------------------------------------------------------------------ */

void pool_lists_free(ListPair *l) {
  lists_free(&l->down);
  lists_free(&l->across);
}

static int make_pool_list(Lists *l, const PoolArgs *a, int d) {
  const PoolAxis axis = {.image = a->image[d],
                         .output = a->output[d],
                         .window = a->window[d],
                         .step = a->stride[d],
                         .padding = a->padding[d],
                         .distance = a->dilation[d],
                         .adaptive = a->adaptive,
                         .count_padding = a->count_padding,
                         .divisor = a->divisor ? (d == 0 ? a->divisor : 1) : 0};
  return lists_of_pool(l, &axis);
}

static int make_resize_list(Lists *l, const ResizeArgs *a, int d, bool single) {
  const ResizeAxis axis = {.image = a->image[d],
                           .output = a->output[d],
                           .mode = (ResizeMode)a->mode,
                           .scale = a->scale[d],
                           .align_corners = a->align_corners,
                           .single = single};
  return lists_of_resize(l, &axis);
}

/* Puts the turned list in the place of the list; of a failure nothing is left. */
static int turn(Lists *l, int64_t places, int rc) {
  Lists turned = {0};
  if (rc == 0) rc = lists_turned(&turned, l, places);
  lists_free(l);
  *l = turned;
  return rc;
}

static int done(ListPair *l, int rc, bool turned, const int32_t *image) {
  if (turned) {
    rc = turn(&l->down, image[0], rc);
    rc = turn(&l->across, image[1], rc);
  }
  if (rc < 0) pool_lists_free(l);
  return rc;
}

int pool_lists(ListPair *l, const PoolArgs *a, bool turned) {
  *l = (ListPair){0};
  int rc = make_pool_list(&l->down, a, 0);
  if (rc == 0) rc = make_pool_list(&l->across, a, 1);
  return done(l, rc, turned, a->image);
}

int resize_lists(ListPair *l, const ResizeArgs *a, bool single, bool turned) {
  *l = (ListPair){0};
  int rc = make_resize_list(&l->down, a, 0, single);
  if (rc == 0) rc = make_resize_list(&l->across, a, 1, single);
  return done(l, rc, turned, a->image);
}

/* --- tensors ---------------------------------------------------------------------------------------------------------- */

bool pool_batch_innermost(const Tensor *x) { return !x->contiguous && tensor_is_batch_innermost(x); }

int pool_infer(OpShape *s, const Tensor *like, const int32_t *size) {
  *s = (OpShape){.dtype = (DType)like->dtype, .ndim = 4, .shape = {like->shape[0], like->shape[1], size[0], size[1]}};
  s->batch_innermost = pool_batch_innermost(like);
  return 0;
}

Images pool_images(const Tensor *t) {
  return (Images){.data = tensor_data(t), .stride = {t->stride[0], t->stride[1], t->stride[2], t->stride[3]}};
}

Tensor *pool_ordered(Tensor *t, bool batch_innermost) {
  return batch_innermost ? tensor_batch_innermost(t) : tensor_retain(t);
}

int pool_sums(Tensor *out, Tensor *x, ListPair *l, int rc) {
  if (rc < 0) return -1;
  const PoolShape s = {.dt = (DType)out->dtype,
                       .batch_innermost = pool_batch_innermost(out),
                       .n = x->shape[0],
                       .c = x->shape[1],
                       .h = x->shape[2],
                       .w = x->shape[3]};
  Tensor *ordered = pool_ordered(x, s.batch_innermost);
  rc = -1;
  if (ordered) {
    const Images from = pool_images(ordered), to = pool_images(out);
    rc = pool_sum(&s, &l->down, &l->across, &from, &to);
  }
  tensor_release(ordered);
  pool_lists_free(l);
  return rc;
}
