/*
 * arg.h - one declaration of arguments: what layers, losses, initializers, optimizers, schedules and the functions of
 * the bindings accept.
 *
 * A declaration is a const table of rows, one per argument, ended by a row without a name. Everything else follows from
 * it: how a call is read, its defaults, the message for a wrong value, how a value is printed, the reference pages.
 *
 * The values lie in one flat array of doubles in the order of the rows, so that the code which computes reads x[BETA1]
 * and nothing else. A row takes one place, a tuple as many as it has members:
 *
 *   number, integer    the number
 *   flag               0 or 1
 *   choice             the position of the word
 *   tuple, sizes       `width` numbers; for word i of sizes with `choices`: arg_word_place(i) in every place
 *   shape              how many sizes (NAN: not given), then the sizes: TENSOR_MAX_DIM + 1 places
 *   dimension          0, 1, ... or -1, -2, ... counted from the end (in Lua: 1, 2, ... or -1, -2, ...)
 *   dtype              a DType (arg_dtype)
 *   list, integers     the number of the list in ArgValues.list
 *   tensor, string, function, table, value, int64, scalar
 *                      what the reader of the call makes of it; 0: not given
 */
#ifndef OPTLAB_ARGS_ARG_H
#define OPTLAB_ARGS_ARG_H

#include <math.h>
#include <stdbool.h>

#include "core/tensor.h"

typedef enum ArgKind {
  ARG_NUMBER,
  ARG_INTEGER, /* of a magnitude up to 2^53, which a double keeps exactly */
  ARG_FLAG,
  ARG_CHOICE, /* one of the words in `choices` */
  ARG_TUPLE,  /* a list of `width` numbers */
  ARG_SIZES, /* a list of `width` integers, or one integer for all of them; up to ARG_SIZES_MAX; or a word of `choices` */
  ARG_SHAPE,    /* a list of integers, or one; with `rest` also integers one after another */
  ARG_LIST,     /* a list of numbers of any length */
  ARG_INTEGERS, /* a list of integers of any length, or one */
  ARG_DIM,
  ARG_DTYPE,       /* any dtype */
  ARG_FLOAT_DTYPE, /* "float32" or "float64" */
  ARG_TENSOR,
  ARG_STRING,
  ARG_FUNCTION,
  ARG_TABLE,  /* any table, of names too */
  ARG_VALUE,  /* anything; the user of the value checks it */
  ARG_INT64,  /* an integer of 64 bits, such as a seed */
  ARG_SCALAR, /* a number to the last bit, for an element: an integer of 64 bits, or a number in the row's range */
  ARG_KIND_COUNT
} ArgKind;

/* What numbers, integers and the members of tuples and lists may be. */
typedef enum ArgRange {
  RANGE_FINITE,       /* neither infinite nor nan */
  RANGE_NUMBER,       /* not nan */
  RANGE_ANY,          /* any number */
  RANGE_NOT_NEGATIVE, /* 0 <= x, finite, as in all that follow */
  RANGE_POSITIVE,     /* 0 < x */
  RANGE_AT_LEAST_1,   /* 1 <= x */
  RANGE_0_TO_1,       /* 0 <= x <= 1 */
  RANGE_0_TO_BELOW_1, /* 0 <= x < 1 */
  RANGE_COUNT
} ArgRange;

typedef struct Arg {
  const char *name; /* NULL in the row that ends a declaration */
  ArgKind kind;
  ArgRange range;
  int width;                  /* members of a tuple or of sizes; of a list: of its default */
  bool required;              /* there is no default */
  bool off;                   /* a number: may be false, which NAN holds */
  bool rest;                  /* a shape: takes all the integers from its position on */
  double def;                 /* the default, of every member; ARG_UNSET: "not given" is a value of its own */
  const double *defs;         /* the default of each member where they differ */
  const char *const *choices; /* the words of a choice, or those that sizes may be instead, ended by NULL */
  const char *doc;            /* one line for the reference */
} Arg;

#define ARG_UNSET ((double)NAN)
#define ARG_INTEGER_MAX 0x1p53
#define ARG_SIZES_MAX ((1 << 26) - 1)
#define ARG_SHAPE_PLACES (TENSOR_MAX_DIM + 1)

static inline bool arg_is_integral(const Arg *a) {
  return a->kind == ARG_INTEGER || a->kind == ARG_SIZES || a->kind == ARG_SHAPE || a->kind == ARG_INTEGERS;
}
static inline bool arg_is_list(const Arg *a) { return a->kind == ARG_LIST || a->kind == ARG_INTEGERS; }

