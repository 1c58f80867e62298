/*
 * plan.c - a pass over the elements as kernels on blocks.
 *
 * For given guards a stage is a plain list: steps that are not done fall out, `choose` is another name for what it
 * chooses. Results then get temporaries, each used again once its last reader is done.
 */
#include <string.h>

#include "optim/rule/rule.h"

/* --- the kernels -------------------------------------------------------------------------------------------------- */

typedef struct RuleKernel {
  BlocksArity arity;
  bool masks; /* the operands are masks */
  Kern1 *k1[2];
  Kern2 *k2[2];
  Kern3 *k3[2];
  KernCombine *combine[2];
} RuleKernel;

static void copy_f32(int64_t n, void *o, int64_t so, const void *a, int64_t sa) {
  (void)so;
  if (sa) {
    memmove(o, a, (size_t)n * sizeof(float));
  } else {
    for (int64_t i = 0; i < n; i++) ((float *)o)[i] = *(const float *)a;
  }
}
static void copy_f64(int64_t n, void *o, int64_t so, const void *a, int64_t sa) {
  (void)so;
  if (sa) {
    memmove(o, a, (size_t)n * sizeof(double));
  } else {
    for (int64_t i = 0; i < n; i++) ((double *)o)[i] = *(const double *)a;
  }
}

static const RuleKernel kernels[] = {
    [RULE_OP_copy] = {.arity = BLOCKS_K1, .k1 = {copy_f32, copy_f64}},
#define ROW1(op) [RULE_OP_##op] = {.arity = BLOCKS_K1, .k1 = {kern_##op##_f32, kern_##op##_f64}},
#define ROW2(op) [RULE_OP_##op] = {.arity = BLOCKS_K2, .k2 = {kern_##op##_f32, kern_##op##_f64}},
#define ROW_MASKS(op) [RULE_OP_##op] = {.arity = BLOCKS_K2, .masks = true, .k2 = {kern_##op##_u8, kern_##op##_u8}},
    KERN1_LIST(ROW1) KERN2_LIST(ROW2) ROW2(eq) ROW2(ne) ROW2(lt) ROW2(le) ROW2(gt) ROW2(ge) ROW_MASKS(
        logical_and) ROW_MASKS(logical_or)
#undef ROW1
#undef ROW2
#undef ROW_MASKS
        [RULE_OP_logical_not] = {.arity = BLOCKS_K1, .masks = true, .k1 = {kern_logical_not_u8, kern_logical_not_u8}},
    [RULE_OP_where] = {.arity = BLOCKS_K3, .k3 = {kern_where_f32, kern_where_f64}},
    [RULE_OP_axpby] = {.arity = BLOCKS_COMBINE, .combine = {kern_axpby_f32, kern_axpby_f64}},
    [RULE_OP_xpby] = {.arity = BLOCKS_COMBINE, .combine = {kern_xpby_f32, kern_xpby_f64}},
};

static const char *const names[] = {
#define ENTRY(name) #name,
    RULE_OPS(ENTRY)
#undef ENTRY
};

int rule_op(const char *name) {
  for (int i = 0; i < RULE_OP_COUNT; i++) {
    if (strcmp(names[i], name) == 0) return i;
  }
  return -1;
}

/* --- one plan ----------------------------------------------------------------------------------------------------- */

typedef struct Planner {
  const OptimRule *rule;
  DType dtype;
  uint8_t size;
  RuleRef *name;      /* [nvalues] what a value is another name for, or itself */
  int *last;          /* [nvalues] the last reader of each value */
  BlocksPlace *place; /* [nvalues] */
  bool busy[BLOCKS_MAX_TEMPS];
  int ntemps;
} Planner;

static bool is_done(const RuleStep *s, const double *reg) { return rule_is_on(s->guard, reg); }

static RuleRef resolve(const Planner *p, RuleRef r) { return r.kind == RULE_VALUE ? p->name[r.index] : r; }

