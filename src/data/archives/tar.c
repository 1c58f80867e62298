/*
 * tar.c - blocks of 512 bytes: a header, the member's bytes filled up with zeros, the next header.
 */
#include "data/archives/tar.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "data/io/gzinput.h"

#define BLOCK 512
#define NAME 100      /* bytes of a header's name */
#define SIZE_AT 124   /* where the size stands, octal */
#define SUM_AT 148    /* the header's checksum, octal */
#define TYPE_AT 156   /* '0' or NUL: a regular file */
#define PREFIX_AT 345 /* of the name, in ustar */
#define PREFIX 155

typedef struct Tar {
  GzInput in;
  const char *path;
  int n;
  const char *const *name;
  Tensor **member;
} Tar;

/* An octal number of a header; -1 for anything else. */
static int64_t octal(const uint8_t *p, int n) {
  int64_t value = 0;
  int i = 0;
  while (i < n && p[i] == ' ') i++;
  for (; i < n && p[i] >= '0' && p[i] <= '7'; i++) value = value * 8 + (p[i] - '0');
  return i < n && p[i] != ' ' && p[i] != 0 ? -1 : value;
}

static bool good_sum(const uint8_t *header) {
  int64_t sum = 0;
  for (int i = 0; i < BLOCK; i++) sum += i >= SUM_AT && i < SUM_AT + 8 ? ' ' : header[i];
  return octal(header + SUM_AT, 8) == sum;
}

static bool is_empty(const uint8_t *header) {
  for (int i = 0; i < BLOCK; i++) {
    if (header[i]) return false;
  }
  return true;
}

/* The name of a member with its folder. */
static void full_name(const uint8_t *header, char *out, size_t room) {
  const char *name = (const char *)header, *prefix = name + PREFIX_AT;
  const bool ustar = memcmp(header + 257, "ustar\0", 6) == 0 && *prefix;
  size_t n = ustar ? strnlen(prefix, PREFIX) : 0;
  memcpy(out, prefix, n);
  if (n > 0) out[n++] = '/';
  const size_t length = strnlen(name, NAME);
  memcpy(out + n, name, length < room - n - 1 ? length : room - n - 1);
  out[n + (length < room - n - 1 ? length : room - n - 1)] = '\0';
}

/* Which of the wanted members it is; -1 for none. */
static int wanted(const Tar *t, const char *name) {
  const size_t n = strlen(name);
  for (int i = 0; i < t->n; i++) {
    const size_t m = strlen(t->name[i]);
    if (t->member[i] || m > n || strcmp(name + n - m, t->name[i]) != 0) continue;
    if (m == n || name[n - m - 1] == '/') return i;
  }
  return -1;
}

static int skip(Tar *t, int64_t bytes) {
  char block[8192];
  while (bytes > 0) {
    const int64_t n = bytes < (int64_t)sizeof block ? bytes : (int64_t)sizeof block;
    if (gzinput_read_all(&t->in, block, (size_t)n) < 0) return -1;
    bytes -= n;
  }
  return 0;
}

static int read_member(Tar *t, int i, int64_t size) {
  if (size > gzinput_capacity(&t->in)) {
    return err_set("%s: member %s promises %lld bytes, more than the file can hold", t->path, t->name[i],
                   (long long)size);
  }
  t->member[i] = tensor_new(DT_U8, 1, &size);
  if (!t->member[i]) {
    err_prefix("%s: ", t->path);
    return -1;
  }
  return gzinput_read_all(&t->in, tensor_data(t->member[i]), (size_t)size);
}

/* 1 behind a member, 0 at the end of the archive, -1 with err_set. */
static int next_member(Tar *t) {
  uint8_t header[BLOCK];
  char name[NAME + PREFIX + 2];
  if (gzinput_read_all(&t->in, header, sizeof header) < 0) return -1;
  if (is_empty(header)) return 0;
  const int64_t size = octal(header + SIZE_AT, 12);
  if (!good_sum(header) || size < 0) return err_set("%s: no tar archive, or a damaged one", t->path);
  full_name(header, name, sizeof name);
  const char type = (char)header[TYPE_AT];
  const int i = type == '0' || type == '\0' ? wanted(t, name) : -1;
  if ((i >= 0 ? read_member(t, i, size) : skip(t, size)) < 0) return -1;
  return skip(t, (BLOCK - size % BLOCK) % BLOCK) < 0 ? -1 : 1;
}

static int first_missing(const Tar *t) {
  for (int i = 0; i < t->n; i++) {
    if (!t->member[i]) return i;
  }
  return -1;
}

static int read_all(Tar *t) {
  while (first_missing(t) >= 0) {
    const int got = next_member(t);
    if (got < 0) return -1;
    if (got == 0) return err_set("%s: the archive has no member %s", t->path, t->name[first_missing(t)]);
  }
  return 0;
}

int tar_read(const char *path, int n, const char *const *name, Tensor **member) {
  Tar t = {.path = path, .n = n, .name = name, .member = member};
  memset(member, 0, (size_t)n * sizeof *member);
  if (gzinput_open(&t.in, path) < 0) return -1;
  const int status = read_all(&t);
  gzinput_close(&t.in);
  for (int i = 0; status < 0 && i < n; i++) {
    tensor_release(member[i]);
    member[i] = NULL;
  }
  return status;
}

/* --- a file's bytes ------------------------------------------------------------------------------------------------ */

/* All that comes out of g, in a block that grows; -1 with err_set, and nothing to free. */
static int64_t read_growing(GzInput *g, char **bytes) {
  int64_t size = 0, room = 0;
  *bytes = NULL;
  for (;;) {
    if (size == room) {
      room = room ? 2 * room : g->size + 1;
      char *bigger = realloc(*bytes, (size_t)room);
      if (!bigger) {
        free(*bytes);
        return err_set("cannot read %s: out of memory", g->path);
      }
      *bytes = bigger;
    }
    const int64_t got = gzinput_read(g, *bytes + size, (size_t)(room - size));
    if (got == 0) return size;
    if (got < 0) {
      free(*bytes);
      return -1;
    }
    size += got;
  }
}

Tensor *bytes_read(const char *path) {
  GzInput g;
  char *bytes;
  if (gzinput_open(&g, path) < 0) return NULL;
  const int64_t n = read_growing(&g, &bytes);
  gzinput_close(&g);
  if (n < 0) return NULL;
  Tensor *t = tensor_new(DT_U8, 1, &n);
  if (t) memcpy(tensor_data(t), bytes, (size_t)n);
  free(bytes);
  return t;
}
