/*
 * piecewise.c - Piecewise: rates at given updates, with steps, lines or waves between them (optax's piecewise_constant
 * and piecewise_interpolate schedules).
 */
#include <math.h>

#include "base/err.h"
#include "sched/families/family.h"

enum { BOUNDARIES, SCALES }; /* lists */
enum { SHAPE = 3 };
enum { CONSTANT, LINEAR, COSINE };

static const char *const shapes[] = {[CONSTANT] = "constant", [LINEAR] = "linear", [COSINE] = "cosine", NULL};

static const Arg piecewise_args[] = {
    BASE_ROW,
    {.name = "boundaries",
     .kind = ARG_LIST,
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "Updates at which the rate has been multiplied, in ascending order."},
    {.name = "scales",
     .kind = ARG_LIST,
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "The factor of each of them: of the rate at the boundary before it."},
    {.name = "interpolation",
     .kind = ARG_CHOICE,
     .choices = shapes,
     .doc = "Between two boundaries: 'constant', 'linear' or 'cosine' (half a wave)."},
    {0},
};

static int piecewise_check(const Sched *s) {
  const ArgList *b = &s->args.list[BOUNDARIES], *f = &s->args.list[SCALES];
  if (b->n != f->n) return err_set("%d boundaries need %d scales, got %d", b->n, b->n, f->n);
  for (int i = 0; i < b->n; i++) {
    const double before = i > 0 ? b->x[i - 1] : 0;
    if (b->x[i] > before || (i == 0 && s->args.x[SHAPE] == CONSTANT)) continue;
    return err_set("boundaries[%d] must be a number above %.14g, got %.14g", i + 1, before, b->x[i]);
  }
  return 0;
}

static double piecewise_at(const Sched *s, double t) {
  const ArgList *b = &s->args.list[BOUNDARIES], *f = &s->args.list[SCALES];
  double lr = s->args.x[BASE_LR];
  int i = 0;
  for (; i < b->n && t >= b->x[i]; i++) lr *= f->x[i];
  const int shape = (int)s->args.x[SHAPE];
  if (shape == CONSTANT || i == b->n) return lr;
  const double from = i > 0 ? b->x[i - 1] : 0, p = (t - from) / (b->x[i] - from), next = lr * f->x[i];
  return shape == LINEAR ? lr + (next - lr) * p : next + (lr - next) * (1 + cos(M_PI * p)) / 2;
}

const SchedDef sched_piecewise[] = {
    {.name = "Piecewise",
     .doc = "Rates at given updates, with steps, straight lines or half waves between them.",
     .equation = "v_0 = base_lr at b_0 = 0, v_i = v_(i-1) scales_i at b_i = boundaries_i;\n"
                 "between b_i and b_(i+1), with p = (t - b_i) / (b_(i+1) - b_i):\n"
                 "'constant'  v_i\n"
                 "'linear'    v_i + (v_(i+1) - v_i) p\n"
                 "'cosine'    v_(i+1) + (v_i - v_(i+1)) (1 + cos(pi p)) / 2\n"
                 "and the last value after the last boundary",
     .args = piecewise_args,
     .check = piecewise_check,
     .at = piecewise_at,
     .in_order = true},
    {0},
};