/* Readers are marked from the last to the first. */
static void mark(Planner *p, RuleRef r, int reader) {
  r = resolve(p, r);
  if (r.kind == RULE_VALUE && p->last[r.index] < 0) p->last[r.index] = reader;
}

/* Whether the step is another name for one of its operands. */
static bool is_alias(const RuleStep *s) { return s->op == RULE_OP_choose && !s->own; }

/* Whether a kernel is to run for the step: its result is stored, or somebody reads it. */
static bool is_wanted(const Planner *p, const RuleStep *s, const double *reg) {
  return is_done(s, reg) && !is_alias(s) && (s->out.kind == RULE_ARRAY || p->last[s->out.index] >= 0);
}

static RuleRef chosen(const RuleStep *s, const double *reg) { return s->in[reg[s->in[0].index] != 0 ? 1 : 2]; }

/* What each value is another name for. */
static void follow_names(Planner *p, const RuleStep *step, int nsteps, const double *reg) {
  for (int i = 0; i < nsteps; i++) {
    const RuleStep *s = &step[i];
    if (is_done(s, reg) && is_alias(s)) p->name[s->out.index] = resolve(p, chosen(s, reg));
  }
}

/* The last readers, from the end: a value without one is not made, and what only it would read is not read. */
static void find_readers(Planner *p, const RuleStep *step, int nsteps, const RuleSum *sum, int nsums,
                         const double *reg) {
  for (int k = 0; k < nsums; k++) {
    if (rule_is_on(sum[k].guard, reg)) mark(p, sum[k].of, nsteps);
  }
  for (int i = nsteps - 1; i >= 0; i--) {
    const RuleStep *s = &step[i];
    if (!is_wanted(p, s, reg)) continue;
    if (s->op == RULE_OP_choose) {
      mark(p, chosen(s, reg), i);
    } else {
      for (int k = 0; k < 4; k++) mark(p, s->in[k], i);
    }
  }
}

static BlocksPlace place_of(const Planner *p, RuleRef r, bool mask) {
  r = resolve(p, r);
  if (r.kind == RULE_VALUE) return p->place[r.index];
  if (r.kind == RULE_ARRAY) return (BlocksPlace){BLOCKS_ARRAY, mask ? 1 : p->size, (uint16_t)r.index};
  int at = 0;
  while (p->rule->used[at] != r.index) at++;
  return (BlocksPlace){BLOCKS_NUMBER, p->size, (uint16_t)at};
}

static BlocksPlace new_temp(Planner *p, bool mask) {
  int t = 0;
  while (t < BLOCKS_MAX_TEMPS - 1 && p->busy[t]) t++;
  p->busy[t] = true;
  if (t >= p->ntemps) p->ntemps = t + 1;
  return (BlocksPlace){BLOCKS_TEMP, mask ? 1 : p->size, (uint16_t)t};
}

/* Temporaries whose last reader is step i are free for its result, if their elements have the same size. */
static void release(Planner *p, RuleRef in, int i, int size) {
  in = resolve(p, in);
  if (in.kind != RULE_VALUE || p->last[in.index] != i) return;
  const BlocksPlace place = p->place[in.index];
  if (place.kind == BLOCKS_TEMP && (size == 0 || place.size == size)) p->busy[place.index] = false;
}

static void set_kernel(BlocksStep *b, const RuleKernel *op, int dtype) {
  b->arity = op->arity;
  switch (op->arity) {
    case BLOCKS_K1:
      b->kern.k1 = op->k1[dtype];
      break;
    case BLOCKS_K2:
      b->kern.k2 = op->k2[dtype];
      break;
    case BLOCKS_K3:
      b->kern.k3 = op->k3[dtype];
      break;
    case BLOCKS_COMBINE:
      b->kern.combine = op->combine[dtype];
      break;
  }
}

