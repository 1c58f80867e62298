/*
 * lcompile_record.c - recording one call of a step.
 *
 * The function runs on copies of its arguments, which become the plan's input buffers. Its recording is compared with
 * that of the call before: if they agree, it becomes the entry's plan, else it waits for the next one.
 *
 * Whatever happens here may raise, so recordings and results belong to the entry from the moment they exist.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/op.h"
#include "base/alloc.h"
#include "lua/base/lbind.h"
#include "lua/base/lrecord.h"
#include "lua/compile/lcompile.h"

#define MAX_CALLS 3 /* recordings of an entry; the last two must be the same */

static bool find_line(void *L, Line *line, bool with_text) {
  return lb_position(L, &line->source, &line->number, with_text ? line->text : NULL, sizeof line->text);
}

/* --- running the function ----------------------------------------------------------------------------------------- */

/* Where the values lie on the stack. */
typedef struct Frame {
  int self, first, nargs;
  int entries, before, slots; /* the step's tables of entries; that of this entry, and the one to replace it */
  int results;                /* the first result */
  const Entry *like;          /* that of another step, which this call may follow; NULL: none */
} Frame;

/* Copies of the tensor arguments replace them on the stack; input[] borrows the copies. */
static void copy_args(lua_State *L, const Entry *e, int first, Tensor **input) {
  for (int i = 0; i < e->ninputs; i++) {
    const int idx = first + e->input[i];
    input[i] = tensor_clone(lb_testtensor(L, idx));
    lb_pushtensor(L, input[i]);
    lua_replace(L, idx);
  }
}

/* The entry's table anew: the arguments that are no tensors stay, results and anchors will come. */
static void push_slots(lua_State *L, const Entry *e, Frame *f) {
  lua_getiuservalue(L, f->self, COMPILED_UV_ENTRIES);
  f->entries = lua_gettop(L);
  lua_rawgeti(L, f->entries, e->slot);
  f->before = lua_gettop(L);
  lua_newtable(L);
  f->slots = lua_gettop(L);
  for (int i = 1; i <= f->nargs; i++) {
    lua_rawgeti(L, f->before, i);
    lua_rawseti(L, f->slots, i);
  }
}

static bool may_return(int type) {
  return type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING;
}

/* Result i at idx: a window onto a tensor, or (a parameter, a number, ...) the value itself in the table of slots. */
static void keep_result(lua_State *L, RecordedCall *call, const Frame *f, int i, int idx) {
  Tensor *t = lb_testtensor(L, idx);
  call->output[i] = t ? recording_output(call->r, t) : -1;
  const bool outside = t && call->output[i] >= 0 && call->r->buffer[call->output[i]].kind == BUFFER_OUTSIDE;
  if (t && (!outside || t->node)) {
    call->result[i] = tensor_alias(t);
    if (!call->result[i]) recording_fail(call->r, "lab.compile: %s", err_message());
    return;
  }
  if (!t && !may_return(lua_type(L, idx))) {
    recording_fail(call->r,
                   "lab.compile: result %d of the step is a %s; it may return tensors, numbers, strings, booleans",
                   i + 1, luaL_typename(L, idx));
  }
  lua_pushvalue(L, idx);
  lua_rawseti(L, f->slots, COMPILE_RESULTS + i);
}

static void keep_results(lua_State *L, RecordedCall *call, const Frame *f) {
  const int n = lua_gettop(L) - f->results + 1;
  if (n > COMPILE_MAX_ARGS) recording_fail(call->r, "lab.compile: a step returns at most %d values", COMPILE_MAX_ARGS);
  for (int i = 0; i < n && i < COMPILE_MAX_ARGS; i++) {
    call->nresults = i + 1;
    keep_result(L, call, f, i, f->results + i);
  }
}

/* The recording of the call before, if the conditions are the same; else it is forgotten, and counting starts anew. */
static Recording *comparable(Compiled *c, Entry *e) {
  const char *why;
  if (!e->last.r || recording_holds(e->last.r, &why)) return e->last.r;
  lcompile_set_reason(c, why);
  e->calls = 0;
  lcompile_forget(&e->last);
  return NULL;
}

