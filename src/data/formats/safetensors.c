/*
 * safetensors.c - lengths, elements, writing.
 */
#include "data/formats/safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/files/infile.h"
#include "data/formats/element.h"
#include "data/io/tensorfile.h"

#define PREFIX 8 /* bytes of the header's length */

/* --- types------------------------------------------------------------------------------------------------------ */

typedef struct SafeType {
  const char *name;
  ElementKind kind;
  int size; /* bytes per element in the file */
} SafeType;

static const SafeType types[] = {
    {"F64", ELEMENT_FLOAT, 8},    {"F32", ELEMENT_FLOAT, 4},     {"F16", ELEMENT_FLOAT, 2},
    {"BF16", ELEMENT_BFLOAT, 2},  {"F8_E5M2", ELEMENT_FLOAT, 1}, {"F8_E4M3", ELEMENT_FLOAT_E4M3, 1},
    {"I64", ELEMENT_SIGNED, 8},   {"I32", ELEMENT_SIGNED, 4},    {"I16", ELEMENT_SIGNED, 2},
    {"I8", ELEMENT_SIGNED, 1},    {"U64", ELEMENT_UNSIGNED, 8},  {"U32", ELEMENT_UNSIGNED, 4},
    {"U16", ELEMENT_UNSIGNED, 2}, {"U8", ELEMENT_UNSIGNED, 1},   {"BOOL", ELEMENT_BOOL, 1},
};

/* False if there is no such type. */
static bool find_type(const char *name, ElementType *type) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strcmp(types[i].name, name) != 0) continue;
    *type = (ElementType){.kind = types[i].kind, .size = types[i].size};
    return true;
  }
  return false;
}

int safetensors_size(const char *name) {
  ElementType type;
  return find_type(name, &type) ? type.size : 0;
}

/* --- reading---------------------------------------------------------------------------------------------------- */

static int read_bytes(SafeFile *f, void *to, size_t n) { return infile_read(f->file, f->path, to, n); }

static uint64_t little_endian(const uint8_t *p, int n) {
  uint64_t v = 0;
  while (n-- > 0) v = v << 8 | p[n];
  return v;
}

static int read_lengths(SafeFile *f, int64_t size) {
  uint8_t prefix[PREFIX];
  if (read_bytes(f, prefix, PREFIX) < 0) return -1;
  uint64_t n = little_endian(prefix, PREFIX), rest = (uint64_t)size - PREFIX;
  if (n > rest) {
    return err_set("%s: a header of %llu bytes is promised, but the file has only %llu more; is it a safetensors file?",
                   f->path, (unsigned long long)n, (unsigned long long)rest);
  }
  if (n > SAFETENSORS_MAX_HEADER) {
    return err_set("%s: a header of %llu bytes; at most %d are read", f->path, (unsigned long long)n,
                   SAFETENSORS_MAX_HEADER);
  }
  f->header = (int64_t)n;
  f->data = (int64_t)(rest - n);
  return 0;
}

int safetensors_open(SafeFile *f, const char *path) {
  *f = (SafeFile){.path = strdup(path)};
  if (!f->path) return err_set("out of memory");
  int64_t size;
  f->file = infile_stream(path, &size);
  return f->file ? read_lengths(f, size) : -1;
}

void safetensors_close(SafeFile *f) {
  if (f->file) fclose(f->file);
  free(f->path);
  *f = (SafeFile){0};
}

static int seek(SafeFile *f, int64_t at) {
  return fseeko(f->file, at, SEEK_SET) < 0 ? err_set("%s: %s", f->path, strerror(errno)) : 0;
}

int safetensors_header(SafeFile *f, char *out) {
  return seek(f, PREFIX) < 0 ? -1 : read_bytes(f, out, (size_t)f->header);
}

static int read_elements(SafeFile *f, ElementType type, Tensor *t) {
  uint8_t block[8192];
  if (element_is_ours(type)) return read_bytes(f, tensor_data(t), (size_t)(t->numel * type.size));
  for (int64_t i = 0, n; i < t->numel; i += n) {
    n = (int64_t)sizeof block / type.size;
    if (n > t->numel - i) n = t->numel - i;
    if (read_bytes(f, block, (size_t)(n * type.size)) < 0) return -1;
    if (element_convert(type, block, n, t, i, f->path) < 0) return -1;
  }
  return 0;
}

/* Do the elements lie within the data? */
static bool fits(const SafeFile *f, ElementType type, int ndim, const int64_t *shape, int64_t begin) {
  int64_t numel;
  if (ndim > TENSOR_MAX_DIM || begin < 0 || begin > f->data) return false;
  return element_fits(type, ndim, shape, f->data - begin, &numel);
}

Tensor *safetensors_tensor(SafeFile *f, const char *name, int ndim, const int64_t *shape, int64_t begin) {
  ElementType type;
  if (!find_type(name, &type)) return err_null("%s: unknown type %.20s", f->path, name);
  if (!fits(f, type, ndim, shape, begin)) return err_null("%s: a tensor that lies outside the file", f->path);
  if (seek(f, PREFIX + f->header + begin) < 0) return NULL;
  Tensor *t = tensor_new(element_dtype(type), ndim, shape);
  if (!t) err_prefix("%s: ", f->path);
  if (!t || read_elements(f, type, t) == 0) return t;
  tensor_release(t);
  return NULL;
}

/* --- writing---------------------------------------------------------------------------------------------------- */

static int write_all(OutFile *f, const char *header, size_t nheader, int n, Tensor *const *tensor) {
  static const char blanks[PREFIX] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
  size_t padding = -nheader % 8;
  uint64_t length = nheader + padding;
  if (length > SAFETENSORS_MAX_HEADER) {
    return err_set("cannot write %s: a header of %llu bytes, at most %d fit; keep long lists of numbers in tensors",
                   f->path, (unsigned long long)length, SAFETENSORS_MAX_HEADER);
  }
  if (outfile_write(f, &length, sizeof length) < 0) return -1;
  if (outfile_write(f, header, nheader) < 0 || outfile_write(f, blanks, padding) < 0) return -1;
  for (int i = 0; i < n; i++) {
    if (tensorfile_write(f, tensor[i]) < 0) return -1;
  }
  return outfile_commit(f);
}

int safetensors_write(const char *path, const char *header, size_t nheader, int n, Tensor *const *tensor) {
  OutFile f;
  int status = tensorfile_open(&f, path) < 0 ? -1 : write_all(&f, header, nheader, n, tensor);
  outfile_close(&f);
  return status;
}
