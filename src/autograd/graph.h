/*
 * graph.h - the recorded graph, seen only by op.c, backward.c and formula.c.
 *
 * A Node is one recorded op. It knows where the gradient of each input has to go (a node further down, a leaf, or
 * nowhere), holds the values that its backward reads, and describes its output, so that a gradient can be brought to
 * that shape without the output being kept alive. Tensors own nodes, nodes own what lies below them: no cycles.
 */
#ifndef OPTLAB_AUTOGRAD_GRAPH_H
#define OPTLAB_AUTOGRAD_GRAPH_H

#include "autograd/op.h"

typedef struct NodeInput {
  Node *node;       /* the op that made this input; owned; NULL for a leaf or where no gradient is wanted */
  Tensor *leaf;     /* a leaf that requires a gradient; owned */
  Tensor *saved;    /* the input's value, if backward reads it; owned */
  uint32_t version; /* of its storage when it was saved */
  int64_t length;   /* variadic rows: the input's size along args.along.dim, known for every input */
} NodeInput;

struct Node {
  int refs;
  uint16_t op; /* an OpId */
  bool freed;  /* a backward without retain_graph has been here */
  uint8_t dtype, ndim;
  int nin;
  uint64_t seq;  /* creation order: an edge always leads to a smaller number */
  uint64_t mark; /* the backward that last visited it */
  Tensor *out;   /* the output's values without its graph, if backward reads them; owned */
  Tensor *dout;  /* the gradient collected so far, during a backward */
  Node *next;    /* list of nodes waiting to be released */
  OpArgs args;
  int64_t shape[TENSOR_MAX_DIM]; /* the output's */
  NodeInput in[];
};

void graph_retain(Node *n);
void graph_release(Node *n);    /* iterative: a chain of a million nodes does not recurse */
void graph_drop_saved(Node *n); /* frees the values backward would need and marks the node as freed */

#endif
