/*
 * optimizer.c - groups, state slots and the step that all optimizers share.
 *
 * A step has two passes. The first finds everything that could go wrong (a gradient of another shape, no memory for new
 * state), the second updates; so a failing step leaves every parameter as it was. Long parameters are cut into chunks
 * of GRAIN elements for the worker threads; each element's update is independent, so the result is the same for any
 * number of them.
 */
#include "optim/optimizer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parallel.h"
#include "core/recorder.h"

#define GRAIN 16384

const OptimDef *const optim_defs[] = {&optim_sgd,  &optim_adagrad, &optim_rmsprop, &optim_adadelta,
                                      &optim_adam, &optim_adamw,   &optim_yogi,    NULL};

/* --- hyperparameters ---------------------------------------------------------------------------------------------- */

static size_t hyper_size(const Optim *o) { return (size_t)args_places(o->def->args) * sizeof(double); }

static int check_hyper(const OptimDef *def, const double *h) {
  if (args_check(def->args, h, NULL) < 0 || (def->check && def->check(h) < 0))
    return err_prefix("optim.%s: ", def->name);
  return 0;
}

/* A copy of h; NULL with err_set without memory. */
static double *copy_hyper(const Optim *o, const double *h) {
  double *copy = alloc_get(hyper_size(o));
  if (copy) memcpy(copy, h, hyper_size(o));
  return copy;
}

