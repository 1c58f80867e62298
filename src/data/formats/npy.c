/*
 * npy.c - elements; writing. The header's text is read by npy_header.c.
 */
#include "data/formats/npy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/files/infile.h"
#include "data/formats/npy_header.h"
#include "data/io/tensorfile.h"

#define HEADER_MAX 65535 /* real headers have some hundred bytes */

typedef struct Npy {
  const char *path;
  FILE *file;
  int64_t size; /* bytes of the whole file */
  NpyHeader h;
  int64_t numel;
} Npy;

static int read_bytes(Npy *x, void *to, size_t n) { return infile_read(x->file, x->path, to, n); }

/* --- header ---------------------------------------------------------------------------------------------------- */

/* The length of the header text, or -1. */
static int64_t header_length(Npy *x) {
  uint8_t start[8], length[4] = {0};
  memset(start, 0, sizeof start);
  const size_t got = fread(start, 1, sizeof start, x->file);
  x->h.foreign = memcmp(start, "\x93NUMPY", 6) != 0;
  if (x->h.foreign) return err_set("%s: no .npy file", x->path);
  if (got < sizeof start) return err_set("%s: the file ends too early", x->path);
  x->h.foreign = start[6] < 1 || start[6] > 3;
  if (x->h.foreign) return err_set("%s: unknown version %d of the .npy format", x->path, start[6]);
  if (read_bytes(x, length, start[6] == 1 ? 2 : 4) < 0) return -1;
  int64_t n = (int64_t)length[3] << 24 | (int64_t)length[2] << 16 | (int64_t)length[1] << 8 | length[0];
  return n <= HEADER_MAX ? n : err_set("%s: a header of %lld bytes", x->path, (long long)n);
}

static int read_header(Npy *x) {
  char text[HEADER_MAX + 1];
  int64_t n = header_length(x);
  if (n < 0 || read_bytes(x, text, (size_t)n) < 0) return -1;
  text[n] = '\0';
  return npy_header_parse(text, x->path, &x->h);
}

/* The rest of the file must be exactly the elements. */
static int check_size(Npy *x) {
  const int64_t rest = x->size - ftell(x->file);
  const NpyHeader *h = &x->h;
  if (element_fits(h->type, h->ndim, h->shape, rest, &x->numel) && x->numel * h->type.size == rest) return 0;
  return err_set("%s: the header promises %s elements of %d byte%s, the file holds %lld bytes of them", x->path,
                 shape_str(h->ndim, h->shape), h->type.size, h->type.size == 1 ? "" : "s", (long long)rest);
}

/* --- elements ---------------------------------------------------------------------------------------------------- */

static int read_elements(Npy *x, Tensor *t) {
  uint8_t block[8192];
  const int size = x->h.type.size;
  if (element_is_ours(x->h.type)) return read_bytes(x, tensor_data(t), (size_t)(x->numel * size));
  for (int64_t i = 0, n; i < x->numel; i += n) {
    n = (int64_t)sizeof block / size;
    if (n > x->numel - i) n = x->numel - i;
    if (read_bytes(x, block, (size_t)(n * size)) < 0) return -1;
    if (element_convert(x->h.type, block, n, t, i, x->path) < 0) {
      x->h.foreign = true;
      return -1;
    }
  }
  return 0;
}

/* The same memory read column by column: t (takes over the reference) becomes a view with strides 1, shape[0], ... */
static Tensor *fortran_view(const NpyHeader *h, Tensor *t) {
  int64_t stride[TENSOR_MAX_DIM], step = 1;
  for (int i = 0; i < h->ndim; i++) {
    stride[i] = step;
    step *= h->shape[i];
  }
  Tensor *view = tensor_view(t, h->ndim, h->shape, stride, 0);
  tensor_release(t);
  return view;
}

static Tensor *read_all(Npy *x) {
  if (read_header(x) < 0 || check_size(x) < 0) return NULL;
  Tensor *t = tensor_new(element_dtype(x->h.type), x->h.ndim, x->h.shape);
  if (!t) {
    err_prefix("%s: ", x->path);
    return NULL;
  }
  if (read_elements(x, t) < 0) {
    tensor_release(t);
    return NULL;
  }
  return x->h.fortran && x->h.ndim > 1 ? fortran_view(&x->h, t) : t;
}

Tensor *npy_read_stream(FILE *file, int64_t size, const char *path, bool *foreign) {
  Npy x = {.path = path, .file = file, .size = size};
  Tensor *t = read_all(&x);
  *foreign = !t && x.h.foreign;
  return t;
}

Tensor *npy_read(const char *path) {
  int64_t size;
  bool foreign;
  FILE *file = infile_stream(path, &size);
  if (!file) return NULL;
  Tensor *t = npy_read_stream(file, size, path, &foreign);
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
