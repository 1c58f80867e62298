/*
 * lcompilelib.c - lab.compile: a step that is recorded while it runs as Lua and then replayed in C.
 *
 *   step = compile(fn, fallback, check_kept)   lua/optlab/compile/init.lua checks the arguments
 *   step(X, y)                                 the results of fn(X, y)
 *   step:run(loader)  step:pass(loader)        lcompile_pass.c
 *
 * A call looks for an entry that fits its arguments. The first calls of an entry run fn on copies of the arguments,
 * which become the plan's input buffers, and are recorded; as soon as two recordings in a row are the same, the entry
 * has its plan. docs/explanation/compile.md explains all of it.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/op.h"
#include "base/alloc.h"
#include "lua/base/lbind.h"
#include "lua/compile/lcompile.h"
#include "lua/optim/loptim.h"

#define MAX_STREAK 32 /* recordings without one replay between; then the step is not worth compiling */

/* --- entries ------------------------------------------------------------------------------------------------------ */

#define REASON_BYTES 1024

void lcompile_set_reason(Compiled *c, const char *why) {
  if (!c->reason) c->reason = alloc_get(REASON_BYTES);
  if (c->reason) snprintf(c->reason, REASON_BYTES, "%s", why);
}

void lcompile_forget(RecordedCall *t) {
  recording_release(t->r);
  for (int i = 0; i < t->nresults; i++) tensor_release(t->result[i]);
  alloc_put(t->upvalue, (size_t)t->upvalues * sizeof *t->upvalue);
  *t = (RecordedCall){0};
}

static void entry_release(Entry *e) {
  lcompile_forget(&e->last);
  lcompile_forget(&e->now);
  plan_release(e->plan);
  alloc_put(e, sizeof *e);
}

static bool fits_tensor(const ArgKey *k, const Tensor *t) {
  return k->type == LUA_TUSERDATA && k->dtype == t->dtype && shape_equal(k->ndim, k->shape, t->ndim, t->shape);
}

/* Whether the string at idx is argument i of e. */
static bool fits_string(lua_State *L, int self, const Entry *e, int i, int idx) {
  lua_getiuservalue(L, self, COMPILED_UV_ENTRIES);
  lua_rawgeti(L, -1, e->slot);
  lua_rawgeti(L, -1, i + 1);
  const bool same = lua_rawequal(L, -1, idx);
  lua_pop(L, 3);
  return same;
}

/* in: where the argument goes if it is a tensor */
static bool fits_arg(lua_State *L, int self, const Entry *e, int i, int idx, const Tensor **in) {
  const ArgKey *k = &e->arg[i];
  const int type = lua_type(L, idx);
  if (type != k->type) return false;
  switch (type) {
    case LUA_TUSERDATA: {
      const Tensor *t = *in = lb_testtensor(L, idx);
      return t && fits_tensor(k, t);
    }
    case LUA_TNUMBER:
      return lua_tonumber(L, idx) == k->number;
    case LUA_TBOOLEAN:
      return lua_toboolean(L, idx) == (k->number != 0);
    case LUA_TSTRING:
      return fits_string(L, self, e, i, idx);
    default:
      return true;
  }
}

/* Whether the arguments at first.. are those of e; the tensors among them go to in[]. */
static bool fits(lua_State *L, int self, const Entry *e, int first, int nargs, const Tensor **in) {
  bool same = e->nargs == nargs;
  for (int i = 0; same && i < nargs; i++) same = fits_arg(L, self, e, i, first + i, &in[i]);
  return same;
}

/* Whether the call to come can be compared with the one that e has recorded. */
static bool waits_for(const Entry *e) {
  return e->last.r && modes_hold(&e->last.modes, context) && recording_fits_grads(e->last.r);
}

/* An entry for these arguments that can be replayed now, and in in[] the tensors among these; else, in *recording, one
 * that waits for another recording, and in c->reason why a plan did not fit. */
static Entry *find(lua_State *L, int self, Compiled *c, int first, int nargs, const Tensor **in, Entry **recording) {
  *recording = NULL;
  for (int i = 0; i < c->entries; i++) {
    Entry *e = c->entry[i];
    const char *why = NULL;
    if (!fits(L, self, e, first, nargs, in)) continue;
    const bool same = lcompile_same_upvalues(L, self, &e->last);
    if (same && e->plan && plan_holds(e->plan, context, NULL)) return e;
    if (same && !e->plan && waits_for(e)) *recording = e;
    if (!same) why = "a variable that its function uses from outside holds something else";
    if (!same || (e->plan && !plan_holds(e->plan, context, &why))) lcompile_set_reason(c, why);
  }
  return NULL;
}

