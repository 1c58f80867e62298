/*
 * csv.c - from lines to fields to numbers.
 *
 * A line is split in place into fields (pointer and length into the line reader's buffer); the wanted ones are
 * converted and appended to one growing block, row after row, which becomes the tensor at the end. Memory is that of
 * the numbers, twice for a moment, plus the longest line.
 */
#include "data/text/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text/number.h"
#include "base/text/visible.h"
#include "data/text/csv_rows.h"

typedef struct Field {
  char *text; /* a byte that is part of no number stands behind it */
  size_t len;
} Field;

typedef struct Csv {
  const CsvOptions *opt;
  CsvRows in;
  Field *field; /* of the current line */
  int64_t nfield, field_cap;
  int64_t expected; /* fields a line must have; 0 until the first one */
  CsvTable *table;
  char *values; /* rows * npick numbers of opt->dtype */
  size_t used, cap;
  int64_t rows;
  int64_t *pick; /* the wanted columns, from 0 */
  int64_t npick;
  bool *is_word; /* of each of them: texts are numbered; NULL: none */
} Csv;

/* --- messages ---------------------------------------------------------------------------------------------- */
/* The buffers are read at once, by err_set. Files are read by the thread that runs Lua alone. */

/* A field's text for a message: at most 40 bytes. One static buffer. */
static const char *shown(Field f) {
  static char text[44];
  visible(text, sizeof text, f.text, f.len, 0);
  return text;
}

/* "column 3" or "column 3 (chord)". One static buffer. */
static const char *column_str(const Csv *c, int64_t pick) {
  static char text[96];
  const char *name = c->table->names ? c->table->names[pick] : "";
  if (*name) {
    snprintf(text, sizeof text, "column %lld (%.40s)", (long long)c->pick[pick] + 1, name);
  } else {
    snprintf(text, sizeof text, "column %lld", (long long)c->pick[pick] + 1);
  }
  return text;
}

static int no_memory(const Csv *c) { return err_set("cannot read %s: out of memory", c->in.lines.path); }

static const char *plural(int64_t n) { return n == 1 ? "" : "s"; }

/* --- lines to fields ---------------------------------------------------------------------------------------- */

static int push_field(Csv *c, char *text, size_t len) {
  if (c->nfield == c->field_cap) {
    int64_t cap = c->field_cap ? c->field_cap * 2 : 64;
    Field *bigger = realloc(c->field, (size_t)cap * sizeof *bigger);
    if (!bigger) return no_memory(c);
    c->field = bigger;
    c->field_cap = cap;
  }
  c->field[c->nfield++] = (Field){text, len};
  return 0;
}

static bool at_delimiter(const Csv *c, char ch) { return csv_at_delimiter(c->in.delimiter, ch); }

/* Reads the quoted field that starts at *p, undoubling its quotes in place; moves *p behind the closing quote. */
static int quoted_field(Csv *c, char **p, const char *end) {
  char *from = *p + 1, *to = from, *text = from;
  for (;; from++) {
    if (from == end) return err_set("%s:%lld: a quote is not closed", c->in.lines.path, (long long)c->in.number);
    if (*from == '"' && (from + 1 == end || from[1] != '"')) break;
    if (*from == '"') from++;
    *to++ = *from;
  }
  *p = from + 1;
  *to = '"'; /* stops a number's conversion */
  return push_field(c, text, (size_t)(to - text));
}

static int plain_field(Csv *c, char **p, char *end) {
  char *text = *p;
  while (*p < end && !at_delimiter(c, **p)) ++*p;
  char *last = *p;
  while (last > text && csv_is_blank(last[-1])) last--;
  return push_field(c, text, (size_t)(last - text));
}

static char *skip_blanks(const Csv *c, char *p, const char *end) {
  while (p < end && csv_is_blank(*p) && (c->in.delimiter == ' ' || *p != c->in.delimiter)) p++;
  return p;
}

