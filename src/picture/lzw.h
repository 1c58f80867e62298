/*
 * lzw.h - the compression of GIF.
 */
#ifndef OPTLAB_PICTURE_LZW_H
#define OPTLAB_PICTURE_LZW_H

#include <stdint.h>

#include "term/bytes.h"

/* Appends a picture of n pixels of 8 bits, as GIF wants it behind a frame's header: in blocks of at most 255 bytes. */
void lzw_add(Bytes *out, const uint8_t *pixels, size_t n);

#endif
