/*
 * lcompile_twin.c - a plan for a run of a sweep that is built as another one is (plan/follow/twin.h): the same built-in
 * layers, the same kind of optimizer.
 */
#include <string.h>

#include "autograd/op.h"
#include "base/alloc.h"
#include "lua/base/lbind.h"
#include "lua/compile/lcompile.h"
#include "lua/nn/lnn.h"
#include "plan/follow/twin.h"

#define MOST 64 /* tensors of a model */

/* The parameters and buffers of the layers that were compared. */
typedef struct Parts {
  int n;
  Tensor *from[MOST], *to[MOST];
} Parts;

static bool add_tensors(Parts *p, Tensor *const *a, Tensor *const *b, int n) {
  for (int i = 0; i < n; i++) {
    if (!a[i]) continue;
    if (p->n == MOST) return false;
    p->from[p->n] = a[i];
    p->to[p->n++] = b[i];
  }
  return true;
}

/* Compares the lists of modules at a and b; those that are no layers are containers, which the caller has compared. */
static bool same_modules(lua_State *L, int a, int b, Parts *p) {
  const int n = (int)lua_rawlen(L, a);
  bool same = (int)lua_rawlen(L, b) == n;
  for (int i = 1; same && i <= n; i++) {
    lua_rawgeti(L, a, i);
    lua_rawgeti(L, b, i);
    const Module *x = lnn_test_module(L, -2), *y = lnn_test_module(L, -1);
    lua_pop(L, 2);
    same = !x == !y;
    if (!x || !same) continue;
    same = module_alike(x, y) && add_tensors(p, x->param, y->param, layer_tensors(x->def->params)) &&
           add_tensors(p, x->buffer, y->buffer, layer_tensors(x->def->buffers));
  }
  return same;
}

/* Whether the optimizers have the same kinds of parameters at the same places. */
static bool same_optimizers(const Optim *a, const Optim *b, const Parts *p) {
  if (!optim_alike(a, b)) return false;
  for (int i = 0; i < a->ngroups; i++) {
    for (int j = 0; j < a->group[i].nparams; j++) {
      int k = 0;
      while (k < p->n && p->from[k] != a->group[i].param[j].p) k++;
      if (k == p->n || p->to[k] != b->group[i].param[j].p) return false;
    }
  }
  return true;
}

static Entry *entry_like(const Entry *like) {
  Entry *e = alloc_get(sizeof *e);
  if (!e) return NULL;
  memset(e, 0, sizeof *e);
  e->nargs = like->nargs;
  e->ninputs = like->ninputs;
  memcpy(e->arg, like->arg, (size_t)like->nargs * sizeof *e->arg);
  memcpy(e->input, like->input, sizeof e->input);
  e->last.nresults = like->last.nresults;
  memcpy(e->last.output, like->last.output, sizeof e->last.output);
  e->last.modes = like->last.modes;
  return e;
}

/* Whether there is nothing about the entry's call but tensors: nil besides them. */
static bool is_plain(lua_State *L, int step, const Entry *e) {
  bool plain = true;
  for (int i = 0; i < e->nargs; i++) plain = plain && e->arg[i].type == LUA_TUSERDATA;
  lua_getiuservalue(L, step, COMPILED_UV_ENTRIES);
  lua_rawgeti(L, -1, e->slot);
  for (int i = 0; plain && i < e->last.nresults; i++) {
    plain = lua_rawgeti(L, -1, COMPILE_RESULTS + i) == LUA_TNIL;
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
  return plain;
}

bool lcompile_twin(lua_State *L, const TwinRun *first, const Entry *like, const TwinRun *run) {
  Parts parts = {0};
  Compiled *c = run->step;
  if (c->entries > 0 || !first->optim || !run->optim || !is_plain(L, first->at, like)) return false;
  if (!same_modules(L, first->modules, run->modules, &parts)) return false;
  if (!same_optimizers(first->optim, run->optim, &parts)) return false;
  Entry *e = entry_like(like);
  if (!e) return false;
  const Twins t = {parts.n, parts.from, parts.to, first->optim, run->optim};
  int rc = optim_prepare_like(run->optim, first->optim) == 0 ? TWIN_MADE : TWIN_OTHER;
  if (rc == TWIN_MADE) rc = plan_twin(like->plan, &t, &e->plan, e->last.output, e->last.result);
  if (rc != TWIN_MADE) {
    lcompile_forget(&e->last);
    alloc_put(e, sizeof *e);
    return false;
  }
  e->slot = ++c->slots;
  e->used = ++c->clock;
  c->entry[c->entries++] = e;
  return true;
}
