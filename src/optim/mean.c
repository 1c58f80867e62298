/*
 * mean.c - see mean.h.
 */
#include "optim/mean.h"

#include "base/err.h"
#include "kernels/elementwise/combine.h"

static void drop_kept(Optim *o) {
  for (int i = 0; i < optim_nparams(o); i++) {
    OptimParam *q = optim_param(o, i);
    tensor_release(q->kept);
    q->kept = NULL;
  }
}

/* x = y / beta + (1 - 1 / beta) z in new memory; y is row-major, as z is. */
static Tensor *mean_of(const Tensor *y, const Tensor *z, double beta) {
  Tensor *x = tensor_clone(y);
  if (!x) return NULL;
  const double a = 1 / beta, b = 1 - 1 / beta;
  if (y->dtype == DT_F32) {
    const float fa = (float)a, fb = (float)b;
    kern_axpby_f32(y->numel, tensor_data(x), &fa, tensor_data(y), &fb, tensor_data(z));
  } else {
    kern_axpby_f64(y->numel, tensor_data(x), &a, tensor_data(y), &b, tensor_data(z));
  }
  return x;
}

/* Keeps the points of the parameters that were updated. */
static int keep(Optim *o) {
  for (int i = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++) {
      OptimParam *q = &o->group[i].param[j];
      if (!q->state[o->def->mean_slot - 1]) continue;
      if (o->group[i].h[o->def->mean_hyper] == 0) {
        return err_set("%s: with %s 0 there is no mean to evaluate", o->def->name, o->def->mean_name);
      }
      q->kept = tensor_clone(q->p);
      if (!q->kept) return -1;
    }
  }
  return 0;
}

int optim_to_mean(Optim *o) {
  if (o->at_mean || o->def->mean_slot == 0) return 0;
  int status = keep(o);
  if (status < 0) drop_kept(o);
  for (int i = 0; status == 0 && i < o->ngroups; i++) {
    for (int j = 0; status == 0 && j < o->group[i].nparams; j++) {
      const OptimParam *q = &o->group[i].param[j];
      if (!q->kept) continue;
      Tensor *x = mean_of(q->kept, q->state[o->def->mean_slot - 1], o->group[i].h[o->def->mean_hyper]);
      status = x ? tensor_copy_(q->p, x) : -1;
      tensor_release(x);
      tensor_touch(q->p);
    }
  }
  o->at_mean = true;
  if (status < 0) optim_from_mean(o);
  return status;
}

int optim_from_mean(Optim *o) {
  if (!o->at_mean) return 0;
  int status = 0;
  for (int i = 0; i < optim_nparams(o); i++) {
    const OptimParam *q = optim_param(o, i);
    if (!q->kept) continue;
    if (tensor_copy_(q->p, q->kept) < 0) status = -1;
    tensor_touch(q->p);
  }
  if (status < 0) return -1;
  drop_kept(o);
  o->at_mean = false;
  return 0;
}
