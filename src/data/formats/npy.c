/*
 * npy.c - header, plausibility, elements; writing.
 */
#include "data/formats/npy.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "data/io/tensorfile.h"

#define HEADER_MAX 65535 /* real headers have some hundred bytes */

typedef struct NpyType {
  char code[3];
  int size; /* bytes per element in the file */
  DType dtype;
} NpyType;

static const NpyType npy_types[] = {
    {"f4", 4, DT_F32}, {"f8", 8, DT_F64}, {"i1", 1, DT_I64}, {"i2", 2, DT_I64}, {"i4", 4, DT_I64},
    {"i8", 8, DT_I64}, {"u1", 1, DT_U8},  {"u2", 2, DT_I64}, {"u4", 4, DT_I64}, {"b1", 1, DT_U8},
};

typedef struct Npy {
  const char *path;
  FILE *file;
  int64_t size; /* bytes of the whole file */
  const NpyType *type;
  bool big_endian;
  bool fortran;
  int ndim;
  int64_t shape[TENSOR_MAX_DIM];
  int64_t numel;
} Npy;

static int read_bytes(Npy *x, void *to, size_t n) {
  errno = 0;
  if (fread(to, 1, n, x->file) == n) return 0;
  return err_set("%s: %s", x->path, ferror(x->file) && errno ? strerror(errno) : "the file ends too early");
}

/* --- header ---------------------------------------------------------------------------------------------------- */

/* The text behind 'key': in the header, or NULL with err_set. */
static const char *value_of(const Npy *x, const char *header, const char *key) {
  char quoted[32];
  snprintf(quoted, sizeof quoted, "'%s':", key);
  const char *at = strstr(header, quoted);
  if (!at) return err_null("%s: the header has no %s", x->path, quoted);
  at += strlen(quoted);
  while (*at == ' ') at++;
  return at;
}

/* '<f4', with its quotes. */
static int parse_type(Npy *x, const char *at) {
  if (!at) return -1;
  bool order = at[0] == '\'' && at[1] != '\0' && strchr("<>|=", at[1]) != NULL;
  for (size_t i = 0; order && i < sizeof npy_types / sizeof *npy_types; i++) {
    if (strncmp(at + 2, npy_types[i].code, 2) == 0 && at[4] == '\'') x->type = &npy_types[i];
  }
  x->big_endian = order && at[1] == '>';
  return x->type ? 0 : err_set("%s: elements of type %.12s cannot be read", x->path, at);
}

static int parse_order(Npy *x, const char *at) {
  if (!at) return -1;
  x->fortran = strncmp(at, "True", 4) == 0;
  return x->fortran || strncmp(at, "False", 5) == 0 ? 0 : err_set("%s: a damaged fortran_order", x->path);
}

/* (), (3,), (3, 4) */
static int parse_shape(Npy *x, const char *at) {
  if (!at) return -1;
  if (*at++ != '(') return err_set("%s: a damaged shape", x->path);
  x->numel = 1;
  for (;; x->ndim++) {
    while (*at == ' ' || *at == ',') at++;
    if (*at == ')') return 0;
    if (!isdigit((unsigned char)*at)) return err_set("%s: a damaged shape", x->path);
    if (x->ndim == TENSOR_MAX_DIM) return err_set("%s: more than %d dimensions", x->path, TENSOR_MAX_DIM);
    char *end;
    errno = 0;
    int64_t size = strtoll(at, &end, 10);
    at = end;
    x->shape[x->ndim] = size;
    if (errno || __builtin_mul_overflow(x->numel, size, &x->numel)) {
      return err_set("%s: the header's dimensions are too large", x->path);
    }
  }
}

/* The length of the header text, or -1. */
static int64_t header_length(Npy *x) {
  uint8_t start[8], length[4] = {0};
  if (read_bytes(x, start, sizeof start) < 0) return -1;
  if (memcmp(start, "\x93NUMPY", 6) != 0) return err_set("%s: no .npy file", x->path);
  if (start[6] < 1 || start[6] > 3) return err_set("%s: unknown version %d of the .npy format", x->path, start[6]);
  if (read_bytes(x, length, start[6] == 1 ? 2 : 4) < 0) return -1;
  int64_t n = (int64_t)length[3] << 24 | (int64_t)length[2] << 16 | (int64_t)length[1] << 8 | length[0];
  return n <= HEADER_MAX ? n : err_set("%s: a header of %lld bytes", x->path, (long long)n);
}

static int read_header(Npy *x) {
  char header[HEADER_MAX + 1];
  int64_t n = header_length(x);
  if (n < 0 || read_bytes(x, header, (size_t)n) < 0) return -1;
  header[n] = '\0';
  if (parse_type(x, value_of(x, header, "descr")) < 0) return -1;
  if (parse_order(x, value_of(x, header, "fortran_order")) < 0) return -1;
  return parse_shape(x, value_of(x, header, "shape"));
}

/* The rest of the file must be exactly the elements. */
static int check_size(const Npy *x) {
  int64_t bytes, rest = x->size - ftell(x->file);
  if (!__builtin_mul_overflow(x->numel, (int64_t)x->type->size, &bytes) && bytes == rest) return 0;
  return err_set("%s: the header promises %s elements of %d byte%s, the file holds %lld bytes of them", x->path,
                 shape_str(x->ndim, x->shape), x->type->size, x->type->size == 1 ? "" : "s", (long long)rest);
}

