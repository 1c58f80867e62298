/*
 * csv_write.c - rows in blocks of text.
 */
#include "data/text/csv_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "base/text/number.h"
#include "data/io/tensorfile.h"

#define BLOCK (64 << 10)
#define NUMBER_ROOM 40

typedef struct Writer {
  OutFile file;
  const CsvWriteOptions *opt;
  char block[BLOCK];
  size_t used;
} Writer;

static int flush(Writer *w) {
  const size_t n = w->used;
  w->used = 0;
  return outfile_write(&w->file, w->block, n);
}

static int put(Writer *w, const char *text, size_t n) {
  if (w->used + n > BLOCK && flush(w) < 0) return -1;
  if (n > BLOCK) return outfile_write(&w->file, text, n);
  memcpy(w->block + w->used, text, n);
  w->used += n;
  return 0;
}

/* A text, in quotes where it could be read as something else. */
static int put_text(Writer *w, const char *text) {
  const char special[] = {w->opt->delimiter, '"', '\n', '\r', '#', ' ', '\t', '\0'};
  if (*text && !strpbrk(text, special)) return put(w, text, strlen(text));
  if (put(w, "\"", 1) < 0) return -1;
  for (const char *p = text; *p; p++) {
    if (put(w, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1) < 0) return -1;
  }
  return put(w, "\"", 1);
}

/* The fewest digits that give the number again, as the tensor's dtype. */
static int number_text(char *out, double x, bool is_single) {
  for (int digits = is_single ? 6 : 15; digits < (is_single ? 9 : 17); digits++) {
    double back;
    const int n = number_print(out, NUMBER_ROOM, "%.*g", digits, x);
    if (number_parse(out, (size_t)n, &back) && (is_single ? (float)back == (float)x : back == x)) return n;
  }
  return number_print(out, NUMBER_ROOM, "%.*g", is_single ? 9 : 17, x);
}

/* A missing number; the only field of a row is not empty, for empty lines are passed over. */
static int put_missing(Writer *w, const Tensor *t) { return t->ndim == 2 && t->shape[1] > 1 ? 0 : put(w, "nan", 3); }

static int put_number(Writer *w, const Tensor *t, int64_t i) {
  char text[NUMBER_ROOM];
  if (!dtype_is_float((DType)t->dtype)) {
    const int64_t v = t->dtype == DT_I64 ? tensor_i64(t)[i] : tensor_u8(t)[i];
    return put(w, text, (size_t)number_print(text, sizeof text, "%lld", (long long)v));
  }
  const double x = t->dtype == DT_F64 ? tensor_f64(t)[i] : (double)tensor_f32(t)[i];
  if (isnan(x)) return put_missing(w, t);
  return put(w, text, (size_t)number_text(text, x, t->dtype == DT_F32));
}

static int put_word(Writer *w, const Tensor *t, int64_t i, int64_t column) {
  const double x = tensor_get(t, i);
  const int n = w->opt->nwords[column];
  if (isnan(x)) return put_missing(w, t);
  if (x >= 1 && x <= n && x == floor(x)) return put_text(w, w->opt->words[column][(int)x - 1]);
  return err_set("column %lld has %d categories, but holds %g", (long long)column + 1, n, x);
}

static int put_rows(Writer *w, const Tensor *t) {
  const int64_t rows = t->shape[0], columns = t->ndim == 2 ? t->shape[1] : 1;
  for (int64_t r = 0; r < rows; r++) {
    if (r % 4096 == 0 && interrupt_check() < 0) return -1;
    for (int64_t c = 0; c < columns; c++) {
      const int64_t i = r * columns + c;
      if (c > 0 && put(w, &w->opt->delimiter, 1) < 0) return -1;
      const bool word = w->opt->words && w->opt->words[c];
      if ((word ? put_word(w, t, i, c) : put_number(w, t, i)) < 0) return -1;
    }
    if (put(w, "\n", 1) < 0) return -1;
  }
  return 0;
}

static int put_names(Writer *w, int64_t columns) {
  if (!w->opt->names) return 0;
  for (int64_t c = 0; c < columns; c++) {
    if (c > 0 && put(w, &w->opt->delimiter, 1) < 0) return -1;
    if (put_text(w, w->opt->names[c]) < 0) return -1;
  }
  return put(w, "\n", 1);
}

int csv_write(const char *path, const Tensor *t, const CsvWriteOptions *opt) {
  Writer *w = malloc(sizeof *w);
  Tensor *row_major = tensor_contiguous((Tensor *)t);
  int status = -1;
  if (!w) err_set("cannot write %s: out of memory", path);
  if (w && row_major) {
    w->opt = opt;
    w->used = 0;
    status = tensorfile_open(&w->file, path);
    if (status == 0) status = put_names(w, t->ndim == 2 ? t->shape[1] : 1);
    if (status == 0) status = put_rows(w, row_major);
    if (status == 0) status = flush(w);
    if (status == 0) status = outfile_commit(&w->file);
    outfile_close(&w->file);
  }
  tensor_release(row_major);
  free(w);
  return status;
}