/* Checks argument i at idx and describes it. */
static ArgKey read_arg(lua_State *L, int idx, int i) {
  ArgKey k = {.type = lua_type(L, idx)};
  switch (k.type) {
    case LUA_TNUMBER:
      k.number = lua_tonumber(L, idx);
      return k;
    case LUA_TBOOLEAN:
      k.number = lua_toboolean(L, idx);
      return k;
    case LUA_TNIL:
    case LUA_TSTRING:
      return k;
    default:
      break;
  }
  const Tensor *t = k.type == LUA_TUSERDATA ? lb_testtensor(L, idx) : NULL;
  if (!t) {
    lb_error(L,
             "a compiled step: argument %d is %s; arguments are tensors, numbers, strings, booleans or nil (the "
             "step's function can use anything else from outside)",
             i + 1, lb_pushgot(L, idx));
  }
  if (t->requires_grad) {
    lb_error(L,
             "a compiled step: argument %d requires a gradient; arguments are data and are copied, so let the step's "
             "function use this tensor from outside, or pass a detach() of it",
             i + 1);
  }
  k.dtype = t->dtype;
  k.ndim = t->ndim;
  memcpy(k.shape, t->shape, sizeof k.shape);
  return k;
}

void lcompile_drop(lua_State *L, int self, Compiled *c, Entry *e) {
  lua_getiuservalue(L, self, COMPILED_UV_ENTRIES);
  lua_pushnil(L);
  lua_rawseti(L, -2, e->slot);
  lua_pop(L, 1);
  int i = 0;
  while (c->entry[i] != e) i++;
  c->entry[i] = c->entry[--c->entries];
  entry_release(e);
}

