/*
 * cosine.c - half a wave down: the book's Cosine, PyTorch's CosineAnnealingLR and CosineAnnealingWarmRestarts.
 */
#include <math.h>

#include "sched/families/family.h"

/* --- Cosine ------------------------------------------------------------------------------------------------------- */

enum { MAX_UPDATE = BOOK_OWN, FINAL_LR };

static const Arg cosine_args[] = {
    BOOK_ROWS(0.01),
    {.name = "max_update",
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "The update from which on the rate is final_lr."},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the end."},
    {0},
};

static double cosine_at(const Sched *s, double t) {
  if (book_warming(s, t)) return book_warmup(s, t);
  double final = s->args.x[FINAL_LR];
  return final + (s->args.x[BASE_LR] - final) * (1 + cos(M_PI * book_progress(s, t))) / 2;
}

/* --- CosineAnnealingLR and CosineAnnealingWarmRestarts ------------------------------------------------------------ */

enum { ETA_MIN = 1, PERIOD, T_MULT };

/* From base_lr at share 0 down to eta_min at share 1. */
static double cosine(const Sched *s, double share) {
  double low = s->args.x[ETA_MIN];
  return low + (s->args.x[BASE_LR] - low) * (1 + cos(M_PI * share)) / 2;
}

static const Arg cosineannealinglr_args[] = {
    BASE_ROW,
    {.name = "eta_min", .range = RANGE_NOT_NEGATIVE, .doc = "The lowest rate."},
    {.name = "T_max", .range = RANGE_POSITIVE, .required = true, .doc = "Updates until the rate is eta_min."},
    {0},
};

static double cosineannealinglr_at(const Sched *s, double t) { return cosine(s, t / s->args.x[PERIOD]); }

static const Arg warmrestarts_args[] = {
    BASE_ROW,
    {.name = "eta_min", .range = RANGE_NOT_NEGATIVE, .doc = "The lowest rate."},
    {.name = "T_0", .range = RANGE_POSITIVE, .required = true, .doc = "Number of updates in the first period."},
    {.name = "T_mult",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .def = 1,
     .doc = "Each period is T_mult times as long as the one before it."},
    {0},
};

static double warmrestarts_at(const Sched *s, double t) {
  double period = s->args.x[PERIOD], growth = s->args.x[T_MULT];
  if (growth == 1) return cosine(s, fmod(t, period) / period);
  while (t >= period) {
    t -= period;
    period *= growth;
  }
  return cosine(s, t / period);
}

const SchedDef sched_cosine[] = {
    {.name = "Cosine",
     .doc = "Half a cosine wave from base_lr down to final_lr, after a warm-up.",
     .equation =
         "final_lr + (base_lr - final_lr) (1 + cos(pi u / n)) / 2\nand final_lr from t = max_update on;\n" BOOK_WITH,
     .args = cosine_args,
     .check = book_check_end,
     .at = cosine_at},
    {.name = "CosineAnnealingLR",
     .doc = "Half a cosine wave from base_lr down to eta_min; rises again after T_max.",
     .equation = "eta_min + (base_lr - eta_min) (1 + cos(pi t / T_max)) / 2",
     .paper = "Loshchilov, Hutter, \"SGDR: stochastic gradient descent with warm restarts\", ICLR 2017",
     .args = cosineannealinglr_args,
     .at = cosineannealinglr_at},
    {.name = "CosineAnnealingWarmRestarts",
     .doc = "Cosine waves from base_lr down to eta_min that start again after each period.",
     .equation = "CosineAnnealingLR over periods of T_0, T_0 T_mult, T_0 T_mult^2, ... updates",
     .paper = "Loshchilov, Hutter, \"SGDR: stochastic gradient descent with warm restarts\", ICLR 2017",
     .args = warmrestarts_args,
     .at = warmrestarts_at},
    {0},
};