/* Step i as a kernel with places. */
static void place_step(Planner *p, BlocksStep *b, const RuleStep *s, int i, const double *reg) {
  const bool chooses = s->op == RULE_OP_choose;
  const RuleKernel *op = &kernels[chooses ? RULE_OP_copy : s->op];
  RuleRef in[4] = {s->in[0], s->in[1], s->in[2], s->in[3]};
  if (chooses) in[0] = chosen(s, reg);
  set_kernel(b, op, (int)p->dtype);
  for (int k = 0; k < (int)op->arity; k++) {
    const bool mask = op->masks || (op->arity == BLOCKS_K3 && k == 0);
    if (in[k].kind != RULE_NONE) b->in[k] = place_of(p, in[k], mask);
  }
  const int size = s->mask ? 1 : p->size;
  for (int k = 0; k < (int)op->arity; k++) release(p, in[k], i, size);
  if (s->out.kind == RULE_ARRAY) {
    b->out = place_of(p, s->out, s->mask);
  } else {
    b->out = p->place[s->out.index] = new_temp(p, s->mask);
  }
  for (int k = 0; k < (int)op->arity; k++) release(p, in[k], i, 0);
  if (b->out.kind == BLOCKS_TEMP) p->busy[b->out.index] = p->last[s->out.index] > i;
}

static void read_guards(bool *done, const RuleStep *step, int nsteps, const RuleSum *sum, int nsums,
                        const double *reg) {
  for (int i = 0; i < nsteps; i++) {
    done[i] = step[i].op == RULE_OP_choose ? reg[step[i].in[0].index] != 0 : is_done(&step[i], reg);
  }
  for (int k = 0; k < nsums; k++) done[nsteps + k] = rule_is_on(sum[k].guard, reg);
}

bool rule_plan_fits(const RulePlan *plan, const OptimRule *r, const RuleStage *stage, const double *reg) {
  const size_t nguards = (size_t)(stage->nsteps + stage->nsums);
  bool done[nguards + 1];
  read_guards(done, r->step + stage->step, stage->nsteps, r->sum + stage->sum, stage->nsums, reg);
  return plan->ready && memcmp(plan->done, done, nguards) == 0;
}

void rule_plan(RulePlan *plan, const OptimRule *r, const RuleStage *stage, DType dtype, const double *reg) {
  const RuleStep *step = r->step + stage->step;
  const RuleSum *sum = r->sum + stage->sum;
  const size_t nguards = (size_t)(stage->nsteps + stage->nsums);
  bool done[nguards + 1];
  read_guards(done, step, stage->nsteps, sum, stage->nsums, reg);
  if (plan->ready && memcmp(plan->done, done, nguards) == 0) return;
  RuleRef name[r->nvalues + 1];
  int last[r->nvalues + 1], n = 0;
  BlocksPlace place[r->nvalues + 1];
  Planner p = {r, dtype, (uint8_t)dtype_size(dtype), name, last, place, {false}, 0};
  for (int i = 0; i < r->nvalues; i++) {
    name[i] = (RuleRef){RULE_VALUE, (int16_t)i};
    last[i] = -1;
  }
  follow_names(&p, step, stage->nsteps, reg);
  find_readers(&p, step, stage->nsteps, sum, stage->nsums, reg);
  for (int i = 0; i < stage->nsteps; i++) {
    if (is_wanted(&p, &step[i], reg)) place_step(&p, &plan->step[n++], &step[i], i, reg);
  }
  static const ReduceOp *const kinds[] = {reduce_sum_ops, reduce_max_ops, reduce_min_ops};
  for (int k = 0; k < stage->nsums; k++) {
    const RuleRef any = {RULE_ARRAY, 1}; /* what is summed where nobody reads the sum */
    plan->sum[k] =
        (BlocksSum){place_of(&p, rule_is_on(sum[k].guard, reg) ? sum[k].of : any, false), &kinds[sum[k].how][dtype]};
  }
  plan->program = (BlocksProgram){plan->step, plan->sum, n, p.ntemps, stage->nsums, p.size};
  memcpy(plan->done, done, nguards);
  plan->ready = true;
}
