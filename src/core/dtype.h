/*
 * dtype.h - the types of elements, and single elements as numbers.
 */
#ifndef OPTLAB_CORE_DTYPE_H
#define OPTLAB_CORE_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum DType { DT_F32, DT_F64, DT_I64, DT_U8, DT_COUNT } DType;

const char *dtype_name(DType dt);             /* "float32", "float64", "int64", "uint8" */
int dtype_parse(const char *name, DType *dt); /* 0, or -1 without err_set if there is no such type */
static inline size_t dtype_size(DType dt) {   /* bytes per element */
  static const uint8_t size[DT_COUNT] = {4, 8, 8, 1};
  return size[dt];
}
static inline bool dtype_is_float(DType dt) { return dt == DT_F32 || dt == DT_F64; }
DType dtype_promote(DType a, DType b); /* the wider one: uint8 < int64 < float32 < float64 */

/* The float type of new tensors and of integers that meet a float-only op; float32 at the start. */
DType dtype_default(void);
void dtype_set_default(DType dt); /* DT_F32 or DT_F64 */

/* A number as an integer element: truncated towards zero; numbers out of range and NaN saturate instead of being
 * undefined. */
static inline int64_t dtype_to_i64(double v) {
  if (!(v > -0x1p63)) return INT64_MIN;
  return v >= 0x1p63 ? INT64_MAX : (int64_t)v;
}

/* The element at p as a number (int64 values beyond 2^53 lose digits), and a number as that element. */
double dtype_load(DType dt, const void *p);
void dtype_store(DType dt, void *p, double v);

/* --- numbers as a script writes them ------------------------------------------------------------------------------ */

/* An integer of 64 bits or a floating-point number. No padding: it may be part of an operation's arguments. */
typedef struct Scalar {
  int64_t integral; /* 1: the number is i; 0: it is d */
  union {
    int64_t i;
    double d;
  };
} Scalar;

static inline Scalar scalar_number(double d) { return (Scalar){.d = d}; }
static inline Scalar scalar_integer(int64_t i) { return (Scalar){.integral = 1, .i = i}; }
static inline double scalar_double(Scalar s) { return s.integral ? (double)s.i : s.d; }

/* Whether it is a whole number of 64 bits, whichever way it is written; then *i is it. */
bool scalar_is_whole(Scalar s, int64_t *i);

/* Whether an element of that type can hold the number: integers whole numbers in their range, floats all that do not
 * overflow (they are rounded). scalar_check returns -1 with err_set("uint8 holds whole numbers from 0 to 255, got
 * 300"). */
bool scalar_fits(Scalar s, DType dt);
int scalar_check(Scalar s, DType dt);

/* The element at p, exactly. */
Scalar scalar_load(DType dt, const void *p);

/* The number as that element, exactly where it fits; else the nearest number that does (nan: the smallest). */
void scalar_store(DType dt, void *p, Scalar s);

#endif
