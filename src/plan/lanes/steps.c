/*
 * steps.c - an event of the plans as a step of the group.
 */
#include <string.h>

#include "autograd/op.h"
#include "kernels/elementwise/map.h"
#include "kernels/gemm/chain.h"
#include "kernels/gemm/gemm_small.h"
#include "plan/lanes/group.h"

/* Whether windows first .. first + n - 1 of an event are of floats, all of one dtype. */
static bool are_floats(const LaneGroup *g, const Event *e, int first, int n) {
  for (int k = first; k < first + n; k++) {
    if (e->w[k].buffer < 0) return false;
    const int dtype = group_layout(g, &e->w[k])->dtype;
    if ((dtype != DT_F32 && dtype != DT_F64) || dtype != group_layout(g, &e->w[first])->dtype) return false;
  }
  return true;
}

static const LanesKernels *kernels_of(const LaneGroup *g, const Window *w) {
  return lanes_kernels((DType)group_layout(g, w)->dtype);
}

static bool is_row_major(const LaneGroup *g, const Window *w) { return group_layout(g, w)->contiguous; }

/* --- products ------------------------------------------------------------------------------------------------------- */

/* A window as a matrix: rows and columns, and their strides. False: it is none. */
static bool read_matrix(const LaneGroup *g, const Window *w, int64_t size[2], int64_t stride[2]) {
  const Layout *l = group_layout(g, w);
  if (l->ndim == 2) {
    memcpy(size, l->size, 2 * sizeof *size);
    memcpy(stride, l->size + 2, 2 * sizeof *stride);
    return true;
  }
  if (l->ndim < 1 || !l->contiguous) return false;
  size[1] = l->size[l->ndim - 1];
  size[0] = size[1] ? layout_numel(l) / size[1] : 0;
  stride[0] = size[1];
  stride[1] = 1;
  return true;
}

/* How one run alone computes that product: by gemm_small, or by BLAS as a chain; NULL: not in the order of k. bias: it
 * stands in C before BLAS adds to it. */
static void (*product_kernel(const LanesKernels *kernels, const LanesProduct *p, DType dtype))(const LanesProduct *) {
  SmallProduct small = {.m = p->m, .n = p->n, .k = p->k, .rsa = p->rsa, .csa = p->csa, .rsb = p->rsb, .csb = p->csb};
  small.rsc = p->rsc;
  small.csc = 1;
  if (gemm_small(&small, dtype == DT_F64)) return kernels->product;
  const GemmShape shape = {p->m, p->n, p->k, p->rsa, p->csa, p->rsb, p->csb, p->rsc, p->bias != NULL, dtype};
  return kernels->chain && gemm_is_chain(&shape) ? kernels->chain : NULL;
}

static void run_product(const LaneStep *s, LaneGroup *g) {
  (void)g;
  s->u.product.kernel(&s->u.product.operands);
}

/* e: o (m, n) = a (m, k) b (k, n) [+ bias] */
static bool set_product(LaneGroup *g, LaneStep *s, const Event *e, bool transposed) {
  const Window *o = &e->w[0], *a = &e->w[1], *b = &e->w[2], *bias = e->n > 3 ? &e->w[3] : NULL;
  int64_t ma[2], sa[2], mb[2], sb[2], mo[2], so[2];
  if (!are_floats(g, e, 0, e->n)) return false;
  if (!read_matrix(g, a, ma, sa) || !read_matrix(g, b, mb, sb) || !read_matrix(g, o, mo, so) || so[1] != 1)
    return false;
  const int64_t m = ma[0], k = ma[1], n = mb[!transposed];
  if (m == 0 || n == 0 || k == 0) return false;
  LanesProduct p = {m,
                    n,
                    k,
                    group_window(g, a),
                    group_window(g, b),
                    group_window(g, o),
                    sa[0],
                    sa[1],
                    sb[transposed],
                    sb[!transposed],
                    so[0],
                    NULL};
  if (bias) p.bias = group_window(g, bias);
  if (!p.a || !p.b || !p.c || (bias && !p.bias)) return false;
  const DType dtype = (DType)group_layout(g, o)->dtype;
  *s = (LaneStep){.run = run_product};
  s->u.product.operands = p;
  s->u.product.kernel = product_kernel(lanes_kernels(dtype), &p, dtype);
  return s->u.product.kernel;
}

