/*
 * callback.c - see callback.h.
 */
#include "autograd/callback.h"

#include "autograd/graph.h"
#include "base/err.h"

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

void callback_add(Tensor *t, Callback *c) {
  Callback **end = &t->node->callbacks;
  while (*end) end = &(*end)->next;
  c->next = NULL;
  *end = c;
}

void callback_remove(Tensor *t, Callback *c) {
  Callback **at = t->node ? &t->node->callbacks : NULL;
  while (at && *at && *at != c) at = &(*at)->next;
  if (!at || !*at) return;
  *at = c->next;
  c->release(c);
}

int callbacks_hook(Node *n) {
  for (Callback *c = n->callbacks, *next; c; c = next) {
    next = c->next; /* a hook may take itself away */
    if (!c->hook) continue;
    Tensor *g = c->hook(c, n->dout.t);
    if (!g) return -1;
    gradsum_clear(&n->dout);
    n->dout.t = g;
  }
  return 0;
}

int callbacks_backward(Node *n, Tensor **din) {
  for (Callback *c = n->callbacks; c; c = c->next) {
    if (c->backward) return c->backward(c, n, n->dout.t, din);
  }
  return err_set("backward: the graph of this result was freed");
}
