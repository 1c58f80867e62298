/*
 * family.h - what the files of schedules share: the row base_lr, and the warm-up and the end of the book's schedules.
 *
 * During the warm-up of a book's schedule, t < warmup_steps, the rate is
 *
 *   warmup_mode "linear"    warmup_begin_lr + (base_lr - warmup_begin_lr) t / warmup_steps
 *   warmup_mode "constant"  warmup_begin_lr
 */
#ifndef OPTLAB_SCHED_FAMILIES_FAMILY_H
#define OPTLAB_SCHED_FAMILIES_FAMILY_H

#include <math.h>

#include "base/err.h"
#include "sched/schedule.h"
#include "sched/warmup.h"

/* Row 0 of every schedule but OneCycleLR. */
enum { BASE_LR };
/* clang-format off */
#define BASE_ROW {.name = "base_lr", .range = RANGE_NOT_NEGATIVE, .required = true, .doc = BASE_LR_DOC}
/* clang-format on */
#define BASE_LR_DOC "The rate that the schedule starts from; PyTorch takes it from the optimizer."

/* --- the book's schedules ----------------------------------------------------------------------------------------- */

/* Their first rows; a schedule's own ones begin at BOOK_OWN, with max_update where it ends at one. */
enum { WARMUP_STEPS = 1, WARMUP_BEGIN, WARMUP_MODE, BOOK_OWN, BOOK_MAX_UPDATE = BOOK_OWN };

/* clang-format off */
#define BOOK_ROWS(base)                                                                                            \
  {.name = "base_lr", .range = RANGE_NOT_NEGATIVE, .def = base, .doc = "The rate that the schedule starts from."}, \
  {.name = "warmup_steps", .range = RANGE_NOT_NEGATIVE,                                                            \
   .doc = "Number of updates in the warm-up, before the schedule itself starts."},                                 \
  {.name = "warmup_begin_lr", .range = RANGE_NOT_NEGATIVE, .doc = "The rate at the start of the warm-up."},        \
  {.name = "warmup_mode", .kind = ARG_CHOICE, .choices = warmup_modes,                                             \
   .doc = "'linear': from warmup_begin_lr to base_lr in a straight line; 'constant': stay at warmup_begin_lr."}
/* clang-format on */

/* The line of an equation that says what u and n are. */
#define BOOK_WITH "with u = t - warmup_steps, n = max_update - warmup_steps"

static inline bool book_warming(const Sched *s, double t) { return t < s->args.x[WARMUP_STEPS]; }

static inline double book_warmup(const Sched *s, double t) {
  if (s->args.x[WARMUP_MODE] == WARMUP_CONSTANT) return s->args.x[WARMUP_BEGIN];
  return warmup_linear(s->args.x[WARMUP_BEGIN], s->args.x[BASE_LR], t, s->args.x[WARMUP_STEPS]);
}

static inline int book_check_warmup(const Sched *s) {
  if (s->args.x[WARMUP_BEGIN] <= s->args.x[BASE_LR]) return 0;
  return err_set("warmup_begin_lr must be at most base_lr, got %.14g and %.14g", s->args.x[WARMUP_BEGIN],
                 s->args.x[BASE_LR]);
}

static inline int book_check_end(const Sched *s) {
  if (s->args.x[BOOK_MAX_UPDATE] <= s->args.x[WARMUP_STEPS]) {
    return err_set("max_update must be above warmup_steps, got %.14g and %.14g", s->args.x[BOOK_MAX_UPDATE],
                   s->args.x[WARMUP_STEPS]);
  }
  return book_check_warmup(s);
}

/* Share of the way from the end of the warm-up to max_update. */
static inline double book_progress(const Sched *s, double t) {
  return fmin(1, (t - s->args.x[WARMUP_STEPS]) / (s->args.x[BOOK_MAX_UPDATE] - s->args.x[WARMUP_STEPS]));
}

#endif
