/*
 * ask.c - a terminal for a moment without echo and without lines.
 *
 * Answers come as if they were typed. Without echo they do not show; keys that end or stop the program keep their
 * meaning. Whatever is typed while the answer is awaited is lost, and so nothing is asked where somebody already has.
 */
#define _GNU_SOURCE
#include "term/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "term/terminal.h"

#define MOST 4096 /* bytes of an answer */

static const char DA1[] = "\033[c";

bool terminal_has_answered(const char *text, size_t n) {
  if (n < 4 || text[n - 1] != 'c') return false;
  size_t i = n - 1;
  while (i > 0 && strchr("0123456789;", text[i - 1])) i--;
  return i >= 3 && memcmp(text + i - 3, "\033[?", 3) == 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The terminal for reading, or -1 unless it controls this process, which is in its foreground. */
static int open_terminal(void) {
  char name[256];
  if (ttyname_r(terminal_fd(), name, sizeof name) != 0) return -1;
  const int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || tcgetpgrp(fd) == getpgrp()) return fd;
  close(fd);
  return -1;
}

/* Reads until the last answer is there, or the time has come, or an end is asked for. */
static void read_answers(int fd, double until, Bytes *answer) {
  while (answer->n < MOST && !interrupt_requested()) {
    const double left = until - now();
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char some[256];
    if (left <= 0 || (poll(&p, 1, (int)(1000 * left) + 1) < 0 && errno != EINTR)) return;
    if (p.revents == 0) continue;
    const ssize_t n = read(fd, some, sizeof some);
    if (n <= 0) return;
    bytes_add(answer, some, (size_t)n);
    if (terminal_has_answered(answer->data, answer->n)) return;
  }
}

static int ask_open(int fd, const char *question, size_t n, double seconds, Bytes *answer) {
  int typed = 0;
  if (ioctl(fd, FIONREAD, &typed) != 0 || typed > 0) return 0;
  if (terminal_write(question, n) < 0 || terminal_write(DA1, strlen(DA1)) < 0) return -1;
  read_answers(fd, now() + seconds, answer);
  return bytes_check(answer);
}

int terminal_ask(const char *question, size_t n, double seconds, Bytes *answer) {
  struct termios old, quiet;
  int status = 0;
  bytes_clear(answer);
  const int fd = open_terminal();
  if (fd < 0) return 0;
  if (tcgetattr(fd, &old) == 0) {
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    if (tcsetattr(fd, TCSANOW, &quiet) == 0) {
      status = ask_open(fd, question, n, seconds, answer);
      tcsetattr(fd, TCSANOW, &old);
    }
  }
  close(fd);
  return status;
}
