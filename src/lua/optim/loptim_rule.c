/*
 * loptim_rule.c - optimizers whose update is a rule (optim.define with `rule`).
 *
 * The text has been compiled by lua/optlab/optim/rule; here its lists of numbers become an OptimRule, in memory that the
 * definition's userdata keeps alive. See optim/rule/rule.h for what the fields are.
 */
#include <string.h>

#include "lua/optim/loptim.h"

/* Zeroed memory for n elements of `size` bytes that lives as long as the list of blocks at `blocks`. */
static void *block(lua_State *L, int blocks, int n, size_t size) {
  const size_t bytes = (size_t)(n ? n : 1) * size;
  void *memory = lua_newuserdatauv(L, bytes, 0);
  memset(memory, 0, bytes);
  lua_rawseti(L, blocks, luaL_len(L, blocks) + 1);
  return memory;
}

static lua_Number number_field(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  const lua_Number x = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return x;
}

static int int_field(lua_State *L, int table, const char *name) { return (int)number_field(L, table, name); }

/* Member i (from 1) of the row on top of the stack. */
static int16_t member(lua_State *L, int i) {
  lua_rawgeti(L, -1, i);
  const lua_Integer x = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return (int16_t)x;
}

/* Pushes the list `name`; returns its length. */
static int push_list(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  return (int)luaL_len(L, -1);
}

static const RuleNumber *read_numbers(lua_State *L, int blocks, int table, const char *name, int *count) {
  const int n = *count = push_list(L, table, name);
  RuleNumber *row = block(L, blocks, n, sizeof *row);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    lua_rawgeti(L, -1, 1);
    const char *op = lua_tostring(L, -1);
    for (int k = 0; rule_number_op_name(k); k++) {
      if (strcmp(rule_number_op_name(k), op) == 0) row[i].op = (int16_t)k;
    }
    lua_pop(L, 1);
    row[i].out = member(L, 2);
    for (int k = 0; k < 3; k++) row[i].in[k] = member(L, 3 + k);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return row;
}

static const RuleStep *read_steps(lua_State *L, int blocks, int table) {
  const int n = push_list(L, table, "step");
  RuleStep *row = block(L, blocks, n, sizeof *row);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    lua_rawgeti(L, -1, 1);
    row[i].op = (int16_t)rule_op(lua_tostring(L, -1));
    if (row[i].op < 0) lb_error(L, "optim.define: no operation '%s'", lua_tostring(L, -1));
    lua_pop(L, 1);
    row[i].guard = member(L, 2);
    row[i].mask = member(L, 3);
    row[i].own = member(L, 4);
    row[i].out = (RuleRef){member(L, 5), member(L, 6)};
    for (int k = 0; k < 4; k++) row[i].in[k] = (RuleRef){member(L, 7 + 2 * k), member(L, 8 + 2 * k)};
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return row;
}

static const RuleSum *read_sums(lua_State *L, int blocks, int table) {
  const int n = push_list(L, table, "sum");
  RuleSum *row = block(L, blocks, n, sizeof *row);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    row[i] = (RuleSum){{member(L, 1), member(L, 2)}, member(L, 3), member(L, 4), member(L, 5), member(L, 6)};
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return row;
}

static const RuleStage *read_stages(lua_State *L, int blocks, int table, int *count) {
  const int n = *count = push_list(L, table, "stage");
  RuleStage *row = block(L, blocks, n, sizeof *row);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    row[i] = (RuleStage){.phase = member(L, 1),
                         .number = member(L, 2),
                         .nnumbers = member(L, 3),
                         .step = member(L, 4),
                         .nsteps = member(L, 5),
                         .sum = member(L, 6),
                         .nsums = member(L, 7),
                         .guard = member(L, 8),
                         .spread = member(L, 9),
                         .nspreads = member(L, 10)};
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return row;
}

static const RuleSpread *read_spreads(lua_State *L, int blocks, int table) {
  const int n = push_list(L, table, "spread");
  RuleSpread *row = block(L, blocks, n, sizeof *row);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    row[i] = (RuleSpread){member(L, 1), member(L, 2), member(L, 3), member(L, 4)};
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return row;
}

static const RuleSlotReg *read_slots(lua_State *L, int blocks, int table, const char *name, int *count) {
  const int n = *count = push_list(L, table, name);
  RuleSlotReg *row = block(L, blocks, n, sizeof *row);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    row[i] = (RuleSlotReg){member(L, 1), member(L, 2), member(L, 3)};
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return row;
}

static const double *read_constants(lua_State *L, int blocks, int table) {
  const int n = push_list(L, table, "constant");
  double *x = block(L, blocks, n, sizeof *x);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    x[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return x;
}

static const int16_t *read_used(lua_State *L, int blocks, int table, int *count) {
  const int n = *count = push_list(L, table, "used");
  int16_t *x = block(L, blocks, n, sizeof *x);
  for (int i = 0; i < n; i++) x[i] = member(L, i + 1);
  lua_pop(L, 1);
  return x;
}

const OptimRule *loptim_readrule(lua_State *L, int table, int blocks) {
  OptimRule *r = block(L, blocks, 1, sizeof *r);
  r->nhyper = int_field(L, table, "nhyper");
  r->nregs = int_field(L, table, "nregs");
  r->nslots = int_field(L, table, "nslots");
  r->nowns = int_field(L, table, "nowns");
  r->nvalues = int_field(L, table, "nvalues");
  r->nphases = int_field(L, table, "nphases");
  r->needs_loss = int_field(L, table, "needs_loss") != 0;
  r->needs_noise = int_field(L, table, "needs_noise") != 0;
  int ignored;
  r->constant = read_constants(L, blocks, table);
  r->held = read_numbers(L, blocks, table, "held", &r->nheld);
  r->once = read_numbers(L, blocks, table, "once", &r->nonce);
  r->number = read_numbers(L, blocks, table, "number", &ignored);
  r->step = read_steps(L, blocks, table);
  r->sum = read_sums(L, blocks, table);
  r->stage = read_stages(L, blocks, table, &r->nstages);
  r->slot = read_slots(L, blocks, table, "slot", &r->nslot_regs);
  r->spread = read_spreads(L, blocks, table);
  r->per = read_slots(L, blocks, table, "per", &r->nper);
  r->fresh = read_slots(L, blocks, table, "fresh", &r->nfresh);
  r->used = read_used(L, blocks, table, &r->nused);
  return r;
}
