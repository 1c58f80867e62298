/*
 * digest.h - checksums of files, to tell a good copy from a damaged or different one.
 *
 * A digest is written "sha1:76e5...", "md5:..." or "sha256:...", hexadecimal digits in lower case.
 */
#ifndef OPTLAB_DATA_IO_DIGEST_H
#define OPTLAB_DATA_IO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_MAX 80 /* longest digest in text, with its NUL */

typedef struct Digest Digest;

/* Starts the algorithm named before the colon of `spec` ("sha1" or "sha1:..."). NULL with err_set if it is unknown. */
Digest *digest_new(const char *spec);
int digest_add(Digest *d, const void *bytes, size_t n); /* 0 or -1 with err_set */

/* Writes "algorithm:hex" into out. 0 or -1 with err_set. */
int digest_text(Digest *d, char out[DIGEST_MAX]);
void digest_free(Digest *d); /* accepts NULL */

/* The digest of a whole file; with `unpack`, of what a gzip-compressed file contains. 0 or -1 with err_set. */
int digest_file(const char *path, const char *spec, bool unpack, char out[DIGEST_MAX]);

#endif
