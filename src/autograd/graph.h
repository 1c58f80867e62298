/*
 * graph.h - the recorded graph, seen only by op.c, backward.c, reach.c, callback.c and formula.c.
 *
 * A Node is one recorded op. It knows where the gradient of each input has to go (a node further down, a leaf, or
 * nowhere), holds the values that its backward reads, and describes its output, so that a gradient can be brought to
 * that shape without the output being kept alive.
 *
 * Tensors own nodes, nodes own what lies below them. Tensors without node (leaves, constants) can have a .grad, which
 * may have a graph that leads back to them; therefore graphs hold their graph windows (tensor.h) and never themselves.
 * Tensors with a node have no .grad. So there are no cycles, and counting references is enough.
 */
#ifndef OPTLAB_AUTOGRAD_GRAPH_H
#define OPTLAB_AUTOGRAD_GRAPH_H

#include "autograd/callback.h"
#include "autograd/gradsum.h"
#include "autograd/op.h"

typedef struct NodeInput {
  Node *node;       /* the op that made this input; owned; NULL for a leaf or where no gradient is wanted */
  Tensor *leaf;     /* the graph window of a leaf that requires a gradient; owned */
  Tensor *saved;    /* the input's value, if backward may read it; without node: its graph window; owned */
  uint32_t version; /* of its storage when it was saved */
  bool wanted;      /* the backward under way needs its gradient */
  int64_t length;   /* variadic rows: the input's size along args.along.dim, known for every input */
} NodeInput;

struct Node {
  int refs;
  uint16_t op; /* an OpId */
  bool freed;  /* a backward without retain_graph has been here */
  uint8_t dtype, ndim;
  uint8_t continues; /* 1 + i: backward has continued the sum of input i (node_continue_sum); 0: none */
  int nin;
  uint64_t seq;         /* creation order: an edge always leads to a smaller number */
  uint64_t leaves;      /* a set: bit leaf_bit(l) for each leaf l that requires a gradient and lies below */
  uint64_t mark;        /* the backward that last visited it */
  bool wanted;          /* by that one: it leads to what gradients are asked for */
  bool captured;        /* by that one: the gradient of its output is itself asked for */
  uint32_t out_version; /* of its storage when it was saved */
  Tensor *out;          /* the output's values without its graph, if backward may read them; owned */
  GradSum dout;         /* the gradient collected so far, during a backward */
  Node *next;           /* list of nodes waiting to be released */
  Callback *callbacks;  /* owned */
  OpArgs args;
  int64_t shape[TENSOR_MAX_DIM]; /* the output's */
  NodeInput in[];
};

/* One bit of 64 for a leaf, given its graph window; several leaves may share it. 0: no node leads to it. */
static inline uint64_t leaf_bit(const Tensor *window) {
  return window && window->number ? UINT64_C(1) << (window->number & 63) : 0;
}

void graph_retain(Node *n);
void graph_release(Node *n);    /* iterative: a chain of a million nodes does not recurse */
void graph_drop_saved(Node *n); /* frees the values backward would need and marks the node as freed */

#endif
