/*
 * safetensors.c - lengths, elements, writing.
 */
#include "data/formats/safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "data/io/tensorfile.h"

#define PREFIX 8 /* bytes of the header's length */

/* --- types------------------------------------------------------------------------------------------------------ */

typedef struct SafeType {
  const char *name;
  int size; /* bytes per element in the file */
  DType dtype;
} SafeType;

static const SafeType types[] = {
    {"F64", 8, DT_F64}, {"F32", 4, DT_F32}, {"F16", 2, DT_F32}, {"BF16", 2, DT_F32},
    {"I64", 8, DT_I64}, {"I32", 4, DT_I64}, {"I16", 2, DT_I64}, {"I8", 1, DT_I64},
    {"U32", 4, DT_I64}, {"U16", 2, DT_I64}, {"U8", 1, DT_U8},   {"BOOL", 1, DT_U8},
};

static const SafeType *find_type(const char *name) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strcmp(types[i].name, name) == 0) return &types[i];
  }
  return NULL;
}

int safetensors_size(const char *type) {
  const SafeType *t = find_type(type);
  return t ? t->size : 0;
}

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* IEEE half precision: 1 sign bit, 5 bits of exponent, 10 of fraction. */
static float half_to_float(uint32_t h) {
  uint32_t sign = (h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 0x3ff;
  if (exponent == 31) return float_of(sign | 0x7f800000 | fraction << 13);
  if (exponent != 0) return float_of(sign | (exponent + 112) << 23 | fraction << 13);
  float x = (float)fraction * 0x1p-24f;
  return sign ? -x : x;
}

static int64_t integer_of(const SafeType *type, uint64_t bits) {
  int unused = 64 - 8 * type->size;
  return type->name[0] == 'I' ? (int64_t)(bits << unused) >> unused : (int64_t)bits;
}

/* Elements i.. of t from the n at p, for the types that are not stored as they are. */
static void convert(const SafeType *type, const uint8_t *p, int64_t n, Tensor *t, int64_t i) {
  for (int64_t k = 0; k < n; k++, p += type->size) {
    uint32_t bits = 0;
    memcpy(&bits, p, (size_t)type->size);
    if (type->dtype == DT_I64) {
      tensor_i64(t)[i + k] = integer_of(type, bits);
    } else if (type->dtype == DT_U8) {
      tensor_u8(t)[i + k] = bits != 0;
    } else {
      tensor_f32(t)[i + k] = type->name[0] == 'B' ? float_of(bits << 16) : half_to_float(bits);
    }
  }
}

/* --- reading---------------------------------------------------------------------------------------------------- */

static int read_bytes(SafeFile *f, void *to, size_t n) {
  errno = 0;
  if (fread(to, 1, n, f->file) == n) return 0;
  return err_set("%s: %s", f->path, ferror(f->file) && errno ? strerror(errno) : "the file ends too early");
}

static uint64_t little_endian(const uint8_t *p, int n) {
  uint64_t v = 0;
  while (n-- > 0) v = v << 8 | p[n];
  return v;
}

static int read_lengths(SafeFile *f) {
  struct stat st;
  uint8_t prefix[PREFIX];
  if (fstat(fileno(f->file), &st) < 0) return err_set("%s: %s", f->path, strerror(errno));
  if (!S_ISREG(st.st_mode)) return err_set("%s: not a regular file", f->path);
  if (read_bytes(f, prefix, PREFIX) < 0) return -1;
  uint64_t n = little_endian(prefix, PREFIX), rest = (uint64_t)st.st_size - PREFIX;
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
  f->file = fopen(path, "rb");
  if (!f->file) return err_set("cannot open %s: %s", path, strerror(errno));
  return read_lengths(f);
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

static int read_elements(SafeFile *f, const SafeType *type, Tensor *t) {
  uint8_t block[8192];
  if (type->size == (int)dtype_size(type->dtype) && type->name[0] != 'B') {
    return read_bytes(f, tensor_data(t), (size_t)t->numel * (size_t)type->size);
  }
  for (int64_t i = 0, n; i < t->numel; i += n) {
    n = (int64_t)sizeof block / type->size;
    if (n > t->numel - i) n = t->numel - i;
    if (read_bytes(f, block, (size_t)(n * type->size)) < 0) return -1;
    convert(type, block, n, t, i);
  }
  return 0;
}

/* Do the elements lie within the data? */
static bool fits(const SafeFile *f, const SafeType *type, int ndim, const int64_t *shape, int64_t begin) {
  int64_t bytes = type->size;
  if (ndim > TENSOR_MAX_DIM || begin < 0 || begin > f->data) return false;
  for (int d = 0; d < ndim; d++) {
    if (shape[d] < 0 || __builtin_mul_overflow(bytes, shape[d], &bytes)) return false;
  }
  return bytes <= f->data - begin;
}

Tensor *safetensors_tensor(SafeFile *f, const char *name, int ndim, const int64_t *shape, int64_t begin) {
  const SafeType *type = find_type(name);
  if (!type) return err_null("%s: unknown type %.20s", f->path, name);
  if (!fits(f, type, ndim, shape, begin)) return err_null("%s: a tensor that lies outside the file", f->path);
  if (seek(f, PREFIX + f->header + begin) < 0) return NULL;
  Tensor *t = tensor_new(type->dtype, ndim, shape);
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
