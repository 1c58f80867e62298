/*
 * number.h - decimal numbers from text and to text, the same in every locale. All files are read and written with
 * these; lua/optlab/base/number.lua is their face in Lua.
 *
 * Grammar of what is read: [+-] digits [. digits] [e [+-] digits], with at least one digit in the mantissa; also inf
 * and infinity in any case. Not accepted: hexadecimal, nan, blanks. The result is the nearest double.
 */
#ifndef OPTLAB_BASE_TEXT_NUMBER_H
#define OPTLAB_BASE_TEXT_NUMBER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NUMBER_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define NUMBER_PRINTF(fmt, first)
#endif

/* The byte at s[len] must be readable and be no part of a number (a delimiter or NUL). */
bool number_parse(const char *s, size_t len, double *out);

/* An integer, exactly; text such as 1e18 or 3.0 counts as one. False if it is none or does not fit. */
bool number_parse_int(const char *s, size_t len, int64_t *out);

/* Whether n bytes are this word, ASCII letters in either case; strncasecmp would ask the locale for the case of I. */
bool number_is_word(const char *s, size_t n, const char *word);

/* snprintf and vsnprintf as they are in the "C" locale: numbers have a point. */
int number_print(char *out, size_t room, const char *fmt, ...) NUMBER_PRINTF(3, 4);
int number_vprint(char *out, size_t room, const char *fmt, va_list ap) NUMBER_PRINTF(3, 0);

#endif
