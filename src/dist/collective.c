/*
 * collective.c - blocking exchanges along a tree.
 */
#include "dist/collective.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "dist/link.h"
#include "dist/tree.h"

typedef enum Kind { KIND_SUM, KIND_MIN, KIND_MAX, KIND_BROADCAST, KIND_BARRIER } Kind;

typedef struct Head {
  int32_t kind, dtype, root, reserved;
  int64_t count;
} Head;

/* A call under way on this rank. */
typedef struct Call {
  Head head;
  const char *what;
  char *x, *other; /* other: room for a peer's values, or NULL where none are added */
  size_t bytes;
} Call;

/* --- two ranks ---------------------------------------------------------------------------------------------------- */

static size_t at_most(size_t bytes) { return bytes < TRANSPORT_MAX_BYTES ? bytes : TRANSPORT_MAX_BYTES; }

/* Sends and receives (NULL: does not) one message of the same size. */
static int swap(const void *out, void *in, size_t bytes, int peer, int tag, const char *what) {
  void *receiving = NULL, *sending = NULL;
  if (in && link_receive(in, bytes, peer, tag, &receiving) < 0) return -1;
  if (out && link_send(out, bytes, peer, tag, &sending) < 0) return -1;
  if (link_wait(&receiving, peer, what) < 0) return -1;
  return link_wait(&sending, peer, what);
}

static const char *kind_name(int32_t kind) {
  static const char *const names[] = {"a sum", "a minimum", "a maximum", "a broadcast", "a barrier"};
  return kind >= 0 && kind <= KIND_BARRIER ? names[kind] : "something else";
}

static int check_head(const Call *c, const Head *theirs, int peer) {
  if (memcmp(&c->head, theirs, sizeof *theirs) == 0) return 0;
  dist_link.broken = true;
  return err_set(
      "%s: rank %d takes part in %s (%lld elements), rank %d in %s (%lld elements); all ranks must make the same calls "
      "in the same order",
      c->what, dist_link.rank, kind_name(c->head.kind), (long long)c->head.count, peer, kind_name(theirs->kind),
      (long long)theirs->count);
}

/* The heads, then the values in messages that are not too large. */
static int exchange(Call *c, const TreeStep *s, char *in) {
  const bool sends = s->kind == TREE_SEND || s->kind == TREE_EXCHANGE;
  Head theirs;
  if (swap(sends ? &c->head : NULL, in ? &theirs : NULL, sizeof theirs, s->peer, TAG_HEAD, c->what) < 0) return -1;
  if (in && check_head(c, &theirs, s->peer) < 0) return -1;
  for (size_t at = 0, n; at < c->bytes; at += n) {
    n = at_most(c->bytes - at);
    if (swap(sends ? c->x + at : NULL, in ? in + at : NULL, n, s->peer, TAG_COLLECTIVE, c->what) < 0) return -1;
  }
  return 0;
}

/* --- all ranks ---------------------------------------------------------------------------------------------------- */

static int take_step(Call *c, const TreeStep *s) {
  const bool adds = s->kind == TREE_ADD || s->kind == TREE_EXCHANGE;
  if (exchange(c, s, adds ? c->other : s->kind == TREE_TAKE ? c->x : NULL) < 0) return -1;
  if (!adds || c->head.kind > KIND_MAX) return 0;
  const bool lower = dist_link.rank < s->peer;
  combine((Combine)c->head.kind, (DType)c->head.dtype, c->x, lower ? c->x : c->other, lower ? c->other : c->x,
          c->head.count);
  return 0;
}

static int run(Call *c, const TreeStep *step, int n) {
  if (link_check(c->what) < 0) return -1;
  if (n > 0) c->other = alloc_get(c->bytes + 1); /* + 1: also a barrier has an address */
  if (n > 0 && !c->other) return -1;
  int rc = 0;
  for (int i = 0; i < n && rc == 0; i++) rc = take_step(c, &step[i]);
  if (!dist_link.broken) alloc_put(c->other, c->bytes + 1); /* else messages may still arrive in it */
  return rc;
}

int collective_reduce(Combine op, DType dt, void *x, int64_t n, const char *what) {
  TreeStep step[TREE_MAX_STEPS];
  Call c = {.head = {.kind = (int32_t)op, .dtype = (int32_t)dt, .count = n}, .what = what, .x = x};
  c.bytes = (size_t)n * dtype_size(dt);
  return run(&c, step, tree_sum(dist_link.rank, dist_link.size, step));
}

int collective_broadcast(void *bytes, int64_t n, int root, const char *what) {
  TreeStep step[TREE_MAX_STEPS];
  Call c = {.head = {.kind = KIND_BROADCAST, .root = root, .count = n}, .what = what, .x = bytes, .bytes = (size_t)n};
  return run(&c, step, tree_broadcast(dist_link.rank, dist_link.size, root, step));
}

int collective_barrier(const char *what) {
  TreeStep step[TREE_MAX_STEPS];
  Call c = {.head = {.kind = KIND_BARRIER}, .what = what};
  return run(&c, step, tree_sum(dist_link.rank, dist_link.size, step));
}
