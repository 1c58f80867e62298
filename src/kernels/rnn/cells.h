/*
 * cells.h - the cells of recurrent layers, one row (one sequence at one step) at a time.
 *
 * A row of hidden size n has memory of its own, `work`, in blocks of n numbers. Before forward its first `gates` blocks
 * hold x W_ih'. Forward leaves there what backward reads; the last block is the state before the step, which the caller
 * fills in.
 *
 *   LSTM       i f g o | c before | h before
 *   GRU        r z n | W_hn h + b_hn | h before
 *   tanh, relu h | h before
 */
#ifndef OPTLAB_KERNELS_RNN_CELLS_H
#define OPTLAB_KERNELS_RNN_CELLS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct RnnCell {
  int gates;    /* blocks of x W_ih' and of h W_hh' */
  int work;     /* blocks of a row's memory */
  int bias;     /* blocks of the bias: b_ih + b_hh, of a GRU's last block both */
  bool apart;   /* h W_hh' is not added to x W_ih' */
  bool carries; /* it has a second state, c */
  /* h and c become the new states, and y the new h. hidden: h W_hh', where it is apart. */
  void (*forward[2])(int64_t n, void *work, const void *hidden, const void *bias, void *h, void *c, void *y);
  /* dh and dc, the gradients of the new states, become those of the old ones, but without the part that goes through
   * the product h W_hh'. dx, dhidden: of x W_ih' and h W_hh'; the same memory unless they are apart. */
  void (*backward[2])(int64_t n, const void *work, const void *dy, void *dh, void *dc, void *dx, void *dhidden);
} RnnCell;

extern const RnnCell rnn_cell_lstm, rnn_cell_gru, rnn_cell_tanh, rnn_cell_relu;

#endif
