/*
 * lcompilelib.c - lab.compile: a step that is recorded while it runs as Lua and then replayed in C.
 *
 *   step = compile(fn, fallback, check_kept)   lua/optlab/compile.lua checks the arguments
 *   step(X, y)                                 the results of fn(X, y)
 *   step:run(loader)  step:pass(loader)        lcompile_pass.c
 *
 * A call looks for an entry that fits its arguments. The first calls of an entry run fn on copies of the arguments,
 * which become the plan's input buffers, and are recorded; as soon as two recordings in a row are the same, the entry
 * has its plan. docs/compile.md tells the whole story.
 */
#include <stdio.h>
#include <string.h>

#include "autograd/op.h"
#include "core/alloc.h"
#include "lua/lbind.h"
#include "lua/lcompile.h"

#define MAX_STREAK 32 /* recordings without one replay between; then the step is not worth compiling */
#define MAX_CALLS 3   /* recordings of an entry; the last two must be the same */

/* Registry keys, set while a step is recorded: a list of what it needs alive; tensor userdata that it got -> line. */
static const char ANCHORS = 'a', PUSHED = 'p';

/* --- for all bindings --------------------------------------------------------------------------------------------- */

static lua_State *recorded_state;

static void write_where(char *text, size_t size) { lb_position(recorded_state, text, size); }

void lcompile_seen(lua_State *L, Tensor *t) {
  trace->seen(t);
  luaL_checkstack(L, 4, NULL);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &PUSHED) == LUA_TTABLE) {
    char where[RECORD_WHERE] = "";
    lb_position(L, where, sizeof where);
    lua_pushvalue(L, -2);
    lua_pushstring(L, where);
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
}

void lcompile_anchor(lua_State *L, int idx) {
  idx = lua_absindex(L, idx);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &ANCHORS) == LUA_TTABLE) {
    lua_pushvalue(L, idx);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  lua_pop(L, 1);
}

