/*
 * optimizer.c - groups, state slots and the step that all optimizers share.
 *
 * A step has two passes. The first finds everything that could go wrong (a gradient of another shape, no memory for new
 * state), the second updates; so a failing step leaves every parameter as it was. Long parameters are cut into chunks
 * for the worker threads (kernels/blocks); the cuts depend on the length alone, so the result is the same for any number
 * of them.
 */
#include "optim/optimizer.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "core/recorder.h"
#include "optim/rule_step.h"

/* --- hyperparameters ---------------------------------------------------------------------------------------------- */

static size_t hyper_size(const Optim *o) { return (size_t)args_places(o->def->args) * sizeof(double); }

static int check_hyper(const OptimDef *def, const double *h) {
  if (args_check(def->args, h, NULL) < 0 || (def->check && def->check(h) < 0)) {
    return err_prefix("optim.%s: ", def->name);
  }
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

/* What a rule needs for its steps; -1 without memory. */
static int prepare_rule(Optim *o, const OptimRule *r) {
  if (rule_needs_plans(r) && !(o->plans = rule_plans_new(r))) return -1;
  o->reg = alloc_get((size_t)r->nregs * sizeof *o->reg);
  if (!o->reg) return -1;
  memcpy(o->reg, r->constant, (size_t)r->nregs * sizeof *o->reg);
  o->reg[0] = NAN;
  return 0;
}

int optim_init(Optim *o, const OptimDef *def, const double *h) {
  *o = (Optim){.def = def};
  if (check_hyper(def, h) < 0) return -1;
  while (def->slot && def->slot[o->nslots].name) o->nslots++;
  o->defaults = copy_hyper(o, h);
  if (o->defaults && (!def->rule || prepare_rule(o, def->rule) == 0)) return 0;
  optim_free(o);
  return -1;
}

/* A group's parameters, the state pointers of all of them, and the rest of their lists lie in one block. */
static size_t params_size(const Optim *o, int n) {
  return (size_t)n * (sizeof(OptimParam) + (2 + (size_t)o->nslots) * sizeof(char *) +
                      (size_t)o->nslots * (sizeof(Tensor *) + sizeof(bool)));
}

static OptimParam *params_new(const Optim *o, Tensor *const *params, int n) {
  OptimParam *param = alloc_get(params_size(o, n));
  if (!param) return NULL;
  memset(param, 0, params_size(o, n));
  Tensor **state = (Tensor **)(void *)(param + n);
  char **array = (char **)(void *)(state + n * o->nslots);
  bool *fresh = (bool *)(void *)(array + n * (2 + o->nslots));
  for (int i = 0; i < n; i++) {
    param[i] = (OptimParam){.p = tensor_retain(params[i]),
                            .state = state + i * o->nslots,
                            .array = array + i * (2 + o->nslots),
                            .fresh = fresh + i * o->nslots};
  }
  return param;
}

static void params_free(const Optim *o, OptimParam *param, int n) {
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < o->nslots; k++) tensor_release(param[i].state[k]);
    tensor_release(param[i].p);
    tensor_release(param[i].kept);
  }
  alloc_put(param, params_size(o, n));
}

static void group_free(const Optim *o, OptimGroup *group) {
  params_free(o, group->param, group->nparams);
  alloc_put(group->h, hyper_size(o));
}

