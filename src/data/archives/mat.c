/*
 * mat.c - elements of the file, one after the other; a packed one is unpacked while it is read.
 */
#include "data/archives/mat.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "base/files/infile.h"
#include "data/formats/element.h"
#include "data/io/gzinput.h"
#include "data/io/limit.h"

enum { MI_MATRIX = 14, MI_COMPRESSED = 15 };
enum { MX_DOUBLE = 6, MX_SINGLE = 7, MX_INT8 = 8, MX_UINT8 = 9, MX_UINT64 = 15 }; /* numeric classes */
#define FLAG_COMPLEX 0x08
#define NAME_MAX_BYTES 4096

typedef struct Reader {
  const char *path;
  FILE *file;
  int64_t left; /* bytes of the element in the file */
  int64_t size; /* of the whole file */
  int64_t unpacked_left;
  bool packed, big;
  z_stream z;
  uint8_t in[8192];
} Reader;

typedef struct Tag {
  uint32_t type, bytes;
  uint8_t small[4]; /* the data of a small element */
  bool is_small;
} Tag;

typedef struct Array {
  uint8_t class, flags;
  int ndim;
  int64_t shape[TENSOR_MAX_DIM];
  char name[NAME_MAX_BYTES + 1];
} Array;

/* --- bytes ---------------------------------------------------------------------------------------------------------- */

static int from_file(Reader *r, void *to, size_t n) {
  if ((int64_t)n > r->left) return err_set("%s: an element ends too early", r->path);
  r->left -= (int64_t)n;
  return infile_read(r->file, r->path, to, n);
}

static int more_input(Reader *r) {
  const size_t n = r->left < (int64_t)sizeof r->in ? (size_t)r->left : sizeof r->in;
  if (n == 0) return err_set("%s: a packed element ends too early", r->path);
  if (from_file(r, r->in, n) < 0) return -1;
  r->z.next_in = r->in;
  r->z.avail_in = (uInt)n;
  return 0;
}

static int from_packed(Reader *r, uint8_t *to, size_t n) {
  r->unpacked_left -= (int64_t)n;
  if (r->unpacked_left < 0)
    return err_set("%s: too much comes out of this file; " LIMIT_UNPACKED " sets the limit", r->path);
  while (n > 0) {
    const uInt part = n < 1 << 20 ? (uInt)n : 1 << 20;
    r->z.next_out = to;
    r->z.avail_out = part;
    while (r->z.avail_out > 0) {
      if (r->z.avail_in == 0 && more_input(r) < 0) return -1;
      const int code = inflate(&r->z, Z_NO_FLUSH);
      if (code == Z_STREAM_END && r->z.avail_out > 0) return err_set("%s: a packed element ends too early", r->path);
      if (code != Z_OK && code != Z_STREAM_END) return err_set("%s: damaged compressed data", r->path);
    }
    to += part;
    n -= part;
  }
  return 0;
}

static int take(Reader *r, void *to, size_t n) { return r->packed ? from_packed(r, to, n) : from_file(r, to, n); }

static int pass(Reader *r, int64_t n) {
  uint8_t block[4096];
  while (n > 0) {
    const size_t part = n < (int64_t)sizeof block ? (size_t)n : sizeof block;
    if (take(r, block, part) < 0) return -1;
    n -= (int64_t)part;
  }
  return 0;
}

