/*
 * arg.c - places, defaults and checks of declared arguments, and the words for them.
 */
#include "args/arg.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text/number.h"

/* --- places ------------------------------------------------------------------------------------------------------- */

int args_places(const Arg *args) {
  int n = 0;
  for (; args->name; args++) n += arg_width(args);
  return n;
}

int args_count(const Arg *args) {
  int n = 0;
  while (args[n].name) n++;
  return n;
}

int args_lists(const Arg *args) {
  int n = 0;
  for (; args->name; args++) n += arg_is_list(args);
  return n;
}

const Arg *args_find(const Arg *args, const char *name, int *at) {
  for (*at = 0; args->name; args++) {
    if (strcmp(args->name, name) == 0) return args;
    *at += arg_width(args);
  }
  return NULL;
}

/* --- defaults ----------------------------------------------------------------------------------------------------- */

void args_defaults(const Arg *args, double *x) {
  int lists = 0;
  for (; args->name; args++) {
    if (args->kind <= ARG_CHOICE) { /* the most frequent kinds, of one place */
      *x++ = args->def;
    } else if (arg_is_list(args)) {
      *x++ = lists++;
    } else {
      for (int i = 0, n = arg_width(args); i < n; i++) *x++ = arg_default(args, i);
    }
  }
}

bool arg_is_default(const Arg *a, const double *x) {
  for (int i = 0; i < arg_width(a); i++) {
    double def = arg_default(a, i);
    if (x[i] != def && !(isnan(x[i]) && isnan(def))) return false;
  }
  return !a->required;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

typedef struct RangeWords {
  const char *before, *after; /* "a [finite ]number[ of at least 0]" */
} RangeWords;

static const RangeWords range_words[RANGE_COUNT] = {
    [RANGE_FINITE] = {"finite ", ""},
    [RANGE_NUMBER] = {"", ""},
    [RANGE_ANY] = {"", ""},
    [RANGE_NOT_NEGATIVE] = {"", " of at least 0"},
    [RANGE_POSITIVE] = {"", " above 0"},
    [RANGE_AT_LEAST_1] = {"", " of at least 1"},
    [RANGE_0_TO_1] = {"", " in [0, 1]"},
    [RANGE_0_TO_BELOW_1] = {"", " in [0, 1)"},
};

/* "numbers in [0, 1)" */
static const char *members(const Arg *a, char *text, size_t size) {
  const RangeWords *w = &range_words[a->range];
  snprintf(text, size, "%s%s%s", arg_is_integral(a) ? "" : w->before, arg_is_integral(a) ? "integers" : "numbers",
           w->after);
  return text;
}

const char *arg_member_what(const Arg *a, char *text, size_t size) {
  const RangeWords *w = &range_words[a->range];
  if (arg_is_integral(a)) {
    snprintf(text, size, "an integer%s", w->after);
  } else {
    snprintf(text, size, "a %snumber%s", w->before, w->after);
  }
  return text;
}

static const char *choice_what(const Arg *a, char *text, size_t size) {
  int n = snprintf(text, size, "one of");
  for (int i = 0; a->choices[i] && n >= 0 && (size_t)n < size; i++) {
    n += snprintf(text + n, size - (size_t)n, i ? ", '%s'" : " '%s'", a->choices[i]);
  }
  return text;
}

static void sizes_what(const Arg *a, const char *one, char *text, size_t size) {
  char words[128];
  if (!a->choices) {
    snprintf(text, size, "%s or a list of %d", one, a->width);
  } else {
    snprintf(text, size, "%s, a list of %d or %s", one, a->width, choice_what(a, words, sizeof words));
  }
}

const char *arg_what(const Arg *a, char *text, size_t size) {
  static const char *const plain[ARG_KIND_COUNT] = {
      [ARG_FLAG] = "true or false",
      [ARG_DIM] = "a dimension (1, 2, ... or -1 for the last)",
      [ARG_DTYPE] = "one of 'float32', 'float64', 'int64', 'uint8'",
      [ARG_FLOAT_DTYPE] = "one of 'float32', 'float64'",
      [ARG_TENSOR] = "a tensor",
      [ARG_STRING] = "a string",
      [ARG_FUNCTION] = "a function",
      [ARG_TABLE] = "a table",
      [ARG_VALUE] = "a value",
      [ARG_INT64] = "an integer",
  };
  char one[64], many[64];
  if (plain[a->kind]) {
    snprintf(text, size, "%s", plain[a->kind]);
    return text;
  }
  arg_member_what(a, one, sizeof one);
  members(a, many, sizeof many);
  switch (a->kind) {
    case ARG_CHOICE:
      return choice_what(a, text, size);
    case ARG_TUPLE:
      snprintf(text, size, "a list of %d %s", a->width, many);
      break;
    case ARG_SIZES:
      sizes_what(a, one, text, size);
      break;
    case ARG_SHAPE:
    case ARG_INTEGERS:
      snprintf(text, size, "%s or a list of them", one);
      break;
    case ARG_LIST:
      snprintf(text, size, "a list of %s", many);
      break;
    default:
      snprintf(text, size, "%s%s", one, a->off ? " or false" : "");
  }
  return text;
}

const char *arg_number(double x, char *text, size_t size) {
  number_print(text, size, "%.14g", x);
  return isnan(x) ? "nan" : text; /* never "-nan" */
}

/* --- checks ------------------------------------------------------------------------------------------------------- */

static int check_member(const Arg *a, double x, int member) {
  char what[64], got[32];
  if (arg_accepts(a, x)) return 0;
  arg_member_what(a, what, sizeof what);
  const char *number = arg_number(x, got, sizeof got);
  if (!member) return err_set("%s must be %s, got %s", a->name, what, number);
  return err_set("%s[%d] must be %s, got %s", a->name, member, what, number);
}

int arg_check(const Arg *a, const double *x) {
  int n = arg_width(a);
  if (a->kind != ARG_NUMBER && a->kind != ARG_INTEGER && a->kind != ARG_TUPLE && a->kind != ARG_SIZES) return 0;
  for (int i = 0; i < n; i++) {
    if (isnan(x[i]) && (a->off || (isnan(arg_default(a, i)) && !a->required))) continue; /* not given */
    if (arg_word(a, x[i]) < 0 && check_member(a, x[i], n > 1 ? i + 1 : 0) < 0) return -1;
  }
  return 0;
}

int args_check(const Arg *args, const double *x, const ArgList *list) {
  for (; args->name; x += arg_width(args++)) {
    if (arg_check(args, x) < 0) return -1;
    if (!arg_is_list(args)) continue;
    for (int i = 0; i < list->n; i++) {
      if (check_member(args, list->x[i], i + 1) < 0) return -1;
    }
    list++;
  }
  return 0;
}

/* --- values with memory of their own ------------------------------------------------------------------------------ */

static size_t values_size(const Arg *args) {
  return (size_t)args_places(args) * sizeof(double) + (size_t)args_lists(args) * sizeof(ArgList);
}

int args_init(ArgValues *v, const Arg *args) {
  *v = (ArgValues){.args = args, .owned = true};
  size_t size = values_size(args);
  if (size == 0) return 0;
  v->x = alloc_get(size);
  if (!v->x) return -1;
  memset(v->x, 0, size);
  v->list = (ArgList *)(void *)(v->x + args_places(args));
  args_defaults(args, v->x);
  for (int k = 0; args->name; args++) {
    if (!arg_is_list(args)) continue;
    double *x = args_resize(v, k++, args->width);
    if (!x) {
      args_free(v);
      return -1;
    }
    for (int i = 0; i < args->width; i++) x[i] = arg_default(args, i);
  }
  return 0;
}

double *args_resize(ArgValues *v, int k, int n) {
  ArgList *list = &v->list[k];
  double *x = alloc_get((size_t)(n ? n : 1) * sizeof *x);
  if (!x) return NULL;
  if (list->x) alloc_put(list->x, (size_t)(list->n ? list->n : 1) * sizeof *list->x);
  *list = (ArgList){x, n};
  return x;
}

void args_free(ArgValues *v) {
  if (!v->x || !v->owned) return;
  for (int k = 0; k < args_lists(v->args); k++) {
    ArgList *list = &v->list[k];
    if (list->x) alloc_put(list->x, (size_t)(list->n ? list->n : 1) * sizeof *list->x);
  }
  alloc_put(v->x, values_size(v->args));
  *v = (ArgValues){0};
}