static bool lower_linear(LaneGroup *g, LaneStep *s, const Event *e) {
  if (e->n > 3 && (e->w[3].buffer < 0 || !is_row_major(g, &e->w[3]))) return false;
  return is_row_major(g, &e->w[0]) && set_product(g, s, e, true);
}

/* --- sums ----------------------------------------------------------------------------------------------------------- */

static void run_sum(const LaneStep *s, LaneGroup *g) {
  (void)g;
  s->kernels->sum(&s->u.sum);
}

/* The dimensions that are summed stand together: outer x length x inner. */
static bool split_dims(const Layout *l, unsigned dims, int64_t part[3]) {
  int at = 0;
  part[0] = part[1] = part[2] = 1;
  for (int d = 0; d < l->ndim; d++) {
    if (l->size[d] == 1) continue;
    const bool summed = dims >> d & 1;
    if (at == 0 && summed) at = 1;
    if (at == 1 && !summed) at = 2;
    if (at == 2 && summed) return false;
    part[at] *= l->size[d];
  }
  return true;
}

static bool lower_sum(LaneGroup *g, LaneStep *s, const Event *e, const OpCall *call) {
  int64_t part[3];
  if (!are_floats(g, e, 0, 2) || !is_row_major(g, &e->w[0]) || !is_row_major(g, &e->w[1])) return false;
  if (!split_dims(group_layout(g, &e->w[1]), call->args.reduce.dims, part)) return false;
  if (part[1] > LANES_MAX_SUM || part[0] * part[1] * part[2] == 0) return false;
  *s = (LaneStep){.run = run_sum, .kernels = kernels_of(g, &e->w[0])};
  s->u.sum = (LanesSum){part[0], part[1], part[2], group_window(g, &e->w[1]), group_window(g, &e->w[0]), 0};
  if (call->op == OP_MEAN) s->u.sum.count = (double)part[1];
  return s->u.sum.o && s->u.sum.a;
}

/* --- the mean squared error ------------------------------------------------------------------------------------------ */

static void run_mse(const LaneStep *s, LaneGroup *g) {
  (void)g;
  s->kernels->mse(&s->u.mse);
}

static bool lower_mse(LaneGroup *g, LaneStep *s, const Event *e, const OpCall *call) {
  if (!are_floats(g, e, 0, 3) || !is_row_major(g, &e->w[1]) || !is_row_major(g, &e->w[2])) return false;
  if (call->args.loss.reduction == REDUCE_NONE) return false;
  *s = (LaneStep){.run = run_mse, .kernels = kernels_of(g, &e->w[0])};
  s->u.mse = (LanesMse){layout_numel(group_layout(g, &e->w[1])), group_window(g, &e->w[1]), group_window(g, &e->w[2]),
                        group_window(g, &e->w[0]), call->args.loss.reduction == REDUCE_MEAN};
  return s->u.mse.n > 0 && s->u.mse.o && s->u.mse.x && s->u.mse.y;
}

/* --- copies --------------------------------------------------------------------------------------------------------- */

static void run_copy(const LaneStep *s, LaneGroup *g) {
  (void)g;
  memcpy(s->u.copy.o, s->u.copy.a, s->u.copy.bytes);
}

static bool lower_copy(LaneGroup *g, LaneStep *s, const Event *e) {
  const Window *o = &e->w[0], *a = &e->w[1];
  const Layout *to = group_layout(g, o), *from = group_layout(g, a);
  if (!to->contiguous || !from->contiguous || to->dtype != from->dtype || o->buffer == a->buffer) return false;
  if (layout_numel(to) != layout_numel(from)) return false;
  *s = (LaneStep){.run = run_copy};
  s->u.copy.o = group_window(g, o);
  s->u.copy.a = group_window(g, a);
  s->u.copy.bytes = (size_t)layout_numel(to) * dtype_size((DType)to->dtype) * LANES;
  return s->u.copy.o && s->u.copy.a;
}

/* --- anything else --------------------------------------------------------------------------------------------------- */

/* Whether the runs' own memory always has what the lanes have: the step only reads it. Runs may share it then, so the
 * thread of one group must not write there. */
