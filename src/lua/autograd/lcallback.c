/*
 * lcallback.c - see lcallback.h.
 *
 * The engine takes no Lua errors: functions are called in protected mode, and what they raise waits in the registry
 * until the engine has come to its end.
 */
#include "lua/autograd/lcallback.h"

#include "autograd/callback.h"
#include "autograd/formula.h"
#include "base/alloc.h"
#include "base/err.h"
#include "lua/memory/lpool.h"

#define ERROR_KEY "optlab.callback_error"

typedef struct LuaCallback {
  Callback base;
  lua_State *main; /* of the state that the function belongs to */
  int fn;          /* its reference in the registry */
} LuaCallback;

static lua_State *running; /* the coroutine that runs backward; only the thread that runs Lua comes here */

int lcallback_error(lua_State *L, const char *callee) {
  if (lua_getfield(L, LUA_REGISTRYINDEX, ERROR_KEY) == LUA_TNIL) return lb_operror(L, callee);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, ERROR_KEY);
  return lua_error(L);
}

/* Keeps the error at the top, which is popped. -1. */
static int keep_error(lua_State *L) {
  lua_setfield(L, LUA_REGISTRYINDEX, ERROR_KEY);
  return err_set("backward: a function in Lua failed");
}

static lua_State *main_of(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main = lua_tothread(L, -1);
  lua_pop(L, 1);
  return main;
}

static LuaCallback *waiting;    /* to be released when Lua may be called */
static const lua_State *closed; /* a state that lets go of all references by itself */

static void release_now(LuaCallback *l) {
  if (l->main != closed) luaL_unref(l->main, LUA_REGISTRYINDEX, l->fn);
  alloc_put(l, sizeof *l);
}

static void release(Callback *c) {
  LuaCallback *l = (LuaCallback *)(void *)c;
  if (!lpool_is_freeing() || l->main == closed) {
    release_now(l);
  } else {
    l->base.next = waiting ? &waiting->base : NULL;
    waiting = l;
  }
}

static void release_waiting(void) {
  while (waiting) {
    LuaCallback *l = waiting;
    waiting = (LuaCallback *)(void *)l->base.next;
    release_now(l);
  }
}

static int close_state(lua_State *L) {
  release_waiting();
  closed = L;
  return 0;
}

void lcallback_open(lua_State *L) {
  if (closed == main_of(L)) closed = NULL;
  lua_newuserdatauv(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, close_state);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &closed);
}

lua_State *lcallback_enter(lua_State *L) {
  lua_State *outer = running;
  running = L;
  if (waiting) release_waiting();
  return outer;
}

void lcallback_leave(lua_State *outer) { running = outer; }

/* A callback of the function at idx; NULL without memory. */
static LuaCallback *new_callback(lua_State *L, int idx) {
  release_waiting();
  LuaCallback *l = alloc_get(sizeof *l);
  if (!l) return NULL;
  *l = (LuaCallback){.base = {.release = release}};
  l->main = main_of(L);
  lua_pushvalue(L, idx);
  l->fn = luaL_ref(L, LUA_REGISTRYINDEX);
  return l;
}

/* --- hooks -------------------------------------------------------------------------------------------------------- */

/* hook_body(fn, g) -> what shall stand for g; light userdata in and out */
static int hook_body(lua_State *L) {
  Tensor *g = lua_touserdata(L, 2), **out = lua_touserdata(L, 3);
  lua_settop(L, 1);
  lb_pushtensor(L, tensor_retain(g));
  lua_call(L, 1, 1);
  Tensor *other = lb_testtensor(L, -1);
  if (lua_isnil(L, -1)) other = g;
  if (!other)
    return lb_error(L, "Tensor:register_hook: the hook must return a tensor or nil, got %s", lb_pushgot(L, -1));
  if (!tensor_same_shape(other, g) || other->dtype != g->dtype) {
    return lb_error(L, "Tensor:register_hook: the hook must return a %s tensor of shape %s, got %s of shape %s",
                    dtype_name((DType)g->dtype), tensor_shape_str(g), dtype_name((DType)other->dtype),
                    tensor_shape_str(other));
  }
  *out = tensor_retain(other);
  return 0;
}

