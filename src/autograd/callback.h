/*
 * callback.h - functions of others in backward: hooks, and the backward of operations that are defined outside.
 *
 * A node owns its callbacks. They run in backward, in the recording mode of that backward.
 */
#ifndef OPTLAB_AUTOGRAD_CALLBACK_H
#define OPTLAB_AUTOGRAD_CALLBACK_H

#include "autograd/op.h"

typedef struct Callback Callback;

struct Callback {
  /* The gradient g of the node's output as it shall be: a new reference, of g itself too. NULL with err_set. */
  Tensor *(*hook)(Callback *c, Tensor *g);
  /* As an Op's, for the row FUNCTION. */
  int (*backward)(Callback *c, Node *n, Tensor *dout, Tensor **din);
  void (*release)(Callback *c); /* the node is done with it; hooks: gone. Frees it */
  bool removed;                 /* no longer called; still there while hooks run */
  Callback *next;
};

/* Adds a callback to the node of t, which has one, behind those that are there; owned from now on. */
void callback_add(Tensor *t, Callback *c);

/* Takes it away, if the node of t has it. */
void callback_remove(Tensor *t, Callback *c);

/* --- for the engine ----------------------------------------------------------------------------------------------- */

int callbacks_hook(Node *n);                   /* hands the gradient of n's output to the hooks in turn */
int callbacks_backward(Node *n, Tensor **din); /* the backward of the row FUNCTION */
void callbacks_release(Node *n, bool hooks);   /* all of them, or all but the hooks */

#endif
