/*
 * lcompile_pass.c - a compiled step over the batches of a loader.
 *
 *   losses = step:run(loader)       one epoch: step(X, y) for each batch; the losses, float64 (number of batches)
 *   pass = step:pass(loader)        the same in pieces:
 *   losses, rows = pass:run([count])   up to `count` batches, all that are left without it; nil when there are none.
 *                                   rows: of the last of them; those before it have batch_size. #pass: batches left
 *                                   of a weighted step a third result: by what the mean of each loss divided; of one
 *                                   that measures more, a fourth, (batches, measured): its results behind the weight
 *
 * Where a plan fits, the rows of a batch go straight into its input buffers and no Lua runs; else the step is called as
 * from a script. The loss is the first value that the step returns, a tensor of one element.
 */
#include "base/alloc.h"
#include "lua/base/largs.h"
#include "lua/compile/lcompile.h"
#include "lua/data/ldata.h"

#define PASS_MT "optlab.CompiledPass"

#define MEASURED 2 /* the first result behind the loss and its weight */

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

/* Whether what is measured is there. */
static bool measures(const Entry *e, int measured) {
  if (e->last.nresults < (measured > 0 ? MEASURED + measured : 0)) return false;
  for (int i = 0; i < measured; i++) {
    const Tensor *t = e->last.result[MEASURED + i];
    if (!t || t->numel != 1) return false;
  }
  return true;
}

/* Whether batches of n rows fit e, which has a plan that may not hold at the moment. */
static bool entry_fits(const Entry *e, const Loader *l, int64_t n, int measured) {
  if (!e->plan || e->nargs != l->nfields || e->ninputs != e->nargs || e->last.nresults < 1 || !e->last.result[0]) {
    return false;
  }
  if (e->last.result[0]->numel != 1 || !measures(e, measured)) return false;
  for (int i = 0; i < e->ninputs; i++) {
    if (!loader_fits(l, i, plan_input(e->plan, i), n)) return false;
  }
  return true;
}

Entry *lcompile_entry_for(lua_State *L, int step, const Compiled *c, const Context *own, const Loader *l, int64_t n) {
  for (int i = 0; i < c->entries; i++) {
    Entry *e = c->entry[i];
    if (entry_fits(e, l, n, c->measured) && plan_holds(e->plan, own, NULL) &&
        (!L || lcompile_same_upvalues(L, step, &e->last))) {
      return e;
    }
  }
  return NULL;
}

/* In C. -1 with err_set. */
static int replay_batch(Pass *p, Entry *e, BatchNumbers *numbers) {
  Tensor *in[LOADER_MAX_FIELDS];
  for (int i = 0; i < e->ninputs; i++) in[i] = plan_input(e->plan, i);
  loader_take(p->l, p->b, in);
  if (plan_run(e->plan, context) < 0) return -1;
  numbers->loss = tensor_get(e->last.result[0], 0);
  const Tensor *w = lcompile_weight(p->c, e);
  if (w) numbers->weight = tensor_get(w, 0);
  for (int i = 0; numbers->measured && i < p->c->measured; i++)
    numbers->measured[i] = tensor_get(e->last.result[MEASURED + i], 0);
  return 0;
}

/* Result i of the step's n, at the top of the stack, as a tensor of one element; NULL if it is none. */
static const Tensor *one_element(lua_State *L, int n, int i) {
  const Tensor *t = i < n ? lb_testtensor(L, lua_gettop(L) - n + 1 + i) : NULL;
  return t && t->numel == 1 ? t : NULL;
}

void lcompile_call_batch(lua_State *L, Loader *l, Batches *b, int step, BatchNumbers *numbers) {
  Tensor *out[LOADER_MAX_FIELDS];
  const int top = lua_gettop(L);
  luaL_checkstack(L, LOADER_MAX_FIELDS + 4, NULL);
  if (loader_next(l, b, out) < 0) lb_coreerror(L);
  for (int i = 0; i < l->nfields; i++) lb_pushtensor(L, out[i]);
  const int n = lcompile_call(L, step, l->nfields);
  const Compiled *c = lcompile_check(L, step, "a step");
  const Tensor *loss = one_element(L, n, 0), *weight = c->weighted ? one_element(L, n, 1) : NULL;
  if (!loss) {
    lb_error(L, "a compiled step over a loader must return the loss first, a tensor of one element; it returned %s",
             lb_pushgot(L, lua_gettop(L) + 1 - n));
  }
  numbers->loss = tensor_get(loss, 0);
  if (weight) numbers->weight = tensor_get(weight, 0);
  for (int i = 0; numbers->measured && i < c->measured; i++) {
    const Tensor *t = one_element(L, n, MEASURED + i);
    if (!t) lb_error(L, "a compiled step must measure tensors of one element");
    numbers->measured[i] = tensor_get(t, 0);
  }
  lua_settop(L, top);
}

/* --- many --------------------------------------------------------------------------------------------------------- */

static int64_t batches_left(const Pass *p) {
  const int64_t size = p->l->opt.batch_size;
  return (p->b->end - p->b->row + size - 1) / size;
}

/* Pushes a float64 tensor, and gives its elements; wanted: else nil and NULL. */
static double *push_list(lua_State *L, bool wanted, int ndim, const int64_t *shape) {
  Tensor *t = wanted ? tensor_new(DT_F64, ndim, shape) : NULL;
  if (wanted) {
    lb_pushtensor(L, t);
  } else {
    lua_pushnil(L);
  }
  return t ? tensor_f64(t) : NULL;
}

/* The next batch of `rows` rows; e: the entry of the batch before, or NULL. The entry of this one. */
static Entry *run_batch(lua_State *L, Pass *p, int step, int64_t rows, Entry *e, BatchNumbers *numbers) {
  const bool same = e && plan_input(e->plan, 0)->shape[0] == rows && plan_holds(e->plan, context, NULL);
  if (!same) e = lcompile_entry_for(L, step, p->c, context, p->l, rows);
  if (!e || context->recorder || p->c->eager) {
    lcompile_call_batch(L, p->l, p->b, step, numbers);
    return NULL;
  }
  e->used = ++p->c->clock;
  p->c->streak = 0;
  p->c->replays++;
  if (replay_batch(p, e, numbers) < 0) lb_coreerror(L);
  return e;
}

/* The losses of up to n batches, as a tensor, the rows of the last one, the losses' weights or nil, what was measured or
 * nil; nil alone if none is left. */
static int run_batches(lua_State *L, Pass *p, int step, int64_t n) {
  if (n > batches_left(p)) n = batches_left(p);
  if (n <= 0) {
    lua_pushnil(L);
    return 1;
  }
  const int measured = p->c->measured, first = lua_gettop(L) + 1;
  double *loss = push_list(L, true, 1, &n), *weight = push_list(L, p->c->weighted, 1, &n);
  double *counts = push_list(L, measured > 0, 2, (const int64_t[]){n, measured});
  Entry *e = NULL;
  int64_t rows = 0;
  for (int64_t i = 0; i < n; i++) {
    rows = loader_ready(p->l, p->b);
    BatchNumbers numbers = {.weight = (double)rows, .measured = counts ? counts + i * measured : NULL};
    e = run_batch(L, p, step, rows, e, &numbers);
    loss[i] = numbers.loss;
    if (weight) weight[i] = numbers.weight;
  }
  if (batches_left(p) == 0) batches_free(p->b); /* the order of the epoch, which the collector does not see */
  lua_pushinteger(L, rows);
  lua_insert(L, first + 1);
  const int count = counts ? 4 : weight ? 3 : 2;
  lua_settop(L, first + count - 1);
  return count;
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
