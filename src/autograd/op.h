/*
 * op.h - the op table and the graph it records.
 *
 * Everything differentiable is a row of one table: name, arity, what to save, shape rule, forward, backward. op_apply
 * looks up the row, makes the output, computes it and, if gradient recording is on and an input requires a gradient,
 * attaches a Node to the output. A backward function is written with the same ops (formula.h), so gradients can be
 * differentiated again.
 *
 * docs/howto/add-op.md says how to add an op.
 */
#ifndef OPTLAB_AUTOGRAD_OP_H
#define OPTLAB_AUTOGRAD_OP_H

#include "core/recorder.h"
#include "core/tensor.h"
#include "kernels/elementwise/kernels.h"

typedef enum OpId {
#define ENTRY(name) OP_##name,
#include "autograd/ops/list.h"
#undef ENTRY
  OP_COUNT
} OpId;

/* --- the numbers that ops take besides tensors: a struct per family. They have no padding, for they are compared as
 * bytes (OpCall). Dimensions count from 0. ------------------------------------------------------------------------ */

typedef struct ClampArgs {
  Scalar lo, hi; /* beyond the dtype's range: that side is open */
} ClampArgs;

typedef struct BlendArgs { /* addcmul, addcdiv, lerp */
  double weight;
} BlendArgs;

typedef struct CastArgs {
  int64_t dtype; /* a DType */
} CastArgs;

typedef struct ShapeArgs { /* reshape, expand */
  int64_t ndim, size[TENSOR_MAX_DIM];
} ShapeArgs;

typedef struct PermuteArgs {
  int64_t from[TENSOR_MAX_DIM]; /* from[d] is the input's dimension that becomes dimension d */
} PermuteArgs;

typedef struct SliceArgs {
  int64_t dim, start, length, step; /* step > 0 */
  int64_t size;                     /* slice_grad: of the tensor that the slice was taken from, along dim */
} SliceArgs;

#define SLICE_PLACE 4 /* numbers that say where a slice lies: dim, start, length, step */

typedef struct WholeArgs { /* slices_grad */
  int64_t dim;             /* 0: where variadic rows have a dimension */
  int64_t ndim, size[TENSOR_MAX_DIM];
} WholeArgs;

typedef struct DiagonalArgs { /* of the matrices of two dimensions, tri: the last two */
  int64_t dim[2];             /* of the tensor with the matrices */
  int64_t offset;             /* 0: the main diagonal, 1: the one above it, -1: below */
  int64_t upper;              /* tri: 1: what is on and above the diagonal stays; 0: on and below */
  int64_t size[2];            /* diagonal_grad: of the two dimensions */
} DiagonalArgs;

typedef struct PadArgs {                                 /* of every dimension */
  int32_t before[TENSOR_MAX_DIM], after[TENSOR_MAX_DIM]; /* negative: positions that go */
  int64_t mode;                                          /* a PadMode (kernels/pad/pad.h) */
  double value;                                          /* of constant padding */
} PadArgs;

typedef struct ReduceArgs {
  unsigned dims;    /* bit mask; bits beyond the rank are ignored, ~0u means all */
  unsigned keepdim; /* 1: with size 1 */
} ReduceArgs;

/* The next three begin as ReduceArgs does. */
typedef struct ExtremeArgs { /* amax, amin */
  unsigned dims, keepdim;
  int64_t nan_wins; /* 1: the gradient of an extreme that is nan goes to the elements that are; 0: it is nan */
} ExtremeArgs;

typedef struct VarArgs { /* var, std */
  unsigned dims, keepdim;
  double correction; /* taken from the number of elements: 1 for the unbiased estimate */
} VarArgs;

typedef struct NormArgs {
  unsigned dims, keepdim;
  double p;
} NormArgs;

typedef struct ArgmaxArgs {
  int64_t dim, keepdim;
} ArgmaxArgs;

typedef struct ScanArgs {
  int64_t dim, reverse; /* reverse: 1, from the last position to the first */
} ScanArgs;

typedef struct OrderArgs { /* argsort, argkth */
  int64_t dim;
  int64_t k;          /* argsort: so many positions; argkth: which, from 0; -1: the lower median, or the first nan */
  int64_t descending; /* argsort: 1, the largest first */
} OrderArgs;

typedef struct AlongArgs { /* gather, cat, softmax and their gradients */
  int64_t dim;
  int64_t size[TENSOR_MAX_DIM]; /* scatter_add: the output's */
  int32_t count;                /* gather, scatter: how the index counts (kernels/index/index.h) */
  int32_t add;                  /* scatter: 1: values are added; scatter_reduce: an IndexWay */
} AlongArgs;

