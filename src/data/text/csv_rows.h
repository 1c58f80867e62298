/*
 * csv_rows.h - the rows of a text table: lines without comments, or several lines where a quoted field holds a line
 * break (RFC 4180).
 *
 * A quote opens a field only where one begins; in the middle of a field it is a sign like any other. A comment begins
 * with its sign at the start of a line or behind a blank, outside quotes, but "#N/A" and "#NA" are missing values.
 */
#ifndef OPTLAB_DATA_TEXT_CSV_ROWS_H
#define OPTLAB_DATA_TEXT_CSV_ROWS_H

#include "data/text/lines.h"

typedef struct CsvRows {
  Lines lines;
  char delimiter;     /* ' ' stands for runs of blanks and tabs; 0 until csv_rows_next has detected it */
  char comment;       /* 0: there are no comments */
  bool keep_comment;  /* whether last_comment is kept */
  char *last_comment; /* owned: the text behind the sign of the comment line directly above the row; or NULL */
  int64_t number;     /* of the row's first line */
} CsvRows;

/* 0, or -1 with err_set; nothing to close then. delimiter 0: it is detected in the first row. */
int csv_rows_open(CsvRows *r, const char *path, char delimiter, char comment);

/* The next row that holds something besides blanks and comments: 1, 0 at the end of the file, -1 with err_set. The text
 * ends with a NUL and may be written to. */
int csv_rows_next(CsvRows *r, char **text, size_t *len);

void csv_rows_close(CsvRows *r);

static inline bool csv_is_blank(char ch) { return ch == ' ' || ch == '\t'; }
static inline bool csv_at_delimiter(char delimiter, char ch) {
  return delimiter == ' ' ? csv_is_blank(ch) : ch == delimiter;
}

/* Whether a field's text stands for a missing value: empty, ?, NA, nan, null, None and what else pandas takes for one,
 * in upper or lower case. */
bool csv_is_missing(const char *text, size_t len);

#endif
