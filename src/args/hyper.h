/*
 * hyper.h - named numbers: how an optimizer or a schedule declares what its user may set.
 *
 * A declaration is a const table of rows, one a hyperparameter, ended by a row without a name. The values lie in one
 * flat array of doubles in the order of the rows (a tuple such as betas takes as many places as it has members), so
 * that the code which computes reads h[BETA1] and nothing else. Booleans are 0 and 1, a choice is the position of its
 * name.
 */
#ifndef OPTLAB_ARGS_HYPER_H
#define OPTLAB_ARGS_HYPER_H

#include <stdbool.h>

#define HYPER_MAX 24  /* doubles in one table */
#define HYPER_WIDTH 4 /* members of a tuple */

typedef enum HyperKind { HYPER_NUMBER, HYPER_INTEGER, HYPER_BOOLEAN, HYPER_TUPLE, HYPER_CHOICE } HyperKind;

typedef enum HyperRange {
  RANGE_ANY,          /* every finite number */
  RANGE_NOT_NEGATIVE, /* 0 <= x */
  RANGE_POSITIVE,     /* 0 < x */
  RANGE_AT_LEAST_1,   /* 1 <= x */
  RANGE_0_TO_1,       /* 0 <= x <= 1 */
  RANGE_0_TO_BELOW_1, /* 0 <= x < 1 */
  RANGE_COUNT
} HyperRange;

typedef struct Hyper {
  const char *name; /* NULL in the row that ends a table */
  HyperKind kind;
  HyperRange range;
  int width;                 /* members of a tuple; 0 counts as 1 */
  bool required;             /* no default */
  double def[HYPER_WIDTH];   /* the default; NAN means "not given" where the code allows for that */
  const char *const *choice; /* HYPER_CHOICE: the names, ended by NULL */
} Hyper;

static inline int hyper_width(const Hyper *x) { return x->width ? x->width : 1; }

/* Doubles that the table's values take up. */
int hyper_count(const Hyper *table);

/* The row of that name and, in *at, the place of its first value; NULL (without err_set) if there is none. */
const Hyper *hyper_find(const Hyper *table, const char *name, int *at);

/* Writes every default into h[0..hyper_count-1]. */
void hyper_defaults(const Hyper *table, double *h);

/* Checks the values of one row: 0, or -1 with err_set naming `who`, the hyperparameter and the range. */
int hyper_check(const char *who, const Hyper *x, const double *value);

/* Checks every row of a table. */
int hyper_check_all(const char *who, const Hyper *table, const double *h);

#endif
