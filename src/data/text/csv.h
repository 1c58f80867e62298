/*
 * csv.h - numeric tables in text files (CSV, TSV, columns between blanks) as tensors.
 *
 * One row per line, or more where a quoted field holds line breaks; every row has the same number of fields. Empty
 * lines are skipped, and so is everything from a comment sign on that starts a line or follows a blank (csv_rows.h).
 * Fields may be quoted ("1.5", "a, b", "say ""hi"""); blanks around them do not count. Gzip-compressed files are read
 * as they are. Numbers are written with a point, whatever the locale.
 *
 * Errors name the place: "airfoil.dat:17: 5 fields, expected 6", "airfoil.dat:9: column 3: 'abc' is not a number"; of a
 * row of several lines, the first one.
 */
#ifndef OPTLAB_DATA_TEXT_CSV_H
#define OPTLAB_DATA_TEXT_CSV_H

#include "core/tensor.h"
#include "data/text/csv_words.h"

/* Which column to take: by name if there is one (needs a header), else by its position from 0. */
typedef struct CsvColumn {
  const char *name;
  int64_t index;
} CsvColumn;

typedef struct CsvOptions {
  char delimiter; /* ' ' stands for runs of blanks and tabs; 0: detect (tab, else ;, else comma, else blanks) */
  char comment;   /* '#'; 0: there are no comments */
  bool header;    /* the first line holds the columns' names, or a comment above a first line of numbers */
  int64_t skip;   /* lines to ignore at the start of the file */
  bool allow_na;  /* read a missing value (csv_is_missing) as `na`; otherwise it is an error */
  double na;
  DType dtype;
  const CsvColumn *columns; /* those wanted, in this order; NULL: all */
  int64_t ncolumns;
  const struct CsvCategory *categories; /* columns of texts */
  int ncategories;
} CsvOptions;

/* A column whose texts become numbers from 1: those of `known`, or, without it, all that occur, in the order of their
 * bytes. */
typedef struct CsvCategory {
  CsvColumn column;
  const char *const *known; /* NULL: all */
  int nknown;
} CsvCategory;

typedef struct CsvTable {
  Tensor *data; /* (rows, columns) */
  char **names; /* of the tensor's columns if there was a header, else NULL */
  int64_t nnames;
  CsvWords *words; /* of each column of the tensor, n == 0 for one of numbers; NULL without categories */
  int64_t nwords;
} CsvTable;

/* 0, or -1 with err_set and an empty table. A file without rows is an error. */
int csv_read(const char *path, const CsvOptions *opt, CsvTable *table);

/* Drops the tensor and the names; accepts an empty table. */
void csv_release(CsvTable *table);

#endif
