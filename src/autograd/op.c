/*
 * op.c - applying and recording ops.
 */
#include "autograd/op.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "autograd/formula.h"
#include "autograd/graph.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "core/recorder.h"

static uint64_t last_seq; /* the process's: contexts may share graphs. Only the thread that runs Lua records any */
static const OpArgs module_no_args; /* of rows that read none */
_Static_assert(sizeof(OpCall) <= COMPUTATION_ARGS, "an op and its arguments must fit into a recorded computation");

bool grad_mode(void) { return context->grad_mode; }

bool grad_set_mode(bool on) {
  bool old = context->grad_mode;
  context->grad_mode = on;
  return old;
}

/* --- promotion -------------------------------------------------------------------------------------------- */

/* Whether input i is one of those that the row matches; a variadic row matches all. */
static inline bool is_matched(const Op *op, int i) { return op->nin < 0 || op->promotes >> i & 1; }

static DType wider(DType a, DType b) { return a == DT_COUNT ? b : dtype_promote(a, b); }

/* PyTorch's rule: the widest dtype among tensors with dimensions. One without dimensions takes part only if it is a
 * float and those are integers. */
static DType result_dtype(const Op *op, Tensor *const *in, int nin) {
  DType of_arrays = DT_COUNT, of_numbers = DT_COUNT;
  for (int i = 0; i < nin; i++) {
    if (!is_matched(op, i)) continue;
    DType *widest = in[i]->ndim > 0 ? &of_arrays : &of_numbers;
    *widest = wider(*widest, (DType)in[i]->dtype);
  }
  if (of_arrays == DT_COUNT || of_numbers == DT_COUNT) return of_arrays == DT_COUNT ? of_numbers : of_arrays;
  return dtype_is_float(of_numbers) && !dtype_is_float(of_arrays) ? of_numbers : of_arrays;
}

/* The dtype that the matched inputs have to share, or DT_COUNT if they all have it already. */
static DType common_dtype(const Op *op, Tensor *const *in, int nin) {
  DType want = DT_COUNT;
  bool mixed = false;
  for (int i = 0; i < nin; i++) {
    if (!is_matched(op, i)) continue;
    mixed = mixed || (want != DT_COUNT && want != (DType)in[i]->dtype);
    want = (DType)in[i]->dtype;
  }
  if (want == DT_COUNT || (dtype_is_float(want) && !mixed)) return DT_COUNT;
  if (mixed) want = result_dtype(op, in, nin);
  if (op->floats && !dtype_is_float(want)) return dtype_default();
  if (op->wide && want == DT_U8) return DT_I64;
  return mixed ? want : DT_COUNT;
}

/* Nearly always: nothing to bring together. */
static inline bool share_a_float_dtype(Tensor *const *in, int nin) {
  for (int i = 1; i < nin; i++) {
    if (in[i]->dtype != in[0]->dtype) return false;
  }
  return nin > 0 && dtype_is_float((DType)in[0]->dtype);
}

static Tensor *apply_promoted(OpId id, const Op *op, Tensor *const *in, int nin, const OpArgs *args, DType dt) {
  FormulaMark m = fm_begin();
  size_t bytes = (size_t)nin * sizeof(Tensor *);
  Tensor **cast = alloc_get(bytes);
  if (!cast) return fm_end(m, NULL);
  bool ok = true;
  for (int i = 0; i < nin; i++) {
    cast[i] = is_matched(op, i) ? fm_cast(in[i], dt) : in[i];
    ok = ok && cast[i];
  }
  Tensor *out = ok ? op_apply(id, cast, nin, args) : NULL;
  alloc_put(cast, bytes);
  fm_end(m, NULL);
  return out;
}

/* --- making a node ---------------------------------------------------------------------------------------- */

static size_t node_size(int nin) { return sizeof(Node) + (size_t)nin * sizeof(NodeInput); }

static bool saves(const Op *op, int i) { return (op->save & SAVE_ALL_INPUTS) >> (i < 31 ? i : 30) & 1; }

/* Node number `seq` gets the input x. False without memory. */
static bool fill_input(NodeInput *e, Tensor *x, bool save, uint64_t seq) {
  *e = (NodeInput){0};
  Tensor *held = x->node || !(save || x->requires_grad) ? x : tensor_graph_window(x);
  if (!held) return false;
  if (x->node) {
    e->node = x->node;
    graph_retain(x->node);
  } else if (x->requires_grad) {
    if (!held->number) held->number = seq;
    e->leaf = tensor_retain(held);
  }
  if (held->is_graph_window) held->requires_grad = x->requires_grad;
  if (save) {
    e->saved = tensor_retain(held);
    e->version = held->storage->version;
  }
  return true;
}

