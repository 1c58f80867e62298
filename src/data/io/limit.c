/*
 * limit.c - limits in bytes from the environment.
 */
#include "data/io/limit.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int64_t limit_bytes(const char *variable, int64_t by_default) {
  static const char units[] = "KMGT";
  const char *text = getenv(variable), *p = text;
  int64_t n = 0;
  if (!text || !*text) return by_default;
  for (; *p >= '0' && *p <= '9' && n < (int64_t)1 << 50; p++) n = 10 * n + (*p - '0');
  const char *unit = p > text && *p && p[1] == '\0' ? strchr(units, *p) : NULL;
  const int shift = unit ? 10 * (int)(unit - units + 1) : 0;
  if (p > text && (*p == '\0' || unit) && n > 0 && n < INT64_MAX >> shift) return n << shift;
  return err_set("%s must be a number of bytes such as 500M or 16G, got '%.40s'", variable, text);
}
