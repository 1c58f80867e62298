/*
 * plateau.h - lower the learning rate when a metric has stopped improving (PyTorch's ReduceLROnPlateau).
 *
 * The one schedule that needs feedback, hence an object with state instead of a function of t.
 */
#ifndef OPTLAB_SCHED_PLATEAU_H
#define OPTLAB_SCHED_PLATEAU_H

#include "args/arg.h"

/* Places in h. */
enum {
  PLATEAU_MODE, /* 0 "min", 1 "max" */
  PLATEAU_FACTOR,
  PLATEAU_PATIENCE,
  PLATEAU_THRESHOLD,
  PLATEAU_THRESHOLD_MODE, /* 0 "rel", 1 "abs" */
  PLATEAU_COOLDOWN,
  PLATEAU_MIN_LR,
  PLATEAU_EPS,
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
