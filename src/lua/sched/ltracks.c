/*
 * ltracks.c - see ltracks.h.
 */
#include "lua/sched/ltracks.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "lua/base/largs.h"

#define WHAT "a function of t or one of sched.*"
#define WHAT_OF WHAT ", or a table of those by the names of hyperparameters"

static size_t tracks_size(int n) { return (size_t)n * sizeof(Track); }
static size_t values_size(int n) { return (size_t)n * sizeof(double); }

void ltracks_free(Tracks *t) {
  alloc_put(t->track, tracks_size(t->n));
  alloc_put(t->value, values_size(t->n));
  alloc_put(t->ratio, values_size(t->ngroups));
  *t = (Tracks){0};
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

typedef struct Reader {
  lua_State *L;
  const Optim *o;
  const char *fn;
  Tracks *t;
  int list; /* where the list of schedules lies */
} Reader;

/* Adds a track for the schedule on top, which it pops. `name` is for messages. */
static void add(const Reader *r, Track track, const char *name) {
  lua_State *L = r->L;
  Tracks *t = r->t;
  if (!lsched_is_schedule(L, -1)) lb_badvalue(L, r->fn, name, lua_gettop(L), WHAT);
  track.s = lsched_ready_made(L, -1);
  Track *more = alloc_get(tracks_size(t->n + 1));
  if (!more) lb_coreerror(L);
  if (t->n) memcpy(more, t->track, tracks_size(t->n));
  more[t->n] = track;
  alloc_put(t->track, tracks_size(t->n));
  t->track = more;
  alloc_put(t->value, values_size(t->n++));
  t->value = alloc_get(values_size(t->n));
  if (!t->value) lb_coreerror(L);
  lua_rawseti(L, r->list, t->n);
}

/* Reads the list at `list` of the schedules of a tuple's members. */
static void add_members(const Reader *r, int list, Track track) {
  lua_State *L = r->L;
  const Arg *a = track.row;
  const char *what = lua_pushfstring(L, "a list of up to %d schedules, with nil for a member that stays", a->width);
  const int before = r->t->n;
  if (!lua_istable(L, list) || lsched_is_schedule(L, list)) lb_badvalue(L, r->fn, a->name, list, what);
  for (lua_pushnil(L); lua_next(L, list); lua_pop(L, 1)) {
    const lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (i < 1 || i > a->width) lb_badvalue(L, r->fn, a->name, list, what);
  }
  for (track.member = 0; track.member < a->width; track.member++) {
    const char *name = lua_pushfstring(L, "%s[%d]", a->name, track.member + 1);
    if (lua_geti(L, list, track.member + 1) == LUA_TNIL) {
      lua_pop(L, 1);
    } else {
      add(r, track, name);
    }
    lua_pop(L, 1);
  }
  if (r->t->n == before) lb_badvalue(L, r->fn, a->name, list, what);
  lua_pop(L, 1);
}

static bool can_follow(const Arg *a) {
  return a->kind == ARG_NUMBER || (a->kind == ARG_TUPLE && a->width <= TRACK_MAX_WIDTH);
}

/* Reads the table of schedules by name at `idx`, for one group or all. */
static void add_names(const Reader *r, int idx, int group) {
  static const char *const more[] = {"groups", NULL};
  lua_State *L = r->L;
  largs_checknames(L, idx, r->fn, r->o->def->args, group == TRACK_ALL ? more : NULL, false);
  int at = 0;
  for (const Arg *a = r->o->def->args; a->name; at += arg_width(a++)) {
    const Track track = {.row = a, .at = at, .group = group};
    if (lua_getfield(L, idx, a->name) == LUA_TNIL) {
      lua_pop(L, 1);
    } else if (!can_follow(a)) {
      lb_error(L, "%s: %s of optim.%s is no number, and only numbers follow a schedule", r->fn, a->name,
               r->o->def->name);
    } else if (a->kind == ARG_TUPLE) {
      add_members(r, lua_gettop(L), track);
      lua_pop(L, 1);
    } else {
      add(r, track, a->name);
    }
  }
}

/* Reads the table at `idx` of tables by the groups' numbers. */
static void add_groups(const Reader *r, int idx) {
  static const char *const what = "a table of tables of schedules by the numbers of groups";
  lua_State *L = r->L;
  if (!lua_istable(L, idx)) lb_badvalue(L, r->fn, "groups", idx, what);
  for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
    const lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (i >= 1 && i <= r->o->ngroups) continue;
    lb_error(L, "%s: groups[%s]: the optimizer has groups 1 to %d", r->fn, luaL_tolstring(L, -2, NULL), r->o->ngroups);
  }
  for (int group = 0; group < r->o->ngroups; group++) {
    if (lua_geti(L, idx, group + 1) != LUA_TNIL) add_names(r, lua_gettop(L), group);
    lua_pop(L, 1);
  }
}

