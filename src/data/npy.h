/*
 * npy.h - reader of NumPy's .npy files (format versions 1 to 3).
 *
 *   byte 0..5   \x93NUMPY
 *   byte 6, 7   version
 *   then        length of the header, little-endian, 16 bits (version 1) or 32 bits
 *   then        {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 *   then        the elements
 *
 * Read are f4, f8, i1, i2, i4, i8, u1, u2, u4 and b1 in either byte order. The other integers become int64, b1 becomes
 * uint8. A file in Fortran order becomes a tensor with the strides that go with it. As with IDX, sizes are checked
 * against the file's length first.
 */
#ifndef OPTLAB_NPY_H
#define OPTLAB_NPY_H

#include "core/tensor.h"

/* A new tensor, or NULL with err_set("path: ..."). */
Tensor *npy_read(const char *path);

#endif