typedef struct IndexArgs {      /* index_select, index_put, index_add */
  int32_t dim, dims;            /* the index names positions of `dims` dimensions from dim on */
  int32_t count;                /* how it counts (kernels/index/index.h) */
  int32_t add;                  /* index_put: 1: values are added */
  int64_t size[TENSOR_MAX_DIM]; /* index_add: the output's sizes there */
} IndexArgs;

typedef enum LossReduction { REDUCE_NONE, REDUCE_MEAN, REDUCE_SUM } LossReduction;

typedef struct LossArgs {
  double smoothing;  /* cross_entropy: of the labels */
  int64_t reduction; /* a LossReduction */
} LossArgs;

/* {height, width} each, but for the groups of channels. 32 bits, so that a call stays small. */
typedef struct ConvArgs {
  int32_t stride[2], padding[2], dilation[2]; /* padding: above and at the left */
  int32_t groups;
  int32_t size[2];                                    /* what the inputs leave open: see each row */
  int32_t window[2], pool_stride[2], pool_padding[2]; /* of the pool behind the convolution, */
  int32_t pool_ceil;                                  /* 1: whose last window may reach beyond the padding */
} ConvArgs;

typedef struct PoolArgs {
  int32_t window[2], stride[2], padding[2], dilation[2];
  int32_t image[2], output[2];
  int32_t adaptive;        /* 1: the windows cut the image into parts; the first four are not read */
  int32_t count_padding;   /* avg_pool2d: 1: means count padding as zeros */
  int32_t divisor;         /* avg_pool2d: instead of the window's size; 0: that */
  int32_t batch_innermost; /* max_pool2d: how the images lie in memory, on which the winners' order depends */
} PoolArgs;

typedef struct ResizeArgs { /* {along H, along W} */
  int32_t image[2], output[2];
  int32_t mode; /* a ResizeMode */
  int32_t align_corners;
  double scale[2]; /* of the output's size by the image's; 0: their quotient */
} ResizeArgs;

typedef struct MatrixArgs { /* rows of ops/linalg on batches of matrices */
  int64_t upper;            /* 1: the upper triangle, 0: the lower one */
  int64_t option;           /* see each row */
  double number, other;     /* likewise */
} MatrixArgs;

typedef enum RnnKind { RNN_TANH, RNN_RELU, RNN_LSTM, RNN_GRU } RnnKind;

typedef struct RnnArgs { /* one direction of one recurrent layer */
  int64_t kind;          /* an RnnKind */
  int64_t batch_first;   /* 1: x is (batch, steps, inputs) */
  int64_t reverse;       /* 1: from the last step to the first */
  int64_t steps, batch;
} RnnArgs;

typedef struct RowNormArgs {
  double eps;
  int64_t ndim; /* how many of the last dimensions are normalized together */
  int64_t rms;  /* 1: by the root mean square */
} RowNormArgs;

typedef struct ChannelNormArgs {
  double eps;
  int64_t given; /* channel_norm_sums: 1: the moments are not those of x */
} ChannelNormArgs;

typedef struct EmbeddingArgs {
  int64_t rows;
  int64_t padding; /* a row, from 1, that gets no gradient; 0: none */
  int64_t zeroed;  /* 1: that row counts as 0 */
} EmbeddingArgs;

typedef struct AttentionArgs {
  double scale, dropout;
  int64_t causal; /* 1: query i sees the keys up to i */
} AttentionArgs;

/* Which of them an op reads is said by its row: .args = OP_ARGS(conv). */
typedef union OpArgs {
  ClampArgs clamp;
  BlendArgs blend;
  CastArgs cast;
  ShapeArgs shape;
  PermuteArgs permute;
  SliceArgs slice;
  DiagonalArgs diagonal;
  WholeArgs whole;
  PadArgs pad;
  ReduceArgs reduce;
  ExtremeArgs extreme;
  VarArgs var;
  NormArgs norm;
  ArgmaxArgs argmax;
  ScanArgs scan;
  OrderArgs order;
  AlongArgs along;
  IndexArgs index;
  LossArgs loss;
  ConvArgs conv;
  PoolArgs pool;
  ResizeArgs resize;
  MatrixArgs matrix;
  RnnArgs rnn;
  RowNormArgs row_norm;
  ChannelNormArgs channel_norm;
  EmbeddingArgs embedding;
  AttentionArgs attention;
} OpArgs;

#define OP_ARGS(member) sizeof(((const OpArgs *)0)->member)

/* What the shape rule finds out. */
typedef struct OpShape {
  DType dtype;
  int ndim;
  bool batch_innermost; /* the output lies in memory with its first dimension innermost; false unless infer sets it */
  int64_t shape[TENSOR_MAX_DIM];
} OpShape;

typedef struct Node Node;

/* What backward reads: any of the inputs (the last bit stands for all inputs from the 31st on), and the output. */
#define SAVE_INPUT(i) (1u << (i))
#define SAVE_ALL_INPUTS 0x7fffffffu
#define SAVE_OUT 0x80000000u

