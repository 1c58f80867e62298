/*
 * fetch.c - libcurl into an OutFile.
 *
 * libcurl is opened when the first download needs it: with the thirty libraries behind it, it would cost every start of
 * the program 5 ms, and most runs fetch nothing. Its interface (libcurl.so.4) has been stable since 2006.
 */
#define _GNU_SOURCE
#define CURL_DISABLE_TYPECHECK
#include "data/io/fetch.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "base/err.h"
#include "base/files/folder.h"
#include "base/files/outfile.h"
#include "base/interrupt.h"
#include "data/io/digest.h"
#include "data/io/limit.h"

#define STALL_BYTES_PER_SECOND 1L
#define MAX_REDIRECTS 8L

typedef struct Fetch {
  const char *url, *path;
  const FetchOptions *opt;
  OutFile file;
  Digest *digest;
  int64_t max_bytes;
  bool too_large; /* more than max_bytes came, or were promised */
  bool stopped;   /* by the progress callback */
  double started, last_progress;
} Fetch;

/* --- libcurl ------------------------------------------------------------------------------------------------------ */

/* The library, opened once for the process. */
static struct {
  void *library;
  CURL *(*init)(void);
  CURLcode (*setopt)(CURL *c, CURLoption option, ...);
  CURLcode (*perform)(CURL *c);
  CURLcode (*getinfo)(CURL *c, CURLINFO info, ...);
  void (*cleanup)(CURL *c);
  const char *(*describe)(CURLcode code);
} curl;

