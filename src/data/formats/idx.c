/*
 * idx.c - header, plausibility, elements.
 *
 * A header that promises more than can come out of the file is damaged or made to exhaust memory.
 */
#include "data/formats/idx.h"

#include "base/err.h"
#include "data/formats/element.h"
#include "data/io/gzinput.h"

typedef struct IdxType {
  uint8_t code;
  ElementKind kind;
  int size; /* bytes per element in the file */
} IdxType;

static const IdxType idx_types[] = {
    {0x08, ELEMENT_UNSIGNED, 1}, {0x09, ELEMENT_SIGNED, 1}, {0x0B, ELEMENT_SIGNED, 2},
    {0x0C, ELEMENT_SIGNED, 4},   {0x0D, ELEMENT_FLOAT, 4},  {0x0E, ELEMENT_FLOAT, 8},
};

typedef struct Idx {
  GzInput in;
  const char *path;
  ElementType type;
  int ndim;
  int64_t shape[TENSOR_MAX_DIM];
  int64_t numel;
} Idx;

static int read_type(Idx *x, const uint8_t magic[4]) {
  if (magic[0] != 0 || magic[1] != 0) {
    return err_set("%s: no IDX file: it starts with %02x %02x and not with 00 00", x->path, magic[0], magic[1]);
  }
  for (size_t i = 0; i < sizeof idx_types / sizeof *idx_types; i++) {
    const IdxType *t = &idx_types[i];
    if (t->code == magic[2]) x->type = (ElementType){.kind = t->kind, .size = t->size, .big_endian = true};
  }
  if (x->type.size == 0) return err_set("%s: unknown IDX element type 0x%02x", x->path, magic[2]);
  x->ndim = magic[3];
  if (x->ndim < 1 || x->ndim > TENSOR_MAX_DIM) {
    return err_set("%s: %d dimensions; IDX files have 1 to %d", x->path, x->ndim, TENSOR_MAX_DIM);
  }
  return 0;
}

static int read_header(Idx *x) {
  uint8_t magic[4], size[4];
  if (gzinput_read_all(&x->in, magic, sizeof magic) < 0 || read_type(x, magic) < 0) return -1;
  for (int i = 0; i < x->ndim; i++) {
    if (gzinput_read_all(&x->in, size, sizeof size) < 0) return -1;
    x->shape[i] = (int64_t)size[0] << 24 | (int64_t)size[1] << 16 | (int64_t)size[2] << 8 | size[3];
  }
  return 0;
}

/* Could a file of that many bytes hold the elements that the header promises? */
static int check_size(Idx *x) {
  if (element_fits(x->type, x->ndim, x->shape, gzinput_capacity(&x->in), &x->numel)) return 0;
  return err_set("%s: the header promises %s elements of %d byte%s, more than a file of %lld bytes can hold", x->path,
                 shape_str(x->ndim, x->shape), x->type.size, x->type.size == 1 ? "" : "s", (long long)x->in.size);
}

static int read_elements(Idx *x, Tensor *t) {
  uint8_t block[8192];
  if (element_is_ours(x->type)) return gzinput_read_all(&x->in, tensor_data(t), (size_t)x->numel);
  for (int64_t i = 0, n; i < x->numel; i += n) {
    n = (int64_t)sizeof block / x->type.size;
    if (n > x->numel - i) n = x->numel - i;
    if (gzinput_read_all(&x->in, block, (size_t)(n * x->type.size)) < 0) return -1;
    if (element_convert(x->type, block, n, t, i, x->path) < 0) return -1;
  }
  return 0;
}

static int check_end(Idx *x) {
  char extra;
  int64_t got = gzinput_read(&x->in, &extra, 1);
  return got > 0 ? err_set("%s: bytes follow the last element", x->path) : (int)got;
}

static Tensor *read_all(Idx *x) {
  if (read_header(x) < 0 || check_size(x) < 0) return NULL;
  Tensor *t = tensor_new(element_dtype(x->type), x->ndim, x->shape);
  if (!t) {
    err_prefix("%s: ", x->path);
    return NULL;
  }
  if (read_elements(x, t) == 0 && check_end(x) == 0) return t;
  tensor_release(t);
  return NULL;
}

Tensor *idx_read(const char *path) {
  Idx x = {.path = path};
  if (gzinput_open(&x.in, path) < 0) return NULL;
  Tensor *t = read_all(&x);
  gzinput_close(&x.in);
  return t;
}
