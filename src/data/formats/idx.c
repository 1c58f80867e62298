/*
 * idx.c - header, plausibility, elements.
 *
 * Deflate cannot shrink anything to less than 1/1032 of its size; a header that promises more than that is damaged or
 * made to exhaust memory.
 */
#include "data/formats/idx.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/err.h"

#define DEFLATE_MAX_RATIO 1032

typedef struct IdxType {
  uint8_t code;
  uint8_t size; /* bytes per element in the file */
  DType dtype;
} IdxType;

static const IdxType idx_types[] = {
    {0x08, 1, DT_U8}, {0x09, 1, DT_I64}, {0x0B, 2, DT_I64}, {0x0C, 4, DT_I64}, {0x0D, 4, DT_F32}, {0x0E, 8, DT_F64},
};

typedef struct Idx {
  const char *path;
  gzFile gz;
  const IdxType *type;
  int ndim;
  int64_t shape[TENSOR_MAX_DIM];
  int64_t numel;
} Idx;

/* Reads exactly n bytes. */
static int read_bytes(Idx *x, void *to, size_t n) {
  char *p = to;
  while (n > 0) {
    errno = 0;
    int got = gzread(x->gz, p, n < 1 << 20 ? (unsigned)n : 1 << 20);
    if (got < 0) {
      int code = Z_OK;
      const char *text = gzerror(x->gz, &code);
      return err_set("%s: %s", x->path, code == Z_ERRNO ? strerror(errno) : text);
    }
    if (got == 0) return err_set("%s: the file ends too early", x->path);
    p += got;
    n -= (size_t)got;
  }
  return 0;
}

static int read_type(Idx *x, const uint8_t magic[4]) {
  if (magic[0] != 0 || magic[1] != 0) {
    return err_set("%s: no IDX file: it starts with %02x %02x and not with 00 00", x->path, magic[0], magic[1]);
  }
  for (size_t i = 0; i < sizeof idx_types / sizeof *idx_types; i++) {
    if (idx_types[i].code == magic[2]) x->type = &idx_types[i];
  }
  if (!x->type) return err_set("%s: unknown IDX element type 0x%02x", x->path, magic[2]);
  x->ndim = magic[3];
  if (x->ndim < 1 || x->ndim > TENSOR_MAX_DIM) {
    return err_set("%s: %d dimensions; IDX files have 1 to %d", x->path, x->ndim, TENSOR_MAX_DIM);
  }
  return 0;
}

static int read_header(Idx *x) {
  uint8_t magic[4], size[4];
  if (read_bytes(x, magic, sizeof magic) < 0 || read_type(x, magic) < 0) return -1;
  x->numel = 1;
  for (int i = 0; i < x->ndim; i++) {
    if (read_bytes(x, size, sizeof size) < 0) return -1;
    x->shape[i] = (int64_t)size[0] << 24 | (int64_t)size[1] << 16 | (int64_t)size[2] << 8 | size[3];
    if (__builtin_mul_overflow(x->numel, x->shape[i], &x->numel)) {
      return err_set("%s: the header's dimensions are too large", x->path);
    }
  }
  return 0;
}

/* Could a file of that many bytes hold the elements that the header promises? */
static int check_size(const Idx *x) {
  struct stat st;
  int64_t bytes;
  if (stat(x->path, &st) < 0) return err_set("%s: %s", x->path, strerror(errno));
  if (!S_ISREG(st.st_mode)) return err_set("%s: not a regular file", x->path);
  int64_t ratio = gzdirect(x->gz) ? 1 : DEFLATE_MAX_RATIO;
  bool fits = !__builtin_mul_overflow(x->numel, (int64_t)x->type->size, &bytes) && bytes / ratio <= st.st_size;
  if (fits) return 0;
  return err_set("%s: the header promises %s elements of %d byte%s, more than a file of %lld bytes can hold", x->path,
                 shape_str(x->ndim, x->shape), x->type->size, x->type->size == 1 ? "" : "s", (long long)st.st_size);
}

/* One big-endian element of `size` bytes. */
static uint64_t big_endian(const uint8_t *p, int size) {
  uint64_t v = 0;
  for (int i = 0; i < size; i++) v = v << 8 | p[i];
  return v;
}

/* Converts n elements at p to elements i, i + 1, ... of t. */
static void convert(const IdxType *type, const uint8_t *p, int64_t n, Tensor *t, int64_t i) {
  for (int64_t k = 0; k < n; k++, p += type->size) {
    uint64_t v = big_endian(p, type->size);
    uint32_t low = (uint32_t)v;
    switch (type->code) {
      case 0x09:
        tensor_i64(t)[i + k] = (int8_t)v;
        break;
      case 0x0B:
        tensor_i64(t)[i + k] = (int16_t)v;
        break;
      case 0x0C:
        tensor_i64(t)[i + k] = (int32_t)v;
        break;
      case 0x0D:
        memcpy(&tensor_f32(t)[i + k], &low, sizeof low);
        break;
      default:
        memcpy(&tensor_f64(t)[i + k], &v, sizeof v);
    }
  }
}

static int read_elements(Idx *x, Tensor *t) {
  uint8_t block[8192];
  if (x->type->dtype == DT_U8) return read_bytes(x, tensor_u8(t), (size_t)x->numel);
  for (int64_t i = 0, n; i < x->numel; i += n) {
    n = (int64_t)sizeof block / x->type->size;
    if (n > x->numel - i) n = x->numel - i;
    if (read_bytes(x, block, (size_t)n * x->type->size) < 0) return -1;
    convert(x->type, block, n, t, i);
  }
  return 0;
}

static int check_end(Idx *x) {
  char extra;
  int got = gzread(x->gz, &extra, 1);
  if (got == 0) return 0;
  return err_set("%s: %s", x->path, got > 0 ? "bytes follow the last element" : "damaged compressed data");
}

static Tensor *read_all(Idx *x) {
  if (read_header(x) < 0 || check_size(x) < 0) return NULL;
  Tensor *t = tensor_new(x->type->dtype, x->ndim, x->shape);
  if (!t) return NULL;
  if (read_elements(x, t) == 0 && check_end(x) == 0) return t;
  tensor_release(t);
  return NULL;
}

Tensor *idx_read(const char *path) {
  Idx x = {.path = path};
  errno = 0;
  x.gz = gzopen(path, "rb");
  if (!x.gz) return err_null("cannot open %s: %s", path, errno ? strerror(errno) : "out of memory");
  gzbuffer(x.gz, 128 << 10);
  Tensor *t = read_all(&x);
  gzclose(x.gz);
  return t;
}
