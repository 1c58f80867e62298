/*
 * npz.c - the parts of a zip archive that .npz files need (PKWARE's APPNOTE.TXT, sections 4.3.7 to 4.3.16).
 *
 *   member     local header (30 bytes, name, extra field), then the bytes
 *   directory  an entry a member (46 bytes, name, extra field, comment), then an end record (22 bytes, comment)
 *
 * The reader starts from the end record. All numbers are little-endian.
 */
#include "data/formats/npz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/err.h"
#include "data/formats/npy.h"
#include "data/io/outfile.h"

#define LOCAL 30
#define ENTRY 46
#define END 22
#define COMMENT_MAX 65535
#define DEFLATE_MAX_RATIO 1032
#define ZIP_MAX 0xfffffffeu
#define MADE_1980 0x0021 /* the earliest date there is: the same arrays give the same bytes */

typedef struct Zip {
  const char *path;
  FILE *file;
  int64_t size;
} Zip;

typedef struct Member {
  char name[512];
  uint32_t flags, method, crc, at;
  int64_t packed, unpacked; /* bytes */
} Member;

/* --- reading: the file ------------------------------------------------------------------------------------------- */

static uint32_t number(const uint8_t *p, int n) {
  uint32_t v = 0;
  while (n-- > 0) v = v << 8 | p[n];
  return v;
}

static int read_at(const Zip *z, int64_t at, void *to, int64_t n) {
  if (at < 0 || n < 0 || at > z->size - n) return err_set("%s: damaged: the archive points outside the file", z->path);
  errno = 0;
  if (fseeko(z->file, at, SEEK_SET) == 0 && fread(to, 1, (size_t)n, z->file) == (size_t)n) return 0;
  return err_set("%s: %s", z->path, ferror(z->file) && errno ? strerror(errno) : "the file ends too early");
}

/* A block of n bytes of the file, to be freed. */
static uint8_t *read_block(const Zip *z, int64_t at, int64_t n) {
  if (at < 0 || n < 0 || at > z->size - n) return err_null("%s: damaged: the archive points outside the file", z->path);
  uint8_t *block = malloc((size_t)n + 1);
  if (block == NULL) return err_null("%s: no memory for %lld bytes", z->path, (long long)n);
  if (read_at(z, at, block, n) == 0) return block;
  free(block);
  return NULL;
}

/* --- reading: the directory -------------------------------------------------------------------------------------- */

/* Finds the end record behind which there is nothing but its comment. */
static int find_end(const Zip *z, uint8_t end[END]) {
  int64_t n = z->size < END + COMMENT_MAX ? z->size : END + COMMENT_MAX;
  uint8_t *tail = read_block(z, z->size - n, n);
  if (tail == NULL) return -1;
  bool found = false;
  for (int64_t i = n - END; i >= 0 && !found; i--) {
    found = memcmp(tail + i, "PK\5\6", 4) == 0 && number(tail + i + 20, 2) == (uint32_t)(n - END - i);
    if (found) memcpy(end, tail + i, END);
  }
  free(tail);
  return found ? 0 : err_set("%s: no .npz file, or one whose end is missing", z->path);
}

/* The entry at p; `left` bytes of the directory remain. Returns the bytes it takes, or -1. */
static int64_t parse_entry(const Zip *z, const uint8_t *p, int64_t left, Member *m) {
  if (left < ENTRY || memcmp(p, "PK\1\2", 4) != 0) return err_set("%s: a damaged directory of the archive", z->path);
  int64_t nname = number(p + 28, 2), length = ENTRY + nname + number(p + 30, 2) + number(p + 32, 2);
  if (length > left) return err_set("%s: a damaged directory of the archive", z->path);
  if (nname >= (int64_t)sizeof m->name || memchr(p + ENTRY, 0, (size_t)nname))
    return err_set("%s: a member with a damaged name", z->path);
  memcpy(m->name, p + ENTRY, (size_t)nname);
  m->name[nname] = '\0';
  m->flags = number(p + 8, 2);
  m->method = number(p + 10, 2);
  m->crc = number(p + 16, 4);
  m->packed = number(p + 20, 4);
  m->unpacked = number(p + 24, 4);
  m->at = number(p + 42, 4);
  return length;
}