/* Calls the function with the recorder on. Leaves its results, or an error (the status is returned), on the stack. */
static int run_recorded(lua_State *L, Compiled *c, Entry *e, Frame *f) {
  Tensor *input[COMPILE_MAX_ARGS];
  copy_args(L, e, f->first, input);
  push_slots(L, e, f);
  lrecord_open(L, c->check_kept);
  f->results = lua_gettop(L) + 1;
  lua_getiuservalue(L, f->self, COMPILED_UV_FN);
  for (int i = 0; i < f->nargs; i++) lua_pushvalue(L, f->first + i);
  const bool mode = grad_mode();
  FindLine *lines = c->keep_trace && !c->check_kept ? NULL : find_line; /* of the runs of a sweep the first will do */
  Recording *r = e->now.r = recording_start(input, e->ninputs, comparable(c, e), lines, L, c->fallback);
  if (!r) lb_coreerror(L);
  if (f->like) r->like = f->like->plan;
  c->busy = true;
  const int status = lua_pcall(L, f->nargs, LUA_MULTRET, 0);
  c->busy = false;
  recorder_pause();
  if (status == LUA_OK) keep_results(L, &e->now, f);
  recording_end(r);
  if (grad_mode() != mode) recording_fail(r, "lab.compile: the step leaves gradients switched %s", mode ? "off" : "on");
  e->now.modes = modes_of(context);
  return status;
}

/* The caller gets copies of the tensors, without their graphs. */
static void copy_results(lua_State *L, const RecordedCall *call, int first) {
  for (int i = 0; i < call->nresults; i++) {
    if (!call->result[i]) continue;
    lb_pushtensor(L, tensor_clone(call->result[i]));
    lua_replace(L, first + i);
  }
}

/* --- variables from outside --------------------------------------------------------------------------------------- */

static Upvalue describe(lua_State *L, int idx) {
  Upvalue u = {.type = lua_type(L, idx)};
  if (u.type == LUA_TNUMBER) {
    u.number = lua_tonumber(L, idx);
  } else if (u.type == LUA_TBOOLEAN) {
    u.number = lua_toboolean(L, idx);
  } else {
    u.p = lua_topointer(L, idx);
  }
  return u;
}

/* Appends the upvalues of the function at fn, and, `depth` levels down, those of the Lua functions among them. */
static int read_upvalues(lua_State *L, int fn, int depth, Upvalue *list, int count, int keep) {
  luaL_checkstack(L, 3, NULL);
  for (int i = 1; count < COMPILE_MAX_UPVALUES && lua_getupvalue(L, fn, i); i++) {
    list[count++] = describe(L, -1);
    if (keep) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, keep, COMPILE_UPVALUES + count);
    }
    if (depth > 0 && lua_isfunction(L, -1) && !lua_iscfunction(L, -1)) {
      count = read_upvalues(L, lua_gettop(L), depth - 1, list, count, keep);
    }
    lua_pop(L, 1);
  }
  return count;
}

/* Notes the variables that the step's function uses from outside; the values themselves go into the table at `keep`. */
static void note_upvalues(lua_State *L, int self, RecordedCall *t, int keep) {
  Upvalue list[COMPILE_MAX_UPVALUES];
  lua_getiuservalue(L, self, COMPILED_UV_FN);
  const int n = read_upvalues(L, lua_gettop(L), 1, list, 0, keep);
  lua_pop(L, 1);
  t->upvalue = alloc_get((size_t)n * sizeof *list);
  if (!t->upvalue) {
    recording_fail(t->r, "lab.compile: %s", err_message());
    return;
  }
  memcpy(t->upvalue, list, (size_t)n * sizeof *list);
  t->upvalues = n;
}

/* Whether the value on top of the stack is what it was. */
static inline bool is_same(lua_State *L, const Upvalue *u, int type) {
  if (type != u->type) return false;
  if (type != LUA_TNUMBER && type != LUA_TBOOLEAN) return lua_topointer(L, -1) == u->p;
  const double x = type == LUA_TNUMBER ? lua_tonumber(L, -1) : lua_toboolean(L, -1);
  return memcmp(&x, &u->number, sizeof x) == 0;
}

/* Goes along the list as read_upvalues did, up to the first difference; *at: what was compared. Leaves values on the
 * stack. */
static bool same_upvalues(lua_State *L, int fn, int depth, const RecordedCall *t, int *at) {
  for (int i = 1; *at < COMPILE_MAX_UPVALUES && lua_getupvalue(L, fn, i); i++) {
    const int type = lua_type(L, -1);
    if (*at >= t->upvalues || !is_same(L, &t->upvalue[(*at)++], type)) return false;
    if (depth > 0 && type == LUA_TFUNCTION && !lua_iscfunction(L, -1)) {
      if (!same_upvalues(L, lua_gettop(L), depth - 1, t, at)) return false;
    }
    lua_pop(L, 1);
  }
  return true;
}

