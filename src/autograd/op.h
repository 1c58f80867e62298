/*
 * op.h - the op table and the graph it records.
 *
 * Everything differentiable is a row of one table: name, arity, what to save, shape rule, forward, backward. op_apply
 * looks up the row, makes the output, computes it and, if gradient recording is on and an input requires a gradient,
 * hangs a Node on the output. A backward function is written with the same ops (formula.h), so gradients can be
 * differentiated again.
 *
 * Adding an op: a name in OP_LIST, a row in the ops_*.c file of its kind, a sample in tests/ops_spec.lua.
 */
#ifndef OPTLAB_AUTOGRAD_OP_H
#define OPTLAB_AUTOGRAD_OP_H

#include "core/recorder.h"
#include "core/tensor.h"
#include "kernels/elementwise/kernels.h"

/* Kind by kind, in the order of the files elementwise.c, view.c, reduce.c, index.c, matmul.c, softmax.c, loss.c,
 * conv.c, conv_pool.c, pool.c. */
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

typedef enum OpId {
#define OP_ENUM(name) OP_##name,
  OP_LIST(OP_ENUM)
#undef OP_ENUM
      OP_COUNT
} OpId;

/* The numbers an op takes besides tensors; each row's comment says which it reads. */
typedef struct OpArgs {
  double x[2];
  int64_t i[TENSOR_MAX_DIM + 2];
} OpArgs;

/* What the shape rule finds out. */
typedef struct OpShape {
  DType dtype;
  int ndim;
  bool batch_innermost; /* the output lies in memory with its first dimension innermost; false unless infer sets it */
  int64_t shape[TENSOR_MAX_DIM];
} OpShape;

typedef struct Node Node;

enum { SAVE_X0 = 1, SAVE_X1 = 2, SAVE_X2 = 4, SAVE_OUT = 8 };

typedef struct Op {
  const char *name;  /* as in error messages and in lab.* */
  int nin;           /* number of inputs; -1: any number, at least one */
  unsigned save;     /* what backward reads: SAVE_* */
  unsigned promotes; /* bit mask of inputs promoted to the widest dtype among them (uint8 counts as int64) */
  bool floats;       /* those inputs must be floats: integers become dtype_default() */
  int writes;        /* how many of the first inputs are memory that forward writes; they have no gradient */
  bool keeps_order;  /* element-wise: the output lies in memory as the first input of its shape does */
  /* Fills *s, or returns -1 with err_set naming the op and the shapes. */
  int (*infer)(OpShape *s, Tensor *const *in, int nin, const OpArgs *a);
  /* Computes out, which has the inferred shape and is row-major but for the two flags above. NULL for views. */
  int (*forward)(Tensor *out, Tensor *const *in, int nin, const OpArgs *a);
  /* Views only: returns the window (or a copy where none is possible). */
  Tensor *(*view)(const OpShape *s, Tensor *in, const OpArgs *a);
  /* Sets din[i] for every input that node_wants; each may have dout's shape or any shape that reduces to the input's by
   * un-broadcasting, which the engine does. Results belong to the formula pool. -1 on failure. NULL: not
   * differentiable. */
  int (*backward)(Node *n, Tensor *dout, Tensor **din);
  /* Element-wise rows: the kernel that forward maps over the elements, by the dtype of the first input (where: of the
   * second). A compiled step calls it directly where the operands are flat. */
  Kern1 *kern1[DT_COUNT];
  Kern2 *kern2[DT_COUNT];
  Kern3 *kern3[DT_COUNT];
} Op;

const Op *op_row(OpId id);

/* Runs an op. Checks arity and dtypes (promotes floats to the wider one), never shapes beyond the row's rule. */
Tensor *op_apply(OpId id, Tensor *const *in, int nin, const OpArgs *args);

/* How a recorder of steps (core/recorder.h) is told of an op: run is op_rerun, args an OpCall. */
typedef struct OpCall {
  int64_t op; /* an OpId */
  OpArgs args;
} OpCall;
Recompute op_rerun;

/* Recording is on by default; both return the previous value. */
bool grad_mode(void);
bool grad_set_mode(bool on);

/* --- for backward functions --------------------------------------------------------------------------------- */

bool node_wants(const Node *n, int i);    /* must backward fill din[i]? */
Tensor *node_saved(const Node *n, int i); /* input i, where the row says SAVE_Xi; borrowed */
Tensor *node_out(Node *n);                /* the output, where the row says SAVE_OUT; borrowed, differentiable */
const OpArgs *node_args(const Node *n);
int node_in_shape(const Node *n, int i, int64_t *shape); /* rank and shape of a wanted input */
DType node_in_dtype(const Node *n, int i);
int node_nin(const Node *n);
int64_t node_in_length(const Node *n,
                       int i);        /* variadic rows: input i's size along dimension args.i[0], wanted or not */
const char *node_name(const Node *n); /* the op's name */

#endif
