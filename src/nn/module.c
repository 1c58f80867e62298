/*
 * module.c - what every leaf layer has in common: life, its tensors, their dtype.
 */
#include "nn/module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/formula.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/text/number.h"
#include "core/recorder.h"

const char *const layer_input[] = {"input", NULL};
const char *const loss_inputs[] = {"input", "target", NULL};
const Arg module_no_args[] = {{0}};

int layer_inputs(const LayerDef *def) {
  int n = 0;
  while (def->inputs[n]) n++;
  return n;
}

static bool same_args(const ArgValues *a, const ArgValues *b) {
  const int places = args_places(a->args);
  if (places > 0 && memcmp(a->x, b->x, (size_t)places * sizeof *a->x) != 0) return false;
  for (int i = 0, n = args_lists(a->args); i < n; i++) {
    if (a->list[i].n != b->list[i].n) return false;
    if (a->list[i].n && memcmp(a->list[i].x, b->list[i].x, (size_t)a->list[i].n * sizeof *a->list[i].x) != 0)
      return false;
  }
  return true;
}

bool module_alike(const Module *a, const Module *b) {
  if (a->def != b->def || a->training != b->training || a->hooked || b->hooked) return false;
  for (int i = 0, n = layer_tensors(a->def->params); i < n; i++) {
    if (!a->param[i] != !b->param[i]) return false;
  }
  for (int i = 0, n = layer_tensors(a->def->buffers); i < n; i++) {
    if (!a->buffer[i] != !b->buffer[i]) return false;
  }
  return same_args(&a->args, &b->args);
}

int layer_tensors(const ModuleTensor *list) {
  int n = 0;
  while (list && list[n].name) n++;
  return n;
}

/* A module and its list of tensors are one block. */
static size_t module_size(const LayerDef *def) {
  return sizeof(Module) + (size_t)(layer_tensors(def->params) + layer_tensors(def->buffers)) * sizeof(Tensor *);
}

Module *module_new(const LayerDef *def) {
  Module *m = alloc_get(module_size(def));
  if (!m) return NULL;
  memset(m, 0, module_size(def));
  *m = (Module){.def = def, .training = true, .param = (Tensor **)(void *)(m + 1)};
  m->buffer = m->param + layer_tensors(def->params);
  if (args_init(&m->args, def->args) == 0) return m;
  alloc_put(m, module_size(def));
  return NULL;
}

int module_build(Module *m) {
  const LayerDef *def = m->def;
  if (def->build && def->build(m) < 0) return -1;
  if (def->reset_parameters) def->reset_parameters(m);
  return 0;
}

void module_free(Module *m) {
  if (!m) return;
  int n = layer_tensors(m->def->params) + layer_tensors(m->def->buffers);
  for (int i = 0; i < n; i++) tensor_release(m->param[i]);
  args_free(&m->args);
  alloc_put(m, module_size(m->def));
}

/* The arguments of a module; -1 without memory. */
static int copy_args(ArgValues *to, const ArgValues *from) {
  memcpy(to->x, from->x, (size_t)args_places(from->args) * sizeof *to->x);
  for (int k = 0, n = args_lists(from->args); k < n; k++) {
    double *x = args_resize(to, k, from->list[k].n);
    if (!x) return -1;
    memcpy(x, from->list[k].x, (size_t)from->list[k].n * sizeof *x);
  }
  return 0;
}

Module *module_twin(const Module *m) {
  Module *twin = module_new(m->def);
  if (!twin) return NULL;
  if (copy_args(&twin->args, &m->args) < 0) {
    module_free(twin);
    return NULL;
  }
  twin->training = m->training;
  for (int i = 0, n = layer_tensors(m->def->params) + layer_tensors(m->def->buffers); i < n; i++) {
    twin->param[i] = m->param[i] ? tensor_retain(m->param[i]) : NULL;
  }
  return twin;
}

/* --- its tensors ------------------------------------------------------------------------------------------------ */

