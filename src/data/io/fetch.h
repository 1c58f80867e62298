/*
 * fetch.h - downloading one file, all of it or nothing.
 *
 * The body goes to an OutFile while its digest is computed; only a complete file with the right digest is committed.
 *
 * Redirects are followed, the usual proxy variables are obeyed. An unreachable network fails within `connect_timeout`.
 * A server that sends without an end is stopped at `max_bytes` or `timeout`. Of HTTP's answers only 200 is a success:
 * 206 is a part of the file, and a redirect that leads nowhere has no file.
 */
#ifndef OPTLAB_DATA_IO_FETCH_H
#define OPTLAB_DATA_IO_FETCH_H

#include <stdint.h>

/* Called about ten times a second and at the end; total is -1 if the server did not say. Not 0 stops the download. */
typedef int (*FetchProgress)(void *ctx, int64_t done, int64_t total);

typedef struct FetchOptions {
  const char *digest;     /* "sha1:..."; NULL: not checked */
  double connect_timeout; /* seconds until the connection stands, name lookup included */
  double stall_timeout;   /* seconds without a byte */
  double timeout;         /* seconds for all of it */
  int64_t max_bytes;      /* 0: what limit.h says of downloads */
  FetchProgress progress; /* NULL: none */
  void *ctx;
} FetchOptions;

/* Downloads url to path, making its directory if need be; what lies at path is replaced only if it is a regular file.
 * 0, or -1 with err_set("address: reason"). */
int fetch_file(const char *url, const char *path, const FetchOptions *opt);

#endif