static int check_member(const Zip *z, const Member *m) {
  if (m->flags & 1) return err_set("%s: '%s' is encrypted", z->path, m->name);
  if (m->method != 0 && m->method != 8)
    return err_set("%s: '%s' is compressed by method %u; read are stored (0) and deflated (8) members", z->path,
                   m->name, m->method);
  if (m->packed > ZIP_MAX || m->unpacked > ZIP_MAX || m->at > ZIP_MAX)
    return err_set("%s: '%s' is too large (Zip64)", z->path, m->name);
  if (m->packed > z->size || m->unpacked / (m->method ? DEFLATE_MAX_RATIO : 1) > m->packed)
    return err_set("%s: '%s' promises %lld bytes, more than %lld of a file of %lld can hold", z->path, m->name,
                   (long long)m->unpacked, (long long)m->packed, (long long)z->size);
  return 0;
}

/* --- reading: a member ------------------------------------------------------------------------------------------- */

static int inflate_all(const uint8_t *in, int64_t nin, uint8_t *out, int64_t nout) {
  z_stream s = {.next_in = (uint8_t *)in, .avail_in = (uInt)nin, .next_out = out, .avail_out = (uInt)nout};
  if (inflateInit2(&s, -MAX_WBITS) != Z_OK) return -1;
  int code = inflate(&s, Z_FINISH);
  bool whole = code == Z_STREAM_END && s.avail_out == 0;
  inflateEnd(&s);
  return whole ? 0 : -1;
}

/* The member's own bytes, to be freed. */
static uint8_t *unpack(const Zip *z, const Member *m) {
  uint8_t local[LOCAL];
  if (read_at(z, m->at, local, LOCAL) < 0) return NULL;
  if (memcmp(local, "PK\3\4", 4) != 0) return err_null("%s: '%s' has a damaged header", z->path, m->name);
  int64_t begin = (int64_t)m->at + LOCAL + number(local + 26, 2) + number(local + 28, 2);
  uint8_t *packed = read_block(z, begin, m->packed);
  if (packed == NULL || m->method == 0) return packed;
  uint8_t *out = malloc((size_t)m->unpacked + 1);
  if (out == NULL) {
    err_set("%s: no memory for %lld bytes", z->path, (long long)m->unpacked);
  } else if (inflate_all(packed, m->packed, out, m->unpacked) < 0) {
    err_set("%s: '%s' holds damaged compressed data", z->path, m->name);
    free(out);
    out = NULL;
  }
  free(packed);
  return out;
}

static Tensor *parse_array(const Zip *z, const Member *m, uint8_t *bytes) {
  char label[1024];
  snprintf(label, sizeof label, "%s: '%s'", z->path, m->name);
  if (m->unpacked == 0) return err_null("%s is empty", label);
  if (m->method == 0 && m->unpacked != m->packed) return err_null("%s is stored, but has two sizes", label);
  if (crc32(0, bytes, (uInt)m->unpacked) != m->crc) return err_null("%s is damaged: its checksum is wrong", label);
  FILE *stream = fmemopen(bytes, (size_t)m->unpacked, "rb");
  if (stream == NULL) return err_null("%s: %s", label, strerror(errno));
  Tensor *t = npy_read_stream(stream, m->unpacked, label);
  fclose(stream);
  return t;
}

static Tensor *read_array(const Zip *z, const Member *m) {
  if (check_member(z, m) < 0) return NULL;
  uint8_t *bytes = unpack(z, m);
  Tensor *t = bytes ? parse_array(z, m, bytes) : NULL;
  free(bytes);
  return t;
}

/* --- reading: all of it ------------------------------------------------------------------------------------------ */

/* Adds the array of one member under its name. */
static int add_array(const Zip *z, Member *m, Npz *out) {
  size_t n = strlen(m->name);
  NpzEntry *e = &out->entry[out->n];
  e->tensor = read_array(z, m);
  if (e->tensor == NULL) return -1;
  if (n > 4 && strcmp(m->name + n - 4, ".npy") == 0) m->name[n - 4] = '\0';
  e->name = strdup(m->name);
  out->n++;
  for (int i = 0; e->name && i + 1 < out->n; i++)
    if (strcmp(out->entry[i].name, e->name) == 0) return err_set("%s: two arrays '%s'", z->path, e->name);
  return e->name ? 0 : err_set("out of memory");
}

