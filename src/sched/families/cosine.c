/*
 * cosine.c - half a wave: the book's Cosine, PyTorch's CosineAnnealingLR, CosineAnnealingWarmRestarts and SWALR.
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

/* --- SWALR -------------------------------------------------------------------------------------------------------- */

enum { SWA_RATE = 1, SWA_EPOCHS, SWA_STRATEGY };
enum { BY_COSINE, BY_LINE };

static const char *const swa_strategies[] = {[BY_COSINE] = "cos", [BY_LINE] = "linear", NULL};

static const Arg swalr_args[] = {
    BASE_ROW,
    {.name = "swa_lr",
     .range = RANGE_NOT_NEGATIVE,
     .required = true,
     .doc = "The rate from anneal_epochs on, above or below base_lr."},
    {.name = "anneal_epochs",
     .range = RANGE_NOT_NEGATIVE,
     .def = 10,
     .doc = "Number of updates, or epochs, from base_lr to swa_lr; 0: at once."},
    {.name = "anneal_strategy", .kind = ARG_CHOICE, .choices = swa_strategies, .doc = "The shape of the way there."},
    {0},
};

static double swalr_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double p = t < h[SWA_EPOCHS] ? t / h[SWA_EPOCHS] : 1;
  const double share = h[SWA_STRATEGY] == BY_LINE ? p : (1 - cos(M_PI * p)) / 2;
  return h[SWA_RATE] * share + h[BASE_LR] * (1 - share);
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
    {.name = "SWALR",
     .doc = "From base_lr to the constant rate at which SWA averages weights.",
     .equation = "swa_lr a + base_lr (1 - a)\n"
                 "with p = min(t / anneal_epochs, 1), a = (1 - cos(pi p)) / 2;\n'linear' a = p",
     .paper = "Izmailov, Podoprikhin, Garipov, Vetrov, Wilson, \"Averaging weights leads to wider optima and better "
              "generalization\", arXiv 1803.05407",
     .args = swalr_args,
     .at = swalr_at},
    {0},
};
