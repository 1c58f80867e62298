/*
 * lnlopt.h - the functions of NLopt that lminimizelib.c calls.
 *
 * The library is opened when one of its methods is first asked for: nothing else needs it, and it is not needed to build
 * optlab. Its interface (libnlopt.so) has been stable since version 2.7.
 */
#ifndef OPTLAB_LUA_MINIMIZE_LNLOPT_H
#define OPTLAB_LUA_MINIMIZE_LNLOPT_H

typedef struct nlopt_opt_s *NloptRun;
typedef double NloptFunction(unsigned n, const double *x, double *grad, void *ctx);
/* m values, and m rows of n derivatives unless grad is NULL. */
typedef void NloptVector(unsigned m, double *value, unsigned n, const double *x, double *grad, void *ctx);

/* Results; those above 0 are good. */
enum { NLOPT_OUT_OF_MEMORY = -3, NLOPT_FORCED_STOP = -5 };

typedef struct Nlopt {
  void *library;
  int (*find)(const char *algorithm); /* -1: unknown */
  NloptRun (*create)(int algorithm, unsigned n);
  void (*destroy)(NloptRun run);
  int (*optimize)(NloptRun run, double *x, double *value);
  int (*force_stop)(NloptRun run);
  const char *(*message)(NloptRun run); /* may be NULL */
  int (*objective)(NloptRun run, NloptFunction *f, void *ctx);
  int (*inequality)(NloptRun run, unsigned m, NloptVector *f, void *ctx, const double *tolerance);
  int (*equality)(NloptRun run, unsigned m, NloptVector *f, void *ctx, const double *tolerance);
  int (*lower)(NloptRun run, const double *bound);
  int (*upper)(NloptRun run, const double *bound);
  int (*ftol_rel)(NloptRun run, double tolerance);
  int (*xtol_rel)(NloptRun run, double tolerance);
  int (*xtol_abs)(NloptRun run, double tolerance);
  int (*first_step)(NloptRun run, double step);
} Nlopt;

/* The library, or NULL with err_set. */
const Nlopt *lnlopt_open(void);

#endif