static int split(Csv *c, char *line, size_t len) {
  char *p = line, *end = line + len;
  c->nfield = 0;
  for (;;) {
    p = skip_blanks(c, p, end);
    if (p == end && c->in.delimiter == ' ') return 0;
    if ((p < end && *p == '"' ? quoted_field(c, &p, end) : plain_field(c, &p, end)) < 0) return -1;
    p = skip_blanks(c, p, end);
    if (p == end) return 0;
    if (c->in.delimiter == ' ') continue;
    if (!at_delimiter(c, *p)) {
      return err_set("%s:%lld: column %lld: text after a closing quote", c->in.lines.path, (long long)c->in.number,
                     (long long)c->nfield);
    }
    p++;
    if (p == end) return push_field(c, p, 0); /* the line ends with a delimiter: an empty field */
  }
}

/* --- columns ------------------------------------------------------------------------------------------------- */

/* The position of the header's field called `name`, or -1 with err_set. */
static int64_t find_name(const Csv *c, const char *name) {
  int64_t found = -1;
  for (int64_t i = 0; i < c->nfield; i++) {
    if (strlen(name) != c->field[i].len || memcmp(name, c->field[i].text, c->field[i].len) != 0) continue;
    if (found >= 0) {
      return err_set("%s:%lld: columns %lld and %lld are both called '%.40s'; choose one by its position",
                     c->in.lines.path, (long long)c->in.number, (long long)found + 1, (long long)i + 1, name);
    }
    found = i;
  }
  if (found >= 0) return found;
  return err_set("%s:%lld: no column is called '%.40s'", c->in.lines.path, (long long)c->in.number, name);
}

/* Settles which columns to take, from the first line (the header, if there is one), now in c->field. */
static int choose_columns(Csv *c) {
  const CsvOptions *o = c->opt;
  c->expected = c->nfield;
  c->npick = o->columns ? o->ncolumns : c->nfield;
  c->pick = malloc((size_t)(c->npick ? c->npick : 1) * sizeof *c->pick);
  if (!c->pick) return no_memory(c);
  for (int64_t i = 0; i < c->npick; i++) {
    int64_t at = o->columns ? o->columns[i].index : i;
    if (o->columns && o->columns[i].name) {
      if (!o->header)
        return err_set("%s: column '%.40s': names need header=true", c->in.lines.path, o->columns[i].name);
      at = find_name(c, o->columns[i].name);
      if (at < 0) return -1;
    }
    if (at < 0 || at >= c->nfield) {
      return err_set("%s:%lld: no column %lld, the line has %lld field%s", c->in.lines.path, (long long)c->in.number,
                     (long long)at + 1, (long long)c->nfield, plural(c->nfield));
    }
    c->pick[i] = at;
  }
  return 0;
}

/* Keeps the names of the wanted columns, from the header in c->field. */
static int keep_names(Csv *c) {
  CsvTable *t = c->table;
  t->names = calloc((size_t)c->npick + 1, sizeof *t->names);
  if (!t->names) return no_memory(c);
  t->nnames = c->npick;
  for (int64_t i = 0; i < c->npick; i++) {
    Field f = c->field[c->pick[i]];
    t->names[i] = strndup(f.text, f.len);
    if (!t->names[i]) return no_memory(c);
  }
  return 0;
}

/* --- categories ------------------------------------------------------------------------------------------------- */

static int take_known(Csv *c, CsvWords *w, const CsvCategory *category) {
  for (int k = 0; k < category->nknown; k++) {
    const int number = csv_words_number(w, category->known[k], strlen(category->known[k]));
    if (number < 0) return no_memory(c);
    if (number != k + 1) {
      return err_set("%s: categories: '%.40s' stands twice in a list", c->in.lines.path, category->known[k]);
    }
  }
  w->fixed = category->known != NULL;
  return 0;
}