typedef struct Op {
  const char *name;  /* as in error messages and in lab.* */
  int nin;           /* number of inputs; -1: any number, at least one */
  size_t args;       /* OP_ARGS(member): the member of OpArgs that the row reads; 0: none */
  unsigned save;     /* SAVE_INPUT(i) | ... | SAVE_OUT */
  unsigned promotes; /* bit mask of inputs promoted to one dtype (op.c: result_dtype) */
  bool floats;       /* those inputs must be floats: integers become dtype_default() */
  bool wide;         /* a sum of them: uint8 becomes int64 */
  int writes;        /* how many of the first inputs are memory that forward writes; they have no gradient */
  bool keeps_order;  /* element-wise: the output lies in memory as the first input of its shape does */
  /* forward shares much work among the threads itself: plans with this row run side by side only if there are as many
   * as threads. */
  bool shares;
  /* forward touches more than its operands and memory that it asks for: plans with this row run one after the other. */
  bool serial;
  /* Fills *s, or returns -1 with err_set naming the op and the shapes. */
  int (*infer)(OpShape *s, Tensor *const *in, int nin, const OpArgs *a);
  /* Computes out, which has the inferred shape and is row-major but for the two flags above. NULL for views. */
  int (*forward)(Tensor *out, Tensor *const *in, int nin, const OpArgs *a);
  /* Views only: returns the window (or a copy where none is possible). */
  Tensor *(*view)(const OpShape *s, Tensor *in, const OpArgs *a);
  /* Sets din[i] for every input that node_wants; each may have dout's shape or any shape that reduces to the input's by
   * un-broadcasting, which the engine does. Results belong to the open formula. -1 on failure. NULL: not
   * differentiable. */
  int (*backward)(Node *n, Tensor *dout, Tensor **din);
  /* Rows with one input whose gradient is 0 but for one part, at which `part` looks through a window of whole, a tensor
   * of the input's shape: the engine adds dout there, and backward is asked only where gradients are themselves
   * differentiated, or for the first gradient of all, which must be a new tensor. NULL without memory. */
  Tensor *(*part)(const Node *n, Tensor *whole);
  /* The same for rows whose gradient reaches scattered elements of the first input alone: adds dout to them in whole, of
   * that input's shape. -1 on failure. */
  int (*add)(const Node *n, Tensor *whole, Tensor *dout);
  /* Element-wise rows: the kernel that forward maps over the elements, by the dtype of the first input (where: of the
   * second). A compiled step calls it directly where the operands are flat. */
  Kern1 *kern1[DT_COUNT];
  Kern2 *kern2[DT_COUNT];
  Kern3 *kern3[DT_COUNT];
  /* Element-wise rows that scripts call by their name: the same function of plain numbers. */
  double (*number1)(double a);
  double (*number2)(double a, double b);
  const char *metamethod; /* "__add": a + b in Lua, and there is an in-place form t:add_(u) */
} Op;

const Op *op_row(OpId id);

/* Runs an op. Promotes dtypes by PyTorch's rule; checks shapes by the row's rule. */
Tensor *op_apply(OpId id, Tensor *const *in, int nin, const OpArgs *args);

/* How an op is reported to a recorder of steps (core/recorder.h): run is op_rerun, args an OpCall. */
typedef struct OpCall {
  int64_t op;  /* an OpId */
  OpArgs args; /* bytes beyond the row's member are 0 */
} OpCall;
Recompute op_rerun;

/* Recording is on by default; both return the previous value. */
bool grad_mode(void);
bool grad_set_mode(bool on);

/* --- for backward functions --------------------------------------------------------------------------------- */

bool node_wants(const Node *n, int i);   /* must backward fill din[i]? */
bool node_depends(const Node *n, int i); /* may it have to, in this backward or in another? */
/* Input i, where the row saves it (else NULL), and the output, where it says SAVE_OUT; borrowed, differentiable. NULL
 * with err_set if it was changed in place since. */
Tensor *node_saved(const Node *n, int i);
Tensor *node_out(Node *n);
const Tensor *node_saved_window(const Node *n, int i); /* for its shape and strides alone */
/* The sum of the gradients that have reached input i already, of its shape and of that dtype: borrowed, and from now on
 * backward's to add to: din[i] must be a new tensor that contains it. NULL: there is none that backward may continue. */
Tensor *node_continue_sum(Node *n, int i, DType dt);
const OpArgs *node_args(const Node *n);
int node_in_shape(const Node *n, int i, int64_t *shape); /* rank and shape of a wanted input */
DType node_in_dtype(const Node *n, int i);
int node_nin(const Node *n);
int64_t node_in_length(const Node *n, int i); /* variadic rows: input i's size along args.along.dim, wanted or not */
const char *node_name(const Node *n);         /* the op's name */

#endif
