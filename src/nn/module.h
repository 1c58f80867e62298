/*
 * module.h - leaf layers: what all layers of a kind share (LayerDef), and what one layer owns (Module).
 *
 * A layer file holds one or a few `const LayerDef layer_<name>` and the functions they point to; it knows no other
 * layer and is listed in layers.h. Containers and user-defined modules are made in Lua and speak the same protocol.
 *
 * Adding a layer: a file here, a line in LAYER_LIST (layers.h), reference values in tests/reference/nn.py, a case in
 * tests/nn_spec.lua.
 */
#ifndef OPTLAB_NN_MODULE_H
#define OPTLAB_NN_MODULE_H

#include "args/arg.h"
#include "core/tensor.h"

#define MODULE_MAX_TENSORS 4
#define MODULE_MAX_INPUTS 2

typedef struct Module Module;

/* Functions below leave sentences without a prefix ("input is (3), ..."); whoever called puts the layer's name before
 * them. */
typedef struct LayerDef {
  const char *name;       /* PyTorch's: nn.<name> */
  const char *functional; /* nn.functional.<functional>(inputs..., args...); NULL: none, or one with other arguments */
  int ninputs;
  Arg args[ARG_MAX + 1];                       /* the constructor's */
  const char *params[MODULE_MAX_TENSORS + 1];  /* their names; a layer may lack some (bias=false) */
  const char *buffers[MODULE_MAX_TENSORS + 1]; /* likewise: state without a gradient, and tensors given as arguments */
  /* Checks m->arg, makes the parameters (values undefined); -1 with err_set. NULL: nothing to do. */
  int (*build)(Module *m);
  /* Gives the parameters their first values. NULL: there are none. */
  void (*reset_parameters)(Module *m);
  /* A new reference, or NULL with err_set. */
  Tensor *(*forward)(const Module *m, Tensor *const *in);
  /* What PyTorch prints between the parentheses. NULL: nothing. */
  void (*describe)(const Module *m, char *text, size_t size);
} LayerDef;

struct Module {
  const LayerDef *def;
  int refs;
  bool training;                      /* true until eval() */
  double arg[ARG_MAX];                /* in the order of def->args */
  Tensor *param[MODULE_MAX_TENSORS];  /* in the order of def->params; owned; NULL if the layer has none */
  Tensor *buffer[MODULE_MAX_TENSORS]; /* in the order of def->buffers; owned; NULL if there is none */
};

/* In training mode, without tensors; the caller fills `arg`, then calls module_build. */
Module *module_new(const LayerDef *def);
int module_build(Module *m); /* build and reset_parameters; -1 with err_set */
static inline Module *module_retain(Module *m) {
  m->refs++;
  return m;
}
void module_release(Module *m); /* accepts NULL */

static inline Tensor *module_forward(const Module *m, Tensor *const *in) { return m->def->forward(m, in); }

/* Makes t the i-th parameter or buffer (and a parameter require a gradient). -1: another shape than the present one,
 * not a float, or computed by an op. */
int module_set_param(Module *m, int i, Tensor *t);
int module_set_buffer(Module *m, int i, Tensor *t);

/* --- for layer files -------------------------------------------------------------------------------------------- */

/* A parameter: a leaf that requires a gradient, values undefined. */
Tensor *param_new(DType dt, int ndim, const int64_t *shape);

/* The i-th argument as a dimension of t, 0..ndim-1 (a scalar counts as having one); -1 with err_set if it is out of
 * range. */
int module_dim(const Module *m, int i, const Tensor *t);

/* Inside a formula: t itself if it is a float, else t in the default float type. */
Tensor *as_float(Tensor *t);

/* A number as Python writes it: the fewest digits that read back the same, with a point ("1.0", "0.01"). */
const char *python_float(double x, char *text, size_t size);

/* --- for any parameter, a layer's or a user's ------------------------------------------------------------------- */

/* Changes t's dtype (and its gradient's) in place, so that whoever holds t sees it. Integers are left alone. -1 when
 * out of memory or when t was computed by an op. */
int tensor_convert_(Tensor *t, DType dt);

#endif
