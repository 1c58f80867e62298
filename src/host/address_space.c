/*
 * address_space.c - says that there is too little address space (ulimit -v), before OpenBLAS is initialized.
 *
 * OpenBLAS maps a buffer for each of its threads when it is loaded, and asks for ever where the system gives none. The
 * functions in .preinit_array of a program run before those of its libraries. The C library is not initialized yet, so
 * this one makes system calls and formats a number, and nothing else.
 */
#define _GNU_SOURCE /* sched_getaffinity */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/blas_memory.h"

#define MOST_THREADS 128 /* of Debian's OpenBLAS */

static int cores(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static const char *value_of(char **environment, const char *name) {
  const size_t n = strlen(name);
  for (char **e = environment; *e; e++) {
    if (strncmp(*e, name, n) == 0 && (*e)[n] == '=') return *e + n + 1;
  }
  return "";
}

static int threads(char **environment) {
  int n = 0;
  for (const char *p = value_of(environment, "OMP_NUM_THREADS"); *p >= '0' && *p <= '9' && n < MOST_THREADS; p++) {
    n = 10 * n + (*p - '0');
  }
  const int most = cores() < MOST_THREADS ? cores() : MOST_THREADS;
  return n > 0 && n < most ? n : most;
}

static void say(const char *text) { (void)!write(STDERR_FILENO, text, strlen(text)); }

static void say_number(size_t n) {
  char digits[24], *p = digits + sizeof digits - 1;
  for (*p = '\0'; n > 0 || !*p; n /= 10) *--p = (char)('0' + n % 10);
  say(p);
}

static void check_address_space(int argc, char **argv, char **environment) {
  struct rlimit limit;
  (void)argc, (void)argv;
  if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const int n = threads(environment);
  if (blas_memory_fits(n)) return;
  say("optlab: out of memory: OpenBLAS needs ");
  say_number((size_t)n * BLAS_BUFFER >> 20);
  say(" MB of address space at the start, more than the limit (ulimit -v) leaves");
  say(n > 1 ? "; OMP_NUM_THREADS=1 makes it 128\n" : "\n");
  _exit(EXIT_FAILURE);
}

__attribute__((section(".preinit_array"), used)) static void (*const check)(int, char **,
                                                                            char **) = check_address_space;