/* Places of a row. */
static inline int arg_width(const Arg *a) {
  if (a->kind == ARG_SHAPE) return ARG_SHAPE_PLACES;
  return a->kind == ARG_TUPLE || a->kind == ARG_SIZES ? a->width : 1;
}

/* What the places of sizes hold for word i, and which word they hold: -1 for numbers. */
static inline double arg_word_place(int i) { return -1 - i; }
static inline int arg_word(const Arg *a, double x) {
  return a->kind == ARG_SIZES && a->choices && x < 0 ? (int)(-1 - x) : -1;
}

/* Places of all rows of a declaration; its rows; its lists. */
int args_places(const Arg *args);
int args_count(const Arg *args);
int args_lists(const Arg *args);

/* The default of place i of a row. */
static inline double arg_default(const Arg *a, int i) { return a->defs ? a->defs[i] : a->def; }

/* The dtype that a place holds: the default float type of the moment where none was given. */
static inline DType arg_dtype(double x) { return isnan(x) ? dtype_default() : (DType)x; }

/* The row of that name and, in *at, its first place; NULL (without err_set) if there is none. */
const Arg *args_find(const Arg *args, const char *name, int *at);

/* Writes every default into x[0..args_places-1]; the members of lists are left to args_init. */
void args_defaults(const Arg *args, double *x);

/* Whether every place of a row holds its default. */
bool arg_is_default(const Arg *a, const double *x);

/* What a value must be, for messages and the reference: "an integer of at least 1", "a list of 2 numbers in [0, 1)".
 * Returns text. */
const char *arg_what(const Arg *a, char *text, size_t size);

/* The same for one member of a tuple, sizes, a shape or a list. */
const char *arg_member_what(const Arg *a, char *text, size_t size);

/* A number as messages show it: at most 14 digits, "nan", "inf". Returns text. */
const char *arg_number(double x, char *text, size_t size);

static inline bool arg_in_range(ArgRange range, double x) {
  switch (range) {
    case RANGE_ANY:
      return true;
    case RANGE_NUMBER:
      return !isnan(x);
    case RANGE_NOT_NEGATIVE:
      return x >= 0 && isfinite(x);
    case RANGE_POSITIVE:
      return x > 0 && isfinite(x);
    case RANGE_AT_LEAST_1:
      return x >= 1 && isfinite(x);
    case RANGE_0_TO_1:
      return x >= 0 && x <= 1;
    case RANGE_0_TO_BELOW_1:
      return x >= 0 && x < 1;
    default:
      return isfinite(x);
  }
}

/* Whether one number is what the row's range and kind ask for. */
static inline bool arg_accepts(const Arg *a, double x) {
  if (!arg_is_integral(a)) return arg_in_range(a->range, x);
  double most = a->kind == ARG_SIZES ? ARG_SIZES_MAX : ARG_INTEGER_MAX;
  return x == floor(x) && fabs(x) <= most && arg_in_range(a->range, x);
}

typedef struct ArgList {
  double *x;
  int n;
} ArgList;

/* Checks the numbers of one row that is no list; of every row (list: ArgValues.list, NULL without lists). 0, or -1 with
 * a sentence that lacks the callee: "lr must be a number of at least 0, got -1". */
int arg_check(const Arg *a, const double *x);
int args_check(const Arg *args, const double *x, const ArgList *list);

/* --- values with memory of their own ------------------------------------------------------------------------------ */

/* The values of one declaration. Where no lists are declared, x may be on the stack and the rest zero. */
typedef struct ArgValues {
  const Arg *args; /* borrowed */
  double *x;       /* args_places(args) */
  ArgList *list;   /* args_lists(args); in the order of their rows */
  bool owned;      /* x, list and the lists' members are freed by args_free */
} ArgValues;

/* Allocates room for the values and fills in the defaults. -1 with err_set without memory (nothing to free). */
int args_init(ArgValues *v, const Arg *args);
void args_free(ArgValues *v); /* accepts a zeroed one and one already freed */

/* Room for n members in list k, whose old ones are gone. NULL with err_set without memory. */
double *args_resize(ArgValues *v, int k, int n);

/* --- sizes ----------------------------------------------------------------------------------------------- */

/* The sizes of a shape, of which x is the first place; returns how many (0: not given). */
static inline int arg_shape(const double *x, int64_t *shape) {
  int n = isnan(*x) ? 0 : (int)*x;
  for (int d = 0; d < n; d++) shape[d] = (int64_t)x[d + 1];
  return n;
}

typedef struct Pair {
  int h, w;
} Pair;

static inline Pair pair_at(const double *x) { return (Pair){(int)x[0], (int)x[1]}; }

#endif
