/*
 * number.c - decimal text to double.
 *
 * Most numbers in tables have at most 15 digits and a small exponent: mantissa and power of ten are then both exact
 * doubles and one multiplication or division rounds correctly (Clinger, "How to read floating point numbers
 * accurately", 1990). The rest goes to the C library's strtod in the "C" locale.
 */
#define _GNU_SOURCE
#include "data/formats/number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>
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
    if (e < 100000) e = e * 10 + (*p - '0');
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

static bool parse_infinity(const char *s, size_t len, double *out) {
  bool negative = len > 0 && *s == '-';
  if (len > 0 && (*s == '-' || *s == '+')) s++, len--;
  if (!((len == 3 && strncasecmp(s, "inf", 3) == 0) || (len == 8 && strncasecmp(s, "infinity", 8) == 0))) return false;
  *out = negative ? -(double)INFINITY : (double)INFINITY;
  return true;
}

/* strtod in the "C" locale, whatever the program's locale is. */
static double strtod_c(const char *s) {
  static locale_t c_locale = (locale_t)0; /* made once for the process */
  if (c_locale == (locale_t)0) c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  return c_locale == (locale_t)0 ? strtod(s, NULL) : strtod_l(s, NULL, c_locale);
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

bool number_parse_int(const char *s, size_t len, int64_t *out) {
  Scan sc;
  if (scan(s, s + len, &sc) && sc.exponent == 0 && sc.ndigits <= 18) {
    *out = sc.negative ? -(int64_t)sc.digits : (int64_t)sc.digits;
    return true;
  }
  double v;
  if (!number_parse(s, len, &v) || v != floor(v) || fabs(v) > 9007199254740992.0) return false;
  *out = (int64_t)v;
  return true;
}