static int read_members(const Zip *z, const uint8_t *directory, int64_t size, int count, Npz *out) {
  Member m;
  int64_t data = 0;
  for (int64_t at = 0, n; count > 0; count--, at += n) {
    n = parse_entry(z, directory + at, size - at, &m);
    if (n < 0) return -1;
    data += m.packed;
    if (data > z->size) return err_set("%s: damaged: the members of the archive overlap", z->path);
    if (add_array(z, &m, out) < 0) return -1;
  }
  return 0;
}

static int read_archive(const Zip *z, Npz *out) {
  uint8_t end[END];
  if (z->size < END) return err_set("%s: no .npz file: it has only %lld bytes", z->path, (long long)z->size);
  if (find_end(z, end) < 0) return -1;
  int count = (int)number(end + 10, 2);
  int64_t size = number(end + 12, 4), at = number(end + 16, 4);
  if (number(end + 4, 2) != 0) return err_set("%s: one part of a split archive", z->path);
  if (count == 0xffff || size > ZIP_MAX || at > ZIP_MAX) return err_set("%s: too large an archive (Zip64)", z->path);
  if (count > size / ENTRY) return err_set("%s: a damaged directory of the archive", z->path);
  uint8_t *directory = read_block(z, at, size);
  if (directory == NULL) return -1;
  out->entry = calloc((size_t)count + 1, sizeof *out->entry);
  int status = out->entry ? read_members(z, directory, size, count, out) : err_set("out of memory");
  free(directory);
  return status;
}

int npz_read(const char *path, Npz *out) {
  struct stat st;
  *out = (Npz){0};
  Zip z = {.path = path, .file = fopen(path, "rb")};
  if (z.file == NULL) return err_set("cannot open %s: %s", path, strerror(errno));
  int status = fstat(fileno(z.file), &st) < 0 ? err_set("%s: %s", path, strerror(errno)) : 0;
  if (status == 0 && !S_ISREG(st.st_mode)) status = err_set("%s: not a regular file", path);
  z.size = st.st_size;
  if (status == 0) status = read_archive(&z, out);
  fclose(z.file);
  return status;
}

