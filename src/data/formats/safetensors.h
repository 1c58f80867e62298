/*
 * safetensors.h - the bytes of safetensors files; what their header says is the caller's to read and to write.
 *
 *   byte 0..7   length of the header, 64 bits, little-endian
 *   then        the header: JSON, padded with blanks so that the data begin at a multiple of 8
 *   then        the data: each tensor row-major and little-endian
 *
 * Read are F64, F32, F16, BF16, F8_E5M2, F8_E4M3, I64, I32, I16, I8, U64, U32, U16, U8 and BOOL; element.h says what
 * they become. Written are F64, F32, I64 and U8.
 */
#ifndef OPTLAB_DATA_FORMATS_SAFETENSORS_H
#define OPTLAB_DATA_FORMATS_SAFETENSORS_H

#include <stdio.h>

#include "core/tensor.h"

#define SAFETENSORS_MAX_HEADER (32 << 20) /* bytes; a header takes about a hundred bytes per tensor */

typedef struct SafeFile {
  FILE *file;
  char *path;     /* owned */
  int64_t header; /* bytes of JSON */
  int64_t data;   /* bytes behind it */
} SafeFile;

/* Opens a file and checks the lengths. 0, or -1 with err_set("path: ..."); call safetensors_close in either case. */
int safetensors_open(SafeFile *f, const char *path);
void safetensors_close(SafeFile *f); /* accepts a zeroed one */

/* The header's text into out, f->header bytes. 0, or -1 with err_set. */
int safetensors_header(SafeFile *f, char *out);

/* Bytes an element of a type such as "F32", or 0 if the type is unknown. */
int safetensors_size(const char *type);

/* The tensor whose bytes begin `begin` bytes into the data. NULL with err_set, before memory is taken, if they do not
 * lie within the file. */
Tensor *safetensors_tensor(SafeFile *f, const char *type, int ndim, const int64_t *shape, int64_t begin);

/* Replaces the file: length, header, the tensors one behind the other. 0, or -1 with err_set and the old file as it
 * was. */
int safetensors_write(const char *path, const char *header, size_t nheader, int n, Tensor *const *tensor);

#endif
