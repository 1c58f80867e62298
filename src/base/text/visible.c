/*
 * visible.c - control characters spelled out.
 */
#include "base/text/visible.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The bytes of the UTF-8 character at p, 1..4; 0 where there is none. */
static size_t character(const uint8_t *p, size_t n) {
  const size_t len = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
  if (len > n) return 0;
  for (size_t i = 1; i < len; i++) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  return len;
}

/* ASCII's control characters, and those from U+0080 to U+009F. */
static int is_control(const uint8_t *p, size_t len) {
  return len == 0 || (len == 1 && (p[0] < ' ' || p[0] == 0x7F)) || (len == 2 && p[0] == 0xC2 && p[1] < 0xA0);
}

/* What stands for a byte that must not be written. */
static size_t spell(char out[8], uint8_t byte) {
  if (byte == '\n') return (size_t)snprintf(out, 8, "\\n");
  if (byte == '\t') return (size_t)snprintf(out, 8, "\\t");
  return (size_t)snprintf(out, 8, "\\x%02x", byte);
}

size_t visible(char *out, size_t room, const char *text, size_t n, int lines) {
  const uint8_t *p = (const uint8_t *)text;
  size_t at = 0, fits = 0; /* fits: where "..." would have room behind it */
  for (size_t i = 0; i < n;) {
    char spelled[8];
    size_t len = character(p + i, n - i), used = len ? len : 1;
    const int keep = lines && (p[i] == '\n' || p[i] == '\t');
    const char *from = text + i;
    if (is_control(p + i, len) && !keep) {
      used = 1; /* the second byte of a control character of two is spelled out in its turn, being none by itself */
      len = spell(spelled, p[i]);
      from = spelled;
    }
    if (at + len >= room) {
      const char *dots = "...";
      at = fits + (size_t)snprintf(out + fits, room - fits, "%s", dots);
      return at < room ? at : room - 1;
    }
    memcpy(out + at, from, len);
    at += len;
    i += used;
    if (at + 4 <= room) fits = at;
  }
  out[at] = '\0';
  return at;
}
