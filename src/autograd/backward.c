/*
 * backward.c - reverse-mode differentiation of the recorded graph.
 *
 * Collect the nodes below the outputs, walk them from the newest to the oldest (an edge always leads to an older node,
 * so a node's gradient is complete when its turn comes), and hand each node's gradient to its inputs. Gradients are
 * computed by recorded ops, so with create_graph they can be differentiated in turn.
 *
 * autograd_grad does no more than its inputs need: a node that is older than the first node of every input is not
 * looked at, and one that leads to no input is not run. The gradients of a loop's last step therefore cost the same
 * however many steps came before.
 */
#include "autograd/backward.h"

#include <stdlib.h>
#include <string.h>

#include "autograd/formula.h"
#include "autograd/gradwatch.h"
#include "autograd/graph.h"
#include "base/alloc.h"
#include "base/err.h"
#include "kernels/elementwise/map.h"

#define MAX_CAT_INPUTS_ON_STACK 64

/* One run of backward. */
typedef struct Run {
  uint64_t mark;
  Node **nodes; /* newest first once sorted; each retained */
  size_t len, cap;
  BackwardOptions opt;
  Tensor *const *inputs; /* where to stop (autograd_grad), or NULL: accumulate into leaves */
  int nin;
  uint64_t oldest; /* nodes with smaller numbers lead to no input */
  Tensor **result;
} Run;

static uint64_t last_mark; /* the process's, as the graphs that bear the marks are */

void autograd_init(void) { tensor_set_node_release(graph_release); }

/* --- collecting the nodes --------------------------------------------------------------------------------- */

/* The number of the first node that x is the output or, if it is a leaf, an input of; UINT64_MAX: of none. */
static uint64_t first_node(const Tensor *x) {
  if (x->node) return x->node->seq;
  return x->partner && x->partner->number ? x->partner->number : UINT64_MAX;
}

static uint64_t oldest_node(const Run *r) {
  if (!r->inputs) return 0;
  uint64_t oldest = UINT64_MAX;
  for (int i = 0; i < r->nin; i++) {
    const uint64_t first = first_node(r->inputs[i]);
    if (first < oldest) oldest = first;
  }
  return oldest;
}

static bool is_collected(const Run *r, const Node *n) { return n->mark == r->mark; }

static int push_node(Run *r, Node *n) {
  if (!n || is_collected(r, n) || n->seq < r->oldest) return 0;
  if (r->len == r->cap) {
    size_t cap = r->cap ? 2 * r->cap : 64;
    Node **bigger = alloc_get(cap * sizeof *bigger);
    if (!bigger) return -1;
    if (r->len) memcpy(bigger, r->nodes, r->len * sizeof *bigger);
    alloc_put(r->nodes, r->cap * sizeof *bigger);
    r->nodes = bigger;
    r->cap = cap;
  }
  n->mark = r->mark;
  n->captured = false;
  graph_retain(n);
  r->nodes[r->len++] = n;
  return 0;
}

/* Everything reachable and not too old: the list itself serves as the queue. */
static int collect(Run *r, Tensor *const *outputs, int nout) {
  for (int i = 0; i < nout; i++) {
    if (push_node(r, outputs[i]->node) < 0) return -1;
  }
  for (size_t at = 0; at < r->len; at++) {
    const Node *n = r->nodes[at];
    for (int i = 0; i < n->nin; i++) {
      if (push_node(r, n->in[i].node) < 0) return -1;
    }
  }
  return 0;
}

static int newest_first(const void *a, const void *b) {
  uint64_t x = (*(Node *const *)a)->seq, y = (*(Node *const *)b)->seq;
  return x < y ? 1 : x > y ? -1 : 0;
}

static void sort_nodes(Run *r) {
  if (r->len > 32) {
    qsort(r->nodes, r->len, sizeof *r->nodes, newest_first);
    return;
  }
  for (size_t i = 1; i < r->len; i++) {
    Node *n = r->nodes[i];
    size_t j = i;
    for (; j && r->nodes[j - 1]->seq < n->seq; j--) r->nodes[j] = r->nodes[j - 1];
    r->nodes[j] = n;
  }
}

static bool is_input(const Run *r, const Tensor *leaf) {
  for (int i = 0; i < r->nin; i++) {
    if (r->inputs[i] == leaf) return true;
  }
  return false;
}

static bool is_wanted(const Run *r, const NodeInput *e) {
  if (e->node) return is_collected(r, e->node) && (e->node->wanted || e->node->captured);
  return e->leaf && (!r->inputs || is_input(r, e->leaf->partner));
}

/* Marks the edges whose gradients are needed and the nodes that have such edges, from the oldest node on. -1 if a node
 * that is to be run was freed. */
