/*
 * cosine.c - half a wave down.
 *
 *   Cosine             final_lr + (base_lr - final_lr) (1 + cos(pi u / n)) / 2, then final_lr from t = max_update on
 *                      with u = t - warmup_steps and n = max_update - warmup_steps, after a warm-up (family.h)
 *                      base_lr 0.01, max_update required, final_lr 0
 *   CosineAnnealingLR  eta_min + (base_lr - eta_min) (1 + cos(pi t / T_max)) / 2
 *                      base_lr and T_max required, eta_min 0; rises again after T_max
 *   CosineAnnealingWarmRestarts
 *                      the same over periods of T_0, T_0 T_mult, T_0 T_mult^2, ... updates, each from base_lr down
 *                      to eta_min; base_lr and T_0 required, T_mult 1, eta_min 0
 *
 * Cosine is the book's, the others PyTorch's: Loshchilov, Hutter, "SGDR", ICLR 2017.
 */
#include <math.h>

#include "sched/families/family.h"

/* --- Cosine ------------------------------------------------------------------------------------------------------- */

enum { MAX_UPDATE = BOOK_OWN, FINAL_LR };

static const Arg cosine_args[] = {
    BOOK_ROWS(0.01),
    {.name = "max_update", .range = RANGE_AT_LEAST_1, .required = true},
    {.name = "final_lr", .range = RANGE_NOT_NEGATIVE},
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
    {.name = "eta_min", .range = RANGE_NOT_NEGATIVE},
    {.name = "T_max", .range = RANGE_POSITIVE, .required = true},
    {0},
};

static double cosineannealinglr_at(const Sched *s, double t) { return cosine(s, t / s->args.x[PERIOD]); }

static const Arg warmrestarts_args[] = {
    BASE_ROW,
    {.name = "eta_min", .range = RANGE_NOT_NEGATIVE},
    {.name = "T_0", .range = RANGE_POSITIVE, .required = true},
    {.name = "T_mult", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = 1},
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
    {.name = "Cosine", .args = cosine_args, .check = book_check_end, .at = cosine_at},
    {.name = "CosineAnnealingLR", .args = cosineannealinglr_args, .at = cosineannealinglr_at},
    {.name = "CosineAnnealingWarmRestarts", .args = warmrestarts_args, .at = warmrestarts_at},
    {0},
};
