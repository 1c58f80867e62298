/*
 * tree.c - the steps of a rank.
 */
#include "dist/tree.h"

#include <stdbool.h>

static bool is_power_of_two(int n) { return (n & (n - 1)) == 0; }

static int exchange(int rank, int size, TreeStep *step) {
  int n = 0;
  for (int apart = 1; apart < size; apart *= 2) step[n++] = (TreeStep){TREE_EXCHANGE, rank ^ apart};
  return n;
}

/* Up the tree to rank 0. */
static int gather(int rank, int size, TreeStep *step) {
  int n = 0;
  for (int apart = 1; apart < size; apart *= 2) {
    if (rank % (2 * apart) != 0) {
      step[n++] = (TreeStep){TREE_SEND, rank - apart};
      return n;
    }
    if (rank + apart < size) step[n++] = (TreeStep){TREE_ADD, rank + apart};
  }
  return n;
}

int tree_broadcast(int rank, int size, int root, TreeStep step[TREE_MAX_STEPS]) {
  const int mine = (rank - root + size) % size; /* as if the root were rank 0 */
  int n = 0, apart = 1;
  while (apart < size) apart *= 2;
  for (apart /= 2; apart > 0; apart /= 2) {
    if (mine % (2 * apart) == apart) {
      step[n++] = (TreeStep){TREE_TAKE, (mine - apart + root) % size};
    } else if (mine % (2 * apart) == 0 && mine + apart < size) {
      step[n++] = (TreeStep){TREE_SEND, (mine + apart + root) % size};
    }
  }
  return n;
}

int tree_sum(int rank, int size, TreeStep step[TREE_MAX_STEPS]) {
  if (is_power_of_two(size)) return exchange(rank, size, step);
  const int n = gather(rank, size, step);
  return n + tree_broadcast(rank, size, 0, step + n);
}