static int mark_wanted(Run *r) {
  for (int i = 0; i < r->nin; i++) {
    Node *n = r->inputs[i]->node;
    if (n && is_collected(r, n)) n->captured = true;
  }
  for (size_t at = r->len; at-- > 0;) {
    Node *n = r->nodes[at];
    n->wanted = false;
    for (int i = 0; i < n->nin; i++) {
      n->in[i].wanted = is_wanted(r, &n->in[i]);
      n->wanted = n->wanted || n->in[i].wanted;
    }
    if (n->wanted && n->freed) {
      return err_set(
          "backward: the graph of this result was freed by an earlier backward; pass {retain_graph=true} to that "
          "call to go through it again");
    }
  }
  return 0;
}

/* Tells who watches (gradwatch.h) which operations will hand gradients to leaves. */
static int announce(const Run *r) {
  GradWatch *w = context->gradwatch;
  for (size_t at = w && !r->inputs ? r->len : 0; at-- > 0;) {
    const Node *n = r->nodes[at];
    for (int i = 0; n->wanted && i < n->nin; i++) {
      const NodeInput *e = &n->in[i];
      Tensor *leaf = e->wanted && !e->node ? e->leaf->partner : NULL;
      if (leaf && w->expect(w, leaf, n->seq) < 0) return -1;
    }
  }
  return 0;
}

/* --- handing gradients on --------------------------------------------------------------------------------- */

/* *sum += g, as a new tensor where there was one (others may hold the old). */
static int add_to(Tensor **sum, Tensor *g) {
  if (!*sum) {
    *sum = tensor_retain(g);
    return 0;
  }
  Tensor *total = op_apply(OP_ADD, (Tensor *[]){*sum, g}, 2, NULL);
  if (!total) return -1;
  tensor_release(*sum);
  *sum = total;
  return 0;
}

/* A leaf's .grad: its own row-major memory, so that optimizers and scripts may change it in place. Nothing for a leaf
 * that is gone, or NULL. */
static int add_to_grad(Tensor *leaf, Tensor *g, bool create_graph) {
  if (!leaf) return 0;
  recorder_grad_read(leaf);
  if (create_graph && (leaf->grad || g->node)) {
    int rc = add_to(&leaf->grad, g);
    recorder_grad_written(leaf);
    return rc;
  }
  if (leaf->grad) {
    map2(leaf->grad, leaf->grad, g, leaf->dtype == DT_F32 ? kern_add_f32 : kern_add_f64);
    return 0;
  }
  /* refs 1: only the open formula holds it; others may belong to the script, even be the leaf */
  bool fresh = g->refs == 1 && g->storage->refs == 1 && g->contiguous && !g->node;
  leaf->grad = fresh ? tensor_retain(g) : tensor_clone(g);
  recorder_grad_written(leaf);
  return leaf->grad ? 0 : -1;
}

static int to_leaf(Run *r, Tensor *leaf, Tensor *g) {
  if (!r->inputs) return add_to_grad(leaf, g, r->opt.create_graph);
  for (int i = 0; i < r->nin; i++) {
    if (r->inputs[i] == leaf && add_to(&r->result[i], g) < 0) return -1;
  }
  return 0;
}

/* Brings g to the shape and type of input i and hands it on. */
static int hand_on(Run *r, Node *n, int i, Tensor *g) {
  NodeInput *e = &n->in[i];
  int64_t shape[TENSOR_MAX_DIM];
  int ndim = node_in_shape(n, i, shape);
  g = fm_cast(fm_sum_to(g, ndim, shape), node_in_dtype(n, i));
  if (!g) return -1;
  return e->node ? add_to(&e->node->dout, g) : to_leaf(r, e->leaf->partner, g);
}

static int run_backward(Run *r, Node *n, Tensor **din) {
  if (op_row((OpId)n->op)->backward(n, n->dout, din) < 0) return -1;
  for (int i = 0; i < n->nin; i++) {
    if (!node_wants(n, i)) continue;
    if (!din[i] || hand_on(r, n, i, din[i]) < 0) return -1;
  }
  return 0;
}

/* Where autograd_grad was asked for a result in the middle of the graph. */
static int capture(Run *r, Node *n) {
  for (int i = 0; i < r->nin; i++) {
    if (r->inputs[i]->node == n && add_to(&r->result[i], n->dout) < 0) return -1;
  }
  return 0;
}

/* Fills in the gradients of n's inputs. */
static int differentiate(Run *r, Node *n) {
  Tensor *small[MAX_CAT_INPUTS_ON_STACK];
  size_t bytes = (size_t)n->nin * sizeof *small;
  Tensor **din = n->nin <= MAX_CAT_INPUTS_ON_STACK ? small : alloc_get(bytes);
  if (!din) return -1;
  memset(din, 0, bytes);
  FormulaMark m = fm_begin();
  int rc = run_backward(r, n, din);
  fm_end(m, NULL);
  if (din != small) alloc_put(din, bytes);
  if (rc == 0 && !r->opt.retain_graph) graph_drop_saved(n);
  return rc;
}

