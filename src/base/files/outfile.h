/*
 * outfile.h - files that appear whole or not at all, and files that grow by whole lines.
 *
 * A file that is replaced: bytes go to a temporary file in the same folder; outfile_commit renames it over the old
 * file, which until then stays as it is. A file that grows: outfile_grow puts a new file with its first line in the
 * place of the old one; outfile_append adds a line with one write, so that a process that is killed leaves whole lines;
 * outfile_commit ends it. Either is on the disk when outfile_commit returns.
 *
 * Nobody can guess the temporary file's name, and it is new: a link or a FIFO in its place is never opened. A temporary
 * file whose writer was killed is removed by the next process that writes to the folder (base/files/leftover.h).
 *
 * Whatever the program writes goes through here: tensors, downloads, tables of numbers, figures.
 */
#ifndef OPTLAB_BASE_FILES_OUTFILE_H
#define OPTLAB_BASE_FILES_OUTFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happens to a symbolic link of the file's name. One's own may be followed: the file that it leads to is replaced.
 * A link of another user, or any link with OUTFILE_REPLACES_LINK, is itself replaced by the new file. */
typedef enum OutFileLink { OUTFILE_FOLLOWS_LINK, OUTFILE_REPLACES_LINK } OutFileLink;

typedef struct OutFile {
  const char *path; /* as the caller wrote it, for messages; borrowed */
  char target[PATH_MAX];
  char temp[PATH_MAX];
  bool named;    /* there is a file of the name temp */
  bool grows;    /* it has its final name already */
  bool is_note;  /* a caller may set it: the old file may be back if the machine loses its power, and the new one is not
                   in the ledger */
  bool is_brief; /* a caller may set it: nothing waits for the disk, so that such a file may even be empty then */
  int fd;        /* -1 when closed */
  int error;     /* why writing failed, an errno; such a file is not committed */
  int64_t at;    /* where the next byte goes; a caller may set it to write over what it wrote before */
  int64_t size;  /* bytes of the file so far */
} OutFile;

/* Each: 0, or -1 with err_set("cannot write path: ..."), where a directory, a FIFO or a device has the name, too. After
 * a failure call outfile_close. */
int outfile_open(OutFile *f, const char *path, OutFileLink link);
int outfile_write(OutFile *f, const void *bytes, size_t n);
int outfile_commit(OutFile *f);

/* A file that grows. A line that cannot be written whole, because the disk is full, leaves no part of itself. */
int outfile_grow(OutFile *f, const char *path, const void *first, size_t n);
int outfile_append(OutFile *f, const void *bytes, size_t n);

/* Removes the temporary file unless it was committed. To be called once after outfile_open, whatever came of it. */
void outfile_close(OutFile *f);

/* All of it: opens, writes n bytes and commits. */
int outfile_replace(const char *path, OutFileLink link, const void *bytes, size_t n);

#endif
