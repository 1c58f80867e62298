/*
 * numbers.c - a rule's operations on numbers, interpreted. Generated C (lua/optlab/optim/rule/emit.lua) calls the same
 * functions.
 */
#include "optim/rule/numbers.h"

#include "optim/rule/rule.h"

static const char *const names[] = {
#define ENTRY(name) #name,
    RULE_NUMBER_OPS(ENTRY)
#undef ENTRY
};

const char *rule_number_op_name(int op) { return op < RULE_NUMBER_OP_COUNT ? names[op] : NULL; }

void rule_numbers_run(const RuleNumber *number, int n, double *reg) {
  for (const RuleNumber *s = number; s < number + n; s++) {
    const double x = reg[s->in[0]], y = reg[s->in[1]], z = reg[s->in[2]];
    switch ((RuleNumberOp)s->op) {
#define ENTRY(name)                       \
  case RULE_NUMBER_##name:                \
    reg[s->out] = number_##name(x, y, z); \
    break;
      RULE_NUMBER_OPS(ENTRY)
#undef ENTRY
      default:
        break;
    }
  }
}
