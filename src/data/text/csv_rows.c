/*
 * csv_rows.c - where rows and comments end.
 */
#include "data/text/csv_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text/number.h"

bool csv_is_missing(const char *text, size_t len) {
  static const char *const words[] = {
      "",     "?",    "NA",     "N/A",     "#N/A",    "#NA",      "#N/A N/A", "<NA>",      "nan",       "-nan",  "+nan",
      "null", "None", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "nan(ind)", "-nan(ind)", "nan(snan)", "#NULL!"};
  if (len > 9) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (number_is_word(text, len, words[i])) return true;
  }
  return false;
}

/* --- where a row ends --------------------------------------------------------------------------------------------- */

/* How far a row has been looked at; all of it stays true when a line is added. */
typedef struct Scan {
  size_t at;
  bool quoted;    /* inside quotes, */
  int64_t opened; /* which opened in this line */
  bool begins;    /* a field begins here */
  bool ended;     /* a comment begins here */
} Scan;

/* Where a field may begin: behind the delimiter or, while it is not known, behind any sign that may be one. */
static bool separates(const CsvRows *r, char ch) {
  return r->delimiter ? csv_at_delimiter(r->delimiter, ch) : ch != '\0' && strchr(",;\t ", ch) != NULL;
}

/* Whether a missing value that begins with the sign of comments stands here, and nothing more. */
static bool is_missing_word(const CsvRows *r, const char *text, size_t len) {
  size_t n = 0;
  while (n < len && !separates(r, text[n]) && !csv_is_blank(text[n])) n++;
  return n > 1 && csv_is_missing(text, n);
}

static bool begins_comment(const CsvRows *r, const char *text, size_t i, size_t len) {
  if (r->comment == 0 || text[i] != r->comment || (i > 0 && !csv_is_blank(text[i - 1]))) return false;
  return !is_missing_word(r, text + i, len - i);
}

/* Looks at the next sign; at two where a quote is doubled. */
static void step(const CsvRows *r, const char *text, size_t len, Scan *s) {
  const char ch = text[s->at];
  if (s->quoted && ch == '"' && s->at + 1 < len && text[s->at + 1] == '"') {
    s->at++;
  } else if (s->quoted) {
    s->quoted = ch != '"';
    s->begins = false;
  } else if (begins_comment(r, text, s->at, len)) {
    s->ended = true;
    return;
  } else if (ch == '"' && s->begins) {
    s->quoted = true;
    s->opened = r->lines.number;
  } else {
    s->begins = separates(r, ch) || (s->begins && csv_is_blank(ch));
  }
  s->at++;
}

static void scan(const CsvRows *r, const char *text, size_t len, Scan *s) {
  while (s->at < len && !s->ended) step(r, text, len, s);
}

/* Adds lines to the row until no quote is open. */
static int complete(CsvRows *r, char **text, size_t *len) {
  Scan s = {.begins = true};
  int more = 1;
  for (scan(r, *text, *len, &s); s.quoted && (more = lines_more(&r->lines, text, len)) == 1;) {
    scan(r, *text, *len, &s);
  }
  if (more < 0) return -1;
  if (s.quoted) return err_set("%s:%lld: a quote is not closed", r->lines.path, (long long)s.opened);
  if (s.ended) *len = s.at;
  return 0;
}

/* --- delimiters --------------------------------------------------------------------------------------------------- */

/* The first of tab, ';', ',' that occurs outside quotes, else blanks. */
static char detect(const CsvRows *r, const char *text, size_t len) {
  bool tab = false, semicolon = false, comma = false;
  for (Scan s = {.begins = true}; s.at < len && !s.ended;) {
    const char ch = s.quoted ? '"' : text[s.at];
    step(r, text, len, &s);
    tab = tab || ch == '\t';
    semicolon = semicolon || ch == ';';
    comma = comma || ch == ',';
  }
  return tab ? '\t' : semicolon ? ';' : comma ? ',' : ' ';
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

int csv_rows_open(CsvRows *r, const char *path, char delimiter, char comment) {
  *r = (CsvRows){.delimiter = delimiter, .comment = comment};
  return lines_open(&r->lines, path);
}

void csv_rows_close(CsvRows *r) {
  free(r->last_comment);
  r->last_comment = NULL;
  lines_close(&r->lines);
}

/* A line without anything but a comment: keeps what stands behind its sign; an empty line forgets it. */
static int keep_comment(CsvRows *r, const char *line) {
  free(r->last_comment);
  r->last_comment = NULL;
  while (csv_is_blank(*line)) line++;
  if (*line == '\0') return 0;
  while (*line == r->comment) line++;
  r->last_comment = strdup(line);
  return r->last_comment ? 0 : err_set("cannot read %s: out of memory", r->lines.path);
}

int csv_rows_next(CsvRows *r, char **text, size_t *len) {
  int got;
  while ((got = lines_next(&r->lines, text, len)) == 1) {
    r->number = r->lines.number;
    if (complete(r, text, len) < 0) return -1;
    size_t blank = 0;
    while (blank < *len && csv_is_blank((*text)[blank])) blank++;
    if (blank < *len) {
      (*text)[*len] = '\0';
      if (!r->delimiter) r->delimiter = detect(r, *text, *len);
      return 1;
    }
    if (r->keep_comment && keep_comment(r, *text) < 0) return -1;
  }
  return got;
}
