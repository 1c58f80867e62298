/*
 * libmvec.h - vectors as glibc's vector functions take them, and the names of these functions. For vmath.c.
 *
 * For f32 and for f64 there are the types T_, Vec_, VecAt_ (a vector somewhere in an array), Mask_ (what a comparison
 * gives), the number LANES_ of elements, and FN_(exp, v), the function that maps a vector (vv: two of them). Where
 * there is no libmvec a "vector" is one number and the function is libm's.
 *
 * The names are those of the vector function ABI: _ZGV, the instruction set's letter, N, the number of lanes, v for
 * each input, _ and the scalar function. gcc would find them by itself; other compilers do not.
 */
#ifndef OPTLAB_BASE_VMATH_LIBMVEC_H
#define OPTLAB_BASE_VMATH_LIBMVEC_H

#include <math.h>
#include <stdint.h>

typedef float T_f32;
typedef double T_f64;

#if defined(__GLIBC__) && defined(__x86_64__) && __GLIBC_PREREQ(2, 35)
#define CALL
#if defined(__AVX512F__)
#define VECTOR 64
#define FN_f32(fn, inputs) _ZGVeN16##inputs##_##fn##f
#define FN_f64(fn, inputs) _ZGVeN8##inputs##_##fn
#elif defined(__AVX2__)
#define VECTOR 32
#define FN_f32(fn, inputs) _ZGVdN8##inputs##_##fn##f
#define FN_f64(fn, inputs) _ZGVdN4##inputs##_##fn
#else
#define VECTOR 16
#define FN_f32(fn, inputs) _ZGVbN4##inputs##_##fn##f
#define FN_f64(fn, inputs) _ZGVbN2##inputs##_##fn
#endif
#elif defined(__GLIBC__) && defined(__aarch64__) && __GLIBC_PREREQ(2, 40)
#define CALL __attribute__((aarch64_vector_pcs))
#define VECTOR 16
#define FN_f32(fn, inputs) _ZGVnN4##inputs##_##fn##f
#define FN_f64(fn, inputs) _ZGVnN2##inputs##_##fn
#endif

#ifdef VECTOR
typedef T_f32 Vec_f32 __attribute__((vector_size(VECTOR)));
typedef T_f64 Vec_f64 __attribute__((vector_size(VECTOR)));
typedef T_f32 VecAt_f32 __attribute__((vector_size(VECTOR), aligned(sizeof(T_f32)), may_alias));
typedef T_f64 VecAt_f64 __attribute__((vector_size(VECTOR), aligned(sizeof(T_f64)), may_alias));
typedef int32_t Mask_f32 __attribute__((vector_size(VECTOR)));
typedef int64_t Mask_f64 __attribute__((vector_size(VECTOR)));
#define CHOOSE(mask, V, where, a, b) (V)(((where) & (mask)(a)) | (~(where) & (mask)(b)))
#define MINUS_ABS(mask, V, x, fabs) (V)((mask)(x) | (mask)(-(V){0}))
#else
#define CALL
#define FN_f32(fn, inputs) fn##f
#define FN_f64(fn, inputs) fn
typedef T_f32 Vec_f32, VecAt_f32;
typedef T_f64 Vec_f64, VecAt_f64;
typedef int Mask_f32, Mask_f64;
#define CHOOSE(mask, V, where, a, b) ((where) ? (a) : (b))
#define MINUS_ABS(mask, V, x, fabs) (-fabs(x))
#endif

#define LANES_f32 (int64_t)(sizeof(Vec_f32) / sizeof(T_f32))
#define LANES_f64 (int64_t)(sizeof(Vec_f64) / sizeof(T_f64))

/* --- reading and writing with a stride ---------------------------------------------------------------------------- */

/* A list of all elements, because compilers build that in registers; a loop would go through memory. The first element
 * stands for those from n on. */
#define AT1(i) p[stride * ((i) < n ? (i) : 0)]
#define AT2(i) AT1(i), AT1((i) + 1)
#define AT4(i) AT2(i), AT2((i) + 2)
#define AT8(i) AT4(i), AT4((i) + 4)
#define AT16(i) AT8(i), AT8((i) + 8)
#if !defined(VECTOR)
#define ALL_f32 AT1(0)
#define ALL_f64 AT1(0)
#elif VECTOR == 64
#define ALL_f32 AT16(0)
#define ALL_f64 AT8(0)
#elif VECTOR == 32
#define ALL_f32 AT8(0)
#define ALL_f64 AT4(0)
#else
#define ALL_f32 AT4(0)
#define ALL_f64 AT2(0)
#endif

#ifdef VECTOR
#define ELEMENT(v, i) v[i]
#else
#define ELEMENT(v, i) v
#endif

/* read: n elements, in a vector. write: the first n of a vector. */
#define DEFINE_ACCESS(s)                                                            \
  static inline Vec_##s read_##s(const T_##s *p, int64_t stride, int64_t n) {       \
    if (stride == 1 && n >= LANES_##s) return *(const VecAt_##s *)p;                \
    if (n >= LANES_##s) n = LANES_##s;                                              \
    return (Vec_##s){ALL_##s};                                                      \
  }                                                                                 \
  static inline void write_##s(Vec_##s v, T_##s *p, int64_t stride, int64_t n) {    \
    if (stride == 1 && n >= LANES_##s) {                                            \
      *(VecAt_##s *)p = v;                                                          \
      return;                                                                       \
    }                                                                               \
    for (int64_t i = 0; i < n && i < LANES_##s; i++) p[i * stride] = ELEMENT(v, i); \
  }
DEFINE_ACCESS(f32)
DEFINE_ACCESS(f64)

#endif
