/*
 * backward.c - reverse-mode differentiation of the recorded graph.
 *
 * Collect the nodes below the outputs, walk them from the newest to the oldest (an edge always leads to an older node,
 * so a node's gradient is complete when its turn comes), and hand each node's gradient to its inputs. Gradients are
 * computed by recorded ops, so with create_graph they can be differentiated in turn.
 *
 * autograd_grad does no more than its inputs need: a node that is older than the first node of every input, or that
 * leads to no input, is not looked at. The gradients of a loop's last step therefore cost the same however many steps
 * came before.
 *
 * Slices and picked elements do not make gradients of the whole tensor: each adds to its part of one (gradsum.h).
 */
#include "autograd/backward.h"

#include <string.h>

#include "autograd/formula.h"
#include "autograd/gradwatch.h"
#include "autograd/reach.h"
#include "base/alloc.h"
#include "base/err.h"
#include "kernels/elementwise/map.h"

#define MAX_CAT_INPUTS_ON_STACK 64
#define MAX_CHAIN 8 /* slices of slices that are followed at once */

/* One run of backward. */
typedef struct Run {
  Reach reach;
  BackwardOptions opt;
  Tensor *const *inputs; /* where to stop (autograd_grad), or NULL: accumulate into leaves */
  int nin;
  uint64_t oldest; /* nodes with smaller numbers lead to no input that a node made */
  uint64_t leaves; /* the bits of those that are leaves (leaf_bit) */
  GradSum *result; /* [nin] */
} Run;

void autograd_init(void) { tensor_set_node_release(graph_release); }

/* --- collecting the nodes --------------------------------------------------------------------------------- */

/* Which nodes may lead to an input: those from a number on, and those with one of some leaves below. */
static void find_bounds(Run *r) {
  r->oldest = r->inputs ? UINT64_MAX : 0;
  for (int i = 0; i < r->nin; i++) {
    const Tensor *x = r->inputs[i];
    if (!x->node) {
      r->leaves |= leaf_bit(x->partner);
    } else if (x->node->seq < r->oldest) {
      r->oldest = x->node->seq;
    }
  }
}

static bool may_lead_to_input(const Run *r, const Node *n) { return n->seq >= r->oldest || n->leaves & r->leaves; }

static int push_node(Run *r, Node *n) {
  return !n || reach_has(&r->reach, n) || !may_lead_to_input(r, n) ? 0 : reach_add(&r->reach, n);
}

/* Everything reachable and not too old: the list itself serves as the queue. */
static int collect(Run *r, Tensor *const *outputs, int nout) {
  for (int i = 0; i < nout; i++) {
    if (push_node(r, outputs[i]->node) < 0) return -1;
  }
  for (size_t at = 0; at < r->reach.len; at++) {
    const Node *n = r->reach.nodes[at];
    for (int i = 0; i < n->nin; i++) {
      if (push_node(r, n->in[i].node) < 0) return -1;
    }
  }
  return 0;
}

static bool is_input(const Run *r, const Tensor *leaf) {
  for (int i = 0; i < r->nin; i++) {
    if (r->inputs[i] == leaf) return true;
  }
  return false;
}

static bool is_wanted(const Run *r, const NodeInput *e) {
  if (e->node) return reach_has(&r->reach, e->node) && (e->node->wanted || e->node->captured);
  return e->leaf && (!r->inputs || is_input(r, e->leaf->partner));
}

static int refuse_freed(void) {
  return err_set(
      "backward: the graph of this result was freed by an earlier backward; pass {retain_graph=true} to that "
      "call to go through it again");
}

/* Marks the edges whose gradients are needed and the nodes that have such edges, from the oldest node on. -1 if a node
 * that is to be run was freed. */
