/*
 * dtype.c - the types of elements.
 */
#include "core/dtype.h"

#include <string.h>

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
