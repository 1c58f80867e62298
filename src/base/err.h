/*
 * err.h - how the core reports that a call failed.
 *
 * A core function that can fail returns -1 (or NULL) after leaving one sentence here: which function, which
 * argument, what was given and what would be right. The core never prints, exits or jumps; the bindings turn
 * the sentence into a Lua error that carries the script's line.
 */
#ifndef OPTLAB_BASE_ERR_H
#define OPTLAB_BASE_ERR_H

#if defined(__GNUC__)
#define ERR_PRINTF(fmt, first) __attribute__((format(printf, fmt, first), cold))
#else
#define ERR_PRINTF(fmt, first)
#endif

/* Stores the sentence (at most 1023 bytes, longer ones are cut; control characters spelled out: visible.h) and returns
 * -1, so that a caller can write `return err_set("...")`. */
int err_set(const char *fmt, ...) ERR_PRINTF(1, 2);

/* The same for functions that return a pointer: always NULL. */
void *err_null(const char *fmt, ...) ERR_PRINTF(1, 2);

/* Puts text in front of the stored sentence, "optim.SGD: ", and returns -1. */
int err_prefix(const char *fmt, ...) ERR_PRINTF(1, 2);

/* The last sentence stored on this thread; "" if none. Valid until the next err_set. */
const char *err_message(void);

#endif
