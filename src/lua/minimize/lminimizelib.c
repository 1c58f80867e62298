/*
 * lminimizelib.c - NLopt's methods for lab.minimize; lua/optlab/minimize/methods/nlopt.lua declares and checks.
 *
 * NLopt calls Lua functions in protected mode: an error is kept on the stack, NLopt is told to stop, and when it has
 * returned and its memory is free the error goes on.
 */
#include <math.h>
#include <string.h>

#include "core/recorder.h"
#include "lua/base/lbind.h"
#include "lua/minimize/lnlopt.h"

/* Places on the stack. */
enum { SPEC = 1, ERROR, VALUE, INEQUALITY, EQUALITY, RESULT, TOP = RESULT };

typedef struct Problem {
  lua_State *L;
  const Nlopt *nlopt;
  NloptRun run;
  bool stopped; /* by a function that said so, or by an error, which is at ERROR */
  bool failed;
} Problem;

/* A Lua function that NLopt calls: f(x, with derivatives?) -> m numbers in a tensor, m x n derivatives, stop. */
typedef struct Function {
  Problem *problem;
  int index;
  unsigned m;
} Function;

typedef struct Call {
  unsigned m, n;
  const double *x;
  double *value, *grad;
  bool stop;
} Call;

static void read_numbers(lua_State *L, int idx, double *out, int64_t n) {
  const Tensor *t = lb_testtensor(L, idx);
  if (!t || t->dtype != DT_F64 || t->numel != n) luaL_error(L, "a function of a method of NLopt: wrong result");
  for (int64_t i = 0; i < n; i++) out[i] = tensor_get(t, i);
}

/* (call, function): protected, so that nothing is raised through NLopt. */
static int evaluate(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  const int64_t n = call->n;
  Tensor *x = tensor_new(DT_F64, 1, &n);
  if (x) memcpy(tensor_f64(x), call->x, (size_t)n * sizeof *call->x);
  lb_pushtensor(L, x);
  lua_pushboolean(L, call->grad != NULL);
  lua_call(L, 2, 3);
  read_numbers(L, 2, call->value, call->m);
  if (call->grad) read_numbers(L, 3, call->grad, call->m * n);
  call->stop = lua_toboolean(L, 4);
  return 0;
}

static void ask(const Function *f, Call *call) {
  Problem *p = f->problem;
  lua_State *L = p->L;
  for (unsigned i = 0; i < call->m; i++) call->value[i] = (double)INFINITY;
  if (p->stopped) return;
  lua_pushcfunction(L, evaluate);
  lua_pushlightuserdata(L, call);
  lua_pushvalue(L, f->index);
  p->failed = lua_pcall(L, 2, 0, 0) != LUA_OK;
  if (p->failed) lua_replace(L, ERROR);
  p->stopped = p->failed || call->stop;
  if (p->stopped) p->nlopt->force_stop(p->run);
}

static double on_value(unsigned n, const double *x, double *grad, void *ctx) {
  double value;
  ask(ctx, &(Call){.m = 1, .n = n, .x = x, .value = &value, .grad = grad});
  return value;
}

static void on_constraints(unsigned m, double *value, unsigned n, const double *x, double *grad, void *ctx) {
  ask(ctx, &(Call){.m = m, .n = n, .x = x, .value = value, .grad = grad});
}

/* --- what a call says --------------------------------------------------------------------------------------------- */

static double number(lua_State *L, const char *name) {
  lua_getfield(L, SPEC, name);
  const double x = luaL_optnumber(L, -1, 0);
  lua_pop(L, 1);
  return x;
}

/* The numbers of a contiguous float64 tensor; NULL if it is not given. Borrowed from the spec. */
static const double *vector(lua_State *L, const char *name, int64_t n) {
  lua_getfield(L, SPEC, name);
  const Tensor *t = lb_testtensor(L, -1);
  lua_pop(L, 1);
  if (!t) return NULL;
  if (t->dtype != DT_F64 || t->numel != n || !t->contiguous) luaL_error(L, "%s: wrong vector", name);
  return tensor_f64(t);
}

/* Everything that may raise is read before NLopt allocates. */
typedef struct Spec {
  const char *algorithm;
  const double *low, *high;
  double ftol, xtol, step;
  Function value, inequality, equality;
  const double *tolerance; /* of each constraint */
} Spec;

