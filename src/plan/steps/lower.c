/*
 * lower.c - the shortest way to do an event.
 *
 * Element-wise operations on flat operands become one call of their kernel, copies a memcpy, small sums of rows a loop, small products and mse_loss
 * one call (direct.c).
 * Everything else is done again as it was recorded: the row's forward on the recorded windows. Both ways give the same
 * bits, because kernels give an element the same bits wherever it stands (kernels/elementwise/kernels.h).
 */
#include <string.h>

#include "autograd/op.h"
#include "base/parallel.h"
#include "kernels/reduce/reduce.h"
#include "plan/plan.h"
#include "plan/steps/direct.h"
#include "plan/steps/maps.h"

#define SUM_MAX 2048 /* elements: one block of reduce.c, one thread */

/* --- the steps ---------------------------------------------------------------------------------------------------- */

static int run_one(const PlanStep *s, Context *own) {
  (void)own;
  s->u.one.kern(s->u.one.n, s->u.one.o, 1, s->u.one.a, s->u.one.sa);
  return 0;
}

static int run_two(const PlanStep *s, Context *own) {
  (void)own;
  s->u.two.kern(s->u.two.n, s->u.two.o, 1, s->u.two.a, s->u.two.sa, s->u.two.b, s->u.two.sb);
  return 0;
}

static int run_three(const PlanStep *s, Context *own) {
  (void)own;
  s->u.three.kern(s->u.three.n, s->u.three.o, 1, s->u.three.a, s->u.three.sa, s->u.three.b, s->u.three.sb, s->u.three.c,
                  s->u.three.sc);
  return 0;
}

static int run_memcpy(const PlanStep *s, Context *own) {
  (void)own;
  memcpy(s->u.copy.o, s->u.copy.a, s->u.copy.bytes);
  return 0;
}

/* o[i] = the sum of row i, as reduce_sum gives it */
static int run_sum(const PlanStep *s, Context *own) {
  (void)own;
  for (int64_t i = 0; i < s->u.sum.rows; i++) {
    s->u.sum.o[i] = (float)reduce_sum_run_f32(s->u.sum.n, s->u.sum.a + i * s->u.sum.n, 1);
  }
  return 0;
}

static int run_op(const PlanStep *s, Context *own) {
  (void)own;
  return s->u.op.op->forward(s->u.op.t[0], s->u.op.t + 1, s->u.op.nin, s->u.op.args);
}

static int run_call(const PlanStep *s, Context *own) { return s->u.call.run(&s->u.call, own); }

/* --- operands ----------------------------------------------------------------------------------------------------- */

/* The window as a tensor, which borrows the memory and is never released. */
static Tensor tensor_of(const Plan *p, const Window *w) {
  const Layout *l = p->r->trace.layout[w->layout];
  Tensor t = {.refs = 1, .dtype = l->dtype, .ndim = l->ndim, .contiguous = l->contiguous, .offset = l->offset};
  t.storage = p->r->buffer[w->buffer].holder->storage;
  t.numel = layout_numel(l);
  memcpy(t.shape, l->size, l->ndim * sizeof *l->size);
  memcpy(t.stride, l->size + l->ndim, l->ndim * sizeof *l->size);
  return t;
}

/* All windows of e, NULL where it has none. NULL without memory. */
static Tensor *const *tensors_of(Plan *p, const Event *e) {
  Tensor **list = arena_get(&p->memory, (size_t)e->n * (sizeof *list + sizeof **list));
  if (!list) return NULL;
  Tensor *each = (Tensor *)(void *)(list + e->n);
  for (int i = 0; i < e->n; i++) {
    list[i] = e->w[i].buffer < 0 ? NULL : &each[i];
    if (list[i]) each[i] = tensor_of(p, &e->w[i]);
  }
  return list;
}

static void *args_of(Plan *p, const Event *e) {
  void *args = arena_get(&p->memory, e->size);
  if (args) event_args(e, args);
  return args;
}

/* --- which one ---------------------------------------------------------------------------------------------------- */

static const Layout *layout_of(const Plan *p, const Window *w) { return p->r->trace.layout[w->layout]; }

static void *data_of(const Plan *p, const Window *w) {
  const Layout *l = layout_of(p, w);
  return p->r->buffer[w->buffer].holder->storage->data + l->offset * (int64_t)dtype_size((DType)l->dtype);
}

/* o = kern(a[, b[, c]]) over flat operands */
static bool lower_map(const Plan *p, PlanStep *s, const Event *e) {
  const MapKernel kern = event_kernel(&p->r->trace, e);
  if (kern.inputs == 0) return false;
  const Layout *o = layout_of(p, &e->w[0]);
  const int64_t n = layout_numel(o);
  int64_t stride[3] = {0};
  void *in[3] = {0}, *out = data_of(p, &e->w[0]);
  if (!o->contiguous || n == 0 || n >= PARALLEL_FROM) return false;
  for (int i = 0; i < kern.inputs; i++) {
    stride[i] = layout_walk(layout_of(p, &e->w[1 + i]), n);
    in[i] = data_of(p, &e->w[1 + i]);
    if (stride[i] < 0) return false;
  }
  if (kern.inputs == 1) {
    *s = (PlanStep){.run = run_one, .u.one = {kern.one, n, stride[0], out, in[0]}};
  } else if (kern.inputs == 2) {
    *s = (PlanStep){.run = run_two, .u.two = {kern.two, n, stride[0], stride[1], out, in[0], in[1]}};
  } else {
    *s = (PlanStep){.run = run_three,
                    .u.three = {kern.three, n, stride[0], stride[1], stride[2], out, in[0], in[1], in[2]}};
  }
  return true;
}