void ltracks_read(lua_State *L, int idx, const Optim *o, Tracks *t, const char *fn) {
  luaL_checkstack(L, 20, fn);
  lua_newtable(L);
  const Reader r = {L, o, fn, t, lua_gettop(L)};
  if (lsched_is_schedule(L, idx)) {
    lua_pushvalue(L, idx);
    add(&r, (Track){.row = o->def->args, .group = TRACK_ALL}, "schedule");
    return;
  }
  if (!lua_istable(L, idx)) lb_badvalue(L, fn, "schedule", idx, WHAT_OF);
  add_names(&r, idx, TRACK_ALL);
  if (lua_getfield(L, idx, "groups") != LUA_TNIL) add_groups(&r, lua_gettop(L));
  lua_pop(L, 1);
  if (t->n == 0) lb_error(L, "%s: the table names no schedule, as {lr = s} does", fn);
}

/* --- the groups' ratios ------------------------------------------------------------------------------------------- */

static bool is_common_rate(const Track *k) { return k->at == 0 && k->group == TRACK_ALL; }

/* Whether the track moves the group: it is the group's own, or for all and the group has none of its own. */
static bool moves(const Tracks *t, const Track *k, int group) {
  if (k->group != TRACK_ALL) return k->group == group;
  for (int i = 0; i < t->n; i++) {
    const Track *own = &t->track[i];
    if (own->group == group && own->at == k->at && own->member == k->member) return false;
  }
  return true;
}

/* lr of group i over that of the first, now. Raises where there is none. */
static double ratio_now(lua_State *L, const Optim *o, int i, const char *fn) {
  const double lr = o->group[i].h[0], first = o->group[0].h[0];
  if (first == 0 && lr != 0) {
    lb_error(L, "%s: the first group's lr is 0, so group %d with lr %f has no ratio to it", fn, i + 1, lr);
  }
  return i == 0 || first == 0 ? 1 : lr / first;
}

void ltracks_take_groups(lua_State *L, Tracks *t, const Optim *o, const char *fn) {
  if (t->ngroups == o->ngroups) return;
  const Track *common = NULL;
  for (int i = 0; i < t->n; i++) common = is_common_rate(&t->track[i]) ? &t->track[i] : common;
  for (int i = t->ngroups; common && i < o->ngroups; i++) {
    if (moves(t, common, i)) ratio_now(L, o, i, fn);
  }
  double *ratio = alloc_get(values_size(o->ngroups));
  if (!ratio) lb_coreerror(L);
  for (int i = 0; i < o->ngroups; i++) {
    ratio[i] = i < t->ngroups ? t->ratio[i] : common && moves(t, common, i) ? ratio_now(L, o, i, fn) : 1;
  }
  alloc_put(t->ratio, values_size(t->ngroups));
  t->ratio = ratio;
  t->ngroups = o->ngroups;
}

/* --- moving ------------------------------------------------------------------------------------------------------- */

bool ltracks_known(const Tracks *t) {
  for (int i = 0; i < t->n; i++) {
    if (!t->track[i].s) return false;
  }
  return true;
}

void ltracks_ask(lua_State *L, int list, Tracks *t, double at) {
  for (int i = 0; i < t->n; i++) {
    lua_rawgeti(L, list, i + 1);
    t->value[i] = lsched_rate(L, lua_gettop(L), at);
    lua_pop(L, 1);
  }
}

void ltracks_evaluate(Tracks *t, double at) {
  for (int i = 0; i < t->n; i++) t->value[i] = sched_at(t->track[i].s, at);
}

/* The values of the track's row in a group, with the track's one in its place. */
static void values_of(const Tracks *t, int i, const Optim *o, int group, double *x) {
  const Track *k = &t->track[i];
  memcpy(x, o->group[group].h + k->at, values_size(arg_width(k->row)));
  x[k->member] = t->value[i] * (is_common_rate(k) ? t->ratio[group] : 1);
}

int ltracks_set(const Tracks *t, Optim *o) {
  double x[TRACK_MAX_WIDTH];
  const int groups = t->ngroups < o->ngroups ? t->ngroups : o->ngroups;
  for (int pass = 0; pass < 2; pass++) { /* check all, then set all */
    for (int i = 0; i < t->n; i++) {
      const Track *k = &t->track[i];
      for (int group = 0; group < groups; group++) {
        if (!moves(t, k, group)) continue;
        values_of(t, i, o, group, x);
        if (!pass && arg_check(k->row, x) < 0) return err_prefix("optim.%s: ", o->def->name);
        if (pass && optim_set(o, group, k->row, k->at, x) < 0) return -1;
      }
    }
  }
  return 0;
}
