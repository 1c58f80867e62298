/*
 * warmup.h - how a warm-up moves the rate, for the book's schedules and for sched.warmup.
 */
#ifndef OPTLAB_SCHED_WARMUP_H
#define OPTLAB_SCHED_WARMUP_H

typedef enum WarmupMode {
  WARMUP_LINEAR,   /* from `begin` in a straight line to `top`, which it reaches at t = steps */
  WARMUP_CONSTANT, /* at `begin` */
} WarmupMode;

static const char *const warmup_modes[] = {[WARMUP_LINEAR] = "linear", [WARMUP_CONSTANT] = "constant", 0};

/* The rate at t < steps of a linear warm-up. */
static inline double warmup_linear(double begin, double top, double t, double steps) {
  return begin + (top - begin) * t / steps;
}

#endif
