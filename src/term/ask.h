/*
 * ask.h - asks the terminal what it can do.
 *
 * Every terminal answers the question for its kind (DA1, "ESC [ c") by "ESC [ ? ... c". A question that it does not
 * understand it passes over. So DA1 is asked last, and its answer says that there are no more to come.
 */
#ifndef OPTLAB_TERM_ASK_H
#define OPTLAB_TERM_ASK_H

#include "term/bytes.h"

/* Writes the question and DA1 and reads the answers to both, for at most so many seconds. The answer stays empty where
 * this process has no terminal in the foreground, and where somebody has typed ahead. The terminal's settings are
 * afterwards as they were. -1 with err_set where the terminal takes nothing or memory is short. */
int terminal_ask(const char *question, size_t n, double seconds, Bytes *answer);

/* Whether the answer to DA1 stands at the end of the bytes. */
bool terminal_has_answered(const char *text, size_t n);

#endif
