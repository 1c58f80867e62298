/*
 * number.h - decimal numbers from text, the same in every locale.
 *
 * Grammar: [+-] digits [. digits] [e [+-] digits], with at least one digit in the mantissa; also inf and infinity in
 * any case. Not accepted: hexadecimal, nan, blanks. The result is the nearest double.
 */
#ifndef OPTLAB_DATA_FORMATS_NUMBER_H
#define OPTLAB_DATA_FORMATS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The byte at s[len] must be readable and be no part of a number (a delimiter or NUL). */
bool number_parse(const char *s, size_t len, double *out);

/* An integer; text such as 1e3 or 3.0 counts as one. False if it is none or does not fit. */
bool number_parse_int(const char *s, size_t len, int64_t *out);

#endif