void npz_free(Npz *z) {
  for (int i = 0; i < z->n; i++) {
    free(z->entry[i].name);
    tensor_release(z->entry[i].tensor);
  }
  free(z->entry);
  *z = (Npz){0};
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

/* Bytes of headers under construction. */
static void put(uint8_t **p, uint32_t v, int n) {
  for (; n > 0; n--, v >>= 8) *(*p)++ = (uint8_t)v;
}

/* What local header and directory have in common: from "version needed" to "length of the extra field". */
static void put_common(uint8_t **p, const Member *m) {
  put(p, 20, 2);
  put(p, m->flags, 2);
  put(p, m->method, 2);
  put(p, 0, 2);
  put(p, MADE_1980, 2);
  put(p, m->crc, 4);
  put(p, (uint32_t)m->packed, 4);
  put(p, (uint32_t)m->unpacked, 4);
  put(p, (uint32_t)strlen(m->name), 2);
  put(p, 0, 2);
}

static int write_local(OutFile *f, const Member *m) {
  uint8_t header[LOCAL], *p = header;
  put(&p, 0x04034b50, 4);
  put_common(&p, m);
  return outfile_write(f, header, LOCAL) < 0 ? -1 : outfile_write(f, m->name, strlen(m->name));
}

static int write_entry(OutFile *f, const Member *m) {
  uint8_t header[ENTRY], *p = header;
  put(&p, 0x02014b50, 4);
  put(&p, 20, 2);
  put_common(&p, m);
  put(&p, 0, 2); /* no comment */
  put(&p, 0, 2); /* the first disk */
  put(&p, 0, 2);
  put(&p, 0, 4);
  put(&p, m->at, 4);
  return outfile_write(f, header, ENTRY) < 0 ? -1 : outfile_write(f, m->name, strlen(m->name));
}

static int write_end(OutFile *f, int n, int64_t at) {
  uint8_t end[END], *p = end;
  put(&p, 0x06054b50, 4);
  put(&p, 0, 4);
  put(&p, (uint32_t)n, 2);
  put(&p, (uint32_t)n, 2);
  put(&p, (uint32_t)(f->written - at), 4);
  put(&p, (uint32_t)at, 4);
  put(&p, 0, 2);
  return outfile_write(f, end, END);
}

static int too_large(const OutFile *f) {
  return err_set("cannot write %s: .npz files end at 4 GiB; a .safetensors file has room", f->path);
}

/* The .npy file of t as one block of *n bytes, to be freed. */
static uint8_t *array_bytes(const Tensor *t, int64_t *n) {
  char header[NPY_HEADER_MAX];
  int start = npy_header(t, header);
  int64_t size = t->numel * (int64_t)dtype_size((DType)t->dtype);
  Tensor *row_major = tensor_contiguous((Tensor *)t);
  if (row_major == NULL) return NULL;
  uint8_t *block = malloc((size_t)(start + size));
  if (block == NULL) {
    err_set("no memory for %lld bytes", (long long)size);
  } else {
    memcpy(block, header, (size_t)start);
    memcpy(block + start, tensor_data(row_major), (size_t)size);
  }
  tensor_release(row_major);
  *n = start + size;
  return block;
}

/* Deflates m->unpacked bytes into a new block of m->packed bytes. */
static uint8_t *deflate_all(const uint8_t *in, Member *m) {
  z_stream s = {0};
  if (deflateInit2(&s, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return err_null("zlib does not start");
  uLong bound = deflateBound(&s, (uLong)m->unpacked);
  uint8_t *out = bound <= ZIP_MAX ? malloc(bound) : NULL;
  s.next_in = (uint8_t *)in;
  s.avail_in = (uInt)m->unpacked;
  s.next_out = out;
  s.avail_out = (uInt)bound;
  int code = out ? deflate(&s, Z_FINISH) : Z_MEM_ERROR;
  m->packed = (int64_t)s.total_out;
  deflateEnd(&s);
  if (code == Z_STREAM_END) return out;
  free(out);
  return err_null("'%s' cannot be compressed: no memory", m->name);
}

static int write_bytes(OutFile *f, Member *m, const uint8_t *bytes) {
  uint8_t *packed = NULL;
  m->crc = (uint32_t)crc32(0, bytes, (uInt)m->unpacked);
  m->packed = m->unpacked;
  if (m->method && (packed = deflate_all(bytes, m)) == NULL) return -1;
  int status = write_local(f, m) < 0 ? -1 : outfile_write(f, packed ? packed : bytes, (size_t)m->packed);
  free(packed);
  return status;
}

static int write_member(OutFile *f, Member *m, const char *name, const Tensor *t, bool compress) {
  if (f->written + t->numel * (int64_t)dtype_size((DType)t->dtype) > ZIP_MAX - (1 << 20)) return too_large(f);
  *m = (Member){.flags = 1 << 11, .method = compress ? 8 : 0, .at = (uint32_t)f->written}; /* bit 11: UTF-8 names */
  if (snprintf(m->name, sizeof m->name, "%s.npy", name) >= (int)sizeof m->name)
    return err_set("cannot write %s: the name of an array has %zu bytes", f->path, strlen(name));
  uint8_t *bytes = array_bytes(t, &m->unpacked);
  int status = bytes ? write_bytes(f, m, bytes) : -1;
  free(bytes);
  return status;
}

static int write_archive(OutFile *f, int n, const char *const *name, Tensor *const *tensor, bool compress, Member *m) {
  for (int i = 0; i < n; i++)
    if (write_member(f, &m[i], name[i], tensor[i], compress) < 0) return -1;
  int64_t at = f->written;
  if (at > ZIP_MAX - (int64_t)n * (int64_t)sizeof *m) return too_large(f);
  for (int i = 0; i < n; i++)
    if (write_entry(f, &m[i]) < 0) return -1;
  return write_end(f, n, at) < 0 ? -1 : outfile_commit(f);
}

int npz_write(const char *path, int n, const char *const *name, Tensor *const *tensor, bool compress) {
  OutFile f;
  if (n >= 0xffff) return err_set("cannot write %s: %d arrays are too many for an .npz file", path, n);
  Member *members = malloc((size_t)(n + 1) * sizeof *members);
  if (members == NULL) return err_set("out of memory");
  int status = outfile_open(&f, path) < 0 ? -1 : write_archive(&f, n, name, tensor, compress, members);
  outfile_close(&f);
  free(members);
  return status;
}
