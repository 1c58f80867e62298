/*
 * terminal.c - a program in a pseudo terminal, for specs.
 *
 *   terminal ROWS COLUMNS COMMAND [ARGUMENT...]
 *
 * Standard input holds the steps, a line each:
 *
 *   expect TEXT    waits until TEXT comes after what the last expect found
 *   send TEXT      types it; \r is Enter, \t Tab, \e Escape, \n, \\, and \xHH a byte
 *   pause MS       waits
 *   resize R C     gives the terminal R rows and C columns
 *
 * At their end the program is sent Ctrl-D until it ends. Everything it writes goes to standard output. The exit
 * status is the program's; 124 where something that was expected did not come in ten seconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 10.0 /* seconds */
#define FAILED 124

static int terminal; /* our end */
static char *output; /* all that was written, NUL at its end */
static size_t length, seen;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Takes what the program has written within the time; false at its end. */
static bool listen_for(int ms) {
  char piece[4096];
  struct pollfd p = {.fd = terminal, .events = POLLIN};
  if (poll(&p, 1, ms) <= 0) return true;
  const ssize_t n = read(terminal, piece, sizeof piece);
  if (n <= 0) return false;
  output = realloc(output, length + (size_t)n + 1);
  if (!output) abort();
  memcpy(output + length, piece, (size_t)n);
  length += (size_t)n;
  output[length] = '\0';
  return true;
}

static int show_and_fail(const char *what, const char *text) {
  fwrite(output, 1, length, stdout);
  fprintf(stderr, "terminal: %s '%s'\n", what, text);
  return FAILED;
}

/* Spells out the backslashes of a text in place; its new length. */
static size_t unescape(char *text) {
  char *to = text;
  for (const char *from = text; *from; from++) {
    if (*from != '\\') {
      *to++ = *from;
      continue;
    }
    unsigned byte = 0;
    switch (*++from) {
      case 'r':
        *to++ = '\r';
        break;
      case 'n':
        *to++ = '\n';
        break;
      case 't':
        *to++ = '\t';
        break;
      case 'e':
        *to++ = 27;
        break;
      case 'x':
        sscanf(from + 1, "%2x", &byte);
        *to++ = (char)byte;
        from += 2;
        break;
      default:
        *to++ = *from;
    }
  }
  *to = '\0';
  return (size_t)(to - text);
}

static bool expect(const char *text, size_t n) {
  const double end = now() + PATIENCE;
  bool alive = true;
  for (;;) {
    const char *found = length > seen ? memmem(output + seen, length - seen, text, n) : NULL;
    if (found) {
      seen = (size_t)(found - output) + n;
      return true;
    }
    if (!alive || now() > end) return false;
    alive = listen_for(100);
  }
}

/* In small pieces, as a terminal takes no more than 4 KiB at once. */
static void type(const char *text, size_t n) {
  while (n > 0) {
    const size_t some = n < 256 ? n : 256;
    if (write(terminal, text, some) != (ssize_t)some) return;
    text += some;
    n -= some;
    listen_for(1);
  }
}

static void resize(const char *text) {
  struct winsize size = {0};
  sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col);
  ioctl(terminal, TIOCSWINSZ, &size);
}

static int step(char *line) {
  char *text = strchr(line, ' ');
  text = text ? text + 1 : line + strlen(line);
  if (strncmp(line, "pause ", 6) == 0) {
    for (double end = now() + atof(text) / 1000; now() < end;) listen_for(10);
    return 0;
  }
  if (strncmp(line, "resize ", 7) == 0) {
    resize(text);
    return 0;
  }
  const size_t n = unescape(text);
  if (strncmp(line, "expect ", 7) == 0) return expect(text, n) ? 0 : show_and_fail("did not come:", text);
  if (strncmp(line, "send ", 5) != 0) return show_and_fail("no such step:", line);
  type(text, n);
  return 0;
}

static int finish(pid_t child) {
  int status;
  const double end = now() + PATIENCE;
  bool ended = false;
  while (!(ended = waitpid(child, &status, WNOHANG) == child) && now() < end) {
    type("\4", 1); /* lost where the program does not read at the moment */
    for (double pause = now() + 0.2; now() < pause && listen_for(20);) continue;
    usleep(5000);
  }
  for (double rest = now() + 0.1; ended && now() < rest && listen_for(0);) continue;
  fwrite(output, 1, length, stdout);
  if (!ended) {
    kill(child, SIGKILL);
    fputs("terminal: the program did not end\n", stderr);
    return FAILED;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv) {
  if (argc < 4) return FAILED;
  struct winsize size = {.ws_row = (unsigned short)atoi(argv[1]), .ws_col = (unsigned short)atoi(argv[2])};
  const pid_t child = forkpty(&terminal, NULL, NULL, &size);
  if (child < 0) return FAILED;
  if (child == 0) {
    execvp(argv[3], argv + 3);
    _exit(127);
  }
  output = calloc(1, 1);
  if (!output) abort();
  char *line = NULL;
  size_t room = 0;
  int status = 0;
  for (ssize_t n; status == 0 && (n = getline(&line, &room, stdin)) > 0;) {
    if (line[n - 1] == '\n') line[n - 1] = '\0';
    if (*line != '\0') status = step(line);
  }
  free(line);
  if (status == 0) {
    status = finish(child);
  } else {
    kill(child, SIGKILL);
  }
  free(output);
  return status;
}
