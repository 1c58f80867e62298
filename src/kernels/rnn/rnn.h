/*
 * rnn.h - one direction of one recurrent layer over whole sequences.
 *
 * The inputs of all steps are multiplied at once, then each step needs one product of the states, and its rows go
 * through the cell (cells.h), shared among threads. Backward goes through the steps in the opposite order and leaves
 * the gradients of all products as one matrix each; those of the weights are then single products (the caller's).
 *
 * Rows: sequence b at step t is row t batch + b, or b steps + t (batch_first); of packed sequences of different lengths,
 * the longest first, those of a step follow those of the step before.
 */
#ifndef OPTLAB_KERNELS_RNN_RNN_H
#define OPTLAB_KERNELS_RNN_RNN_H

#include "core/dtype.h"
#include "kernels/rnn/cells.h"

typedef struct RnnShape {
  const RnnCell *cell;
  DType dtype; /* of all the numbers below */
  int64_t steps, batch, inputs, hidden;
  int64_t rows;         /* of all steps */
  const int64_t *sizes; /* [steps] packed: sequences that are so long, never more than before; NULL: all of them */
  bool batch_first;
  bool reverse; /* from the last step to the first */
} RnnShape;

/* x (rows, inputs), w_ih (gates, hidden, inputs), w_hh (gates, hidden, hidden); b_ih, b_hh (gates, hidden) or NULL. h
 * and c (batch, hidden) are the first states and become the last ones (c: only where the cell carries one); y (rows,
 * hidden), work (rows, cell->work, hidden). -1 without memory. */
int rnn_forward(const RnnShape *s, const void *x, const void *w_ih, const void *w_hh, const void *b_ih,
                const void *b_hh, void *h, void *c, void *y, void *work);

/* dh and dc, the gradients of the last states, become those of the first ones. dx and dhidden (rows, gates, hidden): of
 * x W_ih' and of h W_hh'; the same memory unless cell->apart. -1 without memory. */
int rnn_backward(const RnnShape *s, const void *dy, const void *work, const void *w_hh, void *dh, void *dc, void *dx,
                 void *dhidden);

#endif
