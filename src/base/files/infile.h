/*
 * infile.h - opening files to read.
 *
 * Whatever the program reads by a name that a user or a script gave is opened here. Only regular files are: a pipe that
 * nobody writes to would block, a device may never end, and neither has a length with which a header could be compared.
 */
#ifndef OPTLAB_BASE_FILES_INFILE_H
#define OPTLAB_BASE_FILES_INFILE_H

#include <stdint.h>
#include <stdio.h>

/* A descriptor and, in *size, the file's length; -1 with err_set("cannot open path: ..."). Never blocks. */
int infile_open(const char *path, int64_t *size);

/* The same as a stream, NULL on failure. */
FILE *infile_stream(const char *path, int64_t *size);

/* Reads n bytes, all of them. 0, or -1 with err_set("path: ..."), also after an interrupt_request. */
int infile_read(FILE *file, const char *path, void *to, size_t n);

#endif