/* Fills a function pointer from the library; POSIX guarantees that the bits fit. */
static bool find(const char *name, void *function) {
  void *symbol = dlsym(curl.library, name);
  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

static int open_curl(void) {
  static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib", "libcurl.so"};
  for (size_t i = 0; i < sizeof names / sizeof *names && !curl.library; i++) {
    curl.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (!curl.library) return err_set("downloads need libcurl, which is not installed");
  bool complete = find("curl_easy_init", &curl.init) && find("curl_easy_setopt", &curl.setopt) &&
                  find("curl_easy_perform", &curl.perform) && find("curl_easy_getinfo", &curl.getinfo) &&
                  find("curl_easy_cleanup", &curl.cleanup) && find("curl_easy_strerror", &curl.describe);
  return complete ? 0 : err_set("the libcurl that was found lacks functions of its easy interface");
}

/* --- what libcurl calls ------------------------------------------------------------------------------------------ */

static size_t on_body(char *bytes, size_t one, size_t n, void *ctx) {
  Fetch *f = ctx;
  f->too_large = (int64_t)(n * one) > f->max_bytes - f->file.size;
  if (f->too_large) return 0;
  if (f->digest && digest_add(f->digest, bytes, n * one) < 0) return 0;
  return outfile_write(&f->file, bytes, n * one) < 0 ? 0 : n * one;
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int report(Fetch *f, int64_t done, int64_t total) {
  f->stopped = f->opt->progress(f->opt->ctx, done, total) != 0;
  return f->stopped;
}

/* About once a second, and while data come more often; not 0 ends the transfer. */
static int on_progress(void *ctx, curl_off_t total, curl_off_t done, curl_off_t up_total, curl_off_t up_done) {
  Fetch *f = ctx;
  double now = seconds();
  (void)up_total, (void)up_done;
  if (interrupt_requested()) return 1; /* libcurl asks at least once a second */
  if (!f->opt->progress || now - f->last_progress < 0.1) return 0;
  f->last_progress = now;
  return report(f, (int64_t)done, total > 0 ? (int64_t)total : -1);
}

/* --- the transfer --------------------------------------------------------------------------------------------- */

static void set_protocols(CURL *c) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl.setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,ftp,file");
  curl.setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  curl.setopt(c, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FTP | CURLPROTO_FILE));
  curl.setopt(c, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  curl.setopt(c, CURLOPT_QUICK_EXIT, 1L); /* a name server that does not answer must not hold us up at the end */
#endif
}

/* libcurl counts in milliseconds, in a long. */
static long milliseconds(double seconds_) { return seconds_ < 1e6 ? (long)(seconds_ * 1000 + 0.999) : 1000000000L; }

static void set_limits(CURL *c, const Fetch *f) {
  curl.setopt(c, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
  curl.setopt(c, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(f->opt->connect_timeout));
  curl.setopt(c, CURLOPT_TIMEOUT_MS, milliseconds(f->opt->timeout));
  curl.setopt(c, CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES_PER_SECOND);
  curl.setopt(c, CURLOPT_LOW_SPEED_TIME, (milliseconds(f->opt->stall_timeout) + 999) / 1000);
  curl.setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)f->max_bytes); /* where the server says how many */
}

static void set_options(CURL *c, Fetch *f, char *error) {
  curl.setopt(c, CURLOPT_URL, f->url);
  curl.setopt(c, CURLOPT_ERRORBUFFER, error);
  curl.setopt(c, CURLOPT_USERAGENT, "optlab");
  curl.setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl.setopt(c, CURLOPT_FAILONERROR, 1L);
  curl.setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  curl.setopt(c, CURLOPT_WRITEFUNCTION, on_body);
  curl.setopt(c, CURLOPT_WRITEDATA, f);
  curl.setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl.setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl.setopt(c, CURLOPT_XFERINFODATA, f);
  set_limits(c, f);
  set_protocols(c);
}

/* Whether an answer holds the whole file: HTTP's 200, FTP's 2xx; files on this machine have none. */
static bool is_success(const Fetch *f, long status) {
  return status == 0 || status == 200 || (strncasecmp(f->url, "ftp", 3) == 0 && status / 100 == 2);
}

/* 0 where the whole file came, or -1 with err_set. */
static int result(const Fetch *f, CURLcode code, long status, const char *error) {
  if (interrupt_check() < 0) return -1;
  if (f->stopped) return err_set("%s: the download was stopped", f->url);
  if (f->file.error) return -1; /* err_message says so */
  if (f->too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return err_set("%s: the file has more than %lld bytes; max_bytes and " LIMIT_DOWNLOAD " set the limit", f->url,
                   (long long)f->max_bytes);
  }
  if (code == CURLE_HTTP_RETURNED_ERROR || (code == CURLE_OK && !is_success(f, status))) {
    return err_set("%s: the server answered %ld", f->url, status);
  }
  if (code == CURLE_OK) return 0;
  if (code == CURLE_OPERATION_TIMEDOUT && seconds() - f->started > 0.99 * f->opt->timeout) {
    return err_set("%s: the download takes longer than %g s", f->url, f->opt->timeout);
  }
  if (code == CURLE_PARTIAL_FILE) {
    return err_set("%s: the connection broke off after %lld bytes", f->url, (long long)f->file.size);
  }
  return err_set("%s: %s", f->url, *error ? error : curl.describe(code));
}

static int transfer(Fetch *f) {
  char error[CURL_ERROR_SIZE] = "";
  CURL *c = curl.init();
  if (!c) return err_set("%s: libcurl does not start", f->url);
  set_options(c, f, error);
  f->started = seconds();
  const CURLcode code = curl.perform(c);
  long answer = 0;
  curl.getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
  const int status = result(f, code, answer, error);
  curl.cleanup(c);
  if (status == 0 && f->opt->progress && report(f, f->file.size, f->file.size)) {
    return err_set("%s: the download was stopped", f->url);
  }
  return status;
}

static int check_digest(Fetch *f) {
  char found[DIGEST_MAX];
  if (!f->digest) return 0;
  if (digest_text(f->digest, found) < 0) return -1;
  if (strcmp(found, f->opt->digest) == 0) return 0;
  return err_set("%s: not the expected file: %s, expected %s (%lld bytes)", f->url, found, f->opt->digest,
                 (long long)f->file.size);
}

/* A link or a device was put there on purpose, so it is not replaced. */
static int check_target(const char *path) {
  struct stat st;
  if (lstat(path, &st) < 0 || S_ISREG(st.st_mode)) return 0;
  return err_set("%s is there already and is no regular file; it is left alone", path);
}

static int fetch(Fetch *f) {
  if (open_curl() < 0 || check_target(f->path) < 0 || folder_make_above(f->path) < 0) return -1;
  if (outfile_open(&f->file, f->path, OUTFILE_REPLACES_LINK) < 0 || transfer(f) < 0 || check_digest(f) < 0) return -1;
  return outfile_commit(&f->file);
}

int fetch_file(const char *url, const char *path, const FetchOptions *opt) {
  Fetch f = {.url = url, .path = path, .opt = opt, .max_bytes = opt->max_bytes, .file = {.fd = -1}};
  if (f.max_bytes == 0 && (f.max_bytes = limit_bytes(LIMIT_DOWNLOAD, LIMIT_DOWNLOAD_DEFAULT)) < 0) return -1;
  if (opt->digest && !(f.digest = digest_new(opt->digest))) return -1;
  int status = fetch(&f);
  outfile_close(&f.file);
  digest_free(f.digest);
  return status;
}