bool lcompile_same_upvalues(lua_State *L, int self, const RecordedCall *t) {
  const int top = lua_gettop(L);
  int at = 0;
  lua_getiuservalue(L, self, COMPILED_UV_FN);
  const bool same = same_upvalues(L, top + 1, 1, t, &at) && at == t->upvalues;
  lua_settop(L, top);
  return same;
}

/* --- two calls ---------------------------------------------------------------------------------------------------- */

/* After a full collection: a tensor that the step made and that is still held outside would never change again. */
static void check_kept(lua_State *L, Recording *r) {
  lua_gc(L, LUA_GCCOLLECT, 0);
  if (lrecord_push_tensors(L) == LUA_TTABLE) {
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
      const Tensor *t = *(Tensor **)lua_touserdata(L, -2);
      if (!t || t->storage->serial <= r->start || r->failure[0]) continue;
      const char *where = trace_line_text(&r->trace, (int)lua_tointeger(L, -1));
      snprintf(r->failure, sizeof r->failure,
               "%s%sa tensor made in the step is kept outside of it, where a compiled step cannot put the next one: "
               "return it from the step, or copy it into a tensor made before (kept:copy_(t))",
               where, where[0] ? ": " : "");
    }
  }
  lua_pop(L, 1);
}

/* Whether two calls returned the same at the two places on top of the stack, which are popped: equal values, nan too,
 * or the same window onto memory from outside of the step. */
static bool same_result(lua_State *L) {
  const Tensor *a = lb_testtensor(L, -2), *b = lb_testtensor(L, -1);
  bool same = lua_rawequal(L, -1, -2);
  if (a && b) same = a->storage == b->storage && tensor_same_window(a, b);
  if (lua_type(L, -1) == LUA_TNUMBER && lua_type(L, -2) == LUA_TNUMBER) {
    same = same || (isnan(lua_tonumber(L, -1)) && isnan(lua_tonumber(L, -2)));
  }
  lua_pop(L, 2);
  return same;
}

static bool same_results(lua_State *L, const RecordedCall *a, const RecordedCall *b, const Frame *f) {
  bool same = a->nresults == b->nresults;
  for (int i = 0; same && i < b->nresults; i++) {
    lua_rawgeti(L, f->before, COMPILE_RESULTS + i);
    lua_rawgeti(L, f->slots, COMPILE_RESULTS + i);
    same = same_result(L) && !a->result[i] == !b->result[i] && a->output[i] == b->output[i];
  }
  return same;
}

/* Whether this call did what the one before did; if not, err_message says what was otherwise. */
static bool agree(lua_State *L, const Entry *e, const Frame *f) {
  if (e->now.r->difference[0]) {
    err_set("%s", e->now.r->difference);
    return false;
  }
  if (same_results(L, &e->last, &e->now, f)) return true;
  err_set("lab.compile: the results of the step that are no tensors differ between two calls");
  return false;
}

/* Compares the call with the one before, and keeps it in its place. Returns whether it is fit for a plan; the
 * recording's failure says why not. */
static bool settle(lua_State *L, Compiled *c, Entry *e, const Frame *f) {
  comparable(c, e); /* the step may have changed the conditions itself */
  Recording *r = e->now.r;
  e->calls++;
  bool same = e->last.r && !r->failure[0];
  if (same && !agree(L, e, f)) {
    same = false;
    if (e->calls >= MAX_CALLS) snprintf(r->failure, sizeof r->failure, "%s", err_message());
  }
  if (same && c->check_kept) check_kept(L, r);
  lcompile_forget(&e->last);
  e->last = e->now;
  e->now = (RecordedCall){0};
  return same && !r->failure[0];
}

/* The step cannot be recorded: an error, or plain Lua from now on. */
static int give_up(lua_State *L, Compiled *c, Entry *e, const Frame *f) {
  lcompile_set_reason(c, e->last.r->failure);
  lcompile_drop(L, f->self, c, e);
  c->eager = c->fallback;
  if (c->fallback) return lua_gettop(L) - f->results + 1;
  lua_pushstring(L, c->reason ? c->reason : err_message());
  return lua_error(L);
}

