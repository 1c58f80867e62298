/*
 * err.c - the last failure's sentence, one per thread.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text/number.h"
#include "base/text/visible.h"

static _Thread_local char message[1024]; /* read by the caller of what failed, so it outlives no call of a binding */

/* The arguments may point into message itself. */
static void set(const char *fmt, va_list ap) {
  char text[sizeof message];
  number_vprint(text, sizeof text, fmt, ap);
  visible(message, sizeof message, text, strlen(text), 0);
}

int err_set(const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  set(fmt, ap);
  va_end(ap);
  return -1;
}

void *err_null(const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  set(fmt, ap);
  va_end(ap);
  return NULL;
}

int err_prefix(const char *fmt, ...) {
  char text[sizeof message];
  va_list ap;
  va_start(ap, fmt);
  int n = number_vprint(text, sizeof text, fmt, ap);
  va_end(ap);
  if (n >= 0 && (size_t)n < sizeof text) snprintf(text + n, sizeof text - (size_t)n, "%s", message);
  visible(message, sizeof message, text, strlen(text), 0);
  return -1;
}

const char *err_message(void) { return message; }
