/*
 * fetch.c - libcurl into a nameless or hidden file, then rename.
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
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "data/io/digest.h"

#define STALL_BYTES_PER_SECOND 1L
#define MAX_REDIRECTS 8L

typedef struct Fetch {
  const char *url, *path;
  const FetchOptions *opt;
  int fd;
  bool named; /* the temporary file has the name `temp` */
  char temp[PATH_MAX];
  Digest *digest;
  int64_t done;
  int write_errno; /* why writing failed, 0 if it did not */
  bool stopped;    /* by the progress callback */
  double last_progress;
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
  for (size_t i = 0; i < sizeof names / sizeof *names && curl.library == NULL; i++)
    curl.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (curl.library == NULL) return err_set("downloads need libcurl, which is not installed");
  bool complete = find("curl_easy_init", &curl.init) && find("curl_easy_setopt", &curl.setopt) &&
                  find("curl_easy_perform", &curl.perform) && find("curl_easy_getinfo", &curl.getinfo) &&
                  find("curl_easy_cleanup", &curl.cleanup) && find("curl_easy_strerror", &curl.describe);
  return complete ? 0 : err_set("the libcurl that was found lacks functions of its easy interface");
}

/* --- the temporary file ----------------------------------------------------------------------------------------- */

/* Makes the directory of `path`, parents first, like mkdir -p. */
static int make_directory(const char *path) {
  char dir[PATH_MAX];
  snprintf(dir, sizeof dir, "%s", path);
  for (char *p = dir + 1; *p; p++) {
    if (*p != '/') continue;
    *p = '\0';
    if (mkdir(dir, 0777) < 0 && errno != EEXIST)
      return err_set("cannot make the directory %s: %s", dir, strerror(errno));
    *p = '/';
  }
  return 0;
}

/* The directory part of path, "." if it has none. */
static void directory_of(const char *path, char dir[PATH_MAX]) {
  snprintf(dir, PATH_MAX, "%s", path);
  char *slash = strrchr(dir, '/');
  if (slash == NULL)
    strcpy(dir, ".");
  else
    slash[slash == dir] = '\0';
}

/* A rename would put a plain file in the place of a device, a pipe or a link: only a regular file may be replaced. */
static int check_target(const char *path) {
  struct stat st;
  if (lstat(path, &st) < 0 || S_ISREG(st.st_mode)) return 0;
  return err_set("%s is there already and is no regular file; it is left alone", path);
}

