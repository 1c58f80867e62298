/*
 * reach.h - the nodes that one run of backward visits, and what it notes in them.
 *
 * A callback may start another run while one is under way, also through nodes of that one. Such a run puts aside what
 * the outer one noted in a node, and puts it back at its end.
 */
#ifndef OPTLAB_AUTOGRAD_REACH_H
#define OPTLAB_AUTOGRAD_REACH_H

#include "autograd/graph.h"

typedef struct Reach {
  uint64_t mark;
  Node **nodes; /* each retained */
  size_t len, cap;
  struct Reach *outer; /* the run around this one */
  struct PutAside *aside;
} Reach;

void reach_begin(Reach *r); /* r is all zero */

/* Puts back what was put aside, and releases the nodes. */
void reach_end(Reach *r);

static inline bool reach_has(const Reach *r, const Node *n) { return n->mark == r->mark; }

/* Adds a node that it does not have. -1 without memory. */
int reach_add(Reach *r, Node *n);

void reach_sort(Reach *r); /* the newest first */

#endif
