/*
 * dtype.c - the types of elements.
 */
#include "core/dtype.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "core/context.h"

static const struct {
  const char *name;
  int rank; /* order of promotion */
} dtypes[DT_COUNT] = {
    [DT_F32] = {"float32", 2}, [DT_F64] = {"float64", 3}, [DT_I64] = {"int64", 1}, [DT_U8] = {"uint8", 0}};

const char *dtype_name(DType dt) { return dtypes[dt].name; }
DType dtype_promote(DType a, DType b) { return dtypes[a].rank >= dtypes[b].rank ? a : b; }

DType dtype_default(void) { return context->default_dtype; }
void dtype_set_default(DType dt) { context->default_dtype = dt; }

int dtype_parse(const char *name, DType *dt) {
  for (int i = 0; i < DT_COUNT; i++) {
    if (strcmp(name, dtypes[i].name) == 0) return (*dt = (DType)i, 0);
  }
  return -1;
}

double dtype_load(DType dt, const void *p) {
  switch (dt) {
    case DT_F32:
      return (double)*(const float *)p;
    case DT_F64:
      return *(const double *)p;
    case DT_I64:
      return (double)*(const int64_t *)p;
    default:
      return (double)*(const uint8_t *)p;
  }
}

void dtype_store(DType dt, void *p, double v) {
  switch (dt) {
    case DT_F32:
      *(float *)p = (float)v;
      break;
    case DT_F64:
      *(double *)p = v;
      break;
    case DT_I64:
      *(int64_t *)p = dtype_to_i64(v);
      break;
    default:
      *(uint8_t *)p = (uint8_t)dtype_to_i64(v);
  }
}

/* --- numbers as a script writes them ------------------------------------------------------------------------------ */

bool scalar_is_whole(Scalar s, int64_t *i) {
  const bool whole = s.integral || (s.d == floor(s.d) && s.d >= -0x1p63 && s.d < 0x1p63);
  if (whole) *i = s.integral ? s.i : (int64_t)s.d;
  return whole;
}

bool scalar_fits(Scalar s, DType dt) {
  int64_t i;
  if (dt == DT_F64) return true;
  if (dt == DT_F32) return s.integral || isinf(s.d) || !isinf((float)s.d);
  return scalar_is_whole(s, &i) && (dt == DT_I64 || (i >= 0 && i <= UINT8_MAX));
}

int scalar_check(Scalar s, DType dt) {
  static const char *const holds[DT_COUNT] = {[DT_F32] = "numbers of a magnitude up to 3.4e38, inf and nan",
                                              [DT_I64] = "whole numbers from -2^63 to 2^63 - 1",
                                              [DT_U8] = "whole numbers from 0 to 255"};
  char text[32];
  if (scalar_fits(s, dt)) return 0;
  if (s.integral) snprintf(text, sizeof text, "%lld", (long long)s.i);
  if (!s.integral) snprintf(text, sizeof text, "%.14g", s.d);
  return err_set("%s holds %s, got %s", dtype_name(dt), holds[dt], !s.integral && isnan(s.d) ? "nan" : text);
}

Scalar scalar_load(DType dt, const void *p) {
  return dt == DT_I64 ? scalar_integer(*(const int64_t *)p) : scalar_number(dtype_load(dt, p));
}

void scalar_store(DType dt, void *p, Scalar s) {
  int64_t i = s.integral ? s.i : dtype_to_i64(s.d);
  if (dtype_is_float(dt)) {
    dtype_store(dt, p, scalar_double(s));
  } else if (dt == DT_I64) {
    *(int64_t *)p = i;
  } else {
    *(uint8_t *)p = (uint8_t)(i < 0 ? 0 : i > UINT8_MAX ? UINT8_MAX : i);
  }
}
