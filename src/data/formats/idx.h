/*
 * idx.h - reader of IDX, the format of MNIST and its relatives, plain or gzip-compressed.
 *
 *   byte 0, 1   zero
 *   byte 2      type: 0x08 uint8, 0x09 int8, 0x0B int16, 0x0C int32, 0x0D float32, 0x0E float64
 *   byte 3      number of dimensions, 1..8
 *   then        each dimension as 32 bits, then the elements in row-major order; everything big-endian
 *
 * int8, int16 and int32 become int64. The header is not trusted: sizes are checked against the length of the file
 * before memory is asked for, and the file must end where the elements do.
 */
#ifndef OPTLAB_DATA_FORMATS_IDX_H
#define OPTLAB_DATA_FORMATS_IDX_H

#include "core/tensor.h"

/* A new tensor, or NULL with err_set("path: ..."). */
Tensor *idx_read(const char *path);

#endif
