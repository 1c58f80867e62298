/*
 * link.c - opening the transport, waiting, and the end of the job.
 *
 * MPI's own waits cannot be broken off by Ctrl-C and keep a core busy, also where the process that is waited for needs
 * that core. So requests are only tested, with pauses that grow.
 *
 * A process that ends well tells the others, so one that waits for it in vain can say so. One that ends with an error
 * ends all: they would wait for ever. Both are done in a handler of exit, which knows the status.
 */
#define _GNU_SOURCE /* on_exit */
#include "dist/link.h"

#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/interrupt.h"

#define SPINS 2000        /* tests without a pause: a few hundred microseconds */
#define YIELDS 2000       /* tests after each of which others may run */
#define PAUSE 50000       /* nanoseconds between later ones */
#define TESTS_A_LOOK 2000 /* between two looks at what the peer does, once there are pauses: a tenth of a second */
#define MOST_LOOKS 30     /* a large message may be under way so long while the next call's has arrived */

Link dist_link = {.size = 1}; /* a job is the process's */

static char bye; /* what is sent at the end */

/* --- the job ------------------------------------------------------------------------------------------------------ */

/* Leaves the job, or ends it for all. 128 and more: after a signal, which mpirun has sent to all, or passes on to them
 * when it notices. */
static void leave(int status, void *unused) {
  Link *l = &dist_link;
  (void)unused;
  fflush(NULL);
  if (status >= 128) return;
  if (status != 0 || l->broken) l->transport->abort(status ? status : EXIT_FAILURE);
  for (int to = 0; to < l->size; to++) {
    void *request;
    if (to != l->rank) l->transport->send(&bye, sizeof bye, to, TAG_BYE, &request);
  }
  l->transport->finish();
}

static const Transport *open_module(const char *module) {
  void *library = dlopen(module, RTLD_NOW | RTLD_GLOBAL); /* MPI's own plug-ins look for its symbols */
  if (!library) return err_null("cannot open %s: %s", module, dlerror());
  TransportFunction *get = (TransportFunction *)dlsym(library, TRANSPORT_FUNCTION);
  const Transport *t = get ? get() : NULL;
  if (!t || t->version != TRANSPORT_VERSION) return err_null("%s belongs to another version of optlab", module);
  return t;
}

int link_start(const char *module) {
  char error[512] = "";
  if (dist_link.transport) return 0;
  const Transport *t = open_module(module);
  if (!t) return -1;
  if (t->start(&dist_link.rank, &dist_link.size, error, sizeof error) < 0) return err_set("%s", error);
  dist_link.transport = t;
  return on_exit(leave, NULL) == 0 ? 0 : err_set("cannot note what is to be done at the end");
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static int break_link(void) {
  dist_link.broken = true;
  return -1;
}

int link_check(const char *what) {
  if (!dist_link.broken) return 0;
  return err_set("%s: the connection of the ranks broke in an earlier call", what);
}

static int failed(const char *what, int peer) {
  break_link();
  return err_set("a message %s rank %d failed", what, peer);
}

int link_send(const void *p, size_t bytes, int to, int tag, void **request) {
  return dist_link.transport->send(p, bytes, to, tag, request) < 0 ? failed("to", to) : 0;
}

int link_receive(void *p, size_t bytes, int from, int tag, void **request) {
  return dist_link.transport->receive(p, bytes, from, tag, request) < 0 ? failed("from", from) : 0;
}

int link_test(void **request, bool *done) {
  if (dist_link.transport->test(request, done) == 0) return 0;
  break_link();
  return err_set("a message between the ranks failed");
}

/* --- waiting ------------------------------------------------------------------------------------------------------ */

static void let_others_run(int64_t tests) {
  if (tests < SPINS) return;
  if (tests < SPINS + YIELDS) {
    sched_yield();
  } else {
    nanosleep(&(struct timespec){.tv_nsec = PAUSE}, NULL);
  }
}

static void look(Wait *w) {
  if (w->tests < SPINS + YIELDS || w->tests % TESTS_A_LOOK) return;
  /* One more test follows: its last messages came before that one. */
  w->gone = dist_link.transport->waits(w->peer, TAG_BYE);
  w->elsewhere = w->sums && dist_link.transport->waits(w->peer, TAG_HEAD) ? w->elsewhere + 1 : 0;
}

int link_pause(Wait *w) {
  if (interrupt_requested()) return interrupt_error(), break_link();
  if (w->gone || w->elsewhere > MOST_LOOKS) {
    err_set("%s: rank %d %s, and rank %d waits for it; all ranks must make the same calls in the same order", w->what,
            w->peer, w->gone ? "has ended" : "is in another call", dist_link.rank);
    return break_link();
  }
  look(w);
  let_others_run(w->tests++);
  return 0;
}

int link_wait(void **request, int peer, const char *what) {
  Wait w = {.what = what, .peer = peer};
  bool done = false;
  while (link_test(request, &done) == 0) {
    if (done) return 0;
    if (link_pause(&w) < 0) return -1;
  }
  return -1;
}
