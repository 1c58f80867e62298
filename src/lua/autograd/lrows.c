/*
 * lrows.c - see lrows.h.
 */
#include "lua/autograd/lrows.h"

#include <string.h>

#include "autograd/op.h"

/* --- names -------------------------------------------------------------------------------------------------------- */

static bool has_gradient(const Op *op) { return op->backward != NULL; }
static bool computes(const Op *op) { return op->forward != NULL; }

static int push_names(lua_State *L, bool (*belongs)(const Op *op)) {
  lua_newtable(L);
  for (int i = 0, n = 0; i < OP_COUNT; i++) {
    if (!belongs(op_row((OpId)i))) continue;
    lua_pushstring(L, op_row((OpId)i)->name);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

int lrows_differentiable(lua_State *L) {
  lb_atmost(L, "autograd.differentiable_ops", 0);
  return push_names(L, has_gradient);
}

int lrows_computing(lua_State *L) {
  lb_atmost(L, "autograd.computing_ops", 0);
  return push_names(L, computes);
}

/* --- a recorder that only counts ---------------------------------------------------------------------------------- */

static int64_t most[OP_COUNT]; /* of the call of observe_ops under way; only the thread that runs Lua comes here */

static void note(const Computation *c) {
  OpCall call;
  if (c->run != op_rerun) return;
  memcpy(&call, c->args, sizeof call);
  for (int i = 0; i < c->n; i++) {
    if (c->t[i] && c->t[i]->numel > most[call.op]) most[call.op] = c->t[i]->numel;
  }
}

static void on_leaf(Tensor *leaf) { (void)leaf; }
static void on_watch(const void *p, size_t size, const char *name) { (void)p, (void)size, (void)name; }
static void on_value(const Tensor *t, const char *reader) { (void)t, (void)reader; }
static int on_seen(Tensor *t) { return t ? 0 : 0; }
static void on_line(bool on) { (void)on; }
static void on_refuse(const char *why) { (void)why; }
static const char *never(void) { return NULL; }

int lrows_observe(lua_State *L) {
  static const Recorder counter = {.call = note,
                                   .grad_read = on_leaf,
                                   .grad_written = on_leaf,
                                   .watch = on_watch,
                                   .value_read = on_value,
                                   .element_written = on_leaf,
                                   .seen = on_seen,
                                   .one_line = on_line,
                                   .refuse = on_refuse,
                                   .refused = never};
  luaL_checktype(L, 1, LUA_TFUNCTION);
  const Recorder *outer = context->recorder;
  memset(most, 0, sizeof most);
  context->recorder = &counter;
  const int status = lua_pcall(L, 0, 0, 0);
  context->recorder = outer;
  if (status != LUA_OK) return lua_error(L);
  lua_newtable(L);
  for (int i = 0; i < OP_COUNT; i++) {
    if (most[i] == 0) continue;
    lua_pushinteger(L, most[i]);
    lua_setfield(L, -2, op_row((OpId)i)->name);
  }
  return 1;
}
