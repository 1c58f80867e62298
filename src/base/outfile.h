/*
 * outfile.h - a file that appears whole or not at all.
 *
 * Bytes go to a temporary file in the same folder; outfile_commit renames it over the old file, which until then stays
 * as it is. A symbolic link stays a link: the file that it leads to is replaced, and keeps its access rights.
 *
 * Whatever the program writes goes through here: tensors, downloads, tables of numbers, figures.
 */
#ifndef OPTLAB_BASE_OUTFILE_H
#define OPTLAB_BASE_OUTFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTFILE_SUFFIX 32 /* room for what is added to a name */

typedef struct OutFile {
  const char *path; /* as the caller wrote it, for messages; borrowed */
  char target[PATH_MAX];
  char temp[PATH_MAX + OUTFILE_SUFFIX];
  bool named;   /* there is a file of the name temp */
  bool kept;    /* which outfile_close leaves there */
  bool flush;   /* commit waits until the bytes are on the disk; to be set after outfile_open */
  int fd;       /* -1 when closed */
  int error;    /* why writing failed, an errno; such a file is not committed */
  int64_t at;   /* where the next byte goes; a caller may set it to write over what it wrote before */
  int64_t size; /* bytes of the file so far */
} OutFile;

/* Each: 0, or -1 with err_set("cannot write path: ..."). After a failure call outfile_close. */
int outfile_open(OutFile *f, const char *path);
int outfile_write(OutFile *f, const void *bytes, size_t n);
int outfile_commit(OutFile *f);

/* The same for a file that others read while it grows: the temporary file has the name `partial`, which lies in the
 * same folder, and outfile_close leaves it there if it was not committed. */
int outfile_open_partial(OutFile *f, const char *path, const char *partial);

/* Removes the temporary file unless it was committed. To be called once after outfile_open, whatever came of it. */
void outfile_close(OutFile *f);

/* All of it: opens, writes n bytes and commits. */
int outfile_replace(const char *path, const void *bytes, size_t n);

#endif