/* --- a call that follows another step's ----------------------------------------------------------------------------- */

static bool same_key(const ArgKey *a, const ArgKey *b) {
  return a->type == LUA_TUSERDATA && b->type == LUA_TUSERDATA && a->dtype == b->dtype &&
         shape_equal(a->ndim, a->shape, b->ndim, b->shape);
}

/* The entry of the first step of many that e may follow: tensors of the same shapes are its arguments. */
static const Entry *to_follow(const Compiled *c, const Entry *e) {
  for (int i = 0; c->first && !e->last.r && i < c->first->entries; i++) {
    const Entry *like = c->first->entry[i];
    bool same = like->plan && like->plan->whole.events > 0 && like->nargs == e->nargs;
    for (int k = 0; same && k < e->nargs; k++) same = same_key(&e->arg[k], &like->arg[k]);
    if (same) return like;
  }
  return NULL;
}

/* Whether result i of two calls is the same, a tensor that the step makes or nil. */
static bool same_output(lua_State *L, const RecordedCall *a, const RecordedCall *b, int i, const Frame *f) {
  if (!a->result[i] != !b->result[i] || a->output[i] != b->output[i]) return false;
  if (a->result[i]) return tensor_same_window(a->result[i], b->result[i]);
  const bool is_nil = lua_rawgeti(L, f->slots, COMPILE_RESULTS + i) == LUA_TNIL;
  lua_pop(L, 1);
  return is_nil;
}

static bool same_outputs(lua_State *L, const Entry *e, const Frame *f) {
  const RecordedCall *a = &f->like->last, *b = &e->now;
  bool same = a->nresults == b->nresults;
  for (int i = 0; same && i < a->nresults; i++) same = same_output(L, a, b, i, f);
  return same;
}

/* The call that was recorded did what the other step's plan does: e gets a plan like it. Else the recording is
 * forgotten, and the step is recorded as any other from now on. Returns how many results there are. */
static int settle_like(lua_State *L, Compiled *c, Entry *e, const Frame *f) {
  Recording *r = e->now.r;
  if (r->difference[0] || !same_outputs(L, e, f)) {
    c->follows = false;
    lcompile_drop(L, f->self, c, e);
    return lua_gettop(L) - f->results + 1;
  }
  e->last = e->now;
  e->now = (RecordedCall){0};
  e->last.r = NULL;
  e->calls++;
  e->plan = plan_follow(f->like->plan, r, e->last.output, e->last.result, e->last.nresults);
  if (!e->plan) {
    lcompile_drop(L, f->self, c, e);
    return lb_coreerror(L);
  }
  lua_pushvalue(L, f->slots);
  lua_rawseti(L, f->entries, e->slot);
  return lua_gettop(L) - f->results + 1;
}

int lcompile_record(lua_State *L, int self, Compiled *c, Entry *e, int first, int nargs) {
  Frame f = {.self = self, .first = first, .nargs = nargs, .like = to_follow(c, e)};
  luaL_checkstack(L, COMPILE_MAX_ARGS + 20, NULL);
  lcompile_forget(&e->now);
  const int status = run_recorded(L, c, e, &f);
  c->recordings++;
  c->streak++;
  e->used = ++c->clock;
  if (status != LUA_OK) {
    lrecord_close(L);
    lcompile_drop(L, self, c, e);
    return lua_error(L);
  }
  lrecord_push_kept(L);
  lua_rawseti(L, f.slots, COMPILE_ANCHORS);
  copy_results(L, &e->now, f.results);
  if (f.like && !e->now.r->failure[0]) {
    lrecord_close(L);
    return settle_like(L, c, e, &f);
  }
  note_upvalues(L, self, &e->now, f.slots);
  const bool ready = settle(L, c, e, &f);
  lrecord_close(L);
  lua_pushvalue(L, f.slots);
  lua_rawseti(L, f.entries, e->slot);
  if (e->last.r->failure[0]) return give_up(L, c, e, &f);
  if (ready) {
    Recording *r = e->last.r;
    e->last.r = NULL;
    r->keep_trace = c->keep_trace;
    r->keep_whole = c->follows;
    e->plan = plan_new(r, e->last.output, e->last.result, e->last.nresults);
    if (!e->plan) {
      lcompile_drop(L, self, c, e);
      return lb_coreerror(L);
    }
  }
  return lua_gettop(L) - f.results + 1;
}
