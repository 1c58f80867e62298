/*
 * tensorfile.c - elements as they lie in memory.
 */
#include "data/io/tensorfile.h"

#include "core/recorder.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "elements are written as they lie in memory");

int tensorfile_open(OutFile *f, const char *path) {
  recorder_refuse("a file is written");
  return outfile_open(f, path, OUTFILE_FOLLOWS_LINK);
}

int tensorfile_write(OutFile *f, const Tensor *t) {
  if (t->contiguous) return outfile_write(f, tensor_data(t), (size_t)t->numel * dtype_size((DType)t->dtype));
  Tensor *copy = tensor_clone(t);
  if (!copy) return -1;
  int status = tensorfile_write(f, copy);
  tensor_release(copy);
  return status;
}