/* --- elements ---------------------------------------------------------------------------------------------------- */

/* The bits of one element, as an unsigned number. */
static uint64_t bits_of(const Npy *x, const uint8_t *p) {
  uint64_t v = 0;
  int size = x->type->size;
  for (int i = 0; i < size; i++) v = v << 8 | p[x->big_endian ? i : size - 1 - i];
  return v;
}

/* An integer of the file's type and size from its bits. */
static int64_t signed_of(const Npy *x, uint64_t bits) {
  int unused = 64 - 8 * x->type->size;
  return x->type->code[0] == 'i' ? (int64_t)(bits << unused) >> unused : (int64_t)bits;
}

static void put(const Npy *x, Tensor *t, int64_t i, uint64_t bits) {
  uint32_t low = (uint32_t)bits;
  switch (x->type->dtype) {
    case DT_F32:
      memcpy(&tensor_f32(t)[i], &low, sizeof low);
      break;
    case DT_F64:
      memcpy(&tensor_f64(t)[i], &bits, sizeof bits);
      break;
    case DT_I64:
      tensor_i64(t)[i] = signed_of(x, bits);
      break;
    default:
      tensor_u8(t)[i] = (uint8_t)bits;
  }
}

static int read_elements(Npy *x, Tensor *t) {
  uint8_t block[8192];
  int size = x->type->size;
  for (int64_t i = 0, n; i < x->numel; i += n) {
    n = (int64_t)sizeof block / size;
    if (n > x->numel - i) n = x->numel - i;
    if (read_bytes(x, block, (size_t)(n * size)) < 0) return -1;
    for (int64_t k = 0; k < n; k++) put(x, t, i + k, bits_of(x, block + k * size));
  }
  return 0;
}

/* The same memory read column by column: t (takes over the reference) becomes a view with strides 1, shape[0], ... */
static Tensor *fortran_view(const Npy *x, Tensor *t) {
  int64_t stride[TENSOR_MAX_DIM], step = 1;
  for (int i = 0; i < x->ndim; i++) {
    stride[i] = step;
    step *= x->shape[i];
  }
  Tensor *view = tensor_view(t, x->ndim, x->shape, stride, 0);
  tensor_release(t);
  return view;
}

static Tensor *read_all(Npy *x) {
  if (read_header(x) < 0 || check_size(x) < 0) return NULL;
  Tensor *t = tensor_new(x->type->dtype, x->ndim, x->shape);
  if (!t) return NULL;
  if (read_elements(x, t) < 0) {
    tensor_release(t);
    return NULL;
  }
  return x->fortran && x->ndim > 1 ? fortran_view(x, t) : t;
}

Tensor *npy_read_stream(FILE *file, int64_t size, const char *path) {
  return read_all(&(Npy){.path = path, .file = file, .size = size});
}

static Tensor *read_file(FILE *file, const char *path) {
  struct stat st;
  if (fstat(fileno(file), &st) < 0) return err_null("%s: %s", path, strerror(errno));
  if (S_ISDIR(st.st_mode)) return err_null("%s: %s", path, strerror(EISDIR));
  if (!S_ISREG(st.st_mode)) return err_null("%s: not a regular file", path);
  return npy_read_stream(file, st.st_size, path);
}

Tensor *npy_read(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return err_null("cannot open %s: %s", path, strerror(errno));
  Tensor *t = read_file(file, path);
  fclose(file);
  return t;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

int npy_header(const Tensor *t, char out[NPY_HEADER_MAX]) {
  static const char *const code[DT_COUNT] = {"<f4", "<f8", "<i8", "|u1"};
  char text[NPY_HEADER_MAX - 64];
  int n = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (", code[t->dtype]);
  for (int d = 0; d < t->ndim; d++) {
    n += snprintf(text + n, sizeof text - (size_t)n, d ? " %lld," : "%lld,", (long long)t->shape[d]);
  }
  n += snprintf(text + n, sizeof text - (size_t)n, "), }");
  int length = (10 + n + 1 + 63) / 64 * 64; /* with the ten bytes before and a newline at the end */
  memset(out, ' ', (size_t)length);
  memcpy(out, "\x93NUMPY\x01", 8); /* and a zero: version 1.0 */
  out[8] = (char)((length - 10) & 255);
  out[9] = (char)((length - 10) >> 8);
  memcpy(out + 10, text, (size_t)n);
  out[length - 1] = '\n';
  return length;
}

static int write_all(OutFile *f, const Tensor *t) {
  char header[NPY_HEADER_MAX];
  int n = npy_header(t, header);
  if (outfile_write(f, header, (size_t)n) < 0 || tensorfile_write(f, t) < 0) return -1;
  return outfile_commit(f);
}

int npy_write(const char *path, const Tensor *t) {
  OutFile f;
  int status = tensorfile_open(&f, path) < 0 ? -1 : write_all(&f, t);
  outfile_close(&f);
  return status;
}
