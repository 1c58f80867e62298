/*
 * chebyshev.c - Chebyshev: the rates with which gradient descent gets closest to the minimum of a quadratic function
 * after a given number of steps.
 */
#include <math.h>

#include "base/err.h"
#include "sched/families/family.h"

enum { SMALLEST, LARGEST, TOTAL_STEPS };

static const Arg chebyshev_args[] = {
    {.name = "smallest",
     .range = RANGE_POSITIVE,
     .required = true,
     .doc = "The smallest eigenvalue of the Hessian, or a bound below it."},
    {.name = "largest", .range = RANGE_POSITIVE, .required = true, .doc = "The largest one, or a bound above it."},
    {.name = "total_steps",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of updates in a cycle; after it the rates are repeated."},
    {0},
};

static int chebyshev_check(const Sched *s) {
  const double *h = s->args.x;
  if (h[SMALLEST] <= h[LARGEST]) return 0;
  return err_set("smallest must be at most largest, got %.14g and %.14g", h[SMALLEST], h[LARGEST]);
}

/* The node of update k: from both ends alternately, so that a long step follows each short one. */
static double node_of(double k, double n) { return fmod(k, 2) == 0 ? k / 2 : n - 1 - (k - 1) / 2; }

static double chebyshev_at(const Sched *s, double t) {
  const double *h = s->args.x, n = h[TOTAL_STEPS];
  const double node = node_of(fmod(floor(t), n), n);
  const double middle = (h[LARGEST] + h[SMALLEST]) / 2, half = (h[LARGEST] - h[SMALLEST]) / 2;
  return 1 / (middle + half * cos(M_PI * (node + 0.5) / n));
}

const SchedDef sched_chebyshev[] = {
    {.name = "Chebyshev",
     .doc = "One over the nodes of Chebyshev between two eigenvalues: the best rates for a quadratic function.",
     .equation = "1 / ((L + m) / 2 + (L - m) / 2 cos(pi (j + 1/2) / n))\n"
                 "with m = smallest, L = largest, n = total_steps;\n"
                 "j = 0, n - 1, 1, n - 2, ...: short and long steps alternate, which keeps\n"
                 "rounding errors small",
     .paper = "Young, \"On Richardson's method for solving linear systems with positive definite matrices\", "
              "Journal of Mathematics and Physics 32, 1953",
     .args = chebyshev_args,
     .check = chebyshev_check,
     .at = chebyshev_at},
    {0},
};