static int visit(Run *r, Node *n) {
  int rc = 0;
  if (n->dout) {
    if (n->captured) rc = capture(r, n);
    if (rc == 0 && n->wanted) rc = differentiate(r, n);
    tensor_release(n->dout);
    n->dout = NULL;
  }
  GradWatch *w = context->gradwatch;
  return rc == 0 && w && !r->inputs ? w->passed(w, n->seq) : rc;
}

static void finish(Run *r) {
  for (size_t i = 0; i < r->len; i++) {
    tensor_release(r->nodes[i]->dout);
    r->nodes[i]->dout = NULL;
    graph_release(r->nodes[i]);
  }
  alloc_put(r->nodes, r->cap * sizeof *r->nodes);
}

/* --- entry points ----------------------------------------------------------------------------------------- */

/* The weight of one output: `gradient` after a check, or 1. A new reference. */
static Tensor *seed_gradient(Tensor *out, Tensor *gradient) {
  if (!out->requires_grad) {
    return err_null(
        "backward: the tensor of shape %s does not require a gradient (none of the tensors it was computed from "
        "has requires_grad=true, or it was computed under no_grad)",
        tensor_shape_str(out));
  }
  if (gradient) {
    if (tensor_same_shape(out, gradient)) {
      return gradient->dtype == out->dtype ? tensor_retain(gradient) : tensor_cast(gradient, (DType)out->dtype);
    }
    return err_null("backward: the gradient's shape %s is not that of the output, %s", tensor_shape_str(gradient),
                    tensor_shape_str(out));
  }
  if (out->numel != 1) {
    return err_null(
        "backward: the output has shape %s; only a one-element output has a gradient by itself, so sum() it or pass a "
        "gradient of that shape",
        tensor_shape_str(out));
  }
  return tensor_full((DType)out->dtype, out->ndim, out->shape, 1);
}

static int start(Run *r, Tensor *out, Tensor *gradient) {
  Tensor *g = seed_gradient(out, gradient);
  if (!g) return -1;
  FormulaMark m = fm_begin();
  int rc = -1;
  if (fm_own(g)) rc = !out->node ? to_leaf(r, out, g) : is_collected(r, out->node) ? add_to(&out->node->dout, g) : 0;
  fm_end(m, NULL);
  return rc;
}

static int run(Run *r, Tensor *const *outputs, Tensor *const *gradients, int nout) {
  r->mark = ++last_mark;
  r->oldest = oldest_node(r);
  r->opt.retain_graph = r->opt.retain_graph || r->opt.create_graph;
  bool old = grad_set_mode(r->opt.create_graph);
  recorder_one_line(true);
  int rc = collect(r, outputs, nout);
  sort_nodes(r);
  if (rc == 0) rc = mark_wanted(r);
  if (rc == 0) rc = announce(r);
  for (int i = 0; rc == 0 && i < nout; i++) rc = start(r, outputs[i], gradients ? gradients[i] : NULL);
  for (size_t i = 0; rc == 0 && i < r->len; i++) rc = visit(r, r->nodes[i]);
  finish(r);
  recorder_one_line(false);
  grad_set_mode(old);
  return rc;
}

int autograd_backward(Tensor *output, Tensor *gradient, BackwardOptions opt) {
  Run r = {.opt = opt};
  return run(&r, &output, gradient ? &gradient : NULL, 1);
}

int autograd_grad(Tensor *const *outputs, Tensor *const *gradients, int nout, Tensor *const *inputs, int nin,
                  Tensor **result, BackwardOptions opt) {
  Run r = {.opt = opt, .inputs = inputs, .nin = nin, .result = result};
  memset(result, 0, (size_t)nin * sizeof *result);
  int rc = 0;
  for (int i = 0; rc == 0 && i < nin; i++) {
    if (!inputs[i]->requires_grad) rc = err_set("grad: input %d does not require a gradient", i + 1);
  }
  if (rc == 0) rc = run(&r, outputs, gradients, nout);
  for (int i = 0; rc == 0 && i < nin; i++) {
    if (!result[i] && !opt.allow_unused) {
      rc = err_set("grad: the output does not depend on input %d (pass {allow_unused=true} to get nil for it)", i + 1);
    }
  }
  if (rc < 0) {
    for (int i = 0; i < nin; i++) {
      tensor_release(result[i]);
      result[i] = NULL;
    }
  }
  return rc;
}
