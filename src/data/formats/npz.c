/*
 * npz.c - .npy files as the members of a zip archive; libzip reads and writes the archive itself.
 *
 * Reading: the sizes of a member are checked against the file and the limit before memory is taken. libzip checks the
 * checksum when a member has been read to its end. What is damaged ends the reading; a member that no tensor can hold
 * is left out and noted.
 *
 * Writing: libzip writes into an OutFile through callbacks, so that the archive replaces the old file as a whole. Every
 * member bears the same date: the same arrays give the same bytes.
 */
#include "data/formats/npz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/err.h"
#include "base/files/infile.h"
#include "data/formats/npy.h"
#include "data/io/gzinput.h"
#include "data/io/limit.h"
#include "data/io/tensorfile.h"

#define END 22 /* bytes of the record at the end of an archive, the least that there is */
#define NAME_MAX_BYTES 512
#define DEFLATE_LEVEL 6      /* zlib's default, NumPy's too */
#define DATE_1980_01_01 0x21 /* the earliest date that an archive can hold */

/* --- reading: a member ------------------------------------------------------------------------------------------- */

typedef struct Zip {
  const char *path;
  zip_t *zip;
  uint64_t size; /* bytes of the file */
  uint64_t left; /* bytes that may still come out of compressed members */
  bool foreign;  /* why the last member was not read: nothing is damaged, but it is no array that a tensor can hold */
} Zip;

static int check_method(Zip *z, const zip_stat_t *m) {
  z->foreign = true;
  if (m->encryption_method != ZIP_EM_NONE) return err_set("%s: '%s' is encrypted", z->path, m->name);
  if (m->size == 0) return err_set("%s: '%s' is empty", z->path, m->name);
  z->foreign = m->comp_method != ZIP_CM_STORE && m->comp_method != ZIP_CM_DEFLATE;
  if (!z->foreign) return 0;
  return err_set("%s: '%s' is compressed by method %u; read are stored (0) and deflated (8) members", z->path, m->name,
                 m->comp_method);
}

static int check_sizes(Zip *z, const zip_stat_t *m) {
  bool stored = m->comp_method == ZIP_CM_STORE;
  if (m->comp_size > z->size || m->size / (stored ? 1 : DEFLATE_MAX_RATIO) > m->comp_size) {
    return err_set("%s: '%s' promises %llu bytes, more than %llu of a file of %llu can hold", z->path, m->name,
                   (unsigned long long)m->size, (unsigned long long)m->comp_size, (unsigned long long)z->size);
  }
  if (!stored && m->size > z->left) {
    return err_set("%s: more than %lld bytes come out of this compressed file; " LIMIT_UNPACKED " sets the limit",
                   z->path, (long long)limit_bytes(LIMIT_UNPACKED, LIMIT_UNPACKED_DEFAULT));
  }
  if (!stored) z->left -= m->size;
  if (stored && m->size != m->comp_size) return err_set("%s: '%s' is stored, but has two sizes", z->path, m->name);
  return 0;
}

static void *damaged(const Zip *z, const zip_stat_t *m, zip_file_t *f) {
  int code = zip_error_code_zip(zip_file_get_error(f));
  if (code == ZIP_ER_CRC) return err_null("%s: '%s' is damaged: its checksum is wrong", z->path, m->name);
  if (code == ZIP_ER_READ || code == ZIP_ER_MEMORY) {
    return err_null("%s: '%s': %s", z->path, m->name, zip_file_strerror(f));
  }
  return err_null("%s: '%s' holds damaged %s", z->path, m->name, m->comp_method ? "compressed data" : "data");
}

/* Reads the m->size bytes of a member, and to their end, where libzip compares the checksum. */
static void *read_bytes(const Zip *z, const zip_stat_t *m, zip_file_t *f, uint8_t *bytes) {
  uint8_t more;
  bool whole = zip_fread(f, bytes, m->size) == (zip_int64_t)m->size && zip_fread(f, &more, 1) == 0;
  return whole ? bytes : damaged(z, m, f);
}