static bool is_only_read(const LaneGroup *g, int buffer) {
  const Buffer *b = &g->plan[0]->r->buffer[buffer];
  return g->buffer[buffer].constant || (b->kind == BUFFER_OUTSIDE && !b->written);
}

/* What some windows of an event show, into lanes or out of them. */
static void exchange(LaneGroup *g, const Event *e, bool in, int from, int to) {
  for (int k = from; k < to; k++) {
    const int i = e->w[k].buffer;
    if (i < 0 || is_only_read(g, i)) continue;
    if (in) {
      group_in(g, i);
    } else {
      group_out(g, i, 0);
    }
  }
}

/* The runs' own plans have memory and steps. */
static bool are_ready(LaneGroup *g) {
  for (int l = 0; l < g->count; l++) {
    if (plan_ready(g->plan[l]) < 0) group_fail(g, l);
  }
  return !g->failed;
}

/* What is read comes last, for an output may have the memory of an input. */
void lanes_run_alone(LaneGroup *g, int i) {
  const Event *e = g->trace->event[i];
  if (!are_ready(g)) return;
  exchange(g, e, false, 0, e->nout);
  exchange(g, e, false, e->nout, e->n);
  for (int l = 0; l < g->count; l++) {
    Plan *p = g->plan[l];
    if (g->run[l]->state == SWEEP_RUN_FAILED) continue;
    if (p->step[i].run(&p->step[i], &g->run[l]->own) < 0) group_fail(g, l);
  }
  exchange(g, e, true, 0, e->nout);
}

static void run_alone(const LaneStep *s, LaneGroup *g) { lanes_run_alone(g, s->u.alone); }

static bool lower_alone(LaneGroup *g, LaneStep *s, int i) {
  const Event *e = g->trace->event[i];
  *s = (LaneStep){.run = run_alone, .u.alone = i};
  for (int k = 0; k < e->n; k++) {
    if (e->w[k].buffer < 0 || g->buffer[e->w[k].buffer].constant) continue;
    if (!group_lanes(g, e->w[k].buffer)) return false;
    g->alone_elements += g->buffer[e->w[k].buffer].count;
  }
  g->alone_steps++;
  return true;
}

/* --- which one ------------------------------------------------------------------------------------------------------- */

static bool lower_op(LaneGroup *g, LaneStep *s, int i) {
  const Event *e = g->trace->event[i];
  OpCall call;
  event_args(e, &call);
  switch (call.op) {
    case OP_LINEAR:
      return lower_linear(g, s, e);
    case OP_MM:
      return set_product(g, s, e, false);
    case OP_SUM:
    case OP_MEAN:
      return lower_sum(g, s, e, &call);
    case OP_MSE_LOSS:
      return lower_mse(g, s, e, &call);
    case OP_CROSS_ENTROPY:
    case OP_CROSS_ENTROPY_GRAD:
      return lanes_lower_entropy(g, s, i);
    default:
      return lanes_lower_map(g, s, e);
  }
}

/* Whether an event has one output that the runs have of their own. */
static bool is_plain(const LaneGroup *g, const Event *e) {
  if (e->nout != 1 || e->n < 1) return false;
  for (int k = 0; k < e->n; k++) {
    if (e->w[k].buffer < 0) return false;
  }
  return !g->buffer[e->w[0].buffer].constant;
}

/* One step for all runs. */
static bool lower_together(LaneGroup *g, LaneStep *s, int i) {
  const Event *e = g->trace->event[i];
  if (!is_plain(g, e)) return false;
  if (e->n > 1 && e->run == op_rerun && lower_op(g, s, i)) return true;
  if (e->n > 1 && e->run == map_rerun && lanes_lower_map(g, s, e)) return true;
  if (e->n > 1 && e->run == tensor_rerun_copy && lower_copy(g, s, e)) return true;
  return (e->each || e->run == op_rerun || e->run == tensor_rerun_copy) && lanes_lower_wide(g, s, i);
}

bool lanes_lower(LaneGroup *g, LaneStep *s, int i) {
  if (lower_together(g, s, i)) return true;
  if (g->trace->event[i]->run == optim_rerun_step && lanes_lower_optim(g, s, i)) return true;
  return lower_alone(g, s, i);
}