static int check_replacement(const char *name, const Tensor *old, const Tensor *t) {
  if (!old) return err_set("this layer was made without '%s'", name);
  if (!tensor_same_shape(old, t)) {
    return err_set("'%s' has shape %s, cannot be replaced by a tensor of shape %s", name, tensor_shape_str(old),
                   tensor_shape_str(t));
  }
  if (!dtype_is_float((DType)old->dtype) && t->dtype != old->dtype) {
    return err_set("'%s' must be %s, got %s", name, dtype_name((DType)old->dtype), dtype_name((DType)t->dtype));
  }
  if (dtype_is_float((DType)old->dtype) && !dtype_is_float((DType)t->dtype)) {
    return err_set("'%s' must be float32 or float64, got %s", name, dtype_name((DType)t->dtype));
  }
  if (t->node) return err_set("'%s' must be a tensor of its own, not a computed one; use detach()", name);
  return 0;
}

static void replace(Tensor **slot, Tensor *t) {
  tensor_retain(t);
  tensor_release(*slot);
  *slot = t;
}

int module_set_param(Module *m, int i, Tensor *t) {
  if (check_replacement(m->def->params[i].name, m->param[i], t) < 0) return -1;
  replace(&m->param[i], t);
  t->requires_grad = true;
  return 0;
}

int module_set_buffer(Module *m, int i, Tensor *t) {
  if (check_replacement(m->def->buffers[i].name, m->buffer[i], t) < 0) return -1;
  replace(&m->buffer[i], t);
  return 0;
}

int module_swap_tensor(Module *m, int i, Tensor *t) {
  const Tensor *old = m->param[i]; /* the buffers follow the parameters */
  if (!old || !tensor_same_shape(old, t)) {
    return err_set("a tensor of shape %s cannot stand for one of shape %s", tensor_shape_str(t),
                   old ? tensor_shape_str(old) : "()");
  }
  replace(&m->param[i], t);
  return 0;
}

/* --- for layer files -------------------------------------------------------------------------------------------- */

Tensor *module_param_new(DType dt, int ndim, const int64_t *shape) {
  Tensor *t = tensor_new(dt, ndim, shape);
  if (t) t->requires_grad = true;
  return t;
}

int module_dim(const Module *m, const char *name, const Tensor *t) {
  int at = 0, ndim = t->ndim ? t->ndim : 1;
  args_find(m->def->args, name, &at);
  int given = (int)m->args.x[at], d = given < 0 ? given + ndim : given;
  if (d >= 0 && d < ndim) return d;
  return err_set("%s %d is out of range for an input of shape %s", name, given < 0 ? given : given + 1,
                 tensor_shape_str(t));
}

Tensor *module_as_float(Tensor *t) { return !t || dtype_is_float((DType)t->dtype) ? t : fm_cast(t, dtype_default()); }

const char *module_python_float(double x, char *text, size_t size) {
  int digits = 0;
  double back = 0;
  do {
    number_print(text, size, "%.*e", digits, x);
  } while (number_parse(text, strlen(text), &back) && back != x && ++digits < 17);
  const char *e = strchr(text, 'e');
  int exponent = e ? atoi(e + 1) : 16; /* inf has none */
  if (exponent < -4 || exponent >= 16) return text;
  number_print(text, size, "%.*f", digits - exponent > 1 ? digits - exponent : 1, x);
  return text;
}

/* --- dtype ------------------------------------------------------------------------------------------------------ */

/* t takes over the memory of `other`, and `other` dies. */
static void take_memory(Tensor *t, Tensor *other) {
  Storage *storage = other->storage;
  /* graphs that saved t's old value have to notice that it is gone */
  storage->version = t->storage->version + 1;
  other->storage = t->storage;
  t->storage = storage;
  t->dtype = other->dtype;
  t->contiguous = other->contiguous;
  t->offset = other->offset;
  memcpy(t->stride, other->stride, sizeof t->stride);
  tensor_window_changed(t);
  tensor_release(other);
}

int module_convert_tensor_(Tensor *t, DType dt) {
  if (t->node) return err_set("only a leaf can change its dtype in place, this tensor was computed");
  if (t->dtype == dt || !dtype_is_float((DType)t->dtype)) return 0;
  recorder_refuse("a tensor changes its dtype in place");
  Tensor *values = tensor_cast(t, dt), *grad = t->grad ? tensor_cast(t->grad, dt) : NULL;
  if (!values || (t->grad && !grad)) {
    tensor_release(values);
    tensor_release(grad);
    return -1;
  }
  take_memory(t, values);
  tensor_release(t->grad);
  t->grad = grad;
  return 0;
}
