/*
 * interrupt.h - the request that the program ends, made by a signal (Ctrl-C).
 *
 * The program's signal handler calls interrupt_request. From then on work that takes long stops early: parallel_for
 * leaves out the blocks that are not yet computed, loops over files and batches end, and whatever was cut short fails
 * with the error "interrupted". The request stays until the program takes it, after all of the script's functions have
 * been left, so a result that is not complete never reaches a script. The destination of an operation in place may have
 * been written in part.
 */
#ifndef OPTLAB_BASE_INTERRUPT_H
#define OPTLAB_BASE_INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

extern _Atomic int interrupt_signal; /* the number of the signal, 0 without a request; written by interrupt.c alone */

/* Whether an end was asked for. One load without ordering: it costs nothing beside any work. */
static inline bool interrupt_requested(void) {
  return __builtin_expect(atomic_load_explicit(&interrupt_signal, memory_order_relaxed) != 0, 0);
}

/* -1 with err_set("interrupted"). */
int interrupt_error(void);

/* 0, or interrupt_error() if an end was asked for. */
static inline int interrupt_check(void) { return interrupt_requested() ? interrupt_error() : 0; }

/* Asks for an end; a signal handler may call it. A later signal changes nothing. */
void interrupt_request(int signal);

/* Ends the request and gives its signal, or 0 if there was none. */
int interrupt_take(void);

/* While held, the program's hook does not break off Lua code: for the time in which a library that takes no errors
 * calls back. */
void interrupt_hold(bool on);
bool interrupt_is_held(void);

/* A file descriptor that is readable while there is a request, for loops that wait for several things; -1 if the system
 * gives none. The caller does not read from it. */
int interrupt_fd(void);

#endif
