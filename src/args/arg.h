/*
 * arg.h - the arguments of a layer, a loss or an initializer, written down as data.
 *
 * The bindings read a call by such a list: the first values by position, the rest from an options table by name,
 * defaults for what is missing, a sentence for what is wrong. Every value is kept as one double.
 */
#ifndef OPTLAB_ARGS_ARG_H
#define OPTLAB_ARGS_ARG_H

#include <math.h>

typedef enum ArgKind {
  ARG_SIZE,   /* a whole number >= 1 */
  ARG_PAIR,   /* one whole number >= 1 for height and width, or two in a table {h, w} */
  ARG_PAIR0,  /* likewise from 0 up */
  ARG_NUMBER, /* any number but NaN */
  ARG_FLAG,   /* true or false */
  ARG_DIM,    /* a dimension: Lua counts from 1, C from 0; negative ones count from the end in both */
  ARG_DTYPE,  /* a DType; ARG_NONE: the default float type of the moment */
  ARG_CHOICE, /* one word of `choices`, kept as its position there */
  ARG_TENSOR  /* a tensor, or none; kept apart from the numbers (Module.buffer) */
} ArgKind;

typedef struct Arg {
  const char *name; /* NULL ends a list */
  ArgKind kind;
  double def;                 /* ARG_REQUIRED if there is no default; dimensions as C counts them */
  const char *const *choices; /* ARG_CHOICE: NULL-terminated */
} Arg;

#define ARG_REQUIRED ((double)NAN)
#define ARG_NONE (-1.0)
#define ARG_MAX 8 /* the longest list */

/* A pair as the one double that keeps it: both numbers lie in 0 .. PAIR_MAX. */
#define PAIR_MAX ((1 << 26) - 1)
#define PAIR(h, w) ((double)(h) * (PAIR_MAX + 1) + (w))

typedef struct Pair {
  int h, w;
} Pair;

static inline Pair pair_of(double packed) {
  int h = (int)(packed / (PAIR_MAX + 1));
  return (Pair){h, (int)(packed - PAIR(h, 0))};
}

static inline int arg_required(const Arg *a) { return isnan(a->def); }

#endif
