/*
 * mpi_transport.c - the transport over MPI: the whole of optlab_mpi.so.
 *
 * Errors are returned, not fatal. Requests live in blocks of malloc, because MPI_Request is no pointer in every MPI.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "dist/transport.h"

static MPI_Comm job; /* a communicator of our own: other users of MPI do not meet our messages */

static void explain(int code, const char *what, char *error, size_t n) {
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  snprintf(error, n, "%s: %s", what, text);
}

static int start(int *rank, int *size, char *error, size_t n) {
  int initialized = 0, provided, code;
  MPI_Initialized(&initialized);
  if (!initialized) {
    code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (code != MPI_SUCCESS) return explain(code, "MPI_Init", error, n), -1;
  }
  code = MPI_Comm_dup(MPI_COMM_WORLD, &job);
  if (code != MPI_SUCCESS) return explain(code, "MPI_Comm_dup", error, n), -1;
  MPI_Comm_set_errhandler(job, MPI_ERRORS_RETURN);
  MPI_Comm_rank(job, rank);
  MPI_Comm_size(job, size);
  return 0;
}

/* A place for a request; NULL without memory. */
static MPI_Request *place(void **request) {
  *request = malloc(sizeof(MPI_Request));
  return *request;
}

static int settle(int code, void **request) {
  if (code == MPI_SUCCESS) return 0;
  free(*request);
  *request = NULL;
  return -1;
}

static int send_bytes(const void *p, size_t bytes, int to, int tag, void **request) {
  MPI_Request *r = place(request);
  return r ? settle(MPI_Isend(p, (int)bytes, MPI_BYTE, to, tag, job, r), request) : -1;
}

static int receive_bytes(void *p, size_t bytes, int from, int tag, void **request) {
  MPI_Request *r = place(request);
  return r ? settle(MPI_Irecv(p, (int)bytes, MPI_BYTE, from, tag, job, r), request) : -1;
}

static int test(void **request, bool *done) {
  int flag = 1, code = MPI_SUCCESS;
  MPI_Request *r = *request;
  if (r) code = MPI_Test(r, &flag, MPI_STATUS_IGNORE);
  *done = flag != 0;
  if (r && flag) {
    free(r);
    *request = NULL;
  }
  return code == MPI_SUCCESS ? 0 : -1;
}

static bool waits(int from, int tag) {
  int flag = 0;
  return MPI_Iprobe(from, tag, job, &flag, MPI_STATUS_IGNORE) == MPI_SUCCESS && flag;
}

static void finish(void) {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (!finalized) MPI_Finalize();
}

static void end_job(int status) {
  MPI_Abort(MPI_COMM_WORLD, status);
  _Exit(status);
}

__attribute__((visibility("default"))) TransportFunction optlab_transport;

const Transport *optlab_transport(void) {
  static const Transport mpi = {
      .version = TRANSPORT_VERSION,
      .name = "MPI",
      .start = start,
      .send = send_bytes,
      .receive = receive_bytes,
      .test = test,
      .waits = waits,
      .finish = finish,
      .abort = end_job,
  };
  return &mpi;
}
