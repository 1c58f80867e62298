/*
 * npy_header.c - a reader of the one kind of Python dictionary that stands in .npy files.
 */
#include "data/formats/npy_header.h"

#include <string.h>

#include "base/err.h"

#define WORD_MAX 64 /* bytes of a key or a type */

typedef struct Parser {
  const char *at;
  const char *path;
  NpyHeader *h;
  bool has_type, has_order, has_shape;
} Parser;

static int damaged(const Parser *p, const char *what) { return err_set("%s: a damaged %s", p->path, what); }

/* --- Python's text ------------------------------------------------------------------------------------------------ */

static void skip_blanks(Parser *p) { p->at += strspn(p->at, " \t\r\n"); }

/* Whether the next sign is this one, which is passed then, with the blanks around it. */
static bool take(Parser *p, char sign) {
  skip_blanks(p);
  if (*p->at != sign) return false;
  p->at++;
  skip_blanks(p);
  return true;
}

static bool take_word(Parser *p, const char *word) {
  skip_blanks(p);
  const size_t n = strlen(word);
  if (strncmp(p->at, word, n) != 0) return false;
  p->at += n;
  return true;
}

/* A string in quotes of either kind, without escapes. */
static bool take_string(Parser *p, char out[WORD_MAX]) {
  skip_blanks(p);
  const char quote = *p->at;
  if (quote != '\'' && quote != '"') return false;
  const char *end = strchr(p->at + 1, quote);
  const size_t n = end ? (size_t)(end - p->at - 1) : WORD_MAX;
  if (n >= WORD_MAX) return false;
  memcpy(out, p->at + 1, n);
  out[n] = '\0';
  p->at = end + 1;
  return true;
}

/* --- the values --------------------------------------------------------------------------------------------------- */

/* Types by NumPy's letter and size, its letter alone, and its name. */
static const struct {
  const char *code, *letter, *name;
  ElementKind kind;
  int size;
} types[] = {
    {"f2", "e", "float16", ELEMENT_FLOAT, 2},   {"f4", "f", "float32", ELEMENT_FLOAT, 4},
    {"f8", "d", "float64", ELEMENT_FLOAT, 8},   {"i1", "b", "int8", ELEMENT_SIGNED, 1},
    {"i2", "h", "int16", ELEMENT_SIGNED, 2},    {"i4", "i", "int32", ELEMENT_SIGNED, 4},
    {"i8", "q", "int64", ELEMENT_SIGNED, 8},    {"u1", "B", "uint8", ELEMENT_UNSIGNED, 1},
    {"u2", "H", "uint16", ELEMENT_UNSIGNED, 2}, {"u4", "I", "uint32", ELEMENT_UNSIGNED, 4},
    {"u8", "Q", "uint64", ELEMENT_UNSIGNED, 8}, {"b1", "?", "bool", ELEMENT_BOOL, 1},
};

/* What the elements are that have no tensor, by their letter. */
static const char *foreign_kind(char letter) {
  switch (letter) {
    case 'c':
      return " (complex numbers)";
    case 'U':
    case 'S':
    case 'a':
      return " (text)";
    case 'O':
      return " (Python objects)";
    case 'M':
    case 'm':
      return " (dates or durations)";
    case 'V':
      return " (raw bytes)";
    case 'f':
      return " (extended precision)";
    default:
      return "";
  }
}

static int cannot_read(Parser *p, const char *type, const char *what) {
  p->h->foreign = true;
  return err_set("%s: elements of type %s%s cannot be read", p->path, type, what);
}

static int parse_type(Parser *p) {
  char word[WORD_MAX];
  skip_blanks(p);
  if (*p->at == '[') return cannot_read(p, "[...]", " (records of several fields)");
  if (!take_string(p, word)) return damaged(p, "descr");
  const bool ordered = *word != '\0' && strchr("<>|=", *word) != NULL;
  const char *code = word + ordered;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strcmp(code, types[i].code) && strcmp(code, types[i].letter) && strcmp(code, types[i].name)) continue;
    p->h->type = (ElementType){.kind = types[i].kind, .size = types[i].size, .big_endian = *word == '>'};
    p->has_type = true;
    return 0;
  }
  char quoted[WORD_MAX + 2] = "'";
  strcat(strcat(quoted, word), "'");
  return cannot_read(p, quoted, foreign_kind(*code));
}

static int parse_order(Parser *p) {
  p->has_order = true;
  p->h->fortran = take_word(p, "True");
  return p->h->fortran || take_word(p, "False") ? 0 : damaged(p, "fortran_order");
}

/* 12, 12L */
static int parse_size(Parser *p, int64_t *size) {
  const char *first = p->at;
  *size = 0;
  for (; *p->at >= '0' && *p->at <= '9'; p->at++) {
    if (__builtin_mul_overflow(*size, 10, size) || __builtin_add_overflow(*size, *p->at - '0', size)) {
      return err_set("%s: the header's dimensions are too large", p->path);
    }
  }
  if (p->at == first) return damaged(p, "shape");
  if (*p->at == 'L') p->at++;
  skip_blanks(p);
  return 0;
}

/* (), (3,), (3, 4) */
static int parse_shape(Parser *p) {
  p->has_shape = true;
  p->h->ndim = 0;
  if (!take(p, '(')) return damaged(p, "shape");
  while (*p->at != ')') {
    if (p->h->ndim == TENSOR_MAX_DIM) {
      p->h->foreign = true;
      return err_set("%s: more than %d dimensions", p->path, TENSOR_MAX_DIM);
    }
    if (parse_size(p, &p->h->shape[p->h->ndim++]) < 0) return -1;
    if (*p->at != ')' && !take(p, ',')) return damaged(p, "shape");
  }
  p->at++;
  return 0;
}

/* --- the dictionary ----------------------------------------------------------------------------------------------- */

static int parse_entry(Parser *p) {
  char key[WORD_MAX];
  if (!take_string(p, key) || !take(p, ':')) return damaged(p, "header");
  if (strcmp(key, "descr") == 0) return parse_type(p);
  if (strcmp(key, "fortran_order") == 0) return parse_order(p);
  if (strcmp(key, "shape") == 0) return parse_shape(p);
  return err_set("%s: the header has an unknown key '%s'", p->path, key);
}

int npy_header_parse(const char *text, const char *path, NpyHeader *h) {
  Parser p = {.at = text, .path = path, .h = h};
  *h = (NpyHeader){0};
  if (!take(&p, '{')) return damaged(&p, "header");
  while (!take(&p, '}')) {
    if (parse_entry(&p) < 0) return -1;
    skip_blanks(&p);
    if (*p.at != '}' && !take(&p, ',')) return damaged(&p, "header");
  }
  if (*p.at != '\0') return damaged(&p, "header");
  const char *missing = !p.has_type ? "descr" : !p.has_order ? "fortran_order" : !p.has_shape ? "shape" : NULL;
  return missing ? err_set("%s: the header has no '%s'", path, missing) : 0;
}
