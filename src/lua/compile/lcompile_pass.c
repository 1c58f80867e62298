/*
 * lcompile_pass.c - a compiled step over the batches of a loader.
 *
 *   losses = step:run(loader)       one epoch: step(X, y) for each batch; the losses, float64 (number of batches)
 *   pass = step:pass(loader)        the same in pieces:
 *   losses, rows = pass:run([count])   up to `count` batches, all that are left without it; nil when there are none.
 *                                   rows: of the last of them; those before it have batch_size. #pass: batches left
 *                                   of a weighted step a third result: by what the mean of each loss divided
 *
 * Where a plan fits, the rows of a batch go straight into its input buffers and no Lua runs; else the step is called as
 * from a script. The loss is the first value that the step returns, a tensor of one element.
 */
#include "base/alloc.h"
#include "lua/base/largs.h"
#include "lua/compile/lcompile.h"
#include "lua/data/ldata.h"

#define PASS_MT "optlab.CompiledPass"

enum { UV_STEP = 1, UV_LOADER, UV_BATCHES, UV_COUNT = UV_BATCHES };

typedef struct Pass {
  Compiled *c; /* these three belong to the user values */
  Loader *l;
  Batches *b;
} Pass;

/* --- one batch ---------------------------------------------------------------------------------------------------- */

const Tensor *lcompile_weight(const Compiled *c, const Entry *e) {
  const Tensor *w = c->weighted && e->last.nresults > 1 ? e->last.result[1] : NULL;
  return w && w->numel == 1 ? w : NULL;
}

/* Whether batches of n rows fit e, which has a plan that may not hold at the moment. */
static bool entry_fits(const Entry *e, const Loader *l, int64_t n) {
  if (!e->plan || e->nargs != l->nfields || e->ninputs != e->nargs || e->last.nresults < 1 || !e->last.result[0]) {
    return false;
  }
  if (e->last.result[0]->numel != 1) return false;
  for (int i = 0; i < e->ninputs; i++) {
    if (!loader_fits(l, i, plan_input(e->plan, i), n)) return false;
  }
  return true;
}

Entry *lcompile_entry_for(lua_State *L, int step, const Compiled *c, const Context *own, const Loader *l, int64_t n) {
  for (int i = 0; i < c->entries; i++) {
    Entry *e = c->entry[i];
    if (entry_fits(e, l, n) && plan_holds(e->plan, own, NULL) && (!L || lcompile_same_upvalues(L, step, &e->last))) {
      return e;
    }
  }
  return NULL;
}

/* In C. -1 with err_set. */
static int replay_batch(Pass *p, Entry *e, double *loss, double *weight) {
  Tensor *in[LOADER_MAX_FIELDS];
  for (int i = 0; i < e->ninputs; i++) in[i] = plan_input(e->plan, i);
  loader_take(p->l, p->b, in);
  if (plan_run(e->plan, context) < 0) return -1;
  *loss = tensor_get(e->last.result[0], 0);
  const Tensor *w = lcompile_weight(p->c, e);
  if (w) *weight = tensor_get(w, 0);
  return 0;
}

double lcompile_call_batch(lua_State *L, Loader *l, Batches *b, int step, double *weight) {
  Tensor *out[LOADER_MAX_FIELDS];
  const int top = lua_gettop(L);
  luaL_checkstack(L, LOADER_MAX_FIELDS + 4, NULL);
  if (loader_next(l, b, out) < 0) lb_coreerror(L);
  for (int i = 0; i < l->nfields; i++) lb_pushtensor(L, out[i]);
  const int n = lcompile_call(L, step, l->nfields);
  const Tensor *loss = n > 0 ? lb_testtensor(L, lua_gettop(L) - n + 1) : NULL;
  if (!loss || loss->numel != 1) {
    lb_error(L, "a compiled step over a loader must return the loss first, a tensor of one element; it returned %s",
             lb_pushgot(L, lua_gettop(L) + 1 - n));
  }
  const double value = tensor_get(loss, 0);
  const Tensor *second = n > 1 ? lb_testtensor(L, lua_gettop(L) - n + 2) : NULL;
  if (lcompile_check(L, step, "a step")->weighted && second) *weight = tensor_get(second, 0);
  lua_settop(L, top);
  return value;
}

/* --- many --------------------------------------------------------------------------------------------------------- */

static int64_t batches_left(const Pass *p) {
  const int64_t size = p->l->opt.batch_size;
  return (p->b->end - p->b->row + size - 1) / size;
}

