/*
 * lanes_kernels.c - see lanes.h. CMake compiles this file once for each instruction set and names the copy by
 * LANES_KERNELS.
 *
 * A part is one vector of the instruction set's width: 16, 8, 4 or 2 lanes. The parts of an element are computed one
 * after the other, each as if it were all there is.
 */
#include "kernels/lanes/lanes.h"

#include <stddef.h>
#include <string.h>

#include "base/simd.h"
#include "kernels/reduce/reduce_kernels.h"

#if defined __AVX512F__
#define BYTES 64
#define FUSED_f32(x, y, sum) _mm512_fmadd_ps((__m512)(x), (__m512)(y), (__m512)(sum))
#define FUSED_f64(x, y, sum) _mm512_fmadd_pd((__m512d)(x), (__m512d)(y), (__m512d)(sum))
#elif defined __FMA__
#define BYTES 32
#define FUSED_f32(x, y, sum) _mm256_fmadd_ps((__m256)(x), (__m256)(y), (__m256)(sum))
#define FUSED_f64(x, y, sum) _mm256_fmadd_pd((__m256d)(x), (__m256d)(y), (__m256d)(sum))
#else
#define BYTES 16
#endif
#if BYTES > 16
#include <immintrin.h>
#define FUSED FUSED /* names what stands behind it */
#define CHAIN(name) name
#else
#define CHAIN(name) NULL
#endif

#define T float
#define NAME(name) name##_f32
#include "kernels/lanes/loops.h"
#undef T
#undef NAME

#define T double
#define NAME(name) name##_f64
#include "kernels/lanes/loops.h"

#include "kernels/lanes/rows.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

const LanesKernels PASTE(lanes_kernels_, LANES_KERNELS)[2] = {
    {product_f32, CHAIN(chain_f32), sum_f32, mse_f32, total_f32, xpby_f32, axpby_f32, rows_f32, same_rows_f32, in_f32,
     out_f32, read_f32, add_f32},
    {product_f64, CHAIN(chain_f64), sum_f64, mse_f64, total_f64, xpby_f64, axpby_f64, rows_f64, same_rows_f64, in_f64,
     out_f64, read_f64, add_f64}};
