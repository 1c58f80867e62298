/*
 * visible.h - text of a user's or a file's as messages show it.
 *
 * Names of files, columns and arrays come from anywhere, and a terminal obeys escape sequences in them. Control
 * characters and bytes that are no UTF-8 are written \n, \t, \x1b.
 */
#ifndef OPTLAB_BASE_TEXT_VISIBLE_H
#define OPTLAB_BASE_TEXT_VISIBLE_H

#include <stddef.h>

/* Where the first n bytes of a text need it, "\x1b" for them, else the bytes as they are; `lines`: line breaks and tabs
 * stay. Writes at most room - 1 bytes (room > 0) and a NUL; returns how many. A text that is cut ends in "...". */
size_t visible(char *out, size_t room, const char *text, size_t n, int lines);

#endif