void lcompile_raise(lua_State *L) {
  const Recording *r = recording_now();
  if (!r || !r->failure[0] || r->stop) return;
  lua_pushstring(L, r->failure);
  lua_error(L);
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

static void entry_forget_recording(Entry *e) {
  recording_release(e->pending);
  e->pending = NULL;
  for (int i = 0; i < e->nresults; i++) {
    tensor_release(e->result[i]);
    e->result[i] = NULL;
  }
  e->nresults = 0;
}

static void entry_release(Entry *e) {
  if (!e) return;
  entry_forget_recording(e);
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

static bool fits_arg(lua_State *L, int self, const Entry *e, int i, int idx) {
  const ArgKey *k = &e->arg[i];
  const int type = lua_type(L, idx);
  if (type != k->type) return false;
  switch (type) {
    case LUA_TUSERDATA: {
      const Tensor *t = lb_testtensor(L, idx);
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

/* Whether the arguments at first.. are those of e. */
static bool fits(lua_State *L, int self, const Entry *e, int first, int nargs) {
  bool same = e->nargs == nargs;
  for (int i = 0; same && i < nargs; i++) same = fits_arg(L, self, e, i, first + i);
  return same;
}

/* Whether the call to come can be compared with the one that e has recorded. */
static bool waits_for(const Entry *e) {
  return e->pending_world == trace_world && e->pending_grad == grad_mode() && recording_fits_grads(e->pending);
}

/* An entry for these arguments that can be replayed now; else, in *recording, one that waits for another recording, and
 * in c->reason why a plan did not fit. */
static Entry *find(lua_State *L, int self, Compiled *c, int first, int nargs, Entry **recording) {
  *recording = NULL;
  for (int i = 0; i < c->entries; i++) {
    Entry *e = c->entry[i];
    const char *why = NULL;
    if (!fits(L, self, e, first, nargs)) continue;
    if (e->plan && plan_holds(e->plan, NULL)) return e;
    if (!e->plan && waits_for(e)) *recording = e;
    if (e->plan && !plan_holds(e->plan, &why)) snprintf(c->reason, sizeof c->reason, "%s", why);
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
             "a compiled step: argument %d is a %s; arguments are tensors, numbers, strings, booleans or nil (the "
             "step's function can use anything else from outside)",
             i + 1, luaL_typename(L, idx));
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

static void drop_entry(lua_State *L, int self, Compiled *c, Entry *e) {
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
    drop_entry(L, self, c, oldest);
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

/* Pushes result i of e: a copy of a tensor, or the value that was returned while recording. */
static void push_result(lua_State *L, int self, const Entry *e, int i) {
  if (e->result[i]) {
    lb_pushtensor(L, tensor_clone(e->result[i]));
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

static int replay(lua_State *L, int self, Compiled *c, Entry *e, int first) {
  for (int i = 0; i < e->ninputs; i++) fill_input(L, e, i, lb_testtensor(L, first + e->input[i]));
  e->used = ++c->clock;
  c->streak = 0;
  c->replays++;
  if (plan_run(e->plan, rng_for((RngPurpose)0)) < 0) return lb_coreerror(L);
  luaL_checkstack(L, e->nresults + 4, NULL);
  for (int i = 0; i < e->nresults; i++) push_result(L, self, e, i);
  return e->nresults;
}

/* --- recording ---------------------------------------------------------------------------------------------------- */

/* Copies of the tensor arguments of e at first.. take their place on the stack; input[] borrows them. */
static void copy_args(lua_State *L, const Entry *e, int first, Tensor **input) {
  for (int i = 0; i < e->ninputs; i++) {
    const int idx = first + e->input[i];
    input[i] = tensor_clone(lb_testtensor(L, idx));
    lb_pushtensor(L, input[i]);
    lua_replace(L, idx);
  }
}

static void set_tables(lua_State *L, bool on) {
  if (on) {
    lua_newtable(L);
  } else {
    lua_pushnil(L);
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &ANCHORS);
  if (on) {
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
  } else {
    lua_pushnil(L);
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &PUSHED);
}

/* The results on the stack from `first` on: tensors become copies without a graph, and what is needed to give them
 * again goes into e and the table at `slots`. */
static void take_results(lua_State *L, Recording *r, Entry *e, int slots, int first) {
  e->nresults = 0;
  const int n = lua_gettop(L) - first + 1;
  if (n > COMPILE_MAX_ARGS) recording_fail(r, "lab.compile: a step returns at most %d values", COMPILE_MAX_ARGS);
  for (int i = 0; i < n && i < COMPILE_MAX_ARGS; i++) {
    const int idx = first + i;
    Tensor *t = lb_testtensor(L, idx);
    const int type = lua_type(L, idx);
    e->nresults = i + 1;
    e->result[i] = NULL;
    e->pending_output[i] = -1;
    if (t) e->pending_output[i] = recording_output(r, t);
    const bool outside = t && e->pending_output[i] >= 0 && r->buffer[e->pending_output[i]].kind == BUFFER_OUTSIDE;
    if (t && !(outside && !t->node)) {
      e->result[i] = tensor_alias(t);
      continue;
    }
    if (!t && (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA || type == LUA_TTHREAD))
      recording_fail(r, "lab.compile: result %d of the step is a %s; it may return tensors, numbers, strings, booleans",
                     i + 1, luaL_typename(L, idx));
    lua_pushvalue(L, idx);
    lua_rawseti(L, slots, COMPILE_MAX_ARGS + 1 + i);
  }
}

static void copy_results(lua_State *L, const Entry *e, int first) {
  for (int i = 0; i < e->nresults; i++) {
    if (!e->result[i]) continue;
    lb_pushtensor(L, tensor_clone(e->result[i]));
    lua_replace(L, first + i);
  }
}

/* After a full collection: a tensor that the step made and that somebody still holds would never change again. */
static void check_kept(lua_State *L, Recording *r) {
  lua_gc(L, LUA_GCCOLLECT, 0);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &PUSHED) != LUA_TTABLE) return;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    const Tensor *t = *(Tensor **)lua_touserdata(L, -2);
    if (!t || t->storage->serial <= r->start || r->failure[0]) continue;
    const char *where = lua_tostring(L, -1);
    snprintf(
        r->failure, sizeof r->failure,
        "%s%sa tensor made in the step is kept outside of it, where a compiled step cannot put the next one: return "
        "it from the step, or copy it into a tensor made before (kept:copy_(t))",
        where, where[0] ? ": " : "");
  }
  lua_pop(L, 1);
}

static bool same_results(const Entry *a, const Entry *b, lua_State *L, int old_slots, int slots) {
  bool same = a->nresults == b->nresults;
  for (int i = 0; same && i < b->nresults; i++) {
    same = !a->result[i] == !b->result[i] && a->pending_output[i] == b->pending_output[i];
    lua_rawgeti(L, old_slots, COMPILE_MAX_ARGS + 1 + i);
    lua_rawgeti(L, slots, COMPILE_MAX_ARGS + 1 + i);
    same = same && lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
  }
  return same;
}

/* r is the recording of the call just made, `fresh` holds its results. Compares it with the one before and keeps it, or
 * makes a plan of it. Messages go to r->failure. r is owned by the entry from here on. */
static void settle(lua_State *L, Compiled *c, Entry *e, Entry *fresh, Recording *r, int old_slots, int slots) {
  const char *why;
  if (e->pending && !recording_holds(e->pending, &why)) { /* nothing to compare with: other conditions */
    snprintf(c->reason, sizeof c->reason, "%s", why);
    e->calls = 0;
    recording_release(e->pending);
    e->pending = NULL;
  }
  bool same = e->pending != NULL;
  if (same && recording_compare(e->pending, r) < 0) {
    same = false;
    if (e->calls + 1 >= MAX_CALLS) snprintf(r->failure, sizeof r->failure, "%s", err_message());
  } else if (same && !same_results(e, fresh, L, old_slots, slots)) {
    same = false;
    if (e->calls + 1 >= MAX_CALLS)
      snprintf(r->failure, sizeof r->failure,
               "lab.compile: the results of the step that are no tensors differ between two calls");
  }
  if (same && c->check_kept) check_kept(L, r);
  entry_forget_recording(e);
  e->calls++;
  e->nresults = fresh->nresults;
  memcpy(e->result, fresh->result, sizeof e->result);
  memcpy(e->pending_output, fresh->pending_output, sizeof e->pending_output);
  e->pending = r;
  e->pending_world = trace_world;
  e->pending_grad = grad_mode();
  if (!same || r->failure[0]) return;
  e->pending = NULL;
  e->plan = plan_new(r, e->pending_output, e->nresults);
}

/* Runs fn on copies of the arguments at first.. and records it. Leaves the results on the stack. */
static int record(lua_State *L, int self, Compiled *c, Entry *e, int first, int nargs) {
  Tensor *input[COMPILE_MAX_ARGS];
  luaL_checkstack(L, COMPILE_MAX_ARGS + 20, NULL);
  copy_args(L, e, first, input);
  lua_getiuservalue(L, self, COMPILED_UV_ENTRIES);
  const int entries = lua_gettop(L);
  lua_rawgeti(L, entries, e->slot);
  const int old_slots = entries + 1, slots = entries + 2;
  lua_newtable(L); /* a copy of the old table: the arguments that are no tensors; results and anchors are new */
  for (int i = 1; i <= nargs; i++) {
    lua_rawgeti(L, old_slots, i);
    lua_rawseti(L, slots, i);
  }
  set_tables(L, true);
  lua_getiuservalue(L, self, COMPILED_UV_FN);
  for (int i = 0; i < nargs; i++) lua_pushvalue(L, first + i);
  const bool mode = grad_mode();
  recorded_state = L;
  Recording *r = recording_start(input, e->ninputs, write_where, c->fallback);
  if (!r) return lb_coreerror(L);
  int rc = lua_pcall(L, nargs, LUA_MULTRET, 0);
  Entry fresh = {0};
  trace_pause();
  if (rc == LUA_OK) take_results(L, r, &fresh, slots, slots + 1);
  recording_end(r);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &ANCHORS);
  lua_rawseti(L, slots, 2 * COMPILE_MAX_ARGS + 1);
  c->recordings++;
  c->streak++;
  if (rc != LUA_OK) {
    set_tables(L, false);
    recording_release(r);
    drop_entry(L, self, c, e);
    return lua_error(L);
  }
  if (grad_mode() != mode) recording_fail(r, "lab.compile: the step leaves gradients switched %s", mode ? "off" : "on");
  copy_results(L, &fresh, slots + 1);
  e->used = ++c->clock;
  if (!r->failure[0]) {
    settle(L, c, e, &fresh, r, old_slots, slots);
  } else {
    for (int i = 0; i < fresh.nresults; i++) tensor_release(fresh.result[i]);
    entry_forget_recording(e);
    e->pending = r; /* owned, for the message */
  }
  set_tables(L, false);
  if (!e->pending && !e->plan) {
    drop_entry(L, self, c, e);
    return lb_coreerror(L);
  }
  lua_pushvalue(L, slots);
  lua_rawseti(L, entries, e->slot);
  if (e->pending && e->pending->failure[0]) {
    snprintf(c->reason, sizeof c->reason, "%s", e->pending->failure);
    drop_entry(L, self, c, e);
    if (!c->fallback) {
      lua_pushstring(L, c->reason);
      return lua_error(L);
    }
    c->eager = true;
  }
  return lua_gettop(L) - slots;
}

static int call_plainly(lua_State *L, int self, int first, int nargs) {
  lua_getiuservalue(L, self, COMPILED_UV_FN);
  lua_insert(L, first);
  lua_call(L, nargs, LUA_MULTRET);
  return lua_gettop(L) - first + 1;
}

int lcompile_call(lua_State *L, int self, int nargs) {
  Compiled *c = lua_touserdata(L, self);
  const int first = lua_gettop(L) - nargs + 1;
  if (trace || c->eager) return call_plainly(L, self, first, nargs);
  Entry *waiting, *e = find(L, self, c, first, nargs, &waiting);
  if (e) return replay(L, self, c, e, first);
  if (c->streak >= MAX_STREAK) {
    if (!c->fallback)
      return lb_error(L, "lab.compile: the step was recorded %d times in a row and never replayed, because %s",
                      c->streak,
                      c->reason[0] ? c->reason : "its arguments had other shapes or other numbers each time");
    c->eager = true;
    return call_plainly(L, self, first, nargs);
  }
  if (!waiting) waiting = new_entry(L, self, c, first, nargs);
  return record(L, self, c, waiting, first, nargs);
}

/* --- the library -------------------------------------------------------------------------------------------------- */

Compiled *lcompile_check(lua_State *L, int idx, const char *fn) {
  Compiled *c = luaL_testudata(L, idx, COMPILED_MT);
  if (!c) lb_argerror(L, fn, idx, "a compiled step (call it as step:method())");
  return c;
}

static int compiled_call(lua_State *L) { return lcompile_call(L, 1, lua_gettop(L) - 1); }

static int compiled_gc(lua_State *L) {
  Compiled *c = luaL_testudata(L, 1, COMPILED_MT);
  while (c && c->entries > 0) entry_release(c->entry[--c->entries]);
  return 0;
}

static int compiled_tostring(lua_State *L) {
  const Compiled *c = lcompile_check(L, 1, "tostring");
  lua_pushfstring(L, "CompiledStep(%d plans, %I recordings, %I replays%s)", c->entries, (LUAI_UACINT)c->recordings,
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
    if (c->reason[0]) {
      lua_pushstring(L, c->reason);
    } else {
      lua_pushnil(L);
    }
  } else {
    return lb_error(L, "a compiled step has no field '%s' (it has run, pass, recordings, replays, eager, reason)", key);
  }
  return 1;
}

/* compile(fn, fallback, check_kept) */
static int l_compile(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  Compiled *c = lua_newuserdatauv(L, sizeof *c, COMPILED_UV_COUNT);
  *c = (Compiled){.fallback = lua_toboolean(L, 2), .check_kept = lua_toboolean(L, 3)};
  luaL_setmetatable(L, COMPILED_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, COMPILED_UV_FN);
  lua_newtable(L);
  lua_setiuservalue(L, -2, COMPILED_UV_ENTRIES);
  return 1;
}

/* Lua classes: a module's mode changed; its layers or fields did. */
static int l_toggled(lua_State *L) {
  trace_world_toggled(lua_topointer(L, 1));
  return 0;
}
static int l_changed(lua_State *L) {
  (void)L;
  trace_world_changed();
  return 0;
}

static const luaL_Reg FUNCTIONS[] = {
    {"compile", l_compile}, {"toggled", l_toggled}, {"changed", l_changed}, {NULL, NULL}};

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