static Tensor *run_hook(Callback *c, Tensor *g) {
  lua_State *L = running;
  Tensor *out = NULL;
  if (!L || !lua_checkstack(L, 6)) return err_null("backward: a hook can only be called by Lua");
  lua_pushcfunction(L, hook_body);
  lua_rawgeti(L, LUA_REGISTRYINDEX, ((LuaCallback *)(void *)c)->fn);
  lua_pushlightuserdata(L, g);
  lua_pushlightuserdata(L, (void *)&out);
  if (lua_pcall(L, 3, 0, 0) == LUA_OK) return out;
  keep_error(L);
  return NULL;
}

int lcallback_add_hook(lua_State *L) {
  Tensor *t = lb_checktensor(L, 1, "Tensor:register_hook", "self");
  if (!t->node) return lb_error(L, "Tensor:register_hook: the tensor was not computed");
  LuaCallback *l = new_callback(L, 2);
  if (!l) return lb_coreerror(L);
  l->base.hook = run_hook;
  callback_add(t, &l->base);
  lua_pushlightuserdata(L, l);
  return 1;
}

int lcallback_remove_hook(lua_State *L) {
  callback_remove(lb_checktensor(L, 1, "Tensor:register_hook", "self"), lua_touserdata(L, 2));
  return 0;
}

/* --- operations with a backward of their own ---------------------------------------------------------------------- */

typedef struct Call {
  Node *n;
  Tensor *d, *out;
  Tensor **din;
} Call;

/* The gradient of input i at the top of the stack, given to the open formula. */
static void take_gradient(lua_State *L, const Call *c, int i) {
  int64_t shape[TENSOR_MAX_DIM];
  const int ndim = node_in_shape(c->n, i, shape);
  Tensor *g = lb_testtensor(L, -1);
  if (!g && lua_toboolean(L, -1)) {
    lb_error(L, "autograd.Function: backward must return tensors, got %s for input %d", lb_pushgot(L, -1), i);
  }
  if (g && !shape_equal(ndim, shape, g->ndim, g->shape)) {
    lb_error(L, "autograd.Function: the gradient of input %d must have shape %s, got %s", i, shape_str(ndim, shape),
             tensor_shape_str(g));
  }
  c->din[i] = fm_own(g ? tensor_retain(g) : tensor_full(node_in_dtype(c->n, i), ndim, shape, 0));
  if (!c->din[i]) lb_coreerror(L);
}

/* backward_body(fn, call) */
static int backward_body(lua_State *L) {
  const Call *c = lua_touserdata(L, 2);
  lua_settop(L, 1);
  lb_pushtensor(L, tensor_retain(c->d));
  lb_pushtensor(L, tensor_retain(c->out));
  lua_call(L, 2, 1);
  for (int i = 1; i < node_nin(c->n); i++) {
    if (!node_wants(c->n, i)) continue;
    lua_geti(L, -1, i);
    take_gradient(L, c, i);
    lua_pop(L, 1);
  }
  return 0;
}

static int run_backward(Callback *cb, Node *n, Tensor *dout, Tensor **din) {
  lua_State *L = running;
  if (!L || !lua_checkstack(L, 6)) return err_set("backward: a function in Lua can only be called by Lua");
  Call c = {n, dout, node_out(n), din};
  if (!c.out) return -1;
  lua_pushcfunction(L, backward_body);
  lua_rawgeti(L, LUA_REGISTRYINDEX, ((LuaCallback *)(void *)cb)->fn);
  lua_pushlightuserdata(L, &c);
  return lua_pcall(L, 2, 0, 0) == LUA_OK ? 0 : keep_error(L);
}

int lcallback_custom(lua_State *L) {
  const char *fn = "autograd.Function";
  int n;
  Tensor *y = lb_checktensor(L, 1, fn, "output"), **x = lb_tensorlist(L, 2, &n, fn, "inputs");
  Tensor **in = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *in, 0);
  Tensor *bare = tensor_alias(y);
  if (!bare) return lb_coreerror(L);
  lb_pushtensor(L, bare);
  in[0] = bare;
  for (int i = 0; i < n; i++) in[i + 1] = x[i];
  lb_pushresult(L, fn, op_apply(OP_FUNCTION, in, n + 1, NULL));
  Tensor *out = lb_testtensor(L, -1);
  if (!out->node) return 1;
  LuaCallback *l = new_callback(L, 3);
  if (!l) return lb_coreerror(L);
  l->base.backward = run_backward;
  callback_add(out, &l->base);
  return 1;
}