/* Which columns of the tensor hold categories; the first line, with the names, is in c->field. */
static int choose_categories(Csv *c) {
  const CsvOptions *o = c->opt;
  if (o->ncategories == 0) return 0;
  c->table->words = calloc((size_t)c->npick + 1, sizeof *c->table->words);
  c->is_word = calloc((size_t)c->npick + 1, sizeof *c->is_word);
  if (!c->table->words || !c->is_word) return no_memory(c);
  c->table->nwords = c->npick;
  for (int i = 0; i < o->ncategories; i++) {
    const CsvCategory *category = &o->categories[i];
    bool found = false;
    int64_t at = category->column.index;
    if (category->column.name && !o->header) {
      return err_set("%s: categories: column '%.40s': names need header=true", c->in.lines.path, category->column.name);
    }
    if (category->column.name && (at = find_name(c, category->column.name)) < 0) return -1;
    for (int64_t k = 0; k < c->npick; k++) {
      if (c->pick[k] != at) continue;
      if (c->is_word[k]) {
        return err_set("%s: categories: column %lld is named twice", c->in.lines.path, (long long)at + 1);
      }
      found = c->is_word[k] = true;
      if (take_known(c, &c->table->words[k], category) < 0) return -1;
    }
    if (!found) return err_set("%s: categories: column %lld is not read", c->in.lines.path, (long long)at + 1);
  }
  return 0;
}

/* The number of a text among the values; 0 for a missing one, which is nan. */
static int load_number(const Csv *c, const char *at) {
  if (c->opt->dtype == DT_F64) {
    double x;
    memcpy(&x, at, sizeof x);
    return isnan(x) ? 0 : (int)x;
  }
  float x;
  memcpy(&x, at, sizeof x);
  return isnan(x) ? 0 : (int)x;
}

static void store_number(const Csv *c, char *at, int number) {
  if (c->opt->dtype == DT_F64) {
    const double x = number;
    memcpy(at, &x, sizeof x);
  } else {
    const float x = (float)number;
    memcpy(at, &x, sizeof x);
  }
}

/* The numbers of a column's texts in the order of their bytes, in the values read so far. */
static int sort_column(Csv *c, int64_t pick) {
  CsvWords *w = &c->table->words[pick];
  const size_t size = dtype_size(c->opt->dtype);
  int *to = malloc((size_t)(w->n ? w->n : 1) * sizeof *to);
  if (!to || csv_words_sort(w, to) < 0) {
    free(to);
    return no_memory(c);
  }
  for (int64_t r = 0; r < c->rows; r++) {
    char *at = c->values + ((size_t)r * (size_t)c->npick + (size_t)pick) * size;
    const int number = load_number(c, at);
    if (number > 0) store_number(c, at, to[number - 1]);
  }
  free(to);
  return 0;
}

/* --- fields to numbers ---------------------------------------------------------------------------------------- */

static bool is_missing(Field f) { return csv_is_missing(f.text, f.len); }

static bool is_number(Field f) {
  double v;
  return number_parse(f.text, f.len, &v);
}

/* Whether the current line is the first and no number stands in it: then it probably holds the columns' names. */
static bool looks_like_header(const Csv *c) {
  if (c->rows > 0 || c->opt->header) return false;
  for (int64_t i = 0; i < c->nfield; i++) {
    if (is_number(c->field[i])) return false;
  }
  return true;
}

static int bad_field(const Csv *c, int64_t pick, const char *what) {
  Field f = c->field[c->pick[pick]];
  const char *hint = looks_like_header(c) ? " (if this line holds the columns' names, pass header=true)" : "";
  return err_set("%s:%lld: %s: '%s' is %s%s", c->in.lines.path, (long long)c->in.number, column_str(c, pick), shown(f),
                 what, hint);
}

static int missing_field(const Csv *c, int64_t pick) {
  Field f = c->field[c->pick[pick]];
  const char *open = f.len ? " ('" : "", *close = f.len ? "')" : "";
  return err_set("%s:%lld: %s: no value%s%s%s; the option na=0/0 would read it as NaN", c->in.lines.path,
                 (long long)c->in.number, column_str(c, pick), open, f.len ? shown(f) : "", close);
}

