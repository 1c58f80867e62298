/*
 * csv_write.h - a matrix as a text table.
 */
#ifndef OPTLAB_DATA_TEXT_CSV_WRITE_H
#define OPTLAB_DATA_TEXT_CSV_WRITE_H

#include "core/tensor.h"

typedef struct CsvWriteOptions {
  char delimiter;
  const char *const *names; /* of the columns; NULL: no first line */
  /* words[j][k] stands for the number k + 1 in column j; words[j] NULL: numbers; words NULL: all of them */
  const char *const *const *words;
  const int *nwords; /* of each column */
} CsvWriteOptions;

/* Writes t, (rows, columns) or (rows), a line for each row, with the fewest digits from which every number is read
 * again exactly; nan is an empty field, or "nan" in a table of one column. Replaces the
 * file (base/files/outfile.h). 0, or -1 with err_set. */
int csv_write(const char *path, const Tensor *t, const CsvWriteOptions *opt);

#endif
