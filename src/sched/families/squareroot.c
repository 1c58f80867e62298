/*
 * squareroot.c - the book's SquareRoot, after a warm-up (family.h).
 *
 *   base_lr (u + 1)^(-1/2)    with u = t - warmup_steps
 *
 * base_lr 0.1.
 */
#include <math.h>

#include "sched/families/family.h"

static const Hyper squareroot_hyper[] = {BOOK_ROWS(0.1), {0}};

static double squareroot_at(const Sched *s, double t) {
  if (book_warming(s, t)) return book_warmup(s, t);
  return s->h[BASE_LR] / sqrt(t - s->h[WARMUP_STEPS] + 1);
}

const SchedDef sched_squareroot[] = {
    {.name = "SquareRoot", .hyper = squareroot_hyper, .check = book_check_warmup, .at = squareroot_at},
    {0},
};
