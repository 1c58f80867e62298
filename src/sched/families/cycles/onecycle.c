/*
 * onecycle.c - one cycle, up and down: PyTorch's OneCycleLR and optax's LinearOneCycle and CosineOneCycle.
 *
 * PyTorch's class moves the momentum as well, the other way: that is OneCycleMomentum here, for
 * sched.attach(opt, {lr = ..., momentum = ...}). It raises an error after the last update; here values stay constant
 * from there on.
 */
#include <math.h>

#include "base/err.h"
#include "sched/families/family.h"

/* Share of the way from `begin` to `end`. */
static double share(double t, double begin, double end) { return end > begin ? (t - begin) / (end - begin) : 1; }

static double line(double from, double to, double p) { return from + (to - from) * p; }

static double wave(double from, double to, double p) { return to + (from - to) / 2 * (1 + cos(M_PI * p)); }

/* --- PyTorch's: OneCycleLR and OneCycleMomentum ------------------------------------------------------------------- */

/* The first rows of both; their own ones begin at OWN. */
enum { TOTAL_STEPS, EPOCHS, STEPS_PER_EPOCH, PCT_START, STRATEGY, THREE_PHASE, OWN };
enum { PEAK_LR = OWN, DIV_FACTOR, FINAL_DIV_FACTOR };
enum { MAX_MOMENTUM = OWN, BASE_MOMENTUM };

static const char *const strategies[] = {"cos", "linear", NULL};

/* clang-format off */
#define CYCLE_ROWS(turn)                                                                                               \
  {.name = "total_steps", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = ARG_UNSET,                            \
   .doc = "Number of updates in the cycle; alternatively give epochs and steps_per_epoch."},                           \
  {.name = "epochs", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = ARG_UNSET,                                 \
   .doc = "Number of epochs; with steps_per_epoch, an alternative to total_steps."},                                   \
  {.name = "steps_per_epoch", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .def = ARG_UNSET,                        \
   .doc = "Updates per epoch."},                                                                                       \
  {.name = "pct_start", .range = RANGE_0_TO_1, .def = 0.3, .doc = "Share of the updates until " turn "."},             \
  {.name = "anneal_strategy", .kind = ARG_CHOICE, .choices = strategies,                                               \
   .doc = "Shape of the rise and the fall: 'cos' for half a cosine wave, 'linear' for a straight line."},              \
  {.name = "three_phase", .kind = ARG_FLAG,                                                                            \
   .doc = "Whether the way back takes as many updates as the way there, followed by a last phase."}
/* clang-format on */

static const Arg onecyclelr_args[] = {
    CYCLE_ROWS("the rate is at its top"),
    {.name = "max_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The rate at the top."},
    {.name = "div_factor", .range = RANGE_POSITIVE, .def = 25, .doc = "The first rate is max_lr / div_factor."},
    {.name = "final_div_factor",
     .range = RANGE_POSITIVE,
     .def = 1e4,
     .doc = "The last rate is the first rate divided by final_div_factor."},
    {0},
};

static const Arg onecyclemomentum_args[] = {
    CYCLE_ROWS("the momentum is at its lowest"),
    {.name = "max_momentum", .range = RANGE_0_TO_1, .def = 0.95, .doc = "The momentum at the start and at the end."},
    {.name = "base_momentum", .range = RANGE_0_TO_1, .def = 0.85, .doc = "The lowest momentum."},
    {0},
};

static int onecycle_check(const Sched *s) {
  const double *h = s->args.x;
  if (!isnan(h[TOTAL_STEPS]) || !(isnan(h[EPOCHS]) || isnan(h[STEPS_PER_EPOCH]))) return 0;
  return err_set("give either total_steps or both epochs and steps_per_epoch");
}

static double phase(const Sched *s, double t, double begin, double end, double from, double to) {
  return (s->args.x[STRATEGY] == 0 ? wave : line)(from, to, share(t, begin, end));
}

/* The value at t of a cycle from `first` to `turn`, back to `back` if three_phase, and to `last`. */
static double cycle(const Sched *s, double t, double first, double turn, double back, double last) {
  const double *h = s->args.x;
  const double steps = isnan(h[TOTAL_STEPS]) ? h[EPOCHS] * h[STEPS_PER_EPOCH] : h[TOTAL_STEPS];
  const double peak = h[PCT_START] * steps - 1, valley = 2 * h[PCT_START] * steps - 2, end = steps - 1;
  t = fmin(t, end); /* which may lie in an earlier phase, where pct_start leaves no updates to the others */
  if (t <= peak) return phase(s, t, 0, peak, first, turn);
  if (h[THREE_PHASE] == 0) return phase(s, t, peak, end, turn, last);
  if (t <= valley) return phase(s, t, peak, valley, turn, back);
  return phase(s, t, valley, end, back, last);
}

static double onecyclelr_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double low = h[PEAK_LR] / h[DIV_FACTOR];
  return cycle(s, t, low, h[PEAK_LR], low, low / h[FINAL_DIV_FACTOR]);
}

