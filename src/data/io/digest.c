/*
 * digest.c - OpenSSL's message digests.
 */
#include "data/io/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/files/infile.h"
#include "base/interrupt.h"
#include "data/io/gzinput.h"

struct Digest {
  EVP_MD_CTX *ctx;
  char name[8];
};

/* The algorithm of "sha1:..." and its name; NULL if unknown. */
static const EVP_MD *algorithm(const char *spec, char name[8]) {
  size_t n = strcspn(spec, ":");
  if (n >= 8) return NULL;
  memcpy(name, spec, n);
  name[n] = '\0';
  if (strcmp(name, "md5") == 0) return EVP_md5();
  if (strcmp(name, "sha1") == 0) return EVP_sha1();
  if (strcmp(name, "sha256") == 0) return EVP_sha256();
  return NULL;
}

Digest *digest_new(const char *spec) {
  char name[8];
  const EVP_MD *md = algorithm(spec, name);
  if (!md) return err_null("unknown digest '%.20s'; known are md5, sha1 and sha256", spec);
  Digest *d = calloc(1, sizeof *d);
  if (!d) return err_null("out of memory");
  memcpy(d->name, name, sizeof name);
  d->ctx = EVP_MD_CTX_new();
  if (d->ctx && EVP_DigestInit_ex(d->ctx, md, NULL) == 1) return d;
  digest_free(d);
  return err_null("the system's OpenSSL does not offer %s", name);
}

int digest_add(Digest *d, const void *bytes, size_t n) {
  if (interrupt_check() < 0) return -1;
  return EVP_DigestUpdate(d->ctx, bytes, n) == 1 ? 0 : err_set("%s failed", d->name);
}

int digest_text(Digest *d, char out[DIGEST_MAX]) {
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  if (EVP_DigestFinal_ex(d->ctx, raw, &n) != 1) return err_set("%s failed", d->name);
  int at = snprintf(out, DIGEST_MAX, "%s:", d->name);
  for (unsigned i = 0; i < n && at + 2 < DIGEST_MAX; i++) at += snprintf(out + at, 3, "%02x", raw[i]);
  return 0;
}

void digest_free(Digest *d) {
  if (!d) return;
  EVP_MD_CTX_free(d->ctx);
  free(d);
}

static int add_plain(Digest *d, const char *path) {
  char block[65536];
  size_t n;
  int64_t size;
  FILE *f = infile_stream(path, &size);
  if (!f) return -1;
  int status = 0;
  while (status == 0 && (n = fread(block, 1, sizeof block, f)) > 0) status = digest_add(d, block, n);
  if (status == 0 && ferror(f)) status = err_set("cannot read %s: %s", path, strerror(errno));
  fclose(f);
  return status;
}

static int add_unpacked(Digest *d, const char *path) {
  char block[65536];
  int64_t n;
  GzInput in;
  if (gzinput_open(&in, path) < 0) return -1;
  int status = 0;
  while (status == 0 && (n = gzinput_read(&in, block, sizeof block)) != 0) {
    status = n < 0 ? -1 : digest_add(d, block, (size_t)n);
  }
  gzinput_close(&in);
  return status;
}

int digest_file(const char *path, const char *spec, bool unpack, char out[DIGEST_MAX]) {
  Digest *d = digest_new(spec);
  if (!d) return -1;
  int status = unpack ? add_unpacked(d, path) : add_plain(d, path);
  if (status == 0) status = digest_text(d, out);
  digest_free(d);
  return status;
}