/* Sums of rows, that is, over the last dimensions; small ones. */
static bool lower_sum(const Plan *p, PlanStep *s, const Event *e, const OpArgs *args) {
  const Tensor o = tensor_of(p, &e->w[0]), a = tensor_of(p, &e->w[1]);
  if (a.dtype != DT_F32 || !o.contiguous || !a.contiguous || a.numel == 0 || a.numel > SUM_MAX) return false;
  if (!reduce_is_of_rows(&a, args->reduce.dims)) return false;
  *s = (PlanStep){.run = run_sum, .u.sum = {.rows = o.numel, .n = a.numel / o.numel, tensor_f32(&o), tensor_f32(&a)}};
  return true;
}

static bool lower_copy(const Plan *p, PlanStep *s, const Event *e) {
  const Tensor o = tensor_of(p, &e->w[0]), a = tensor_of(p, &e->w[1]);
  if (!o.contiguous || !a.contiguous || o.dtype != a.dtype || o.numel != a.numel || o.storage == a.storage)
    return false;
  const size_t bytes = (size_t)o.numel * dtype_size((DType)o.dtype);
  *s = (PlanStep){.run = run_memcpy, .u.copy = {tensor_data(&o), tensor_data(&a), bytes}};
  return true;
}

/* A step that needs no memory for its operands; false: there is none for e. */
static bool lower_flat(const Plan *p, PlanStep *s, const Event *e) {
  if (e->run == tensor_rerun_copy) return lower_copy(p, s, e);
  if (lower_map(p, s, e)) return true;
  if (e->run != op_rerun) return false;
  OpCall call;
  event_args(e, &call);
  return call.op == OP_SUM && lower_sum(p, s, e, &call.args);
}

/* A row whose kernel is called at once: 1, 0 where e is no such, -1 without memory. */
static int lower_direct(Plan *p, PlanStep *s, const Event *e) {
  enum { MOST = 4 };
  if (e->run != op_rerun || e->n > MOST) return 0;
  OpCall call;
  event_args(e, &call);
  if (!direct_is((OpId)call.op)) return 0;
  Tensor t[MOST];
  for (int i = 0; i < e->n; i++) {
    if (e->w[i].buffer < 0) return 0;
    t[i] = tensor_of(p, &e->w[i]);
  }
  return plan_lower_direct(p, s, &call, t, e->n);
}

/* As it was recorded: the row's forward, or the computation itself. */
static int lower_whole(Plan *p, PlanStep *s, const Event *e) {
  Tensor *const *t = tensors_of(p, e);
  const void *args = t ? args_of(p, e) : NULL;
  if (!args) return -1;
  const OpCall *call = e->run == op_rerun ? args : NULL;
  const Op *op = call ? op_row((OpId)call->op) : NULL;
  if (op && op->forward) {
    *s = (PlanStep){.run = run_op, .u.op = {op, t, e->n - 1, &call->args}};
  } else {
    *s = (PlanStep){.run = run_call, .u.call = {.name = e->name, .run = e->run, .nout = e->nout, .n = e->n, .t = t}};
    s->u.call.args = args;
    s->u.call.size = e->size;
  }
  return 0;
}

static bool is_threadable(const Event *e) {
  if (e->run != op_rerun) return true;
  OpCall call;
  event_args(e, &call);
  return !op_row((OpId)call.op)->serial;
}

bool plan_shares(const Event *e) {
  if (e->run != op_rerun) return false;
  OpCall call;
  event_args(e, &call);
  return op_row((OpId)call.op)->shares;
}

int plan_lower(Plan *p, PlanStep *s, const Event *e, bool *threadable) {
  if (lower_flat(p, s, e)) {
    *threadable = true;
    return 0;
  }
  *threadable = is_threadable(e);
  const int direct = lower_direct(p, s, e);
  return direct != 0 ? (direct < 0 ? -1 : 0) : lower_whole(p, s, e);
}

void plan_lower_again(Plan *p, PlanStep *s, const Event *e, int buffer) {
  Tensor *const *t = s->run == run_op ? s->u.op.t : s->run == run_call ? s->u.call.t : NULL;
  if (!t) {
    if (!lower_flat(p, s, e)) lower_direct(p, s, e);
    return;
  }
  for (int i = 0; i < e->n; i++) {
    if (e->w[i].buffer == buffer) t[i]->storage = p->r->buffer[buffer].holder->storage;
  }
}