/* Attaches a node for the op to its output. -1 when out of memory. */
static int add_node(OpId id, Tensor *out, Tensor *const *in, int nin, const OpArgs *args) {
  const Op *op = op_row(id);
  Node *n = alloc_get(node_size(nin));
  if (!n) return -1;
  n->refs = 1;
  n->op = (uint16_t)id;
  n->freed = false;
  n->dtype = out->dtype;
  n->ndim = out->ndim;
  n->nin = nin;
  n->seq = ++last_seq;
  n->mark = 0;
  n->dout = (GradSum){0};
  n->leaves = 0;
  n->callbacks = NULL;
  if (op->args) n->args = *args;
  memcpy(n->shape, out->shape, sizeof n->shape);
  n->out = op->save & SAVE_OUT ? tensor_alias(out) : NULL;
  n->out_version = out->storage->version;
  bool ok = n->out || !(op->save & SAVE_OUT);
  for (int i = 0; i < nin; i++) {
    ok = fill_input(&n->in[i], in[i], saves(op, i), n->seq) && ok;
    n->leaves |= n->in[i].node ? n->in[i].node->leaves : leaf_bit(n->in[i].leaf);
  }
  if (!ok) {
    graph_release(n);
    return -1;
  }
  for (int i = 0; op->nin < 0 && i < nin; i++) n->in[i].length = in[i]->shape[args->along.dim];
  out->node = n;
  out->requires_grad = true;
  return 0;
}

/* --- apply ------------------------------------------------------------------------------------------------ */

static bool wants_grad(Tensor *const *in, int nin) {
  for (int i = 0; i < nin; i++) {
    if (in[i]->requires_grad) return true;
  }
  return false;
}

/* The input whose order in memory the output takes over, or NULL where it is row-major. */
static const Tensor *order_giver(const Op *op, const OpShape *s, Tensor *const *in, int nin) {
  bool permuted = false;
  if (!op->keeps_order) return NULL;
  for (int i = 0; i < nin; i++) permuted = permuted || !in[i]->contiguous;
  if (!permuted) return NULL;
  for (int i = 0; i < nin; i++) {
    if (!shape_equal(in[i]->ndim, in[i]->shape, s->ndim, s->shape)) continue;
    return !in[i]->contiguous && tensor_is_dense(in[i]) ? in[i] : NULL;
  }
  return NULL;
}

static Tensor *new_output(const Op *op, const OpShape *s, Tensor *const *in, int nin) {
  if (s->batch_innermost) return tensor_new_batch_innermost(s->dtype, s->ndim, s->shape);
  const Tensor *like = order_giver(op, s, in, nin);
  return like ? tensor_new_ordered(s->dtype, s->ndim, s->shape, like->stride) : tensor_new(s->dtype, s->ndim, s->shape);
}

/* What forward computed counts only if it came to its end. */
static int run_forward(const Op *op, Tensor *out, Tensor *const *in, int nin, const OpArgs *args) {
  return op->forward(out, in, nin, args) < 0 ? -1 : interrupt_check();
}

static Tensor *compute(const Op *op, Tensor *const *in, int nin, const OpArgs *args) {
  OpShape s;
  s.batch_innermost = false;
  if (op->infer(&s, in, nin, args) < 0) return NULL;
  Tensor *out = op->view ? op->view(&s, in[0], args) : new_output(op, &s, in, nin);
  if (!out) {
    err_prefix("%s: ", op->name); /* no such shape, or no memory */
    return NULL;
  }
  if (!op->view && run_forward(op, out, in, nin, args) < 0) {
    tensor_release(out);
    return NULL;
  }
  return out;
}

/* --- reporting to a recorder (core/recorder.h) ----------------------------------------------------------------- */

int op_rerun(const Computation *c, Context *own) {
  OpCall call;
  (void)own;
  memcpy(&call, c->args, sizeof call);
  const Op *op = op_row((OpId)call.op);
  if (op->forward) return run_forward(op, c->t[0], c->t + 1, c->n - 1, &call.args);
  OpShape s; /* a view that had to copy */
  if (op->infer(&s, c->t + 1, 1, &call.args) < 0) return -1;
  Tensor *copy = op->view(&s, c->t[1], &call.args);
  int rc = copy ? tensor_copy_(c->t[0], copy) : -1;
  tensor_release(copy);
  return rc;
}

static void report(OpId id, Tensor *out, Tensor *const *in, int nin, const OpArgs *args) {
  const Op *op = op_row(id);
  size_t bytes = (size_t)(nin + 1) * sizeof(Tensor *);
  OpCall call;
  Tensor **t = alloc_get(bytes);
  if (!t) {
    recorder_refuse(err_message());
    return;
  }
  memset(&call, 0, sizeof call);
  call.op = id;
  memcpy(&call.args, args, op->args);
  t[0] = out;
  memcpy(t + 1, in, bytes - sizeof *t);
  context->recorder->call(&(Computation){.name = op->name,
                                         .run = op_rerun,
                                         .pure = true,
                                         .nout = 1 + op->writes,
                                         .n = nin + 1,
                                         .t = t,
                                         .args = &call,
                                         .size = sizeof call});
  alloc_put(t, bytes);
}

