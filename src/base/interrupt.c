/*
 * interrupt.c - one number, and a pipe for those who wait.
 */
#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"

/* These belong to the process, because a signal does. */
_Atomic int interrupt_signal;
static _Atomic int wake = -1;     /* where the handler writes */
static int waiting[2] = {-1, -1}; /* both ends of the pipe */

int interrupt_error(void) { return err_set("interrupted"); }

void interrupt_request(int signal) {
  int none = 0;
  const int why = errno;
  if (atomic_compare_exchange_strong(&interrupt_signal, &none, signal) && atomic_load(&wake) >= 0) {
    (void)!write(atomic_load(&wake), "", 1);
  }
  errno = why;
}

int interrupt_take(void) {
  char byte;
  const int signal = atomic_exchange(&interrupt_signal, 0);
  while (waiting[0] >= 0 && read(waiting[0], &byte, 1) == 1) continue;
  return signal;
}

static bool held;

void interrupt_hold(bool on) { held = on; }
bool interrupt_is_held(void) { return held; }

static void prepare(int fd) {
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, O_NONBLOCK);
}

int interrupt_fd(void) {
  if (waiting[0] >= 0) return waiting[0];
  if (pipe(waiting) < 0) return -1;
  prepare(waiting[0]);
  prepare(waiting[1]);
  atomic_store(&wake, waiting[1]);
  if (interrupt_requested()) (void)!write(waiting[1], "", 1); /* the signal came before there was a pipe */
  return waiting[0];
}
