/*
 * module.h - leaf layers: what all layers of a kind share (LayerDef), and what one layer owns (Module).
 *
 * A layer file holds one or a few `const LayerDef layer_<name>` and the functions they point to; it knows no other
 * layer and is listed in the folder's CMakeLists.txt. Containers and user-defined modules are made in Lua and speak the
 * same protocol.
 *
 * What follows from a definition - reading calls, defaults, checks, the reference pages - is written nowhere else.
 *
 * docs/howto/add-layer.md says how to add a layer or a loss.
 */
#ifndef OPTLAB_NN_MODULE_H
#define OPTLAB_NN_MODULE_H

#include "args/arg.h"
#include "core/tensor.h"

typedef struct Module Module;

/* A parameter or a buffer. */
typedef struct ModuleTensor {
  const char *name; /* NULL ends a list */
  const char *doc;  /* its shape, and what it holds where the name does not say it */
} ModuleTensor;

/* Functions below leave sentences without a prefix ("input is (3), ..."); the caller puts the layer's name before
 * them. */
typedef struct LayerDef {
  const char *name;       /* PyTorch's: nn.<name> */
  const char *functional; /* nn.functional.<functional>(inputs..., args...); NULL: none, or one with other arguments */
  /* For the reference: one sentence; the formula in lines of ASCII; where it was published. NULL: nothing. */
  const char *doc, *equation, *paper;
  const char *const *inputs;   /* their names, ended by NULL */
  const char *extra;           /* the name of one more, which may be missing: then forward gets NULL; NULL: no such */
  int noutputs;                /* tensors that forward returns; 0 counts as 1 */
  const Arg *args;             /* the constructor's */
  const ModuleTensor *params;  /* a layer may lack some (bias=false); NULL: none */
  const ModuleTensor *buffers; /* state without a gradient, and first of all tensors given as arguments; NULL: none */
  /* Checks what the declaration of the arguments cannot, makes the parameters (values undefined); -1 with err_set.
   * NULL: nothing to do. */
  int (*build)(Module *m);
  /* Gives the parameters their first values. NULL: there are none. */
  void (*reset_parameters)(Module *m);
  /* Sets out[0..noutputs-1] to new references, or returns -1 with err_set and sets none. */
  int (*forward)(const Module *m, Tensor *const *in, Tensor **out);
  /* Of a loss whose mean does not divide by a fixed number per row: *out becomes what it divided by for these inputs, a
   * new tensor of one element, or NULL where that is such a number after all. -1 with err_set. NULL: it always is. */
  int (*mean_weight)(const Module *m, Tensor *const *in, Tensor **out);
  /* What PyTorch prints between the parentheses. NULL: nothing. */
  void (*describe)(const Module *m, char *text, size_t size);
} LayerDef;

struct Module {
  const LayerDef *def;
  bool training;   /* true until eval() */
  bool hooked;     /* a call has to go through Lua's hooks */
  ArgValues args;  /* owned; tensors among them are in `buffer`, their places are not used */
  Tensor **param;  /* in the order of def->params; owned; NULL if the layer has none */
  Tensor **buffer; /* in the order of def->buffers; owned; NULL if there is none */
};

/* The names of inputs that most layers and all losses share. */
extern const char *const layer_input[], *const loss_inputs[];
extern const Arg module_no_args[];

int layer_inputs(const LayerDef *def);
static inline int layer_outputs(const LayerDef *def) { return def->noutputs ? def->noutputs : 1; }
int layer_tensors(const ModuleTensor *list); /* how many; accepts NULL */

/* In training mode, with default arguments and without tensors; the caller fills `args`, then calls module_build. */
Module *module_new(const LayerDef *def);
int module_build(Module *m); /* build and reset_parameters; -1 with err_set */
void module_free(Module *m); /* accepts NULL */

/* Another module of the same kind, with the same arguments and the same tensors. NULL without memory. */
Module *module_twin(const Module *m);

/* Whether two layers are of the same kind with the same arguments, whatever is in their tensors. */
bool module_alike(const Module *a, const Module *b);

/* Puts t in the place of parameter or buffer i, counted through both, whatever it is, as long as its shape is the same.
 * -1 with err_set. */
int module_swap_tensor(Module *m, int i, Tensor *t);

/* out: layer_outputs(m->def) new references. */
static inline int module_forward(const Module *m, Tensor *const *in, Tensor **out) {
  return m->def->forward(m, in, out);
}

/* Makes t the i-th parameter or buffer (and a parameter require a gradient). -1: another shape than the present one,
 * not a float, or computed by an op. */
int module_set_param(Module *m, int i, Tensor *t);
int module_set_buffer(Module *m, int i, Tensor *t);

/* --- for layer files -------------------------------------------------------------------------------------------- */

/* A parameter: a leaf that requires a gradient, values undefined. */
Tensor *module_param_new(DType dt, int ndim, const int64_t *shape);

/* How forward returns its only output: takes over the reference, or passes the failure on. */
static inline int module_one_output(Tensor **out, Tensor *owned) {
  *out = owned;
  return owned ? 0 : -1;
}

/* The argument `name` as a dimension of t, 0..ndim-1 (a scalar counts as having one); -1 with err_set when out of
 * range. */
int module_dim(const Module *m, const char *name, const Tensor *t);

/* Inside a formula: t itself if it is a float, else t in the default float type. */
Tensor *module_as_float(Tensor *t);

/* A number as Python writes it: the fewest digits that read back the same, with a point ("1.0", "0.01"). */
const char *module_python_float(double x, char *text, size_t size);

/* --- for any parameter, a layer's or a user's ------------------------------------------------------------------- */

/* Changes t's dtype (and its gradient's) in place, so that every holder of t sees it. Integers are left alone. -1 when
 * out of memory or when t was computed by an op. */
int module_convert_tensor_(Tensor *t, DType dt);

#endif