static uint32_t number(const Reader *r, const uint8_t *p) {
  return r->big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
                : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static int read_tag(Reader *r, Tag *t) {
  uint8_t p[8];
  if (take(r, p, sizeof p) < 0) return -1;
  t->type = number(r, p);
  t->bytes = number(r, p + 4);
  t->is_small = t->type >> 16 != 0;
  if (!t->is_small) return 0;
  t->bytes = t->type >> 16;
  t->type &= 0xffff;
  memcpy(t->small, p + 4, 4);
  return t->bytes <= 4 ? 0 : err_set("%s: a small element of %u bytes", r->path, t->bytes);
}

/* Bytes of data behind a tag, with what fills them up. */
static int64_t stored(const Tag *t) { return t->is_small ? 0 : ((int64_t)t->bytes + 7) / 8 * 8; }

/* The data of an element of at most `room` bytes; how many. */
static int64_t read_data(Reader *r, void *to, size_t room) {
  Tag t;
  if (read_tag(r, &t) < 0) return -1;
  if (t.bytes > room)
    return err_set("%s: an element of %u bytes where at most %zu are expected", r->path, t.bytes, room);
  if (t.is_small) {
    memcpy(to, t.small, t.bytes);
    return t.bytes;
  }
  if (take(r, to, t.bytes) < 0 || pass(r, stored(&t) - t.bytes) < 0) return -1;
  return t.bytes;
}

/* --- an array ------------------------------------------------------------------------------------------------------- */

static int read_header(Reader *r, Array *a) {
  uint8_t p[8], sizes[4 * TENSOR_MAX_DIM];
  if (read_data(r, p, sizeof p) < 0) return -1;
  const uint32_t flags = number(r, p);
  a->class = flags & 0xff;
  a->flags = (uint8_t)(flags >> 8);
  const int64_t bytes = read_data(r, sizes, sizeof sizes);
  if (bytes < 0) return -1;
  a->ndim = (int)(bytes / 4);
  for (int i = 0; i < a->ndim; i++) {
    a->shape[i] = (int32_t)number(r, sizes + 4 * i);
    if (a->shape[i] < 0) return err_set("%s: an array with a negative size", r->path);
  }
  const int64_t length = read_data(r, a->name, NAME_MAX_BYTES);
  if (length < 0) return -1;
  a->name[length] = '\0';
  return 0;
}

/* The type of stored numbers, by the number of the element's type; size 0 for none. */
static ElementType stored_type(const Reader *r, uint32_t type) {
  static const ElementType types[] = {
      [1] = {.kind = ELEMENT_SIGNED, .size = 1},  [2] = {.kind = ELEMENT_UNSIGNED, .size = 1},
      [3] = {.kind = ELEMENT_SIGNED, .size = 2},  [4] = {.kind = ELEMENT_UNSIGNED, .size = 2},
      [5] = {.kind = ELEMENT_SIGNED, .size = 4},  [6] = {.kind = ELEMENT_UNSIGNED, .size = 4},
      [7] = {.kind = ELEMENT_FLOAT, .size = 4},   [9] = {.kind = ELEMENT_FLOAT, .size = 8},
      [12] = {.kind = ELEMENT_SIGNED, .size = 8}, [13] = {.kind = ELEMENT_UNSIGNED, .size = 8},
  };
  ElementType t = type < sizeof types / sizeof *types ? types[type] : (ElementType){0};
  t.big_endian = r->big;
  return t;
}

static DType dtype_of(uint8_t class) {
  return class == MX_DOUBLE ? DT_F64 : class == MX_SINGLE ? DT_F32 : class == MX_UINT8 ? DT_U8 : DT_I64;
}

/* The window whose first dimension is innermost; takes over the reference. */
static Tensor *columns_first(Tensor *flat, const Array *a) {
  int64_t stride[TENSOR_MAX_DIM], step = 1;
  if (!flat) return NULL;
  for (int i = 0; i < a->ndim; i++) {
    stride[i] = step;
    step *= a->shape[i];
  }
  Tensor *t = tensor_view(flat, a->ndim, a->shape, stride, 0);
  tensor_release(flat);
  return t;
}

static int read_numbers(Reader *r, const Tag *tag, ElementType type, Tensor *t) {
  uint8_t block[8192];
  if (tag->is_small) return element_convert(type, tag->small, t->numel, t, 0, r->path);
  if (element_is_ours(type)) return take(r, tensor_data(t), tag->bytes);
  for (int64_t i = 0, n; i < t->numel; i += n) {
    n = (int64_t)sizeof block / type.size;
    if (n > t->numel - i) n = t->numel - i;
    if (take(r, block, (size_t)(n * type.size)) < 0 || element_convert(type, block, n, t, i, r->path) < 0) return -1;
  }
  return 0;
}

/* The numbers of an array behind its header; NULL with err_set. */
static Tensor *read_array(Reader *r, const Array *a) {
  Tag tag;
  int64_t numel;
  if (read_tag(r, &tag) < 0) return NULL;
  const ElementType type = stored_type(r, tag.type);
  const int64_t most = r->packed ? r->left * DEFLATE_MAX_RATIO + (int64_t)sizeof r->in * DEFLATE_MAX_RATIO : r->left;
  if (type.size == 0) return err_null("%s: array %.60s holds numbers of unknown type %u", r->path, a->name, tag.type);
  if (!element_fits(type, a->ndim, a->shape, most + 4, &numel) || numel * type.size != (int64_t)tag.bytes) {
    return err_null("%s: array %.60s of shape %s holds %u bytes", r->path, a->name, shape_str(a->ndim, a->shape),
                    tag.bytes);
  }
  Tensor *t = tensor_new(element_dtype(type), 1, &numel);
  if (!t || read_numbers(r, &tag, type, t) < 0) {
    tensor_release(t);
    return NULL;
  }
  if (dtype_of(a->class) != (DType)t->dtype) {
    Tensor *cast = tensor_cast(t, dtype_of(a->class));
    tensor_release(t);
    t = cast;
  }
  return columns_first(t, a);
}

static int keep(Reader *r, Mat *m, const char *name, Tensor *t) {
  if (!t) return -1;
  if (m->n == m->room) {
    const int room = m->room ? 2 * m->room : 8;
    MatEntry *bigger = realloc(m->entry, (size_t)room * sizeof *bigger);
    if (bigger) {
      m->entry = bigger;
      m->room = room;
    }
  }
  char *copy = m->n < m->room ? strdup(name) : NULL;
  if (!copy) {
    tensor_release(t);
    return err_set("cannot read %s: out of memory", r->path);
  }
  m->entry[m->n++] = (MatEntry){copy, t};
  return 0;
}

static int read_matrix(Reader *r, Mat *m) {
  Array a = {0};
  if (read_header(r, &a) < 0) return -1;
  if (a.class < MX_DOUBLE || a.class > MX_UINT64 || a.flags & FLAG_COMPLEX) return 0;
  return keep(r, m, a.name, read_array(r, &a));
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

/* Behind the numbers: what fills them up, and the end with the checksum. */
static int finish_packed(Reader *r) {
  uint8_t rest[16];
  r->z.next_out = rest;
  r->z.avail_out = sizeof rest;
  for (;;) {
    const int code = inflate(&r->z, Z_NO_FLUSH);
    if (code == Z_STREAM_END) return 0;
    if ((code != Z_OK && code != Z_BUF_ERROR) || r->z.avail_out == 0)
      return err_set("%s: damaged compressed data", r->path);
    if (r->z.avail_in == 0 && more_input(r) < 0) return -1;
  }
}

static int read_packed(Reader *r, Mat *m) {
  Tag inner;
  const int before = m->n;
  memset(&r->z, 0, sizeof r->z);
  if (inflateInit(&r->z) != Z_OK) return err_set("cannot read %s: out of memory", r->path);
  r->packed = true;
  int status = read_tag(r, &inner);
  if (status == 0 && inner.type == MI_MATRIX) status = read_matrix(r, m);
  if (status == 0 && m->n > before) status = finish_packed(r);
  r->packed = false;
  inflateEnd(&r->z);
  return status;
}

/* 1 behind an element, 0 at the end, -1 with err_set. */
static int next_element(Reader *r, Mat *m) {
  Tag t;
  const int64_t rest = r->size - ftell(r->file);
  if (rest == 0) return 0;
  r->left = rest;
  if (read_tag(r, &t) < 0) return -1;
  if (t.is_small) return 1;
  const int64_t bytes = t.type == MI_COMPRESSED ? (int64_t)t.bytes : stored(&t); /* a packed one is not filled up */
  if (bytes > r->left)
    return err_set("%s: an element promises %lld bytes, the file has %lld more", r->path, (long long)bytes,
                   (long long)r->left);
  r->left = bytes;
  const int status = t.type == MI_COMPRESSED ? read_packed(r, m) : t.type == MI_MATRIX ? read_matrix(r, m) : 0;
  if (status < 0) return -1;
  if (fseek(r->file, (long)r->left, SEEK_CUR) < 0) return err_set("cannot read %s", r->path);
  return 1;
}

static int read_start(Reader *r) {
  uint8_t head[128];
  r->left = r->size;
  if (r->size < 128) return err_set("%s: no .mat file: it has %lld bytes", r->path, (long long)r->size);
  if (from_file(r, head, sizeof head) < 0) return -1;
  r->big = head[126] == 'M' && head[127] == 'I';
  if (r->big || (head[126] == 'I' && head[127] == 'M')) return 0;
  const bool is_hdf = memcmp(head + 1, "HDF", 3) == 0 || memcmp(head, "MATLAB 7.3", 10) == 0;
  return err_set("%s: %s", r->path,
                 is_hdf ? "a .mat file of version 7.3 (HDF5), which cannot be read; save it by "
                          "save(..., '-v7')"
                        : "no .mat file of version 5");
}

int mat_read(const char *path, Mat *m) {
  Reader r = {.path = path, .unpacked_left = limit_bytes(LIMIT_UNPACKED, LIMIT_UNPACKED_DEFAULT)};
  int got = -1;
  *m = (Mat){0};
  if (r.unpacked_left < 0) return -1;
  r.file = infile_stream(path, &r.size);
  if (!r.file) return -1;
  if (read_start(&r) == 0) {
    while ((got = next_element(&r, m)) == 1) {
    }
  }
  fclose(r.file);
  if (got < 0) mat_free(m);
  return got;
}

void mat_free(Mat *m) {
  for (int i = 0; i < m->n; i++) {
    free(m->entry[i].name);
    tensor_release(m->entry[i].tensor);
  }
  free(m->entry);
  *m = (Mat){0};
}
