/*
 * element.c - conversion of elements, and how many of them there may be.
 */
#include "data/formats/element.h"

#include <string.h>

#include "base/err.h"
#include "base/size.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the bytes of elements in memory are little-endian");

static bool is_float(ElementType type) {
  return type.kind == ELEMENT_FLOAT || type.kind == ELEMENT_BFLOAT || type.kind == ELEMENT_FLOAT_E4M3;
}

DType element_dtype(ElementType type) {
  if (is_float(type)) return type.size == 8 ? DT_F64 : DT_F32;
  return type.size == 1 && type.kind != ELEMENT_SIGNED ? DT_U8 : DT_I64;
}

bool element_is_ours(ElementType type) {
  if (type.size == 1) return type.kind == ELEMENT_UNSIGNED;
  if (type.big_endian || type.size != (int)dtype_size(element_dtype(type))) return false;
  return type.kind == ELEMENT_FLOAT || type.kind == ELEMENT_SIGNED;
}

bool element_fits(ElementType type, int ndim, const int64_t *shape, int64_t bytes, int64_t *numel) {
  *numel = size_product((size_t)type.size, ndim, shape);
  return *numel >= 0 && *numel <= bytes / type.size;
}

/* --- one element ------------------------------------------------------------------------------------------------- */

/* The bits, as an unsigned number. */
static uint64_t bits_of(ElementType type, const uint8_t *p) {
  uint64_t v = 0;
  for (int i = 0; i < type.size; i++) v = v << 8 | p[type.big_endian ? i : type.size - 1 - i];
  return v;
}

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static double double_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* IEEE half precision: 1 sign bit, 5 bits of exponent, 10 of fraction. */
static float half_to_float(uint32_t h) {
  const uint32_t sign = (h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 0x3ff;
  if (exponent == 31) return float_of(sign | 0x7f800000 | fraction << 13);
  if (exponent != 0) return float_of(sign | (exponent + 112) << 23 | fraction << 13);
  const float x = (float)fraction * 0x1p-24f;
  return sign ? -x : x;
}

/* 1 sign bit, 4 bits of exponent, 3 of fraction; all ones is nan. */
static float e4m3_to_float(uint32_t b) {
  const uint32_t sign = (b & 0x80) << 24, exponent = b >> 3 & 15, fraction = b & 7;
  if ((b & 0x7f) == 0x7f) return float_of(sign | 0x7fc00000);
  if (exponent != 0) return float_of(sign | (exponent + 120) << 23 | fraction << 20);
  const float x = (float)fraction * 0x1p-9f;
  return sign ? -x : x;
}

static float short_float(ElementType type, uint64_t bits) {
  const uint32_t b = (uint32_t)bits;
  if (type.kind == ELEMENT_BFLOAT) return float_of(b << 16);
  if (type.kind == ELEMENT_FLOAT_E4M3) return e4m3_to_float(b);
  return type.size == 4 ? float_of(b) : half_to_float(type.size == 1 ? b << 8 : b);
}

static int64_t integer_of(ElementType type, uint64_t bits) {
  const int unused = 64 - 8 * type.size;
  return type.kind == ELEMENT_SIGNED ? (int64_t)(bits << unused) >> unused : (int64_t)bits;
}

/* --- many -------------------------------------------------------------------------------------------------------- */

static int too_large(const char *path, int64_t i, uint64_t bits) {
  return err_set("%s: element %lld is %llu; the largest integer that can be read is %lld", path, (long long)i + 1,
                 (unsigned long long)bits, (long long)INT64_MAX);
}

int element_convert(ElementType type, const uint8_t *p, int64_t n, Tensor *t, int64_t i, const char *path) {
  const DType dt = element_dtype(type);
  if (element_is_ours(type)) {
    memcpy((char *)tensor_data(t) + i * (int64_t)dtype_size(dt), p, (size_t)n * dtype_size(dt));
    return 0;
  }
  for (int64_t k = i; k < i + n; k++, p += type.size) {
    const uint64_t bits = bits_of(type, p);
    if (type.kind == ELEMENT_UNSIGNED && bits > INT64_MAX) return too_large(path, k, bits);
    if (dt == DT_F32) {
      tensor_f32(t)[k] = short_float(type, bits);
    } else if (dt == DT_F64) {
      tensor_f64(t)[k] = double_of(bits);
    } else if (dt == DT_I64) {
      tensor_i64(t)[k] = integer_of(type, bits);
    } else {
      tensor_u8(t)[k] = type.kind == ELEMENT_BOOL ? bits != 0 : (uint8_t)bits;
    }
  }
  return 0;
}
