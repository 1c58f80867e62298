/*
 * list.h - the names of all ops, kind by kind, in the order of the files elementwise.c, view.c, reduce.c, index.c,
 * matmul.c, softmax.c, loss.c, conv.c, conv_pool.c, pool.c.
 *
 * OP_X is the op's number, row_X its row.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_LIST_H
#define OPTLAB_AUTOGRAD_OPS_LIST_H

/* clang-format off */
#define OP_LIST(X) \
  /* element-wise, one input */ \
  X(NEG) X(EXP) X(LOG) X(LOG1P) X(EXPM1) X(SQRT) X(SQUARE) X(ABS) X(SIGN) X(SIN) X(COS) X(TAN) X(SINH) X(COSH) X(TANH) \
  X(ERF) X(SIGMOID) X(RELU) X(SOFTPLUS) X(RECIPROCAL) X(FLOOR) X(CEIL) X(ROUND) X(CLAMP) X(CAST) X(CLONE) \
  /* element-wise, two and three inputs */ \
  X(ADD) X(SUB) X(MUL) X(DIV) X(POW) X(MAXIMUM) X(MINIMUM) X(EQ) X(NE) X(LT) X(LE) X(GT) X(GE) X(WHERE) \
  /* views */ \
  X(RESHAPE) X(PERMUTE) X(EXPAND) X(SLICE) X(SLICE_GRAD) \
  /* reductions */ \
  X(SUM) X(MEAN) X(AMAX) X(AMIN) X(ARGMAX) X(ARGMIN) X(NORM) \
  /* indices */ \
  X(INDEX_SELECT) X(INDEX_ADD) X(GATHER) X(SCATTER_ADD) X(CAT) \
  /* products */ \
  X(MM) X(BMM) X(LINEAR) \
  /* networks */ \
  X(SOFTMAX) X(LOG_SOFTMAX) \
  /* losses */ \
  X(MSE_LOSS) X(CROSS_ENTROPY) X(CROSS_ENTROPY_GRAD) \
  /* images */ \
  X(CONV2D) X(CONV2D_GRAD_INPUT) X(CONV2D_GRAD_WEIGHT) \
  X(CONV2D_RELU_POOL) X(CONV2D_POOL_GRAD_BIAS) X(CONV2D_UNPOOL) X(CONV2D_PICK) \
  X(MAX_POOL2D) X(MAX_POOL2D_GRAD) X(MAX_POOL2D_PICK) X(AVG_POOL2D) X(AVG_POOL2D_GRAD)
/* clang-format on */

#endif
