/*
 * mat.h - MATLAB's .mat files of version 5 (MATLAB 5 to 7, save -v6 and -v7): reader.
 *
 *   byte 0..123    text
 *   byte 124..127  version, and "IM" (little-endian) or "MI" (big-endian)
 *   then           elements: type, bytes, data filled up to 8 bytes; small ones have all of it in 8 bytes
 *   an array is an element of elements: flags, sizes, name, numbers; or such an element packed by zlib
 *
 * Numbers may be stored in a smaller type than the array's; they become float32, float64, uint8 or, of other integers,
 * int64, by the array's type. MATLAB stores columns first, so the tensor's first dimension is innermost. Complex
 * arrays, sparse ones, texts, structs and cells are passed over.
 */
#ifndef OPTLAB_DATA_ARCHIVES_MAT_H
#define OPTLAB_DATA_ARCHIVES_MAT_H

#include "core/tensor.h"

typedef struct MatEntry {
  char *name;
  Tensor *tensor;
} MatEntry;

typedef struct Mat {
  MatEntry *entry;
  int n, room;
} Mat;

/* All arrays of numbers in the file. 0, or -1 with err_set("path: ...") and nothing to free. */
int mat_read(const char *path, Mat *m);

void mat_free(Mat *m); /* accepts a zeroed one */

#endif
