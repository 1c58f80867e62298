/*
 * poly.c - powers of a straight line down: the book's Poly and PyTorch's PolynomialLR.
 */
#include <math.h>

#include "sched/families/family.h"

/* --- Poly --------------------------------------------------------------------------------------------------------- */

enum { MAX_UPDATE = BOOK_OWN, FINAL_LR, PWR };

static const Arg poly_args[] = {
    BOOK_ROWS(0.01),
    {.name = "max_update",
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "The update from which on the rate is final_lr."},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the end."},
    {.name = "pwr", .range = RANGE_NOT_NEGATIVE, .def = 2, .doc = "Exponent to which the straight line is raised."},
    {0},
};

static double poly_at(const Sched *s, double t) {
  if (book_warming(s, t)) return book_warmup(s, t);
  double final = s->args.x[FINAL_LR];
  return final + (s->args.x[BASE_LR] - final) * pow(1 - book_progress(s, t), s->args.x[PWR]);
}

/* --- PolynomialLR ------------------------------------------------------------------------------------------------- */

enum { POLYNOMIAL_TOTAL = 1, POLYNOMIAL_POWER };

static const Arg polynomiallr_args[] = {
    BASE_ROW,
    {.name = "total_iters", .range = RANGE_POSITIVE, .def = 5, .doc = "Updates until the rate is 0."},
    {.name = "power", .range = RANGE_NOT_NEGATIVE, .def = 1, .doc = "Exponent to which the straight line is raised."},
    {0},
};

static double polynomiallr_at(const Sched *s, double t) {
  double total = s->args.x[POLYNOMIAL_TOTAL];
  return s->args.x[BASE_LR] * pow(1 - fmin(t, total) / total, s->args.x[POLYNOMIAL_POWER]);
}

const SchedDef sched_poly[] = {
    {.name = "Poly",
     .doc = "A power of a straight line from base_lr down to final_lr, after a warm-up.",
     .equation = "final_lr + (base_lr - final_lr) (1 - u / n)^pwr\nand final_lr from t = max_update on;\n" BOOK_WITH,
     .args = poly_args,
     .check = book_check_end,
     .at = poly_at},
    {.name = "PolynomialLR",
     .doc = "A power of a straight line down to 0.",
     .equation = "base_lr (1 - min(t, total_iters) / total_iters)^power",
     .args = polynomiallr_args,
     .at = polynomiallr_at},
    {0},
};