/* Computes and reports it; a view of its input needs no report. */
static Tensor *compute_reported(OpId id, Tensor *const *in, int nin, const OpArgs *args) {
  const Recorder *paused = recorder_pause();
  Tensor *out = compute(op_row(id), in, nin, args);
  recorder_resume(paused);
  if (out && !(op_row(id)->view && out->storage == in[0]->storage)) report(id, out, in, nin, args);
  return out;
}

Tensor *op_apply(OpId id, Tensor *const *in, int nin, const OpArgs *args) {
  const Op *op = op_row(id);
  if (!args) args = &module_no_args;
  assert(args == &module_no_args || op->args > 0); /* or a compiled step would not see them */
  if (op->promotes && !share_a_float_dtype(in, nin)) {
    DType dt = common_dtype(op, in, nin);
    if (dt != DT_COUNT) return apply_promoted(id, op, in, nin, args, dt);
  }
  Tensor *out = context->recorder ? compute_reported(id, in, nin, args) : compute(op, in, nin, args);
  if (out && context->grad_mode && op->backward && wants_grad(in, nin) && dtype_is_float((DType)out->dtype) &&
      add_node(id, out, in, nin, args) < 0) {
    tensor_release(out);
    return NULL;
  }
  return out;
}

/* --- the life of nodes ------------------------------------------------------------------------------------- */

void graph_retain(Node *n) { n->refs++; }

void graph_drop_saved(Node *n) {
  n->freed = true;
  if (n->callbacks) callbacks_release(n, false);
  Tensor *out = n->out;
  n->out = NULL;
  tensor_release(out);
  for (int i = 0; i < n->nin; i++) {
    Tensor *saved = n->in[i].saved;
    n->in[i].saved = NULL;
    tensor_release_from_graph(saved);
  }
}

static void destroy(Node *n) {
  graph_drop_saved(n);
  if (n->callbacks) callbacks_release(n, true);
  gradsum_clear(&n->dout);
  for (int i = 0; i < n->nin; i++) {
    tensor_release_from_graph(n->in[i].leaf);
    if (n->in[i].node) graph_release(n->in[i].node);
  }
  alloc_put(n, node_size(n->nin));
}

void graph_release(Node *n) {
  static Node *waiting; /* nodes to destroy, while an outer call is at it; empty between calls */
  static bool busy;
  if (--n->refs) return;
  n->next = waiting;
  waiting = n;
  if (busy) return;
  busy = true;
  while (waiting) {
    Node *first = waiting;
    waiting = first->next;
    destroy(first);
  }
  busy = false;
}

/* --- for backward functions --------------------------------------------------------------------------------- */

bool node_wants(const Node *n, int i) { return n->in[i].wanted; }
bool node_depends(const Node *n, int i) { return n->in[i].node || n->in[i].leaf; }
const OpArgs *node_args(const Node *n) { return &n->args; }
int node_nin(const Node *n) { return n->nin; }
int64_t node_in_length(const Node *n, int i) { return n->in[i].length; }
const char *node_name(const Node *n) { return op_row((OpId)n->op)->name; }

/* which: "input 1" */
static Tensor *refuse_changed(const Node *n, const Tensor *value, const char *which) {
  return err_null(
      "backward: %s of '%s', shape %s, was changed in place after it was used; its gradient needs the old value "
      "(change a clone() instead)",
      which, node_name(n), tensor_shape_str(value));
}

Tensor *node_saved(const Node *n, int i) {
  const NodeInput *e = &n->in[i];
  if (!e->saved || e->saved->storage->version == e->version) return e->saved;
  char which[32];
  snprintf(which, sizeof which, "input %d", i + 1);
  return refuse_changed(n, e->saved, which);
}

Tensor *node_continue_sum(Node *n, int i, DType dt) {
  const Node *from = n->in[i].node;
  Tensor *sum = from && !context->grad_mode ? from->dout.t : NULL;
  if (!sum || sum->dtype != dt || from->dtype != dt || !shape_equal(sum->ndim, sum->shape, from->ndim, from->shape))
    return NULL;
  n->continues = (uint8_t)(i + 1);
  return sum;
}

const Tensor *node_saved_window(const Node *n, int i) { return n->in[i].saved; }

Tensor *node_out(Node *n) {
  if (n->out->storage->version != n->out_version) return refuse_changed(n, n->out, "the output");
  if (!context->grad_mode) return n->out;
  Tensor *out = tensor_alias(n->out);
  if (!out) return NULL;
  graph_retain(n);
  out->node = n;
  out->requires_grad = true;
  return fm_own(out);
}

int node_in_shape(const Node *n, int i, int64_t *shape) {
  const NodeInput *e = &n->in[i];
  int ndim = e->node ? e->node->ndim : e->leaf->ndim;
  memcpy(shape, e->node ? e->node->shape : e->leaf->shape, (size_t)ndim * sizeof *shape);
  return ndim;
}

DType node_in_dtype(const Node *n, int i) {
  const NodeInput *e = &n->in[i];
  return (DType)(e->node ? e->node->dtype : e->leaf->dtype);
}
