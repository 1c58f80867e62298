/*
 * tar.h - members of a tar archive, gzip-compressed or plain, as their bytes; and a file's bytes.
 *
 * Headers are those of POSIX ustar and of GNU tar. Members other than regular files are passed over. Sizes are compared
 * with what the file can hold before memory is asked for.
 */
#ifndef OPTLAB_DATA_ARCHIVES_TAR_H
#define OPTLAB_DATA_ARCHIVES_TAR_H

#include "core/tensor.h"

/* member[i] becomes the bytes (n), uint8, of the first member whose name is name[i] or ends in "/" and name[i]. The
 * archive is read until all are found. 0, or -1 with err_set("path: ...") and nothing stored. */
int tar_read(const char *path, int n, const char *const *name, Tensor **member);

/* The bytes of a file, unpacked where gzip packed them: uint8 (n); NULL with err_set. */
Tensor *bytes_read(const char *path);

#endif