/* The member's bytes, to be freed. */
static uint8_t *unpack(const Zip *z, const zip_stat_t *m) {
  zip_file_t *f = zip_fopen_index(z->zip, m->index, 0);
  if (!f) return err_null("%s: '%s' has a damaged header", z->path, m->name);
  uint8_t *bytes = malloc(m->size);
  if (!bytes) {
    err_set("%s: no memory for %llu bytes", z->path, (unsigned long long)m->size);
  } else if (!read_bytes(z, m, f, bytes)) {
    free(bytes);
    bytes = NULL;
  }
  zip_fclose(f);
  return bytes;
}

static Tensor *parse_array(Zip *z, const zip_stat_t *m, uint8_t *bytes) {
  char label[1024];
  snprintf(label, sizeof label, "%s: '%s'", z->path, m->name);
  FILE *stream = fmemopen(bytes, m->size, "rb");
  if (!stream) return err_null("%s: %s", label, strerror(errno));
  Tensor *t = npy_read_stream(stream, (int64_t)m->size, label, &z->foreign);
  fclose(stream);
  return t;
}

static Tensor *read_array(Zip *z, const zip_stat_t *m) {
  if (check_method(z, m) < 0 || check_sizes(z, m) < 0) return NULL;
  uint8_t *bytes = unpack(z, m);
  Tensor *t = bytes ? parse_array(z, m, bytes) : NULL;
  free(bytes);
  return t;
}

/* --- reading: all of them ---------------------------------------------------------------------------------------- */

/* Keeps the first reason why a member was left out, without the file's name. */
static int leave_out(const Zip *z, Npz *out) {
  const char *reason = err_message(), *behind = reason + strlen(z->path) + 2;
  out->left_out++;
  if (!out->reason) out->reason = strdup(strlen(reason) > strlen(z->path) + 2 ? behind : reason);
  return out->reason ? 0 : err_set("out of memory");
}

/* Adds the array of one member under its name. */
static int add_array(Zip *z, const zip_stat_t *m, Npz *out) {
  size_t n = strlen(m->name);
  NpzEntry *e = &out->entry[out->n];
  if (n > 0 && m->name[n - 1] == '/' && m->size == 0) return 0; /* a folder */
  e->tensor = read_array(z, m);
  if (!e->tensor) return z->foreign ? leave_out(z, out) : -1;
  if (n >= 4 && strcmp(m->name + n - 4, ".npy") == 0) n -= 4;
  e->name = strndup(m->name, n);
  out->n++;
  for (int i = 0; e->name && i + 1 < out->n; i++) {
    if (strcmp(out->entry[i].name, e->name) == 0) return err_set("%s: two arrays '%s'", z->path, e->name);
  }
  return e->name ? 0 : err_set("out of memory");
}

static int read_members(Zip *z, int64_t n, Npz *out) {
  zip_stat_t m;
  uint64_t data = 0;
  out->entry = calloc((size_t)n + 1, sizeof *out->entry);
  if (!out->entry) return err_set("out of memory");
  for (int64_t i = 0; i < n; i++) {
    if (zip_stat_index(z->zip, (zip_uint64_t)i, 0, &m) < 0) {
      return err_set("%s: a damaged directory of the archive", z->path);
    }
    if (m.comp_size <= z->size && m.comp_size > z->size - data) {
      return err_set("%s: damaged: the members of the archive overlap", z->path);
    }
    if (add_array(z, &m, out) < 0) return -1;
    data += m.comp_size;
  }
  return out->n > 0 || !out->reason ? 0 : err_set("%s: %s", z->path, out->reason);
}

