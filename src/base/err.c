/*
 * err.c - the last failure's sentence, one per thread.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[1024]; /* read by the caller of what failed, so it outlives no call of a binding */

int err_set(const char *fmt, ...) {
  char text[sizeof message]; /* the arguments may point into message itself */
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  snprintf(message, sizeof message, "%s", text);
  return -1;
}

void *err_null(const char *fmt, ...) {
  char text[sizeof message];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  snprintf(message, sizeof message, "%s", text);
  return NULL;
}

int err_prefix(const char *fmt, ...) {
  char text[sizeof message];
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  if (n >= 0 && (size_t)n < sizeof text) snprintf(text + n, sizeof text - (size_t)n, "%s", message);
  snprintf(message, sizeof message, "%s", text);
  return -1;
}

const char *err_message(void) { return message; }
