/*
 * number.c - decimal text to double, and back by the C library.
 *
 * Most numbers in tables have at most 15 digits and a small exponent: mantissa and power of ten are then both exact
 * doubles and one multiplication or division rounds correctly (Clinger, "How to read floating point numbers
 * accurately", 1990). The rest goes to the C library's strtod in the "C" locale.
 */
#define _GNU_SOURCE
#include "base/text/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

/* What the scan of a number found: digits (leading zeros skipped) as an integer and where the point belongs. */
typedef struct Scan {
  uint64_t digits;
  int ndigits;  /* significant digits seen; `digits` is exact up to 18 */
  int exponent; /* value = digits * 10^exponent */
  bool negative;
} Scan;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *scan_digits(const char *p, const char *end, Scan *s, bool fraction) {
  for (; p < end && is_digit(*p); p++) {
    if (s->ndigits > 0 || *p != '0') s->ndigits++;
    if (s->ndigits <= 18) s->digits = s->digits * 10 + (uint64_t)(*p - '0');
    if (fraction) s->exponent--;
  }
  return p;
}

/* Reads "e-12"; returns NULL if no digit follows the e. */
static const char *scan_exponent(const char *p, const char *end, Scan *s) {
  bool minus = false;
  int e = 0;
  p++;
  if (p < end && (*p == '+' || *p == '-')) minus = *p++ == '-';
  if (p == end) return NULL;
  for (; p < end && is_digit(*p); p++) {
    if (e < 100000000) e = e * 10 + (*p - '0');
  }
  s->exponent += minus ? -e : e;
  return p;
}

/* True if the whole text is a number by the grammar of number.h. */
static bool scan(const char *p, const char *end, Scan *s) {
  *s = (Scan){0};
  if (p < end && (*p == '+' || *p == '-')) s->negative = *p++ == '-';
  const char *first = p;
  p = scan_digits(p, end, s, false);
  bool any = p > first;
  if (p < end && *p == '.') {
    first = ++p;
    p = scan_digits(p, end, s, true);
    any = any || p > first;
  }
  if (!any) return false;
  if (p < end && (*p == 'e' || *p == 'E')) {
    if (!is_digit(end[-1])) return false;
    p = scan_exponent(p, end, s);
  }
  return p == end;
}

bool number_is_word(const char *s, size_t n, const char *word) {
  for (size_t i = 0; i < n; i++, word++) {
    const char a = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] | 32) : s[i];
    const char b = *word >= 'A' && *word <= 'Z' ? (char)(*word | 32) : *word;
    if (*word == '\0' || a != b) return false;
  }
  return *word == '\0';
}

static bool parse_infinity(const char *s, size_t len, double *out) {
  bool negative = len > 0 && *s == '-';
  if (len > 0 && (*s == '-' || *s == '+')) s++, len--;
  if (!number_is_word(s, len, "inf") && !number_is_word(s, len, "infinity")) return false;
  *out = negative ? -(double)INFINITY : (double)INFINITY;
  return true;
}

/* The "C" locale, made once for the process; 0 where there is no memory for it. */
static locale_t c_locale(void) {
  static locale_t made = (locale_t)0;
  if (made == (locale_t)0) made = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  return made;
}

/* strtod in the "C" locale, whatever the program's locale is. */
static double strtod_c(const char *s) {
  const locale_t c = c_locale();
  return c == (locale_t)0 ? strtod(s, NULL) : strtod_l(s, NULL, c);
}

bool number_parse(const char *s, size_t len, double *out) {
  static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  Scan sc;
  if (!scan(s, s + len, &sc)) return parse_infinity(s, len, out);
  if (sc.ndigits <= 15 && sc.exponent >= -22 && sc.exponent <= 22) {
    double v = (double)sc.digits;
    v = sc.exponent < 0 ? v / power[-sc.exponent] : v * power[sc.exponent];
    *out = sc.negative ? -v : v;
  } else {
    *out = strtod_c(s);
  }
  return true;
}

/* value * 10 + digit, false where it is more than `limit`. */
static bool add_digit(uint64_t *value, unsigned digit, uint64_t limit) {
  if (*value > (limit - digit) / 10) return false;
  *value = *value * 10 + digit;
  return true;
}

/* The integer that a text of the grammar stands for, exactly, from all its digits; false if it is none or too large. */
static bool exact_integer(const char *s, size_t len, const Scan *sc, int64_t *out) {
  const uint64_t limit = (uint64_t)INT64_MAX + sc->negative;
  uint64_t value = 0;
  int64_t digits = 0, seen = 0; /* of the mantissa; sc->exponent counts from the last one */
  for (size_t i = 0; i < len && s[i] != 'e' && s[i] != 'E'; i++) digits += is_digit(s[i]);
  const int64_t whole = digits + sc->exponent; /* digits before the point, once the exponent has moved it */
  for (size_t i = 0; i < len && s[i] != 'e' && s[i] != 'E'; i++) {
    if (!is_digit(s[i])) continue;
    const unsigned digit = (unsigned)(s[i] - '0');
    if (seen++ < whole ? !add_digit(&value, digit, limit) : digit != 0) return false;
  }
  for (; value > 0 && seen < whole; seen++) {
    if (!add_digit(&value, 0, limit)) return false;
  }
  *out = (int64_t)(sc->negative ? -value : value);
  return true;
}

bool number_parse_int(const char *s, size_t len, int64_t *out) {
  Scan sc;
  if (!scan(s, s + len, &sc)) return false;
  if (sc.exponent != 0 || sc.ndigits > 18) return exact_integer(s, len, &sc, out);
  *out = sc.negative ? -(int64_t)sc.digits : (int64_t)sc.digits;
  return true;
}

int number_vprint(char *out, size_t room, const char *fmt, va_list ap) {
  const locale_t c = c_locale(), before = c == (locale_t)0 ? c : uselocale(c); /* of this thread alone */
  const int n = vsnprintf(out, room, fmt, ap);
  if (c != (locale_t)0) uselocale(before);
  return n;
}

int number_print(char *out, size_t room, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  const int n = number_vprint(out, room, fmt, ap);
  va_end(ap);
  return n;
}