static int cannot_open(const char *path, zip_error_t *e) {
  switch (zip_error_code_zip(e)) {
    case ZIP_ER_NOZIP:
      return err_set("%s: no .npz file, or one whose end is missing", path);
    case ZIP_ER_MULTIDISK:
      return err_set("%s: one part of a split archive", path);
    case ZIP_ER_MEMORY:
    case ZIP_ER_READ:
      return err_set("%s: %s", path, zip_error_strerror(e));
    default:
      return err_set("%s: a damaged directory of the archive", path);
  }
}

/* Takes over the open file. */
static int read_archive(const char *path, FILE *file, int64_t size, Npz *out) {
  zip_error_t e;
  const int64_t limit = limit_bytes(LIMIT_UNPACKED, LIMIT_UNPACKED_DEFAULT);
  if (limit < 0) {
    fclose(file);
    return -1;
  }
  zip_error_init(&e);
  zip_source_t *source = zip_source_filep_create(file, 0, size, &e);
  if (!source) fclose(file);
  Zip z = {.path = path, .size = (uint64_t)size, .left = (uint64_t)limit};
  z.zip = source ? zip_open_from_source(source, ZIP_RDONLY, &e) : NULL;
  if (!z.zip) zip_source_free(source);
  int status = z.zip ? read_members(&z, zip_get_num_entries(z.zip, 0), out) : cannot_open(path, &e);
  if (z.zip) zip_discard(z.zip);
  zip_error_fini(&e);
  return status;
}

int npz_read(const char *path, Npz *out) {
  int64_t size;
  *out = (Npz){0};
  FILE *file = infile_stream(path, &size);
  if (!file) return -1;
  if (size >= END) return read_archive(path, file, size, out);
  fclose(file);
  return err_set("%s: no .npz file: it has only %lld bytes", path, (long long)size);
}

void npz_free(Npz *z) {
  for (int i = 0; i < z->n; i++) {
    free(z->entry[i].name);
    tensor_release(z->entry[i].tensor);
  }
  free(z->entry);
  free(z->reason);
  *z = (Npz){0};
}

/* --- writing: the file -------------------------------------------------------------------------------------------- */

/* What libzip writes to. */
typedef struct Output {
  OutFile file;
  zip_error_t error;
} Output;

static int64_t fail(Output *o, int code, int reason) {
  zip_error_set(&o->error, code, reason);
  return -1;
}

static int64_t move(Output *o, void *data, zip_uint64_t n) {
  int64_t at = zip_source_seek_compute_offset((zip_uint64_t)o->file.at, (zip_uint64_t)o->file.size, data, n, &o->error);
  if (at < 0) return -1;
  o->file.at = at;
  return 0;
}

/* libzip's view of the file. It does not exist until the archive is complete. */
static zip_int64_t output(void *state, void *data, zip_uint64_t n, zip_source_cmd_t command) {
  Output *o = state;
  switch (command) {
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(
          ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
          ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE,
          ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_REMOVE, -1);
    case ZIP_SOURCE_BEGIN_WRITE:
    case ZIP_SOURCE_COMMIT_WRITE: /* npz_write commits the OutFile when libzip is done */
    case ZIP_SOURCE_ROLLBACK_WRITE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_WRITE:
      return outfile_write(&o->file, data, n) < 0 ? fail(o, ZIP_ER_WRITE, o->file.error) : (zip_int64_t)n;
    case ZIP_SOURCE_SEEK_WRITE:
      return move(o, data, n);
    case ZIP_SOURCE_TELL_WRITE:
      return o->file.at;
    case ZIP_SOURCE_ERROR:
      return zip_error_to_data(&o->error, data, n);
    case ZIP_SOURCE_STAT:
      return fail(o, ZIP_ER_READ, ENOENT);
    default:
      return fail(o, ZIP_ER_OPNOTSUPP, 0);
  }
}

/* --- writing: the members --------------------------------------------------------------------------------------- */