static double onecyclemomentum_at(const Sched *s, double t) {
  const double high = s->args.x[MAX_MOMENTUM];
  return cycle(s, t, high, s->args.x[BASE_MOMENTUM], high, high);
}

/* --- optax's: LinearOneCycle and CosineOneCycle ------------------------------------------------------------------- */

enum { N = 1, START, DIV, FINAL_DIV, FINAL };

/* clang-format off */
#define OPTAX_ROWS                                                                                                     \
  {.name = "max_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = "The rate at the top."},                    \
  {.name = "total_steps", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .required = true,                            \
   .doc = "Number of updates in the cycle."},                                                                          \
  {.name = "pct_start", .range = RANGE_0_TO_1, .def = 0.3, .doc = "Share of the updates until the top."},              \
  {.name = "div_factor", .range = RANGE_POSITIVE, .def = 25, .doc = "The first rate is max_lr / div_factor."},         \
  {.name = "final_div_factor", .range = RANGE_POSITIVE, .def = 1e4,                                                    \
   .doc = "The last rate is the first rate divided by final_div_factor."}
/* clang-format on */

static const Arg linearonecycle_args[] = {
    OPTAX_ROWS,
    {.name = "pct_final",
     .range = RANGE_0_TO_1,
     .def = 0.85,
     .doc = "Share of the updates until the rate is back at max_lr / div_factor."},
    {0},
};

static const Arg cosineonecycle_args[] = {OPTAX_ROWS, {0}};

static int linearonecycle_check(const Sched *s) {
  const double *h = s->args.x;
  if (h[START] <= h[FINAL]) return 0;
  return err_set("pct_start must be at most pct_final, got %.14g and %.14g", h[START], h[FINAL]);
}

static double linearonecycle_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double high = h[0], low = high / h[DIV], n = h[N], top = floor(h[START] * n), back = floor(h[FINAL] * n);
  if (t < top) return line(low, high, share(t, 0, top));
  if (t < back) return line(high, low, share(t, top, back));
  return line(low, low / h[FINAL_DIV], share(fmin(t, n), back, n));
}

static double cosineonecycle_at(const Sched *s, double t) {
  const double *h = s->args.x;
  const double high = h[0], low = high / h[DIV], n = h[N], top = floor(h[START] * n);
  if (t < top) return wave(low, high, share(t, 0, top));
  return wave(high, low / h[FINAL_DIV], share(fmin(t, n), top, n));
}

#define SUPER_CONVERGENCE                                                                                   \
  "Smith, Topin, \"Super-convergence: very fast training of neural networks using large learning rates\", " \
  "arXiv 1708.07120"

const SchedDef sched_onecycle[] = {
    {.name = "OneCycleLR",
     .doc = "Up to a high rate once, then down to a very low one.",
     .equation = "from max_lr / div_factor                     at t = 0\n"
                 "to   max_lr                                  at t = n\n"
                 "to   max_lr / div_factor                     at t = 2 n, if three_phase\n"
                 "to   max_lr / div_factor / final_div_factor  at t = total_steps - 1\n"
                 "with n = pct_start total_steps - 1; constant from t = total_steps - 1 on",
     .paper = SUPER_CONVERGENCE,
     .args = onecyclelr_args,
     .check = onecycle_check,
     .at = onecyclelr_at},
    {.name = "OneCycleMomentum",
     .doc = "The momentum that PyTorch's OneCycleLR sets: down where the rate goes up.",
     .equation = "from max_momentum   at t = 0\n"
                 "to   base_momentum  at t = n\n"
                 "to   max_momentum   at t = 2 n if three_phase, else at t = total_steps - 1\n"
                 "with n = pct_start total_steps - 1; max_momentum from t = total_steps - 1 on",
     .paper = "Smith, \"A disciplined approach to neural network hyper-parameters: part 1\", arXiv 1803.09820",
     .args = onecyclemomentum_args,
     .check = onecycle_check,
     .at = onecyclemomentum_at},
    {.name = "LinearOneCycle",
     .doc = "optax's linear_onecycle_schedule: straight lines up, down, and further down.",
     .equation = "straight lines from max_lr / div_factor    at t = 0\n"
                 "to max_lr                                  at floor(pct_start total_steps)\n"
                 "to max_lr / div_factor                     at floor(pct_final total_steps)\n"
                 "to max_lr / div_factor / final_div_factor  at total_steps; it stays there",
     .paper = SUPER_CONVERGENCE,
     .args = linearonecycle_args,
     .check = linearonecycle_check,
     .at = linearonecycle_at},
    {.name = "CosineOneCycle",
     .doc = "optax's cosine_onecycle_schedule: half a wave up, half a wave down.",
     .equation = "half waves from max_lr / div_factor        at t = 0\n"
                 "to max_lr                                  at floor(pct_start total_steps)\n"
                 "to max_lr / div_factor / final_div_factor  at total_steps; it stays there",
     .paper = SUPER_CONVERGENCE,
     .args = cosineonecycle_args,
     .at = cosineonecycle_at},
    {0},
};
