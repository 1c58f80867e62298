/*
 * outfile.h - a file that appears whole or not at all.
 *
 * Bytes go to a temporary file in the same folder; outfile_commit flushes it to the disk and renames it over the old
 * file, which until then stays as it is. A symbolic link stays a link: the file that it leads to is replaced.
 */
#ifndef OPTLAB_DATA_IO_OUTFILE_H
#define OPTLAB_DATA_IO_OUTFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tensor.h"

#define OUTFILE_SUFFIX 32 /* room for what is added to a name */

typedef struct OutFile {
  const char *path; /* as the caller wrote it, for messages; borrowed */
  char target[PATH_MAX];
  char temp[PATH_MAX + OUTFILE_SUFFIX];
  bool named;   /* there is a file of the name temp */
  int fd;       /* -1 when closed */
  int64_t at;   /* where the next byte goes; a caller may set it to write over what it wrote before */
  int64_t size; /* bytes of the file so far */
} OutFile;

/* Each: 0, or -1 with err_set("cannot write path: ..."). After a failure call outfile_close. */
int outfile_open(OutFile *f, const char *path);
int outfile_write(OutFile *f, const void *bytes, size_t n);
int outfile_write_tensor(OutFile *f, const Tensor *t); /* its elements in row-major order, little-endian */
int outfile_commit(OutFile *f);

/* Removes the temporary file unless it was committed. To be called once after outfile_open, whatever came of it. */
void outfile_close(OutFile *f);

#endif
