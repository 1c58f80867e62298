/*
 * reach.c - see reach.h.
 */
#include "autograd/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static uint64_t last_mark; /* the process's, as the graphs that bear the marks are */
static Reach *innermost;   /* only the thread that runs Lua comes here */

/* What an outer run noted in a node. */
typedef struct PutAside {
  struct PutAside *next;
  Node *node;
  uint64_t mark;
  bool wanted, captured;
  GradSum dout;
  bool wanted_in[];
} PutAside;

static size_t size_of(const Node *n) { return sizeof(PutAside) + (size_t)n->nin * sizeof(bool); }

void reach_begin(Reach *r) {
  r->mark = ++last_mark;
  r->outer = innermost;
  innermost = r;
}

static bool is_under_way(const Reach *outer, uint64_t mark) {
  while (outer && outer->mark != mark) outer = outer->outer;
  return outer != NULL;
}

static int put_aside(Reach *r, Node *n) {
  PutAside *p = alloc_get(size_of(n));
  if (!p) return -1;
  *p = (PutAside){r->aside, n, n->mark, n->wanted, n->captured, n->dout};
  for (int i = 0; i < n->nin; i++) p->wanted_in[i] = n->in[i].wanted;
  n->dout = (GradSum){0};
  r->aside = p;
  return 0;
}

static void put_back(PutAside *p) {
  Node *n = p->node;
  n->mark = p->mark;
  n->wanted = p->wanted;
  n->captured = p->captured;
  n->dout = p->dout;
  for (int i = 0; i < n->nin; i++) n->in[i].wanted = p->wanted_in[i];
}

static int make_room(Reach *r) {
  if (r->len < r->cap) return 0;
  const size_t cap = r->cap ? 2 * r->cap : 64;
  Node **bigger = alloc_get(cap * sizeof *bigger);
  if (!bigger) return -1;
  if (r->len) memcpy(bigger, r->nodes, r->len * sizeof *bigger);
  alloc_put(r->nodes, r->cap * sizeof *bigger);
  r->nodes = bigger;
  r->cap = cap;
  return 0;
}

int reach_add(Reach *r, Node *n) {
  if (make_room(r) < 0) return -1;
  if (is_under_way(r->outer, n->mark) && put_aside(r, n) < 0) return -1;
  n->mark = r->mark;
  n->captured = false;
  graph_retain(n);
  r->nodes[r->len++] = n;
  return 0;
}

void reach_end(Reach *r) {
  for (size_t i = 0; i < r->len; i++) gradsum_clear(&r->nodes[i]->dout);
  while (r->aside) {
    PutAside *p = r->aside;
    r->aside = p->next;
    put_back(p);
    alloc_put(p, size_of(p->node));
  }
  for (size_t i = 0; i < r->len; i++) graph_release(r->nodes[i]);
  alloc_put(r->nodes, r->cap * sizeof *r->nodes);
  innermost = r->outer;
}

/* --- sorting ------------------------------------------------------------------------------------------------------ */

static int newest_first(const void *a, const void *b) {
  uint64_t x = (*(Node *const *)a)->seq, y = (*(Node *const *)b)->seq;
  return x < y ? 1 : x > y ? -1 : 0;
}

/* Sorts by places: numbers of one loop lie close together. False where they do not, or without memory. */
static bool sort_by_places(Reach *r) {
  uint64_t first = UINT64_MAX, last = 0;
  for (size_t i = 0; i < r->len; i++) {
    const uint64_t seq = r->nodes[i]->seq;
    if (seq < first) first = seq;
    if (seq > last) last = seq;
  }
  if (last - first >= 8 * (uint64_t)r->len) return false;
  const size_t places = (size_t)(last - first) + 1;
  Node **at = alloc_get(places * sizeof *at);
  if (!at) return false;
  memset(at, 0, places * sizeof *at);
  for (size_t i = 0; i < r->len; i++) at[last - r->nodes[i]->seq] = r->nodes[i];
  size_t n = 0;
  for (size_t i = 0; i < places; i++) {
    if (at[i]) r->nodes[n++] = at[i];
  }
  alloc_put(at, places * sizeof *at);
  return true;
}

void reach_sort(Reach *r) {
  if (r->len > 32) {
    if (!sort_by_places(r)) qsort(r->nodes, r->len, sizeof *r->nodes, newest_first);
    return;
  }
  for (size_t i = 1; i < r->len; i++) {
    Node *n = r->nodes[i];
    size_t j = i;
    for (; j && r->nodes[j - 1]->seq < n->seq; j--) r->nodes[j] = r->nodes[j - 1];
    r->nodes[j] = n;
  }
}
