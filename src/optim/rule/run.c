/*
 * run.c - the stages of a rule over one parameter.
 */
#include <string.h>

#include "base/alloc.h"
#include "optim/rule/rule.h"

static bool blocks_only;

void rule_set_blocks_only(bool on) { blocks_only = on; }

/* --- plans -------------------------------------------------------------------------------------------------------- */

struct RulePlans {
  size_t bytes; /* of the block in which all of this lies */
  RulePlan plan[][2];
};

bool rule_needs_plans(const OptimRule *r) {
  for (int i = 0; i < r->nstages; i++) {
    const RuleStage *s = &r->stage[i];
    if ((s->nsteps || s->nsums) && (blocks_only || !s->pass[0] || !s->pass[1])) return true;
  }
  return false;
}

static size_t plan_bytes(const RuleStage *s) {
  return (size_t)s->nsteps * (sizeof(BlocksStep) + sizeof(bool)) +
         (size_t)s->nsums * (sizeof(BlocksSum) + sizeof(bool)) + 16;
}

/* The parts of one plan, cut from `at`. */
static char *cut_plan(RulePlan *plan, const RuleStage *s, char *at) {
  plan->step = (BlocksStep *)(void *)at;
  at += (size_t)s->nsteps * sizeof(BlocksStep);
  plan->sum = (BlocksSum *)(void *)at;
  at += (size_t)s->nsums * sizeof(BlocksSum);
  plan->done = (bool *)at;
  return at + ((size_t)s->nsteps + (size_t)s->nsums + 15) / 16 * 16;
}

RulePlans *rule_plans_new(const OptimRule *r) {
  size_t bytes = sizeof(RulePlans) + (size_t)r->nstages * 2 * sizeof(RulePlan);
  for (int i = 0; i < r->nstages; i++) bytes += 2 * plan_bytes(&r->stage[i]);
  RulePlans *plans = alloc_get(bytes);
  if (!plans) return NULL;
  memset(plans, 0, bytes);
  plans->bytes = bytes;
  char *at = (char *)&plans->plan[r->nstages];
  for (int i = 0; i < r->nstages; i++) {
    for (int k = 0; k < 2; k++) at = cut_plan(&plans->plan[i][k], &r->stage[i], at);
  }
  return plans;
}

void rule_plans_free(RulePlans *plans) {
  if (plans) alloc_put(plans, plans->bytes);
}

/* --- one pass ----------------------------------------------------------------------------------------------------- */

typedef struct BlocksPass {
  const BlocksProgram *program;
  BlocksData data;
} BlocksPass;

static void blocks_piece(void *ctx, int64_t begin, int64_t end, Partial *sum) {
  const BlocksPass *pass = ctx;
  blocks_run_piece(pass->program, &pass->data, begin, end, sum);
}

#define FAR_BYTES (1 << 23) /* of an array: a few of them do not stay in the caches from one step to the next */

/* The registers that steps read, in the dtype of the elements. */
static void round_numbers(const RuleRun *run, double *numbers) {
  const OptimRule *r = run->rule;
  for (int i = 0; i < r->nused; i++) {
    if (run->dtype == DT_F32) {
      ((float *)numbers)[i] = (float)run->reg[r->used[i]];
    } else {
      numbers[i] = run->reg[r->used[i]];
    }
  }
}

static void run_blocks(const RuleRun *run, int i, const ReduceOp *const *op, Partial *sum) {
  const OptimRule *r = run->rule;
  RulePlan *plan = &run->plans->plan[i][run->dtype == DT_F64];
  double numbers[r->nused + 1];
  rule_plan(plan, r, &r->stage[i], run->dtype, run->reg);
  round_numbers(run, numbers);
  const size_t size = dtype_size(run->dtype);
  const bool is_far = run->numel >= FAR_BYTES / (int64_t)size;
  const BlocksData data = {.array = run->array, .number = (const char *)numbers, .number_size = size, .is_far = is_far};
  BlocksPass pass = {&plan->program, data};
  blocks_run(run->numel, plan->program.nsums, op, blocks_piece, &pass, sum);
}

static const ReduceOp *sum_op(const RuleSum *s, DType dtype) {
  return s->how == RULE_SUM    ? &reduce_sum_ops[dtype]
         : s->how == RULE_AMAX ? &reduce_max_ops[dtype]
                               : &reduce_min_ops[dtype];
}

static double joined(int how, double x, double y) {
  if (how == RULE_SUM) return x + y;
  if (x != x || y != y) return x + y;
  return how == RULE_AMAX ? (x > y ? x : y) : (x < y ? x : y);
}

static void run_pass(const RuleRun *run, int i) {
  const OptimRule *r = run->rule;
  const RuleStage *stage = &r->stage[i];
  if ((stage->nsteps == 0 && stage->nsums == 0) || !rule_is_on(stage->guard, run->reg)) return;
  Partial sum[BLOCKS_MAX_SUMS];
  const ReduceOp *op[BLOCKS_MAX_SUMS];
  for (int k = 0; k < stage->nsums; k++) op[k] = sum_op(&r->sum[stage->sum + k], run->dtype);
  RulePass *pass = run->plans ? NULL : stage->pass[run->dtype == DT_F64];
  if (pass) {
    RuleData data = {run->array, run->reg};
    blocks_run(run->numel, stage->nsums, op, pass, &data, sum);
  } else {
    run_blocks(run, i, op, sum);
  }
  for (int k = 0; k < stage->nsums; k++) {
    const RuleSum *s = &r->sum[stage->sum + k];
    run->reg[s->reg] = s->total ? joined(s->how, run->reg[s->reg], sum[k].d) : sum[k].d;
  }
}

/* --- stages ------------------------------------------------------------------------------------------------------- */

void rule_run_held(const OptimRule *r, double *reg) {
  if (r->held_numbers) {
    r->held_numbers(reg);
  } else {
    rule_numbers_run(r->held, r->nheld, reg);
  }
}

void rule_run_once(const OptimRule *r, double *reg) {
  if (r->once_numbers) {
    r->once_numbers(reg);
  } else {
    rule_numbers_run(r->once, r->nonce, reg);
  }
}

/* The usual rule and a short parameter: one call. */
static bool run_short(const RuleRun *run) {
  const RuleStage *stage = run->rule->stage;
  if (run->rule->nstages > 1 || stage->nsums || run->plans || run->numel > BLOCKS_CHUNK) return false;
  RulePass *pass = stage->pass[run->dtype == DT_F64];
  if (!pass || stage->guard >= 0) return false;
  if (stage->numbers) stage->numbers(run->reg);
  RuleData data = {run->array, run->reg};
  pass(&data, 0, run->numel, NULL);
  return true;
}

void rule_run_phase(const RuleRun *run, int phase) {
  const OptimRule *r = run->rule;
  if (run_short(run)) return;
  for (int i = 0; i < r->nstages; i++) {
    const RuleStage *stage = &r->stage[i];
    if (stage->phase != phase) continue;
    if (stage->numbers) {
      stage->numbers(run->reg);
    } else {
      rule_numbers_run(r->number + stage->number, stage->nnumbers, run->reg);
    }
    run_pass(run, i);
    for (const RuleSpread *s = r->spread + stage->spread; s < r->spread + stage->spread + stage->nspreads; s++) {
      rule_spread(s, run->shape, run->dtype, run->array[s->from], run->array[s->to]);
    }
  }
}
