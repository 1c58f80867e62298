/*
 * ltracks.h - which hyperparameters of an optimizer follow which schedules.
 *
 *   s                                            lr, of all groups
 *   {lr = s1, momentum = s2, betas = {s3, nil}}  by name; of a tuple, some members
 *   {lr = s1, groups = {[2] = {lr = s4}}}        a group's own ones, instead of those for all
 *
 * With several groups the first's lr is s(t) and the others keep the ratio to it that they have when they are seen
 * first; a group's own lr, and every other hyperparameter, is the schedule's value itself.
 */
#ifndef OPTLAB_LUA_SCHED_LTRACKS_H
#define OPTLAB_LUA_SCHED_LTRACKS_H

#include "lua/sched/lsched.h"

#define TRACK_ALL (-1)
#define TRACK_MAX_WIDTH 8 /* members of a tuple */

typedef struct Track {
  const Arg *row; /* of the optimizer's definition */
  int at;         /* its first place there */
  int member;     /* of a tuple, else 0 */
  int group;      /* 0-based, or TRACK_ALL */
  const Sched *s; /* borrowed; NULL: only Lua can evaluate the schedule */
} Track;

typedef struct Tracks {
  Track *track;  /* [n] owned */
  double *value; /* [n] owned: room for their values */
  int n;
  double *ratio; /* [ngroups] owned: lr over that of the first group, for a track of lr of all groups */
  int ngroups;
} Tracks;

/* Reads what follows what from the value at idx, for the optimizer o, and pushes the list of schedules in the tracks'
 * order. `t` is zeroed and owned by an object that frees it. Raises. */
void ltracks_read(lua_State *L, int idx, const Optim *o, Tracks *t, const char *fn);
void ltracks_free(Tracks *t); /* accepts a zeroed one and one already freed */

/* Whether no track needs Lua. */
bool ltracks_known(const Tracks *t);

/* Gives each group that was added since the last call the ratio that it has now. Raises where there is none. */
void ltracks_take_groups(lua_State *L, Tracks *t, const Optim *o, const char *fn);

/* Evaluates all schedules, of the list at `list`, at `at`, into t->value. Raises. */
void ltracks_ask(lua_State *L, int list, Tracks *t, double at);

/* The same for tracks that are known. */
void ltracks_evaluate(Tracks *t, double at);

/* Sets the hyperparameters to t->value. -1 with err_set, nothing changed: one is out of range. */
int ltracks_set(const Tracks *t, Optim *o);

#endif
