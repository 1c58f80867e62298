/*
 * npy.h - NumPy's .npy files: reader (format versions 1 to 3) and writer (version 1).
 *
 *   byte 0..5   \x93NUMPY
 *   byte 6, 7   version
 *   then        length of the header, little-endian, 16 bits (version 1) or 32 bits
 *   then        {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 *   then        the elements
 *
 * Read are floats of 2, 4 and 8 bytes, integers of 1, 2, 4 and 8 and truth values in either byte order; element.h says
 * what they become. A file in Fortran order becomes a tensor with the strides that go with it. As with IDX, sizes are
 * checked against the file's length first.
 */
#ifndef OPTLAB_DATA_FORMATS_NPY_H
#define OPTLAB_DATA_FORMATS_NPY_H

#include <stdio.h>

#include "core/tensor.h"

/* A new tensor, or NULL with err_set("path: ..."). */
Tensor *npy_read(const char *path);

/* The same from a stream of `size` bytes; `path` is what messages call it. On failure *foreign says whether the bytes
 * are no .npy file, or a good one whose elements no tensor can hold. */
Tensor *npy_read_stream(FILE *file, int64_t size, const char *path, bool *foreign);

#define NPY_HEADER_MAX 320

/* What stands before the elements, a multiple of 64 bytes, into out; returns its length. */
int npy_header(const Tensor *t, char out[NPY_HEADER_MAX]);

/* Replaces the file (see base/files/outfile.h). 0, or -1 with err_set and the old file as it was. */
int npy_write(const char *path, const Tensor *t);

#endif