static int mark_wanted(Run *r) {
  for (int i = 0; i < r->nin; i++) {
    Node *n = r->inputs[i]->node;
    if (n && reach_has(&r->reach, n)) n->captured = true;
  }
  for (size_t at = r->reach.len; at-- > 0;) {
    Node *n = r->reach.nodes[at];
    n->wanted = false;
    for (int i = 0; i < n->nin; i++) {
      n->in[i].wanted = is_wanted(r, &n->in[i]);
      n->wanted = n->wanted || n->in[i].wanted;
    }
    if (n->wanted && n->freed) return refuse_freed();
  }
  return 0;
}

/* Tells who watches (gradwatch.h) which operations will hand gradients to leaves. */
static int announce(const Run *r) {
  GradWatch *w = context->gradwatch;
  for (size_t at = w && !r->inputs ? r->reach.len : 0; at-- > 0;) {
    const Node *n = r->reach.nodes[at];
    for (int i = 0; n->wanted && i < n->nin; i++) {
      const NodeInput *e = &n->in[i];
      Tensor *leaf = e->wanted && !e->node ? e->leaf->partner : NULL;
      if (leaf && w->expect(w, leaf, n->seq) < 0) return -1;
    }
  }
  return 0;
}

/* --- handing gradients on --------------------------------------------------------------------------------- */

/* A leaf's .grad: its own row-major memory, so that optimizers and scripts may change it in place. Nothing for a leaf
 * that is gone, or NULL. */
static int add_to_grad(Tensor *leaf, Tensor *g, bool create_graph) {
  if (!leaf) return 0;
  recorder_grad_read(leaf);
  if (create_graph && (leaf->grad || g->node)) {
    GradSum sum = {.t = leaf->grad};
    int rc = gradsum_add(&sum, g, false, true);
    leaf->grad = sum.t;
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
    if (r->inputs[i] == leaf && gradsum_add(&r->result[i], g, false, r->opt.create_graph) < 0) return -1;
  }
  return 0;
}

/* --- slices: each adds to its part of a gradient of the whole ------------------------------------------------ */

/* Whether n's gradient is added to a part of one of its input's. */
static bool adds_to_part(const Node *n) { return op_row((OpId)n->op)->part || op_row((OpId)n->op)->add; }

/* Whether a gradient may go through the slice n without stopping there. */
static bool can_be_passed(const Node *n) { return op_row((OpId)n->op)->part && !n->captured && !n->callbacks; }

/* The slices from n on, of which each is a slice of the next; n itself may pick elements. How many. */
static int chain_of_parts(Node *n, Node **chain) {
  int len = 0;
  while (len < MAX_CHAIN && n && (len == 0 ? adds_to_part(n) : can_be_passed(n))) {
    chain[len++] = n;
    n = n->in[0].node;
  }
  return len;
}

/* The part of whole, of the last one's input, that all slices of the chain together look at. NULL without memory. */
static Tensor *part_of(Node *const *chain, int len, Tensor *whole) {
  Tensor *window = tensor_retain(whole);
  while (window && len-- > 0) {
    Tensor *part = op_row((OpId)chain[len]->op)->part(chain[len], window);
    tensor_release(window);
    window = part;
  }
  return window;
}

static int add_to_part(Node *const *chain, int len, Tensor *whole) {
  const Op *first = op_row((OpId)chain[0]->op);
  const int picks = first->add != NULL;
  Tensor *part = part_of(chain + picks, len - picks, whole);
  int rc = part ? 0 : -1;
  if (part && picks) {
    rc = first->add(chain[0], part, chain[0]->dout.t);
  } else if (part) {
    map2(part, part, chain[0]->dout.t, op_row(OP_ADD)->kern2[part->dtype]);
  }
  tensor_release(part);
  return rc;
}

/* The gradient of the last one's input as a new tensor of the open formula: zeros but for the part. */
static Tensor *whole_gradient(Node *const *chain, int len) {
  Tensor *g = chain[0]->dout.t;
  for (int i = 0; g && i < len; i++) {
    Tensor *din = NULL;
    g = op_row((OpId)chain[i]->op)->backward(chain[i], g, &din) < 0 ? NULL : din;
  }
  return g;
}

