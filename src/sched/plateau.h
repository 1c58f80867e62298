/*
 * plateau.h - lower the learning rate when a metric has stopped improving (PyTorch's ReduceLROnPlateau).
 *
 * The one schedule that needs feedback, hence an object with state instead of a function of t.
 */
#ifndef OPTLAB_SCHED_PLATEAU_H
#define OPTLAB_SCHED_PLATEAU_H

#include "args/arg.h"

/* Places in h; the defaults are PyTorch's. */
enum {
  PLATEAU_MODE,           /* 0 "min": smaller is better; 1 "max" */
  PLATEAU_FACTOR,         /* new lr = lr factor; 0.1 */
  PLATEAU_PATIENCE,       /* bad steps in a row that are let pass; 10 */
  PLATEAU_THRESHOLD,      /* what counts as better; 1e-4 */
  PLATEAU_THRESHOLD_MODE, /* 0 "rel": by that share of the best; 1 "abs": by that much */
  PLATEAU_COOLDOWN,       /* steps after a reduction during which bad ones do not count; 0 */
  PLATEAU_MIN_LR,         /* 0 */
  PLATEAU_EPS,            /* a change smaller than this is not made; 1e-8 */
  PLATEAU_COUNT
};

extern const Arg plateau_args[];

typedef struct Plateau {
  double h[PLATEAU_COUNT];
  double best;     /* best metric so far; infinite at the start */
  double bad;      /* bad steps in a row */
  double cooldown; /* steps of the cool-down still to come */
  double t;        /* metrics seen */
} Plateau;

/* Starts over with the hyperparameters in p->h. -1 with err_set: out of range. */
int plateau_start(Plateau *p);

/* Takes one metric; true if the learning rates are to be lowered now. */
bool plateau_step(Plateau *p, double metric);

/* The lowered rate, or lr itself where the change would be too small. */
double plateau_lower(const Plateau *p, double lr);

#endif
