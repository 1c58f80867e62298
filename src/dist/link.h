/*
 * link.h - this process's place in a job of several, and waiting for the others.
 *
 * A process that was not started by mpirun is rank 0 of 1 and needs no transport. A failure (a message that was not
 * delivered, an interrupt while one was awaited) breaks the link: memory that messages may still be written to is not
 * used again, and every later call fails.
 */
#ifndef OPTLAB_DIST_LINK_H
#define OPTLAB_DIST_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "dist/transport.h"

enum { TAG_BYE = 1, TAG_HEAD, TAG_COLLECTIVE, TAG_BUCKETS }; /* buckets count on from the last */

typedef struct Link {
  const Transport *transport; /* NULL: one process alone */
  int rank, size;
  bool broken;
} Link;

/* Of the process; rank 0 of 1 until link_start. */
extern Link dist_link;

/* Opens the transport module and joins the job. When the process ends, it leaves the job, or ends all others if it
 * ended with an error. 0, or -1 with err_set. Does nothing the second time. */
int link_start(const char *module);

/* -1 with err_set if the link is broken. `what` names the caller, as in messages. */
int link_check(const char *what);

/* Begins to send or to receive; -1 breaks the link. */
int link_send(const void *p, size_t bytes, int to, int tag, void **request);
int link_receive(void *p, size_t bytes, int from, int tag, void **request);

/* Whether the request is done; -1 breaks the link. */
int link_test(void **request, bool *done);

/* A wait for messages in which `peer` has a part: tests, with pauses between them. Looks often at first, then less and
 * less often, so that a peer on the same core gets on. */
typedef struct Wait {
  const char *what; /* the caller, as in messages */
  int peer;
  int64_t tests;
  bool sums;     /* the messages are sums of gradients: no other call of the peer's is an answer */
  bool gone;     /* the peer has left the job */
  int elsewhere; /* looks in a row that found it in another call */
} Wait;

/* To be called after each test that was in vain. -1 with err_set, and the link is broken, after an interrupt, where the
 * peer has left the job, and where it has been in another call for some seconds. */
int link_pause(Wait *w);

/* Waits until the request is done. */
int link_wait(void **request, int peer, const char *what);

#endif