static int store_int(const Csv *c, int64_t pick, char *at) {
  Field f = c->field[c->pick[pick]];
  int64_t v;
  bool missing = is_missing(f);
  if (missing && !c->opt->allow_na) return missing_field(c, pick);
  if (missing) v = (int64_t)c->opt->na;
  if (!missing && !number_parse_int(f.text, f.len, &v)) return bad_field(c, pick, "no integer from -2^63 to 2^63 - 1");
  if (c->opt->dtype == DT_I64) {
    memcpy(at, &v, sizeof v);
    return 0;
  }
  if (v < 0 || v > 255) return bad_field(c, pick, "outside uint8's 0..255");
  *(uint8_t *)at = (uint8_t)v;
  return 0;
}

static int store_float(const Csv *c, int64_t pick, char *at) {
  Field f = c->field[c->pick[pick]];
  double v;
  if (is_missing(f)) {
    if (!c->opt->allow_na) return missing_field(c, pick);
    v = c->opt->na;
  } else if (!number_parse(f.text, f.len, &v)) {
    return bad_field(c, pick, "not a number");
  }
  if (c->opt->dtype == DT_F64) {
    memcpy(at, &v, sizeof v);
  } else {
    float single = (float)v;
    memcpy(at, &single, sizeof single);
  }
  return 0;
}

static int store_word(Csv *c, int64_t pick, char *at) {
  Field f = c->field[c->pick[pick]];
  CsvWords *w = &c->table->words[pick];
  const bool known = !is_missing(f) || w->fixed; /* a given text may be one that else stands for no value */
  const int number = known ? csv_words_number(w, f.text, f.len) : 0;
  if (number == 0 && is_missing(f)) return store_float(c, pick, at);
  if (number < 0) return no_memory(c);
  if (number == 0) return bad_field(c, pick, "none of the categories");
  if (c->opt->dtype == DT_F32 && number > 1 << 24) return bad_field(c, pick, "one category too many for float32");
  store_number(c, at, number);
  return 0;
}

/* Room for `bytes` more behind the values. */
static int reserve(Csv *c, size_t bytes) {
  if (c->used + bytes <= c->cap) return 0;
  size_t cap = c->cap ? c->cap : 4096;
  while (cap < c->used + bytes) cap *= 2;
  char *bigger = realloc(c->values, cap);
  if (!bigger) return no_memory(c);
  c->values = bigger;
  c->cap = cap;
  return 0;
}

static int add_row(Csv *c) {
  size_t size = dtype_size(c->opt->dtype);
  bool is_float = dtype_is_float(c->opt->dtype);
  if (c->nfield != c->expected) {
    return err_set("%s:%lld: %lld field%s, expected %lld", c->in.lines.path, (long long)c->in.number,
                   (long long)c->nfield, plural(c->nfield), (long long)c->expected);
  }
  if (reserve(c, (size_t)c->npick * size) < 0) return -1;
  for (int64_t i = 0; i < c->npick; i++) {
    char *at = c->values + c->used;
    const bool word = c->is_word && c->is_word[i];
    if ((word ? store_word(c, i, at) : is_float ? store_float(c, i, at) : store_int(c, i, at)) < 0) return -1;
    c->used += size;
  }
  c->rows++;
  return 0;
}

/* --- the whole file ------------------------------------------------------------------------------------------- */

static int skip_lines(Csv *c) {
  char *line;
  size_t len;
  for (int64_t i = 0; i < c->opt->skip; i++) {
    int got = lines_next(&c->in.lines, &line, &len);
    if (got < 0) return -1;
    if (got == 0) break;
  }
  return 0;
}

/* Takes the names from the comment above the first row, as numpy.savetxt writes them and numpy.genfromtxt reads them:
 * 1 if the row, now in c->field, is made of numbers and the comment of as many words; else 0; -1. */
