/*
 * element.h - elements as files hold them, turned into ours.
 *
 * Floats of less than four bytes become float32. Integers become int64, bytes stay uint8, truth values become
 * uint8 0 or 1. All of it is exact; a 64-bit unsigned integer that int64 cannot hold is an error.
 */
#ifndef OPTLAB_DATA_FORMATS_ELEMENT_H
#define OPTLAB_DATA_FORMATS_ELEMENT_H

#include "core/tensor.h"

typedef enum ElementKind {
  ELEMENT_FLOAT,      /* IEEE: 2, 4 or 8 bytes; of 1 byte, the upper half of one of 2 (E5M2) */
  ELEMENT_BFLOAT,     /* the upper half of a float32: 2 bytes */
  ELEMENT_FLOAT_E4M3, /* 1 byte with 4 bits of exponent and 3 of fraction, without infinities */
  ELEMENT_SIGNED,     /* 1, 2, 4 or 8 bytes */
  ELEMENT_UNSIGNED,   /* 1, 2, 4 or 8 bytes */
  ELEMENT_BOOL        /* 1 byte, 0 for false */
} ElementKind;

typedef struct ElementType {
  ElementKind kind;
  int size; /* bytes in the file */
  bool big_endian;
} ElementType;

/* The dtype that elements of the type become. */
DType element_dtype(ElementType type);

/* Converts the n elements at p, which lie one behind the other, to elements i, i + 1, ... of t, which is contiguous and
 * of the type's dtype. 0, or -1 with err_set("path: ..."). */
int element_convert(ElementType type, const uint8_t *p, int64_t n, Tensor *t, int64_t i, const char *path);

/* Whether such elements lie in memory as they do in the file. */
bool element_is_ours(ElementType type);

/* Whether `bytes` bytes can hold a tensor of that type and shape, whose elements then are *numel. */
bool element_fits(ElementType type, int ndim, const int64_t *shape, int64_t bytes, int64_t *numel);

#endif
