/*
 * backward.h - running the graph backwards.
 */
#ifndef OPTLAB_AUTOGRAD_BACKWARD_H
#define OPTLAB_AUTOGRAD_BACKWARD_H

#include "autograd/op.h"

typedef struct BackwardOptions {
  bool retain_graph; /* keep the graph for another backward; implied by create_graph */
  bool create_graph; /* record the gradients themselves, so that they can be differentiated */
  bool allow_unused; /* autograd_grad: an input the outputs do not depend on gives NULL instead of an error */
} BackwardOptions;

/* Adds d(output)/d(leaf) into the .grad of every leaf below `output`. `gradient` (output's shape) weights the output's
 * elements; NULL means 1 and asks for a one-element output. 0, or -1 with err_set: nothing to differentiate, graph
 * already freed, saved value changed in place, no memory. On failure no leaf's .grad is half-updated by later nodes,
 * but earlier ones keep theirs. */
int autograd_backward(Tensor *output, Tensor *gradient, BackwardOptions opt);

/* The gradients of the (weighted) outputs with respect to `inputs`, leaves or not, into result[0..nin-1] (owned by the
 * caller); leaves' .grad stays untouched. gradients may be NULL, and so may each entry. */
int autograd_grad(Tensor *const *outputs, Tensor *const *gradients, int nout, Tensor *const *inputs, int nin,
                  Tensor **result, BackwardOptions opt);

/* To be called once before any op (idempotent). */
void autograd_init(void);

#endif
