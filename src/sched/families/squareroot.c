/*
 * squareroot.c - the book's SquareRoot, after a warm-up (family.h).
 */
#include <math.h>

#include "sched/families/family.h"

static const Arg squareroot_args[] = {BOOK_ROWS(0.1), {0}};

static double squareroot_at(const Sched *s, double t) {
  if (book_warming(s, t)) return book_warmup(s, t);
  return s->args.x[BASE_LR] / sqrt(t - s->args.x[WARMUP_STEPS] + 1);
}

const SchedDef sched_squareroot[] = {
    {.name = "SquareRoot",
     .doc = "Falls like one over the square root of the update, after a warm-up.",
     .equation = "base_lr (u + 1)^(-1/2)\nwith u = t - warmup_steps",
     .args = squareroot_args,
     .check = book_check_warmup,
     .at = squareroot_at},
    {0},
};
