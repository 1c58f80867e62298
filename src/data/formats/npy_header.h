/*
 * npy_header.h - the text in the header of a .npy file, a Python dictionary:
 *
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 *
 * Taken is what NumPy takes: keys in any order, either kind of quotes, blanks and line breaks anywhere, integers of
 * Python 2 (3L), a type without its byte order or by its name ('float64').
 */
#ifndef OPTLAB_DATA_FORMATS_NPY_HEADER_H
#define OPTLAB_DATA_FORMATS_NPY_HEADER_H

#include "data/formats/element.h"

typedef struct NpyHeader {
  ElementType type;
  bool fortran;
  int ndim;
  int64_t shape[TENSOR_MAX_DIM];
  bool foreign; /* on failure: nothing is damaged, but there is no tensor for such an array */
} NpyHeader;

/* 0, or -1 with err_set("path: ..."). */
int npy_header_parse(const char *text, const char *path, NpyHeader *h);

#endif
