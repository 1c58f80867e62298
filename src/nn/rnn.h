/*
 * rnn.h - one direction of one recurrent layer (nn.RNN, nn.LSTM, nn.GRU and their cells).
 */
#ifndef OPTLAB_NN_RNN_H
#define OPTLAB_NN_RNN_H

#include "autograd/op.h"

typedef struct RnnInputs {
  Tensor *x;           /* (steps, batch, inputs), with batch_first (batch, steps, inputs), packed (rows, inputs) */
  Tensor *sizes;       /* packed: int64 (steps), how many sequences are so long; else NULL */
  Tensor *h, *c;       /* (batch, hidden); NULL: zeros; c: of an LSTM alone */
  Tensor *w_ih, *w_hh; /* (gates hidden, inputs), (gates hidden, hidden) */
  Tensor *b_ih, *b_hh; /* (gates hidden), both or none */
  bool batch_first, reverse;
} RnnInputs;

/* out: the outputs (like x, but of the hidden size), the last h (batch, hidden), the last c or NULL. -1 with a sentence
 * that lacks the layer's name. */
int nn_rnn(RnnKind kind, const RnnInputs *in, Tensor *out[3]);

#endif
