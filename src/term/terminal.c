/*
 * terminal.c - system calls on one descriptor.
 */
#include "term/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/interrupt.h"

static int descriptor = STDERR_FILENO; /* of the process, as its terminal is */

void terminal_use(int fd) { descriptor = fd; }
int terminal_fd(void) { return descriptor; }

bool terminal_size(TerminalSize *size) {
  struct winsize w;
  if (!isatty(descriptor) || ioctl(descriptor, TIOCGWINSZ, &w) != 0) return false;
  *size = (TerminalSize){.columns = w.ws_col, .rows = w.ws_row, .width = w.ws_xpixel, .height = w.ws_ypixel};
  return true;
}

/* A terminal that does not control this process has no jobs of its session. */
bool terminal_is_ours(void) {
  const pid_t group = tcgetpgrp(descriptor);
  return group < 0 || group == getpgrp();
}

/* -1: nobody has asked yet */
static volatile sig_atomic_t went_on = -1;

static void on_continue(int signal) {
  (void)signal;
  went_on = 1;
}

bool terminal_was_stopped(void) {
  if (went_on < 0) {
    struct sigaction action = {.sa_handler = on_continue, .sa_flags = SA_RESTART};
    sigaction(SIGCONT, &action, NULL);
    went_on = 0;
  }
  const bool stopped = went_on > 0;
  went_on = 0;
  return stopped;
}

/* Waits until the descriptor, which somebody has made non-blocking, takes more. */
static bool wait_for_room(void) {
  struct pollfd p = {.fd = descriptor, .events = POLLOUT};
  return poll(&p, 1, -1) == 1 || errno == EINTR;
}

int terminal_write(const char *text, size_t n) {
  while (n > 0) {
    const ssize_t some = write(descriptor, text, n);
    if (some > 0) {
      text += some;
      n -= (size_t)some;
    } else if (some < 0 && errno == EINTR) {
      if (interrupt_requested()) return interrupt_error();
    } else if (some < 0 && errno == EAGAIN && wait_for_room()) {
      if (interrupt_requested()) return interrupt_error();
    } else {
      return err_set("cannot write to the terminal: %s", strerror(errno));
    }
  }
  return 0;
}
