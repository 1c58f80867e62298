/*
 * byte_transform.c - out = byte * a + b with a = scale / std, b = -mean / std.
 *
 * A float32 a alone would be wrong in the last bit of every other product. So a is cut in two: `high` has 16 bits, its
 * product with a byte is exact; `low` is the rest. byte * high + (byte * low + b) is then rounded like the exact value,
 * at the price of one more multiplication and sum, which the memory traffic hides.
 */
#include "data/byte_transform.h"

#include <string.h>

#include "base/err.h"
#include "base/simd.h"

int byte_transform_check(const ByteTransform *t) {
  if (!dtype_is_float(t->dtype)) {
    return err_set("transform: dtype must be float32 or float64, got %s", dtype_name(t->dtype));
  }
  if (!isfinite(t->scale) || t->scale == 0) {
    return err_set("transform: scale must be a number other than 0, got %g", t->scale);
  }
  for (int c = 0; c < t->channels; c++) {
    const double mean = t->mean[c], std = t->std[c];
    if (!isfinite(mean)) return err_set("transform: mean must be a number, got %g", mean);
    if (!(isfinite(std) && std > 0)) return err_set("transform: std must be a number above 0, got %g", std);
  }
  return 0;
}

/* The float nearest to x from below in size with 16 significant bits. */
static float upper_half(double x) {
  float f = (float)x;
  uint32_t bits;
  memcpy(&bits, &f, sizeof bits);
  bits &= 0xffffff00u;
  memcpy(&f, &bits, sizeof bits);
  return f;
}

static VECTORIZED(void, to_f32,
                  (float *restrict to, const uint8_t *restrict from, int64_t n, float high, float low, float b),
                  (to, from, n, high, low, b)) {
  for (int64_t i = 0; i < n; i++) {
    float x = (float)from[i];
    to[i] = x * high + (x * low + b);
  }
}

static VECTORIZED(void, to_f64, (double *restrict to, const uint8_t *restrict from, int64_t n, double a, double b),
                  (to, from, n, a, b)) {
  for (int64_t i = 0; i < n; i++) to[i] = (double)from[i] * a + b;
}

void byte_transform_channel(const ByteTransform *t, int64_t c, const uint8_t *from, void *to, int64_t n) {
  if (t->channels == 1) c = 0;
  double a = t->scale / t->std[c], b = 0 - t->mean[c] / t->std[c];
  float high = upper_half(a);
  if (t->dtype == DT_F32) {
    to_f32(to, from, n, high, (float)(a - (double)high), (float)b);
  } else {
    to_f64(to, from, n, a, b);
  }
}

void byte_transform_run(const ByteTransform *t, const uint8_t *from, void *to, int64_t n, int64_t plane) {
  if (t->channels == 1) {
    byte_transform_channel(t, 0, from, to, n);
    return;
  }
  const size_t size = dtype_size(t->dtype);
  for (int64_t i = 0, c = 0; i < n; i += plane, c++) {
    byte_transform_channel(t, c % t->channels, from + i, (char *)to + (size_t)i * size, plane);
  }
}