static int open_temp(Fetch *f) {
  char dir[PATH_MAX];
  int n = snprintf(f->temp, sizeof f->temp, "%s.part-%ld", f->path, (long)getpid());
  if (n < 0 || (size_t)n >= sizeof f->temp) return err_set("%s: the path is too long", f->path);
  if (check_target(f->path) < 0 || make_directory(f->path) < 0) return -1;
  directory_of(f->path, dir);
  unlink(f->temp); /* of a process that had our number and was killed */
#if defined(O_TMPFILE)
  if (access("/proc/self/fd", X_OK) == 0) f->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  if (f->fd >= 0) return 0;
#endif
  f->fd = open(f->temp, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
  if (f->fd < 0) return err_set("cannot write into %s: %s", dir, strerror(errno));
  f->named = true;
  return 0;
}

/* Gives a nameless file its temporary name. */
static int name_temp(Fetch *f) {
  char self[64];
  if (f->named) return 0;
  snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
  if (linkat(AT_FDCWD, self, AT_FDCWD, f->temp, AT_SYMLINK_FOLLOW) < 0)
    return err_set("cannot write %s: %s", f->temp, strerror(errno));
  f->named = true;
  return 0;
}

static int keep_temp(Fetch *f) {
  if (name_temp(f) < 0) return -1;
  if (close(f->fd) < 0) return err_set("cannot write %s: %s", f->temp, strerror(errno));
  f->fd = -1;
  if (rename(f->temp, f->path) < 0) return err_set("cannot write %s: %s", f->path, strerror(errno));
  f->named = false;
  return 0;
}

static void drop_temp(Fetch *f) {
  if (f->fd >= 0) close(f->fd);
  if (f->named) unlink(f->temp);
}

/* --- what libcurl calls ------------------------------------------------------------------------------------------ */

static size_t on_body(char *bytes, size_t one, size_t n, void *ctx) {
  Fetch *f = ctx;
  size_t left = n * one;
  if (f->digest && digest_add(f->digest, bytes, left) < 0) return 0;
  while (left > 0) {
    ssize_t put = write(f->fd, bytes, left);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      f->write_errno = errno;
      return 0;
    }
    bytes += put;
    left -= (size_t)put;
    f->done += put;
  }
  return n * one;
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

static int on_progress(void *ctx, curl_off_t total, curl_off_t done, curl_off_t up_total, curl_off_t up_done) {
  Fetch *f = ctx;
  double now = seconds();
  (void)up_total, (void)up_done;
  if (now - f->last_progress < 0.1) return 0;
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

static void set_options(CURL *c, Fetch *f, char *error) {
  curl.setopt(c, CURLOPT_URL, f->url);
  curl.setopt(c, CURLOPT_ERRORBUFFER, error);
  curl.setopt(c, CURLOPT_USERAGENT, "optlab");
  curl.setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl.setopt(c, CURLOPT_FAILONERROR, 1L);
  curl.setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  curl.setopt(c, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
  curl.setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(f->opt->connect_timeout * 1000));
  curl.setopt(c, CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES_PER_SECOND);
  curl.setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(f->opt->stall_timeout + 0.999));
  curl.setopt(c, CURLOPT_WRITEFUNCTION, on_body);
  curl.setopt(c, CURLOPT_WRITEDATA, f);
  curl.setopt(c, CURLOPT_NOPROGRESS, f->opt->progress ? 0L : 1L);
  curl.setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl.setopt(c, CURLOPT_XFERINFODATA, f);
  set_protocols(c);
}

static int explain(const Fetch *f, CURL *c, CURLcode code, const char *error) {
  long status = 0;
  if (f->stopped) return err_set("%s: the download was stopped", f->url);
  if (f->write_errno) return err_set("cannot write %s: %s", f->path, strerror(f->write_errno));
  curl.getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_HTTP_RETURNED_ERROR) return err_set("%s: the server answered %ld", f->url, status);
  if (code == CURLE_PARTIAL_FILE)
    return err_set("%s: the connection broke off after %lld bytes", f->url, (long long)f->done);
  return err_set("%s: %s", f->url, *error ? error : curl.describe(code));
}

static int transfer(Fetch *f) {
  char error[CURL_ERROR_SIZE] = "";
  CURL *c = curl.init();
  if (c == NULL) return err_set("%s: libcurl does not start", f->url);
  set_options(c, f, error);
  CURLcode code = curl.perform(c);
  int status = code == CURLE_OK ? 0 : explain(f, c, code, error);
  curl.cleanup(c);
  if (status == 0 && f->opt->progress && report(f, f->done, f->done))
    return err_set("%s: the download was stopped", f->url);
  return status;
}

static int check_digest(Fetch *f) {
  char found[DIGEST_MAX];
  if (f->digest == NULL) return 0;
  if (digest_text(f->digest, found) < 0) return -1;
  if (strcmp(found, f->opt->digest) == 0) return 0;
  return err_set("%s: not the expected file: %s, expected %s (%lld bytes)", f->url, found, f->opt->digest,
                 (long long)f->done);
}

int fetch_file(const char *url, const char *path, const FetchOptions *opt) {
  Fetch f = {.url = url, .path = path, .opt = opt, .fd = -1};
  if (opt->digest && (f.digest = digest_new(opt->digest)) == NULL) return -1;
  int status =
      open_curl() < 0 || open_temp(&f) < 0 || transfer(&f) < 0 || check_digest(&f) < 0 || keep_temp(&f) < 0 ? -1 : 0;
  drop_temp(&f);
  digest_free(f.digest);
  return status;
}