/* A new entry for the arguments at first..; the least recently used one makes room. */
static Entry *new_entry(lua_State *L, int self, Compiled *c, int first, int nargs) {
  ArgKey key[COMPILE_MAX_ARGS];
  if (nargs > COMPILE_MAX_ARGS) lb_error(L, "a compiled step takes at most %d arguments", COMPILE_MAX_ARGS);
  for (int i = 0; i < nargs; i++) key[i] = read_arg(L, first + i, i);
  if (c->entries == COMPILE_MAX_PLANS) {
    Entry *oldest = c->entry[0];
    for (int i = 1; i < c->entries; i++) {
      if (c->entry[i]->used < oldest->used) oldest = c->entry[i];
    }
    lcompile_drop(L, self, c, oldest);
  }
  const int slot = ++c->slots;
  lua_getiuservalue(L, self, COMPILED_UV_ENTRIES);
  lua_newtable(L);
  for (int i = 0; i < nargs; i++) {
    if (key[i].type == LUA_TUSERDATA) continue;
    lua_pushvalue(L, first + i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_rawseti(L, -2, slot);
  lua_pop(L, 1);
  Entry *e = alloc_get(sizeof *e);
  if (!e) lb_coreerror(L);
  memset(e, 0, sizeof *e);
  e->nargs = nargs;
  e->slot = slot;
  memcpy(e->arg, key, (size_t)nargs * sizeof *key);
  for (int i = 0; i < nargs; i++) {
    if (key[i].type == LUA_TUSERDATA) e->input[e->ninputs++] = i;
  }
  e->used = ++c->clock;
  return c->entry[c->entries++] = e;
}

/* --- replaying ---------------------------------------------------------------------------------------------------- */

static void push_number(lua_State *L, const Tensor *t) {
  if (dtype_is_float((DType)t->dtype)) {
    lua_pushnumber(L, t->dtype == DT_F32 ? (double)*tensor_f32(t) : *tensor_f64(t));
  } else {
    lua_pushinteger(L, t->dtype == DT_I64 ? *tensor_i64(t) : (lua_Integer)*tensor_u8(t));
  }
}

/* Pushes result i of e: a copy of a tensor or its number, or the value that was returned while recording. */
static void push_result(lua_State *L, int self, const Entry *e, int i, bool numbers) {
  const Tensor *t = e->last.result[i];
  if (t && numbers && t->numel == 1) {
    push_number(L, t);
    return;
  }
  if (t) {
    lb_pushtensor(L, tensor_clone(t));
    return;
  }
  lua_getiuservalue(L, self, COMPILED_UV_ENTRIES);
  lua_rawgeti(L, -1, e->slot);
  lua_rawgeti(L, -1, COMPILE_MAX_ARGS + 1 + i);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

static void fill_input(lua_State *L, const Entry *e, int i, const Tensor *t) {
  Tensor *to = plan_input(e->plan, i);
  if (t->contiguous) {
    memcpy(tensor_data(to), tensor_data(t), (size_t)t->numel * dtype_size((DType)t->dtype));
  } else if (tensor_copy_(to, t) < 0) {
    lb_coreerror(L);
  }
}

static int replay(lua_State *L, int self, Compiled *c, Entry *e, const Tensor **in, bool numbers) {
  for (int i = 0; i < e->ninputs; i++) fill_input(L, e, i, in[e->input[i]]);
  e->used = ++c->clock;
  c->streak = 0;
  c->replays++;
  if (plan_run(e->plan, context) < 0) return lb_coreerror(L);
  if (e->last.nresults > 1) luaL_checkstack(L, e->last.nresults + 4, NULL);
  for (int i = 0; i < e->last.nresults; i++) push_result(L, self, e, i, numbers);
  return e->last.nresults;
}

static int call_plainly(lua_State *L, int self, int first, int nargs) {
  lua_getiuservalue(L, self, COMPILED_UV_FN);
  lua_insert(L, first);
  lua_call(L, nargs, LUA_MULTRET);
  return lua_gettop(L) - first + 1;
}

/* Tensors of one element among the n results on top of the stack become numbers. */
static int as_numbers(lua_State *L, int n) {
  for (int i = lua_gettop(L) - n + 1; i <= lua_gettop(L); i++) {
    const Tensor *t = lua_type(L, i) == LUA_TUSERDATA ? lb_testtensor(L, i) : NULL;
    if (!t || t->numel != 1) continue;
    lb_read(L, t, "a compiled step that returns numbers");
    push_number(L, t);
    lua_replace(L, i);
  }
  return n;
}

static int call(lua_State *L, int self, int nargs, bool numbers) {
  Compiled *c = lua_touserdata(L, self);
  const int first = lua_gettop(L) - nargs + 1;
  if (context->recorder || c->eager || c->busy) return call_plainly(L, self, first, nargs);
  const Tensor *in[COMPILE_MAX_ARGS];
  Entry *waiting = NULL, *e = nargs > COMPILE_MAX_ARGS ? NULL : find(L, self, c, first, nargs, in, &waiting);
  if (e) return replay(L, self, c, e, in, numbers);
  if (c->streak >= MAX_STREAK) {
    if (!c->fallback) {
      return lb_error(L, "lab.compile: the step was recorded %d times in a row and never replayed, because %s",
                      c->streak, c->reason ? c->reason : "its arguments had other shapes or other numbers each time");
    }
    c->eager = true;
    return call_plainly(L, self, first, nargs);
  }
  if (!waiting) waiting = new_entry(L, self, c, first, nargs);
  return lcompile_record(L, self, c, waiting, first, nargs);
}

int lcompile_call(lua_State *L, int self, int nargs) { return call(L, self, nargs, false); }

/* --- the library -------------------------------------------------------------------------------------------------- */

Compiled *lcompile_check(lua_State *L, int idx, const char *fn) {
  Compiled *c = luaL_testudata(L, idx, COMPILED_MT);
  if (!c) lb_badvalue(L, fn, "self", idx, "a compiled step (call it as step:method())");
  return c;
}

static int compiled_call(lua_State *L) {
  const Compiled *c = lua_touserdata(L, 1);
  const int64_t replays = c->replays;
  const int n = call(L, 1, lua_gettop(L) - 1, c->numbers);
  return c->numbers && c->replays == replays ? as_numbers(L, n) : n;
}

static int compiled_gc(lua_State *L) {
  Compiled *c = luaL_testudata(L, 1, COMPILED_MT);
  while (c && c->entries > 0) entry_release(c->entry[--c->entries]);
  if (c && c->reason) alloc_put(c->reason, REASON_BYTES);
  if (c) c->reason = NULL;
  return 0;
}

static int compiled_tostring(lua_State *L) {
  const Compiled *c = lcompile_check(L, 1, "tostring");
  int plans = 0;
  for (int i = 0; i < c->entries; i++) plans += c->entry[i]->plan != NULL;
  lua_pushfstring(L, "CompiledStep(plans=%d, recordings=%I, replays=%I%s)", plans, (LUAI_UACINT)c->recordings,
                  (LUAI_UACINT)c->replays, c->eager ? ", runs as plain Lua" : "");
  return 1;
}

/* Fields: recordings, replays, eager, reason; upvalue 1: the methods. */
static int compiled_index(lua_State *L) {
  const Compiled *c = lcompile_check(L, 1, "a compiled step's field");
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (strcmp(key, "recordings") == 0) {
    lua_pushinteger(L, (lua_Integer)c->recordings);
  } else if (strcmp(key, "replays") == 0) {
    lua_pushinteger(L, (lua_Integer)c->replays);
  } else if (strcmp(key, "eager") == 0) {
    lua_pushboolean(L, c->eager);
  } else if (strcmp(key, "reason") == 0) {
    if (c->reason) {
      lua_pushstring(L, c->reason);
    } else {
      lua_pushnil(L);
    }
  } else {
    return lb_error(L, "a compiled step has no field '%s' (it has run, pass, recordings, replays, eager, reason)", key);
  }
  return 1;
}

/* compile(fn, fallback, check_kept, weighted, numbers, measured) */
static int l_compile(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 6);
  Compiled *c = lua_newuserdatauv(L, sizeof *c, COMPILED_UV_COUNT);
  *c = (Compiled){.fallback = lua_toboolean(L, 2),
                  .check_kept = lua_toboolean(L, 3),
                  .weighted = lua_toboolean(L, 4),
                  .numbers = lua_toboolean(L, 5),
                  .measured = (int)luaL_optinteger(L, 6, 0)};
  luaL_setmetatable(L, COMPILED_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, COMPILED_UV_FN);
  lua_newtable(L);
  lua_setiuservalue(L, -2, COMPILED_UV_ENTRIES);
  return 1;
}

/* Lua classes: a module's mode changed; its layers or fields did. */
static int l_toggled(lua_State *L) {
  recorder_toggle_plans(lua_topointer(L, 1));
  return 0;
}
static int l_changed(lua_State *L) {
  (void)L;
  recorder_invalidate_plans();
  return 0;
}

/* --- for train.fit ------------------------------------------------------------------------------------------------ */

static int rerun_check_loss(const Computation *c, Context *own) {
  (void)own;
  const double value = tensor_get(c->t[0], 0);
  if (isfinite(value)) return 0;
  own->bad_loss = value;
  return err_set("the loss is %g", value);
}

/* check_loss(t): true, or an error if the one element of t is infinite or nan, in a recorded step at each replay. What
 * the step does after it has not happened then. */
static int l_check_loss(lua_State *L) {
  Tensor *t = lb_checktensor(L, 1, "check_loss", "loss");
  if (t->numel != 1) return lb_error(L, "the loss has shape %s, it must have one element", tensor_shape_str(t));
  const Computation call = {.name = "check_loss", .run = rerun_check_loss, .n = 1, .t = &t};
  if (recorder_run(&call) < 0) return lb_coreerror(L);
  lua_pushboolean(L, true);
  return 1;
}

/* bad_loss(): the value for which check_loss raised, once; nil if it did not. */
static int l_bad_loss(lua_State *L) {
  if (context->bad_loss == 0) {
    lua_pushnil(L);
  } else {
    lua_pushnumber(L, context->bad_loss);
  }
  context->bad_loss = 0;
  return 1;
}

/* has_kernels(x): whether x is an optimizer whose update is C, not a Lua function. */
static int l_has_kernels(lua_State *L) {
  lua_pushboolean(L, luaL_testudata(L, 1, OPTIM_MT) && optim_in_core(loptim_check(L, 1, "has_kernels")->def));
  return 1;
}

/* keeps_mean(x): whether x may be an optimizer that is evaluated at a mean (optim/mean.h). */
static int l_keeps_mean(lua_State *L) {
  lua_pushboolean(L, !luaL_testudata(L, 1, OPTIM_MT) || loptim_check(L, 1, "keeps_mean")->def->mean_slot > 0);
  return 1;
}

static const luaL_Reg FUNCTIONS[] = {
    {"compile", l_compile},       {"keeps_mean", l_keeps_mean}, {"toggled", l_toggled},         {"changed", l_changed},
    {"check_loss", l_check_loss}, {"bad_loss", l_bad_loss},     {"has_kernels", l_has_kernels}, {NULL, NULL}};

static const luaL_Reg METHODS[] = {{"run", lcompile_run}, {"pass", lcompile_pass}, {NULL, NULL}};

static const luaL_Reg META[] = {
    {"__call", compiled_call}, {"__gc", compiled_gc}, {"__tostring", compiled_tostring}, {NULL, NULL}};

int luaopen_optlab_compile(lua_State *L) {
  luaL_newmetatable(L, COMPILED_MT);
  luaL_setfuncs(L, META, 0);
  luaL_newlib(L, METHODS);
  lua_pushcclosure(L, compiled_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lcompile_open_pass(L);
  luaL_newlib(L, FUNCTIONS);
  lcompile_open_sweep(L);
  return 1;
}