static int names_above(Csv *c) {
  char *text = c->in.last_comment;
  if (!text) return 0;
  for (int64_t i = 0; i < c->nfield; i++) {
    if (!is_number(c->field[i]) && !is_missing(c->field[i])) return 0;
  }
  const int64_t n = c->nfield;
  if (split(c, text, strlen(text)) < 0 || c->nfield != n) return 0;
  return choose_columns(c) < 0 || choose_categories(c) < 0 || keep_names(c) < 0 ? -1 : 1;
}

/* The first row of a table with a header; split writes into its text, so a copy is looked at first. */
static int header_row(Csv *c, char *text, size_t len) {
  char *copy = strdup(text);
  if (!copy) return no_memory(c);
  const int above = split(c, copy, len) < 0 ? -1 : names_above(c);
  free(copy);
  if (above < 0 || split(c, text, len) < 0) return -1;
  if (above) return add_row(c);
  return choose_columns(c) < 0 || choose_categories(c) < 0 || keep_names(c) < 0 ? -1 : 0;
}

static int first_row(Csv *c, char *text, size_t len) {
  if (c->opt->header) return header_row(c, text, len);
  return split(c, text, len) < 0 || choose_columns(c) < 0 || choose_categories(c) < 0 ? -1 : add_row(c);
}

static int next_row(Csv *c, char *text, size_t len) { return split(c, text, len) < 0 ? -1 : add_row(c); }

static int read_rows(Csv *c) {
  char *text;
  size_t len;
  int got;
  if (skip_lines(c) < 0) return -1;
  c->in.keep_comment = c->opt->header;
  while ((got = csv_rows_next(&c->in, &text, &len)) == 1) {
    if ((c->expected == 0 ? first_row(c, text, len) : next_row(c, text, len)) < 0) return -1;
    c->in.keep_comment = false;
  }
  if (got < 0) return -1;
  return c->rows > 0 ? 0 : err_set("%s: no row of numbers", c->in.lines.path);
}

static int sort_categories(Csv *c) {
  for (int64_t i = 0; c->is_word && i < c->npick; i++) {
    if (c->is_word[i] && !c->table->words[i].fixed && sort_column(c, i) < 0) return -1;
  }
  return 0;
}

static int make_tensor(Csv *c) {
  int64_t shape[2] = {c->rows, c->npick};
  c->table->data = tensor_new(c->opt->dtype, 2, shape);
  if (!c->table->data) return -1;
  memcpy(tensor_data(c->table->data), c->values, c->used);
  return 0;
}

int csv_read(const char *path, const CsvOptions *opt, CsvTable *table) {
  Csv c = {.opt = opt, .table = table};
  *table = (CsvTable){0};
  if (!dtype_is_float(opt->dtype) && opt->allow_na && !(opt->na == floor(opt->na) && fabs(opt->na) < 9e15)) {
    return err_set("na=%g cannot stand in a table of %s", opt->na, dtype_name(opt->dtype));
  }
  if (opt->ncategories > 0 && (!dtype_is_float(opt->dtype) || (opt->allow_na && !isnan(opt->na)))) {
    return err_set(dtype_is_float(opt->dtype) ? "with categories, na must be nan (0/0)"
                                              : "categories are for tables of float32 or float64");
  }
  if (csv_rows_open(&c.in, path, opt->delimiter, opt->comment) < 0) return -1;
  int status = read_rows(&c) < 0 || sort_categories(&c) < 0 || make_tensor(&c) < 0 ? -1 : 0;
  csv_rows_close(&c.in);
  free(c.field);
  free(c.values);
  free(c.pick);
  free(c.is_word);
  if (status < 0) csv_release(table);
  return status;
}

void csv_release(CsvTable *t) {
  for (int64_t i = 0; i < t->nnames; i++) free(t->names[i]);
  free(t->names);
  for (int64_t i = 0; i < t->nwords; i++) csv_words_free(&t->words[i]);
  free(t->words);
  tensor_release(t->data);
  *t = (CsvTable){0};
}