static Spec read_spec(lua_State *L, Problem *p, int64_t n) {
  Spec s = {.low = vector(L, "low", n), .high = vector(L, "high", n)};
  s.ftol = number(L, "ftol");
  s.xtol = number(L, "xtol");
  s.step = number(L, "step");
  s.value = (Function){p, VALUE, 1};
  s.inequality = (Function){p, INEQUALITY, (unsigned)number(L, "inequalities")};
  s.equality = (Function){p, EQUALITY, (unsigned)number(L, "equalities")};
  const unsigned most = s.inequality.m > s.equality.m ? s.inequality.m : s.equality.m;
  s.tolerance = vector(L, "tolerance", most);
  lua_getfield(L, SPEC, "algorithm");
  s.algorithm = luaL_checkstring(L, -1); /* stays in the spec */
  lua_pop(L, 1);
  return s;
}

/* 0, or a result of NLopt's below 0. */
static int set_up(const Problem *p, Spec *s) {
  const Nlopt *o = p->nlopt;
  int status = o->objective(p->run, on_value, &s->value);
  if (status > 0 && s->low) status = o->lower(p->run, s->low);
  if (status > 0 && s->high) status = o->upper(p->run, s->high);
  if (status > 0 && s->inequality.m) {
    status = o->inequality(p->run, s->inequality.m, on_constraints, &s->inequality, s->tolerance);
  }
  if (status > 0 && s->equality.m) {
    status = o->equality(p->run, s->equality.m, on_constraints, &s->equality, s->tolerance);
  }
  if (status > 0) status = o->ftol_rel(p->run, s->ftol);
  if (status > 0) status = o->xtol_rel(p->run, s->xtol);
  if (status > 0) status = o->xtol_abs(p->run, s->xtol);
  if (status > 0 && s->step > 0) status = o->first_step(p->run, s->step);
  return status < 0 ? status : 0;
}

/* nlopt(spec, value, inequality, equality) -> x, value, NLopt's result, its message or nil. spec: algorithm, x0, low,
 * high, ftol, xtol, step, inequalities, equalities, tolerance. */
static int run_nlopt(lua_State *L) {
  recorder_refuse("a method of NLopt reads values as numbers");
  lua_settop(L, 4);
  luaL_checkstack(L, LUA_MINSTACK, "lab.minimize");
  lua_pushnil(L);
  lua_insert(L, ERROR);
  Problem p = {.L = L, .nlopt = lnlopt_open()};
  if (!p.nlopt) return lb_coreerror(L);
  lua_getfield(L, SPEC, "x0");
  Tensor *x = tensor_clone(lb_checktensor(L, -1, "lab.minimize", "x0"));
  lua_pop(L, 1);
  lb_pushtensor(L, x);
  Spec s = read_spec(L, &p, x->numel);
  const int algorithm = p.nlopt->find(s.algorithm);
  if (algorithm < 0) return luaL_error(L, "the NLopt that was found has no %s", s.algorithm);
  p.run = p.nlopt->create(algorithm, (unsigned)x->numel);
  int status = p.run ? set_up(&p, &s) : NLOPT_OUT_OF_MEMORY;
  double value = 0;
  if (status == 0) status = p.nlopt->optimize(p.run, tensor_f64(x), &value);
  char message[256];
  const char *told = p.run ? p.nlopt->message(p.run) : NULL;
  snprintf(message, sizeof message, "%s", told ? told : "");
  if (p.run) p.nlopt->destroy(p.run);
  if (p.failed) {
    lua_pushvalue(L, ERROR);
    return lua_error(L);
  }
  lua_pushvalue(L, RESULT);
  lua_pushnumber(L, value);
  lua_pushinteger(L, status);
  lua_pushstring(L, message);
  return 4;
}

/* has_nlopt() -> true, or false and why not */
static int has_nlopt(lua_State *L) {
  const bool found = lnlopt_open() != NULL;
  lua_pushboolean(L, found);
  if (found) return 1;
  lua_pushstring(L, err_message());
  return 2;
}

int luaopen_optlab_minimize(lua_State *L) {
  static const luaL_Reg functions[] = {{"nlopt", run_nlopt}, {"has_nlopt", has_nlopt}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