void optim_free(Optim *o) {
  for (int i = 0; i < o->ngroups; i++) group_free(o, &o->group[i]);
  alloc_put(o->group, (size_t)o->ngroups * sizeof *o->group);
  if (o->defaults) alloc_put(o->defaults, hyper_size(o));
  rule_plans_free(o->plans);
  if (o->reg) alloc_put(o->reg, (size_t)o->def->rule->nregs * sizeof *o->reg);
  o->plans = NULL;
  o->reg = NULL;
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
  if (tensor_repeats(p)) {
    return err_set("optim.%s: parameter %d has elements that share a place in memory (expand); clone() it first", name,
                   i + 1);
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
  OptimParam *param = params_new(o, params, n);
  double *own = param ? copy_hyper(o, h) : NULL;
  OptimGroup *group = own ? room_for_group(o) : NULL;
  if (!group) {
    if (param) params_free(o, param, n);
    alloc_put(own, hyper_size(o));
    return -1;
  }
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

int optim_scalar(const Tensor *p, int64_t shape[TENSOR_MAX_DIM]) {
  (void)p;
  (void)shape;
  return 0;
}

int optim_rows(const Tensor *p, int64_t shape[TENSOR_MAX_DIM]) {
  memcpy(shape, p->shape, p->ndim * sizeof *shape);
  if (p->ndim) shape[p->ndim - 1] = 1;
  return p->ndim;
}

int optim_columns(const Tensor *p, int64_t shape[TENSOR_MAX_DIM]) {
  memcpy(shape, p->shape, p->ndim * sizeof *shape);
  if (p->ndim > 1) shape[p->ndim - 2] = 1;
  return p->ndim;
}

DType optim_slot_dtype(const Optim *o, int k, const Tensor *p) {
  switch (o->def->slot[k].dtype) {
    case OPTIM_F64:
      return DT_F64;
    case OPTIM_I64:
      return DT_I64;
    default:
      return (DType)p->dtype;
  }
}

int optim_slot_shape(const Optim *o, int k, const Tensor *p, int64_t shape[TENSOR_MAX_DIM]) {
  if (o->def->slot[k].shape) return o->def->slot[k].shape(p, shape);
  memcpy(shape, p->shape, p->ndim * sizeof *shape);
  return p->ndim;
}

/* Whether these hyperparameters ask for slot k. */
static inline bool is_wanted(const OptimDef *def, int k, const double *h) {
  const int when = def->slot[k].when;
  return when == 0 || h[when] != 0;
}

static int make_slot(const Optim *o, const double *h, OptimParam *q, int k) {
  int64_t shape[TENSOR_MAX_DIM];
  const int ndim = optim_slot_shape(o, k, q->p, shape), initial = o->def->slot[k].initial;
  if (ndim < 0) return 0;
  const double start = initial ? h[initial - 1] : o->def->slot[k].start;
  q->state[k] =
      o->def->slot[k].copy ? tensor_clone(q->p) : tensor_full(optim_slot_dtype(o, k, q->p), ndim, shape, start);
  q->fresh[k] = q->any_fresh = true;
  optim_state_changed(q);
  return q->state[k] ? 0 : -1;
}

static int make_state(const Optim *o, const double *h, OptimParam *q) {
  for (int k = 0; k < o->nslots; k++) {
    if (!q->state[k] && is_wanted(o->def, k, h) && make_slot(o, h, q, k) < 0) return -1;
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
    for (int j = 0; j < group->nparams; j++) {
      OptimParam *q = &group->param[j];
      const Tensor *g = grad_of(q, grads, k++);
      if (!g) continue;
      if (check_grad(o, q, g, k) < 0 || make_state(o, group->h, q) < 0) return -1;
    }
  }
  return 0;
}

bool optim_alike(const Optim *a, const Optim *b) {
  if (a->def != b->def || a->ngroups != b->ngroups || a->at_mean || b->at_mean) return false;
  for (int i = 0; i < a->ngroups; i++) {
    if (a->group[i].nparams != b->group[i].nparams) return false;
    for (int k = 0; k < a->nslots; k++) {
      if (is_wanted(a->def, k, a->group[i].h) != is_wanted(a->def, k, b->group[i].h)) return false;
    }
  }
  return true;
}

int optim_prepare_like(Optim *o, const Optim *like) {
  for (int i = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++) {
      OptimParam *q = &o->group[i].param[j];
      for (int k = 0; k < o->nslots; k++) {
        if (q->state[k] || !like->group[i].param[j].state[k]) continue;
        if (!o->def->rule || o->def->rule->nfresh > 0) return 1;
        if (make_slot(o, o->group[i].h, q, k) < 0) return -1;
      }
      if (q->any_fresh) memset(q->fresh, 0, (size_t)o->nslots * sizeof *q->fresh);
      q->any_fresh = false;
    }
  }
  return 0;
}

int optim_check_in_training(const Optim *o) {
  if (!o->at_mean) return 0;
  return err_set("%s: the parameters hold the mean, for evaluation; call opt:train() first", o->def->name);
}

static int step(Optim *o, const OptimInput *in) {
  if (optim_is_ready(o, in)) return optim_step_ready(o, in);
  if (optim_check_in_training(o) < 0) return -1;
  if (prepare(o, in->grads) < 0) return -1;
  return optim_rule_step(o, in);
}

/* A recorded step: args holds the Optim *, t the parameters, then their gradients and the loss. Hyperparameters and
 * counts are those of the moment. */
int optim_rerun_step(const Computation *c, Context *own) {
  Optim *o;
  memcpy(&o, c->args, sizeof o);
  return step(o, &(OptimInput){c->t + c->nout, c->t[c->n - 1], &own->random.of[RNG_USER]});
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

void optim_watch_groups(const Optim *o) {
  recorder_watch(&o->ngroups, sizeof o->ngroups, "the number of an optimizer's parameter groups");
}

static int step_and_report(Optim *o, Tensor *loss) {
  int n = optim_nparams(o);
  size_t bytes = (2 * (size_t)n + 1) * sizeof(Tensor *);
  Tensor **t = alloc_get(bytes);
  if (!t) return -1;
  collect(o, n, t);
  t[2 * n] = loss;
  optim_watch_groups(o);
  int rc = recorder_run(&(Computation){.name = "optimizer step",
                                       .run = optim_rerun_step,
                                       .own = true,
                                       .nout = n,
                                       .n = 2 * n + 1,
                                       .t = t,
                                       .args = &o,
                                       .size = sizeof o});
  alloc_put(t, bytes);
  return rc;
}

int optim_step(Optim *o, Tensor *loss) {
  if (!o->def->rule->needs_loss) {
    loss = NULL;
  } else if (!loss || loss->numel != 1) {
    return err_set("optim.%s: step needs the loss that the gradients are of: step(loss), or a closure that returns it",
                   o->def->name);
  }
  return context->recorder ? step_and_report(o, loss) : step(o, &(OptimInput){NULL, loss, rng_for(RNG_USER)});
}

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