/* A .npy file in two pieces, which libzip reads when it closes the archive. */
typedef struct Member {
  char header[NPY_HEADER_MAX];
  Tensor *row_major; /* owned */
} Member;

static int cannot_write(const Output *o, const char *why) {
  return o->file.error ? -1 : err_set("cannot write %s: %s", o->file.path, why);
}

static zip_source_t *array_source(zip_t *zip, Member *m, Tensor *t) {
  m->row_major = tensor_contiguous(t);
  if (!m->row_major) return NULL;
  zip_buffer_fragment_t piece[2] = {
      {.data = (uint8_t *)m->header, .length = (zip_uint64_t)npy_header(t, m->header)},
      {.data = tensor_data(m->row_major), .length = (zip_uint64_t)t->numel * dtype_size((DType)t->dtype)},
  };
  zip_source_t *source = zip_source_buffer_fragment(zip, piece, 2, 0);
  return source ? source : err_null("out of memory");
}

static int add_member(Output *o, zip_t *zip, Member *m, const char *name, Tensor *t, bool compress) {
  char file[NAME_MAX_BYTES];
  if (snprintf(file, sizeof file, "%s.npy", name) >= (int)sizeof file) {
    return err_set("cannot write %s: the name of an array has %zu bytes", o->file.path, strlen(name));
  }
  zip_source_t *source = array_source(zip, m, t);
  if (!source) return -1;
  zip_int64_t i = zip_file_add(zip, file, source, ZIP_FL_ENC_UTF_8);
  if (i < 0) {
    zip_source_free(source);
    if (zip_error_code_zip(zip_get_error(zip)) == ZIP_ER_INVAL) {
      return err_set("cannot write %s: '%s' is no name for an array: names are UTF-8 text", o->file.path, name);
    }
    return cannot_write(o, zip_strerror(zip));
  }
  int method = compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE;
  bool ok = zip_set_file_compression(zip, (zip_uint64_t)i, method, compress ? DEFLATE_LEVEL : 0) == 0 &&
            zip_file_set_dostime(zip, (zip_uint64_t)i, 0, DATE_1980_01_01, 0) == 0;
  return ok ? 0 : cannot_write(o, zip_strerror(zip));
}

static int write_members(Output *o, int n, const char *const *name, Tensor *const *tensor, bool compress, Member *m) {
  zip_source_t *target = zip_source_function_create(output, o, &o->error);
  zip_t *zip = target ? zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &o->error) : NULL;
  if (!zip) {
    zip_source_free(target);
    return cannot_write(o, zip_error_strerror(&o->error));
  }
  int status = 0;
  for (int i = 0; i < n && status == 0; i++) status = add_member(o, zip, &m[i], name[i], tensor[i], compress);
  if (status == 0 && zip_close(zip) == 0) return 0;
  if (status == 0) status = cannot_write(o, zip_strerror(zip));
  zip_discard(zip);
  return status;
}

/* libzip removes an archive without members instead of writing it. */
static int write_empty(OutFile *f) {
  static const uint8_t end[END] = {'P', 'K', 5, 6};
  return outfile_write(f, end, END);
}

static int write_archive(Output *o, int n, const char *const *name, Tensor *const *tensor, bool compress) {
  Member *m = calloc((size_t)n + 1, sizeof *m);
  if (!m) return err_set("out of memory");
  int status = n ? write_members(o, n, name, tensor, compress, m) : write_empty(&o->file);
  for (int i = 0; i < n; i++) tensor_release(m[i].row_major);
  free(m);
  return status < 0 ? -1 : outfile_commit(&o->file);
}

int npz_write(const char *path, int n, const char *const *name, Tensor *const *tensor, bool compress) {
  Output o;
  zip_error_init(&o.error);
  int status = tensorfile_open(&o.file, path) < 0 ? -1 : write_archive(&o, n, name, tensor, compress);
  outfile_close(&o.file);
  zip_error_fini(&o.error);
  return status;
}
