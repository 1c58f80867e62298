/*
 * tensorfile.h - writing tensors into an OutFile.
 *
 * Files of tensors are worth waiting for: they are on the disk when outfile_commit returns.
 */
#ifndef OPTLAB_DATA_IO_TENSORFILE_H
#define OPTLAB_DATA_IO_TENSORFILE_H

#include "base/files/outfile.h"
#include "core/tensor.h"

/* outfile_open for a file of tensors; refuses to be part of a recorded step. */
int tensorfile_open(OutFile *f, const char *path);

/* Writes the elements in row-major order, little-endian. 0, or -1 with err_set. */
int tensorfile_write(OutFile *f, const Tensor *t);

#endif