static int add_part_to_sum(Node *const *chain, int len, GradSum *sum) {
  if (sum->t) return gradsum_make_own(sum) < 0 ? -1 : add_to_part(chain, len, sum->t);
  Tensor *g = whole_gradient(chain, len);
  return g ? gradsum_add(sum, g, true, false) : -1;
}

static int add_part_to_grad(Node *const *chain, int len, Tensor *leaf) {
  if (!leaf) return 0;
  if (!leaf->grad) {
    Tensor *g = whole_gradient(chain, len);
    return g ? add_to_grad(leaf, g, false) : -1;
  }
  recorder_grad_read(leaf);
  return add_to_part(chain, len, leaf->grad);
}

/* Adds n's gradient to its part of the gradient of n's input. */
static int hand_on_part(Run *r, Node *n) {
  Node *chain[MAX_CHAIN];
  const int len = chain_of_parts(n, chain);
  const NodeInput *e = &chain[len - 1]->in[0];
  if (e->node) return add_part_to_sum(chain, len, &e->node->dout);
  Tensor *leaf = e->leaf->partner;
  if (!r->inputs) return add_part_to_grad(chain, len, leaf);
  for (int i = 0; i < r->nin; i++) {
    if (r->inputs[i] == leaf && add_part_to_sum(chain, len, &r->result[i]) < 0) return -1;
  }
  return 0;
}

/* The same where the gradient is itself differentiated; of slices alone. */
static int keep_part(Run *r, Node *n) {
  const NodeInput *e = &n->in[0];
  if (e->node) return gradsum_keep(&e->node->dout, n->dout.t, &n->args.slice);
  for (int i = 0; i < r->nin; i++) {
    if (r->inputs[i] != e->leaf->partner) continue;
    if (gradsum_keep(&r->result[i], n->dout.t, &n->args.slice) < 0) return -1;
  }
  return 0;
}

/* Whether n's gradient can wait until the gradient of its input is asked for. */
static bool is_kept(const Run *r, const Node *n) { return n->op == OP_SLICE && (n->in[0].node || r->inputs); }

/* --- nodes ---------------------------------------------------------------------------------------------------- */

/* Brings g to the shape and type of input i and hands it on. */
static int hand_on(Run *r, Node *n, int i, Tensor *g) {
  NodeInput *e = &n->in[i];
  const int ndim = e->node ? e->node->ndim : e->leaf->ndim;
  g = fm_cast(fm_sum_to(g, ndim, e->node ? e->node->shape : e->leaf->shape), node_in_dtype(n, i));
  if (!g) return -1;
  if (e->node && n->continues == i + 1) return gradsum_set(&e->node->dout, g);
  return e->node ? gradsum_add(&e->node->dout, g, false, r->opt.create_graph) : to_leaf(r, e->leaf->partner, g);
}

static int run_backward(Run *r, Node *n, Tensor **din) {
  const Op *op = op_row((OpId)n->op);
  if (adds_to_part(n) && !r->opt.create_graph) return hand_on_part(r, n);
  if (is_kept(r, n)) return keep_part(r, n);
  n->continues = 0;
  if ((n->op == OP_FUNCTION ? callbacks_backward(n, din) : op->backward(n, n->dout.t, din)) < 0) return -1;
  for (int i = 0; i < n->nin; i++) {
    if (!node_wants(n, i)) continue;
    if (!din[i] || hand_on(r, n, i, din[i]) < 0) return -1;
  }
  return 0;
}

/* Where autograd_grad was asked for a result in the middle of the graph. */
static int capture(Run *r, Node *n) {
  for (int i = 0; i < r->nin; i++) {
    if (r->inputs[i]->node != n) continue;
    if (gradsum_add(&r->result[i], n->dout.t, false, r->opt.create_graph) < 0) return -1;
  }
  return 0;
}

