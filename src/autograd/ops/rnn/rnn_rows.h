/*
 * rnn_rows.h - the rows of recurrent layers, as nn/rnn.c and the files here see them.
 *
 * RNN (work, sizes, x, h, c, w_ih, w_hh[, b_ih, b_hh]) -> out
 *
 *   work    (rows, rnn_work_width): memory that forward writes and backward reads
 *   sizes   int64: empty, or of packed sequences how many are so long (steps)
 *   x       (steps, batch, inputs), with batch_first (batch, steps, inputs), packed (rows, inputs)
 *   h, c    (batch, hidden): the first states; c without elements unless the cell carries one
 *   out     (rows + batch [+ batch], hidden): the outputs in x's order, the last h, and the last c
 */
#ifndef OPTLAB_AUTOGRAD_OPS_RNN_RNN_ROWS_H
#define OPTLAB_AUTOGRAD_OPS_RNN_RNN_ROWS_H

#include "autograd/op.h"
#include "kernels/rnn/rnn.h"

enum { RNN_WORK, RNN_SIZES, RNN_X, RNN_H, RNN_C, RNN_W_IH, RNN_W_HH, RNN_B_IH, RNN_B_HH, RNN_INPUTS };

const RnnCell *rnn_cell(const OpArgs *a);

/* The numbers of one row of `work`. */
int64_t rnn_work_width(const OpArgs *a, int64_t hidden);

/* The same by other ops, for second derivatives; of the open formula. */
Tensor *rnn_formula(Tensor *const *in, int nin, const OpArgs *a);

#endif
