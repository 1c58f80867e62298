/*
 * hyper.c - looking up and checking named numbers.
 */
#include "args/hyper.h"

#include <math.h>
#include <string.h>

#include "base/err.h"

static const char *const range_words[RANGE_COUNT] = {
    [RANGE_ANY] = "a finite number", [RANGE_NOT_NEGATIVE] = ">= 0",  [RANGE_POSITIVE] = "> 0",
    [RANGE_AT_LEAST_1] = ">= 1",     [RANGE_0_TO_1] = "from 0 to 1", [RANGE_0_TO_BELOW_1] = ">= 0 and < 1",
};

static bool in_range(HyperRange range, double x) {
  if (!isfinite(x)) return false;
  switch (range) {
    case RANGE_NOT_NEGATIVE:
      return x >= 0;
    case RANGE_POSITIVE:
      return x > 0;
    case RANGE_AT_LEAST_1:
      return x >= 1;
    case RANGE_0_TO_1:
      return x >= 0 && x <= 1;
    case RANGE_0_TO_BELOW_1:
      return x >= 0 && x < 1;
    default:
      return true;
  }
}

int hyper_count(const Hyper *table) {
  int n = 0;
  for (; table->name; table++) n += hyper_width(table);
  return n;
}

const Hyper *hyper_find(const Hyper *table, const char *name, int *at) {
  for (*at = 0; table->name; table++) {
    if (strcmp(table->name, name) == 0) return table;
    *at += hyper_width(table);
  }
  return NULL;
}

void hyper_defaults(const Hyper *table, double *h) {
  for (; table->name; table++) {
    for (int i = 0; i < hyper_width(table); i++) *h++ = table->def[i];
  }
}

int hyper_check(const char *who, const Hyper *x, const double *value) {
  for (int i = 0; i < hyper_width(x); i++) {
    if (isnan(value[i]) && isnan(x->def[i]) && !x->required) continue; /* optional and not given */
    if (x->kind == HYPER_INTEGER && value[i] != floor(value[i])) {
      return err_set("%s: %s must be a whole number, got %.14g", who, x->name, value[i]);
    }
    if (in_range(x->range, value[i])) continue;
    if (x->kind != HYPER_TUPLE) {
      return err_set("%s: %s must be %s, got %.14g", who, x->name, range_words[x->range], value[i]);
    }
    return err_set("%s: %s[%d] must be %s, got %.14g", who, x->name, i + 1, range_words[x->range], value[i]);
  }
  return 0;
}

int hyper_check_all(const char *who, const Hyper *table, const double *h) {
  for (; table->name; table++) {
    if (hyper_check(who, table, h) < 0) return -1;
    h += hyper_width(table);
  }
  return 0;
}
