/*
 * gzinput.h - reading gzip-compressed files, and plain ones as they are.
 *
 * What comes out of a compressed file stops at the limit of limit.h.
 */
#ifndef OPTLAB_DATA_IO_GZINPUT_H
#define OPTLAB_DATA_IO_GZINPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#define DEFLATE_MAX_RATIO 1032 /* deflate cannot shrink anything to less than 1/1032 of its size */

typedef struct GzInput {
  const char *path; /* borrowed; for messages */
  gzFile gz;
  int64_t size; /* bytes of the file */
  int64_t left; /* bytes that may still come out */
} GzInput;

/* 0, or -1 with err_set("cannot open path: ..."); nothing to close then. */
int gzinput_open(GzInput *g, const char *path);

/* Up to n bytes: how many, 0 at the end, -1 with err_set("cannot read path: ..."). */
int64_t gzinput_read(GzInput *g, void *to, size_t n);

/* Exactly n bytes: 0, or -1 with err_set. */
int gzinput_read_all(GzInput *g, void *to, size_t n);

/* The most bytes that can come out of the file. */
int64_t gzinput_capacity(GzInput *g);

void gzinput_close(GzInput *g); /* accepts a zeroed one */

#endif
