/*
 * tree.h - the order of a sum over ranks: a fixed tree of pairs.
 *
 * The values of the ranks 0, 1, 2, ... are added in pairs, (0 + 1), (2 + 3), ..., then the pairs in pairs, and so on; one
 * that has no partner goes up as it is. In each sum the lower ranks stand first. So the bits of the sum depend on the
 * values alone, not on which message arrives first, and 2 ranks that add 2 values each before they begin get the bits
 * that 4 ranks get.
 *
 * For a power of two every rank computes the whole tree: in each step it exchanges what it has with a partner
 * (recursive doubling). For other numbers the sum goes up to rank 0 and comes back.
 */
#ifndef OPTLAB_DIST_TREE_H
#define OPTLAB_DIST_TREE_H

#define TREE_MAX_STEPS 64

typedef enum TreeKind {
  TREE_EXCHANGE, /* send mine, receive the peer's, add both */
  TREE_ADD,      /* receive the peer's, add: mine is the lower one */
  TREE_SEND,     /* to the peer */
  TREE_TAKE      /* receive the peer's in the place of mine */
} TreeKind;

typedef struct TreeStep {
  TreeKind kind;
  int peer;
} TreeStep;

/* What rank `rank` of `size` does for a sum that all get; returns how many steps. */
int tree_sum(int rank, int size, TreeStep step[TREE_MAX_STEPS]);

/* The same for a value of rank `root` that all get. */
int tree_broadcast(int rank, int size, int root, TreeStep step[TREE_MAX_STEPS]);

#endif