/* The losses of up to n batches, as a tensor, the rows of the last one, the losses' weights; nil if none is left. */
static int run_batches(lua_State *L, Pass *p, int step, int64_t n) {
  if (n > batches_left(p)) n = batches_left(p);
  if (n <= 0) {
    lua_pushnil(L);
    return 1;
  }
  Tensor *losses = tensor_new(DT_F64, 1, &n), *weights = NULL;
  lb_pushtensor(L, losses);
  if (p->c->weighted) lb_pushtensor(L, weights = tensor_new(DT_F64, 1, &n));
  Entry *e = NULL;
  int64_t rows = 0;
  for (int64_t i = 0; i < n; i++) {
    rows = loader_ready(p->l, p->b);
    double *loss = &tensor_f64(losses)[i], unused, *weight = weights ? &tensor_f64(weights)[i] : &unused;
    *weight = (double)rows;
    const bool same = e && plan_input(e->plan, 0)->shape[0] == rows && plan_holds(e->plan, context, NULL);
    if (!same) e = lcompile_entry_for(L, step, p->c, context, p->l, rows);
    if (!e || context->recorder || p->c->eager) {
      *loss = lcompile_call_batch(L, p->l, p->b, step, weight);
      e = NULL;
      continue;
    }
    e->used = ++p->c->clock;
    p->c->streak = 0;
    p->c->replays++;
    if (replay_batch(p, e, loss, weight) < 0) return lb_coreerror(L);
  }
  if (batches_left(p) == 0) batches_free(p->b); /* the order of the epoch, which the collector does not see */
  lua_pushinteger(L, rows);
  if (weights) lua_insert(L, -2);
  return weights ? 3 : 2;
}

/* Pushes a pass of the step at 1 over the loader at 2. */
static Pass *new_pass(lua_State *L, const char *fn) {
  Compiled *c = lcompile_check(L, 1, fn);
  Loader *l = ldata_testloader(L, 2);
  if (!l) lb_badvalue(L, fn, "loader", 2, "a loader (data.loader)");
  lb_atmost(L, fn, 2);
  lua_settop(L, 2);
  Pass *p = lua_newuserdatauv(L, sizeof *p, UV_COUNT);
  *p = (Pass){.c = c, .l = l};
  luaL_setmetatable(L, PASS_MT);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 3, UV_STEP);
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, 3, UV_LOADER);
  p->b = ldata_start(L, l);
  lua_setiuservalue(L, 3, UV_BATCHES);
  return p;
}

/*** One epoch of a loader: calls the step for each batch, in C where it has a plan. @function CompiledStep:run
 * @treturn Tensor the losses, float64, one per batch */
int lcompile_run(lua_State *L) {
  Pass *p = new_pass(L, "CompiledStep:run");
  run_batches(L, p, 1, INT64_MAX);
  lua_settop(L, 4); /* the losses, behind the pass */
  return 1;
}

/*** The same in pieces. @function CompiledStep:pass @treturn CompiledPass with the method run([count]) */
int lcompile_pass(lua_State *L) {
  new_pass(L, "CompiledStep:pass");
  return 1;
}

static int pass_len(lua_State *L) {
  const Pass *p = luaL_testudata(L, 1, PASS_MT);
  if (!p) return lb_badvalue(L, "#pass", "self", 1, "a pass");
  lua_pushinteger(L, (lua_Integer)batches_left(p));
  return 1;
}

static int pass_tostring(lua_State *L) {
  const Pass *p = luaL_checkudata(L, 1, PASS_MT);
  lua_pushfstring(L, "CompiledPass(%I batches left)", (LUAI_UACINT)batches_left(p));
  return 1;
}

/*** Up to `count` more batches (all without it); nil when the epoch is over. @function CompiledPass:run */
static int pass_run(lua_State *L) {
  static const Arg args[] = {{.name = "count", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = ARG_INTEGER_MAX},
                             {0}};
  const char *fn = "CompiledPass:run";
  Pass *p = luaL_testudata(L, 1, PASS_MT);
  double n = 0;
  if (!p) return lb_badvalue(L, fn, "self", 1, "a pass (call it as pass:run())");
  largs_read(L, 2, fn, &(ArgValues){.args = args, .x = &n});
  lua_settop(L, 1);
  lua_getiuservalue(L, 1, UV_STEP);
  return run_batches(L, p, 2, (int64_t)n);
}

void lcompile_open_pass(lua_State *L) {
  static const luaL_Reg methods[] = {{"run", pass_run}, {NULL, NULL}};
  luaL_newmetatable(L, PASS_MT);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, pass_len);
  lua_setfield(L, -2, "__len");
  lua_pushcfunction(L, pass_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pop(L, 1);
}
