/*
 * inflate.h - unpacks what zlib packed.
 */
#ifndef OPTLAB_DATA_IO_INFLATE_H
#define OPTLAB_DATA_IO_INFLATE_H

#include <stddef.h>

/* Unpacks n bytes into out, which has room for *size, and sets *size to how many there are. -1: the bytes are damaged
 * or there are too many. */
int inflate_bytes(const char *bytes, size_t n, char *out, size_t *size);

#endif
