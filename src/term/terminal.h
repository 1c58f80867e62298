/*
 * terminal.h - the terminal that progress bars and curves are drawn on: standard error's, if it is one.
 *
 * What is drawn goes to a descriptor and past the streams, so that whoever copies what is printed (the record of a
 * run) never sees a bar.
 */
#ifndef OPTLAB_TERM_TERMINAL_H
#define OPTLAB_TERM_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct TerminalSize {
  int columns, rows; /* of characters */
  int width, height; /* in pixels; 0 where the terminal does not say */
} TerminalSize;

/* Draws on another descriptor than standard error's, which stays the caller's. */
void terminal_use(int fd);
int terminal_fd(void);

/* False if the descriptor is no terminal; 0 columns where the terminal does not know. */
bool terminal_size(TerminalSize *size);

/* Whether this process may draw: not while another job is in the terminal's foreground. */
bool terminal_is_ours(void);

/* Whether the process was stopped (Ctrl-Z) and went on since the last call: others have written to the terminal since.
 * The first call says no. */
bool terminal_was_stopped(void);

/* Writes all of it, or -1 with err_set. A request for an end breaks off the wait for a terminal that takes nothing. */
int terminal_write(const char *text, size_t n);

#endif
