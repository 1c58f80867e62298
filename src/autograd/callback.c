/*
 * callback.c - see callback.h.
 */
#include "autograd/callback.h"

#include "autograd/graph.h"
#include "base/err.h"

static int running; /* hooks that are being called; they may remove others. Only the thread that runs Lua comes here */

void callbacks_release(Node *n, bool hooks) {
  Callback **list = &n->callbacks;
  while (*list) {
    Callback *c = *list;
    if (c->hook && !hooks) {
      list = &c->next;
    } else {
      *list = c->next;
      c->release(c);
    }
  }
}

/* Releases those that were removed. */
static void sweep(Node *n) {
  Callback **at = &n->callbacks;
  while (*at) {
    Callback *c = *at;
    if (c->removed) {
      *at = c->next;
      c->release(c);
    } else {
      at = &c->next;
    }
  }
}

void callback_add(Tensor *t, Callback *c) {
  Callback **end = &t->node->callbacks;
  while (*end) end = &(*end)->next;
  c->next = NULL;
  c->removed = false;
  *end = c;
}

void callback_remove(Tensor *t, Callback *c) {
  Callback *at = t->node ? t->node->callbacks : NULL;
  while (at && at != c) at = at->next;
  if (!at) return;
  c->removed = true;
  if (running == 0) sweep(t->node);
}

static int run_hook(Node *n, Callback *c) {
  Tensor *g = c->hook(c, n->dout.t);
  if (!g) return -1;
  gradsum_clear(&n->dout);
  n->dout.t = g;
  return 0;
}

int callbacks_hook(Node *n) {
  int rc = 0, count = 0;
  for (const Callback *c = n->callbacks; c; c = c->next) count++; /* those that hooks add run next time */
  running++;
  for (Callback *c = n->callbacks; rc == 0 && count-- > 0; c = c->next) {
    if (c->hook && !c->removed) rc = run_hook(n, c);
  }
  if (--running == 0) sweep(n);
  return rc;
}

int callbacks_backward(Node *n, Tensor **din) {
  for (Callback *c = n->callbacks; c; c = c->next) {
    if (c->backward) return c->backward(c, n, n->dout.t, din);
  }
  return err_set("backward: the graph of this result was freed");
}