int optim_set(Optim *o, int group, const Arg *a, int at, const double *value) {
  if (arg_check(a, value) < 0) return err_prefix("optim.%s: ", o->def->name);
  memcpy(o->group[group].h + at, value, (size_t)arg_width(a) * sizeof *value);
  return 0;
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

int optim_init(Optim *o, const OptimDef *def, const double *h) {
  *o = (Optim){.def = def};
  if (check_hyper(def, h) < 0) return -1;
  o->defaults = copy_hyper(o, h);
  return o->defaults ? 0 : -1;
}

static void group_free(const Optim *o, OptimGroup *group) {
  for (int i = 0; i < group->nparams; i++) {
    OptimParam *q = &group->param[i];
    for (int k = 0; k < OPTIM_SLOTS; k++) tensor_release(q->state[k]);
    tensor_release(q->p);
  }
  alloc_put(group->param, (size_t)group->nparams * sizeof *group->param);
  alloc_put(group->h, hyper_size(o));
}

void optim_free(Optim *o) {
  for (int i = 0; i < o->ngroups; i++) group_free(o, &o->group[i]);
  alloc_put(o->group, (size_t)o->ngroups * sizeof *o->group);
  if (o->defaults) alloc_put(o->defaults, hyper_size(o));
  o->defaults = NULL;
  o->group = NULL;
  o->ngroups = 0;
}

int optim_nparams(const Optim *o) {
  int n = 0;
  for (int i = 0; i < o->ngroups; i++) n += o->group[i].nparams;
  return n;
}

OptimParam *optim_param(Optim *o, int i) {
  OptimGroup *group = o->group;
  for (; i >= group->nparams; group++) i -= group->nparams;
  return &group->param[i];
}

/* The tensor's number (1-based) among the optimizer's parameters, 0 if it is not one of them. */
static int number_of(Optim *o, const Tensor *p) {
  int n = optim_nparams(o);
  for (int i = 0; i < n; i++) {
    if (optim_param(o, i)->p == p) return i + 1;
  }
  return 0;
}

static int check_param(Optim *o, Tensor *const *params, int i) {
  const char *name = o->def->name;
  const Tensor *p = params[i];
  if (!dtype_is_float((DType)p->dtype)) {
    return err_set("optim.%s: parameter %d is %s; only float32 and float64 tensors can be optimized", name, i + 1,
                   dtype_name((DType)p->dtype));
  }
  if (p->node) {
    return err_set(
        "optim.%s: parameter %d is the result of an operation; only leaf tensors can be optimized "
        "(create it with requires_grad=true, or detach it)",
        name, i + 1);
  }
  if (number_of(o, p)) return err_set("optim.%s: parameter %d is already in another group", name, i + 1);
  for (int j = 0; j < i; j++) {
    if (params[j] == p) return err_set("optim.%s: parameters %d and %d are the same tensor", name, j + 1, i + 1);
  }
  return 0;
}

/* Makes room for one group more; the new one is zeroed and not yet counted. */
static OptimGroup *room_for_group(Optim *o) {
  size_t size = (size_t)o->ngroups * sizeof *o->group;
  OptimGroup *group = alloc_get(size + sizeof *group);
  if (!group) return NULL;
  if (o->group) memcpy(group, o->group, size);
  alloc_put(o->group, size);
  o->group = group;
  group += o->ngroups;
  memset(group, 0, sizeof *group);
  return group;
}

int optim_add_group(Optim *o, Tensor *const *params, int n, const double *h) {
  if (check_hyper(o->def, h) < 0) return -1;
  if (n == 0) return err_set("optim.%s: the list of parameters is empty", o->def->name);
  for (int i = 0; i < n; i++) {
    if (check_param(o, params, i) < 0) return -1;
  }
  OptimParam *param = alloc_get((size_t)n * sizeof *param);
  double *own = param ? copy_hyper(o, h) : NULL;
  OptimGroup *group = own ? room_for_group(o) : NULL;
  if (!group) {
    alloc_put(param, (size_t)n * sizeof *param);
    alloc_put(own, hyper_size(o));
    return -1;
  }
  for (int i = 0; i < n; i++) param[i] = (OptimParam){.p = tensor_retain(params[i])};
  group->h = own;
  group->initial_lr = h[0];
  group->param = param;
  group->nparams = n;
  o->ngroups++;
  return 0;
}

/* --- one step ----------------------------------------------------------------------------------------------------- */

static int check_grad(const Optim *o, const OptimParam *q, const Tensor *g, int k) {
  if (tensor_same_shape(g, q->p)) return 0;
  return err_set("optim.%s: parameter %d has shape %s but its gradient has shape %s", o->def->name, k,
                 tensor_shape_str(q->p), tensor_shape_str(g));
}

int optim_check_grad(const Optim *o, const OptimParam *q, int k) { return check_grad(o, q, q->p->grad, k); }

/* Bit k: slot k is asked for by these hyperparameters. */
static unsigned wanted_slots(const OptimDef *def, const double *h) {
  unsigned wanted = 0;
  for (int k = 0; k < def->nslots; k++) {
    if (def->slot[k].when < 0 || h[def->slot[k].when] != 0) wanted |= 1u << k;
  }
  return wanted;
}

static int make_state(const OptimDef *def, const double *h, OptimParam *q, unsigned wanted) {
  for (int k = 0; k < def->nslots; k++) {
    if (!(wanted >> k & 1) || q->state[k]) continue;
    double first = def->slot[k].initial < 0 ? 0 : h[def->slot[k].initial];
    q->state[k] = tensor_full((DType)q->p->dtype, q->p->ndim, q->p->shape, first);
    if (!q->state[k]) return -1;
    q->fresh |= 1u << k;
  }
  return 0;
}

/* The gradients of all parameters, in order, NULL where there is none: a list, or (NULL) those the parameters hold. */
static inline Tensor *grad_of(const OptimParam *q, Tensor *const *grads, int k) {
  return grads ? grads[k] : q->p->grad;
}

static int prepare(Optim *o, Tensor *const *grads) {
  int k = 0;
  for (int i = 0; i < o->ngroups; i++) {
    OptimGroup *group = &o->group[i];
    unsigned wanted = wanted_slots(o->def, group->h);
    for (int j = 0; j < group->nparams; j++) {
      OptimParam *q = &group->param[j];
      const Tensor *g = grad_of(q, grads, k++);
      if (!g) continue;
      if (check_grad(o, q, g, k) < 0 || (wanted && make_state(o->def, group->h, q, wanted) < 0)) return -1;
    }
  }
  return 0;
}

typedef struct Job {
  const OptimRun *run;
  OptimKernel *kernel;
} Job;

static void run_chunk(void *ctx, int64_t begin, int64_t end) {
  const Job *job = ctx;
  job->kernel(job->run, begin, end);
}

static void run_kernel(const OptimDef *def, const Tensor *p, const OptimRun *run) {
  Job job = {run, def->kernel[p->dtype]};
  if (p->numel <= GRAIN) {
    job.kernel(run, 0, p->numel);
  } else {
    parallel_for(p->numel, GRAIN, run_chunk, &job);
  }
}

/* The slow way for a parameter or gradient that is strided or of another dtype: on row-major copies. */
static int update_copied(const OptimDef *def, Tensor *p, const Tensor *grad, OptimRun *run) {
  Tensor *g = tensor_cast(grad, (DType)p->dtype);
  Tensor *flat = g ? tensor_contiguous(p) : NULL;
  int status = flat ? 0 : -1;
  if (flat) {
    run->g = tensor_data(g);
    run->p = tensor_data(flat);
    run_kernel(def, p, run);
    if (flat != p) status = tensor_copy_(p, flat);
  }
  tensor_release(flat);
  tensor_release(g);
  return status;
}

static int update(const OptimDef *def, OptimParam *q, const Tensor *g, unsigned wanted, OptimRun *run) {
  Tensor *p = q->p;
  for (int k = 0; k < def->nslots; k++) run->state[k] = wanted >> k & 1 ? tensor_data(q->state[k]) : NULL;
  run->fresh = q->fresh;
  if (p->contiguous && g->contiguous && p->dtype == g->dtype) {
    run->p = tensor_data(p);
    run->g = tensor_data(g);
    run_kernel(def, p, run);
  } else if (update_copied(def, p, g, run) < 0) {
    return -1;
  }
  tensor_touch(p);
  q->fresh = 0;
  q->t++;
  return 0;
}

static int step(Optim *o, Tensor *const *grads) {
  if (prepare(o, grads) < 0) return -1;
  int k = 0;
  for (int i = 0; i < o->ngroups; i++) {
    OptimGroup *group = &o->group[i];
    unsigned wanted = wanted_slots(o->def, group->h);
    int64_t t = 0; /* the update that run.c was computed for: nearly always the same for the whole group */
    OptimRun run;
    for (int j = 0; j < group->nparams; j++) {
      OptimParam *q = &group->param[j];
      const Tensor *g = grad_of(q, grads, k++);
      if (!g) continue;
      if (q->t + 1 != t) o->def->coef(run.c, group->h, t = q->t + 1);
      if (update(o->def, q, g, wanted, &run) < 0) return -1;
    }
  }
  return 0;
}

/* A recorded step: the parameters, then their gradients. Hyperparameters and counts are those of the moment. */
int optim_rerun(const Computation *c, Context *own) {
  Optim *o;
  (void)own;
  memcpy(&o, c->args, sizeof o);
  return step(o, c->t + c->nout);
}

/* t[0..n-1], t[n..2n-1]: the parameters that have gradients, and these. */
static void collect(Optim *o, int n, Tensor **t) {
  for (int i = 0; i < n; i++) {
    Tensor *p = optim_param(o, i)->p;
    recorder_grad_read(p);
    t[i] = p->grad ? p : NULL;
    t[n + i] = p->grad;
  }
}

static int told_step(Optim *o) {
  int n = optim_nparams(o);
  size_t bytes = 2 * (size_t)n * sizeof(Tensor *);
  Tensor **t = alloc_get(bytes);
  if (!t) return -1;
  collect(o, n, t);
  context->recorder->watch(&o->ngroups, sizeof o->ngroups, "the number of an optimizer's parameter groups");
  int rc = recorder_run(&(Computation){
      .name = "optimizer step", .run = optim_rerun, .nout = n, .n = 2 * n, .t = t, .args = &o, .size = sizeof o});
  alloc_put(t, bytes);
  return rc;
}

int optim_step(Optim *o) { return context->recorder ? told_step(o) : step(o, NULL); }

/* --- gradients ---------------------------------------------------------------------------------------------------- */

/* A gradient that is itself part of a graph (create_graph) is replaced, not written to. */
static int zero_one(Tensor *p) {
  if (!p->grad->node) {
    tensor_fill_(p->grad, 0);
    return 0;
  }
  Tensor *zero = tensor_full((DType)p->dtype, p->ndim, p->shape, 0);
  if (!zero) return -1;
  tensor_set_grad(p, zero);
  tensor_release(zero);
  return 0;
}

int optim_zero_grad(Optim *o, bool set_to_none) {
  for (int i = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++) {
      Tensor *p = o->group[i].param[j].p;
      if (set_to_none) {
        tensor_set_grad(p, NULL);
        continue;
      }
      recorder_grad_read(p);
      if (p->grad && zero_one(p) < 0) return -1;
    }
  }
  return 0;
}
