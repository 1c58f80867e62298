/*
 * direct.c - operations whose kernel is called at once: what their rows find out at each call is known of a plan's
 * operands.
 */
#include "plan/steps/direct.h"

#include "autograd/ops/linalg/small.h"
#include "kernels/loss/mse.h"

/* --- small products ----------------------------------------------------------------------------------------------- */

struct DirectProduct {
  SmallProduct p;
};

static int run_product(const PlanStep *s, Context *own) {
  (void)own;
  const SmallProduct *p = &s->u.product->p;
  p->run(p);
  return 0;
}

static int lower_product(Plan *p, PlanStep *s, const Tensor *t, int n, bool linear) {
  SmallProduct small;
  const bool fits =
      linear ? linear_small(&small, &t[0], &t[1], &t[2], n > 3 ? &t[3] : NULL) : mm_small(&small, &t[0], &t[1], &t[2]);
  if (!fits) return 0;
  /* A step that exists keeps its place. */
  DirectProduct *d = s->run == run_product ? s->u.product : arena_get(&p->memory, sizeof *d);
  if (!d) return -1;
  d->p = small;
  *s = (PlanStep){.run = run_product, .u.product = d};
  return 1;
}

/* --- mse_loss ----------------------------------------------------------------------------------------------------- */

static int run_mse(const PlanStep *s, Context *own) {
  (void)own;
  *s->u.mse.o = (float)(mse_run_f32(s->u.mse.n, s->u.mse.x, s->u.mse.y, NULL) / s->u.mse.by);
  return 0;
}

static int lower_mse(PlanStep *s, const Tensor *t, int reduction) {
  const Tensor *x = &t[1], *y = &t[2];
  if (reduction == REDUCE_NONE || t->dtype != DT_F32 || !x->contiguous || !y->contiguous || x->numel == 0) return 0;
  const double by = reduction == REDUCE_MEAN ? (double)x->numel : 1;
  *s = (PlanStep){.run = run_mse, .u.mse = {x->numel, by, tensor_f32(t), tensor_f32(x), tensor_f32(y)}};
  return 1;
}

/* --- which one ---------------------------------------------------------------------------------------------------- */

bool direct_is(OpId op) { return op == OP_MM || op == OP_LINEAR || op == OP_MSE_LOSS; }

int plan_lower_direct(Plan *p, PlanStep *s, const OpCall *call, const Tensor *t, int n) {
  if (call->op == OP_MSE_LOSS) return lower_mse(s, t, call->args.loss.reduction);
  return lower_product(p, s, t, n, call->op == OP_LINEAR);
}
