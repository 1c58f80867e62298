/*
 * transport.h - what optlab asks of a message-passing library: bytes from one process of a job to another.
 *
 * The library is not linked into the program. A module of its own, optlab_mpi.so, is linked with MPI, knows nothing of
 * optlab but this header, and exports optlab_transport; the program opens it when a script first uses lab.dist under
 * mpirun (link.h). Sums, their order and waiting are made of these calls (tree.h, collective.h, reducer.h), so they are
 * the same with every library.
 *
 * Messages between two processes with one tag arrive in the order in which they were sent. One thread calls.
 */
#ifndef OPTLAB_DIST_TRANSPORT_H
#define OPTLAB_DIST_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

#define TRANSPORT_VERSION 1
#define TRANSPORT_FUNCTION "optlab_transport"
#define TRANSPORT_MAX_BYTES ((size_t)1 << 30) /* of one message */

typedef struct Transport {
  int version; /* TRANSPORT_VERSION of the header that the module was built with */
  const char *name;
  /* Joins the job: this process's number, how many there are. 0, or -1 with a sentence in error[0..n-1]. */
  int (*start)(int *rank, int *size, char *error, size_t n);
  /* Begin to send and to receive; the memory stays as it is until `test` says that the request is done. 0 or -1. */
  int (*send)(const void *p, size_t bytes, int to, int tag, void **request);
  int (*receive)(void *p, size_t bytes, int from, int tag, void **request);
  /* Whether a request is done; *request is NULL then, which is done too. Drives all others on. -1: it failed. */
  int (*test)(void **request, bool *done);
  bool (*waits)(int from, int tag); /* whether a message of that kind may be received */
  void (*finish)(void);             /* leaves the job; waits for the others to do so */
  void (*abort)(int status);        /* ends all processes of the job; does not return */
} Transport;

typedef const Transport *TransportFunction(void);

#endif