/* Fills in the gradients of n's inputs. */
static int differentiate(Run *r, Node *n) {
  if (n->freed) return refuse_freed(); /* by a backward that a callback ran meanwhile */
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
  if (!gradsum_is_empty(&n->dout)) {
    rc = gradsum_settle(&n->dout, n->ndim, n->shape);
    if (rc == 0 && n->callbacks) rc = callbacks_hook(n);
    if (rc == 0 && n->captured) rc = capture(r, n);
    if (rc == 0 && n->wanted) rc = differentiate(r, n);
    gradsum_clear(&n->dout);
  }
  GradWatch *w = context->gradwatch;
  return rc == 0 && w && !r->inputs ? w->passed(w, n->seq) : rc;
}

static int settle_results(Run *r) {
  int rc = 0;
  for (int i = 0; rc == 0 && i < r->nin; i++)
    rc = gradsum_settle(&r->result[i], r->inputs[i]->ndim, r->inputs[i]->shape);
  return rc;
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
  if (fm_own(g)) {
    if (!out->node) {
      rc = to_leaf(r, out, g);
    } else {
      rc = reach_has(&r->reach, out->node) ? gradsum_add(&out->node->dout, g, false, r->opt.create_graph) : 0;
    }
  }
  fm_end(m, NULL);
  return rc;
}

static int run(Run *r, Tensor *const *outputs, Tensor *const *gradients, int nout) {
  reach_begin(&r->reach);
  find_bounds(r);
  r->opt.retain_graph = r->opt.retain_graph || r->opt.create_graph;
  bool old = grad_set_mode(r->opt.create_graph);
  const bool outermost = !r->reach.outer;
  if (outermost) recorder_one_line(true);
  int rc = collect(r, outputs, nout);
  reach_sort(&r->reach);
  if (rc == 0) rc = mark_wanted(r);
  if (rc == 0) rc = announce(r);
  for (int i = 0; rc == 0 && i < nout; i++) rc = start(r, outputs[i], gradients ? gradients[i] : NULL);
  for (size_t i = 0; rc == 0 && i < r->reach.len; i++) rc = visit(r, r->reach.nodes[i]);
  if (rc == 0) rc = settle_results(r);
  reach_end(&r->reach);
  if (outermost) recorder_one_line(false);
  grad_set_mode(old);
  return rc;
}

int autograd_backward(Tensor *output, Tensor *gradient, BackwardOptions opt) {
  Run r = {.opt = opt};
  return run(&r, &output, gradient ? &gradient : NULL, 1);
}

static int check_inputs(Tensor *const *inputs, int nin) {
  for (int i = 0; i < nin; i++) {
    if (!inputs[i]->requires_grad) return err_set("grad: input %d does not require a gradient", i + 1);
  }
  return 0;
}

/* Moves the sums into result; on failure, or where one is missing without allow_unused, frees them. */
static int hand_out(const Run *r, int rc, Tensor **result) {
  for (int i = 0; rc == 0 && i < r->nin; i++) {
    if (r->result[i].t || r->opt.allow_unused) continue;
    rc = err_set("grad: the output does not depend on input %d (pass {allow_unused=true} to get nil for it)", i + 1);
  }
  for (int i = 0; i < r->nin; i++) {
    if (rc < 0) gradsum_clear(&r->result[i]);
    result[i] = r->result[i].t;
  }
  return rc;
}

int autograd_grad(Tensor *const *outputs, Tensor *const *gradients, int nout, Tensor *const *inputs, int nin,
                  Tensor **result, BackwardOptions opt) {
  Run r = {.opt = opt, .inputs = inputs, .nin = nin};
  const size_t bytes = (size_t)nin * sizeof *r.result;
  if (check_inputs(inputs, nin) < 0) return -1;
  r.result = alloc_get(bytes);
  if (!r.result) return -1;
  memset(r.result, 0, bytes);
  const int rc = hand_out(&r, run(&r, outputs, gradients, nout), result);
  alloc_put(r.result, bytes);
  return rc;
}
