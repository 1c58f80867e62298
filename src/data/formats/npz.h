/*
 * npz.h - NumPy's .npz files: zip archives of .npy files, whose names without ".npy" are the arrays' names.
 *
 * Members may be stored or deflated, archives of any size (Zip64). Sizes are taken from the archive's directory and
 * checked against the file's length before memory is taken (deflate cannot shrink anything to less than 1/1032),
 * checksums afterwards. What comes out of compressed members is limited (data/io/limit.h). Split archives are refused.
 */
#ifndef OPTLAB_DATA_FORMATS_NPZ_H
#define OPTLAB_DATA_FORMATS_NPZ_H

#include "core/tensor.h"

typedef struct NpzEntry {
  char *name;     /* owned; no ".npy" */
  Tensor *tensor; /* owned */
} NpzEntry;

typedef struct Npz {
  int n;
  NpzEntry *entry;
  int left_out; /* members that no tensor can hold: no arrays, text, complex numbers, encrypted ... */
  char *reason; /* owned: which was the first of them, and why; NULL if there are none */
} Npz;

/* Reads all arrays but those that no tensor can hold, if there is another. 0, or -1 with err_set("path: ..."), also if
 * anything is damaged; call npz_free in either case. */
int npz_read(const char *path, Npz *out);
void npz_free(Npz *z); /* accepts a zeroed one */

/* Replaces the file (see base/files/outfile.h). The names must differ. 0, or -1 with err_set and the old file as it
 * was. */
int npz_write(const char *path, int n, const char *const *name, Tensor *const *tensor, bool compress);

#endif
