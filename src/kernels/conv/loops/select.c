/*
 * select.c - the loops for the processor at hand.
 */
#include "base/cpu.h"
#include "kernels/conv/loops/kernels.h"

extern const ConvKernels conv_f32_baseline, conv_f32_avx2, conv_f32_avx512;
extern const ConvKernels conv_f64_baseline, conv_f64_avx2, conv_f64_avx512;

const ConvKernels *conv_kernels(DType dt) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return dt == DT_F32 ? &conv_f32_avx512 : &conv_f64_avx512;
  if (cpu_level() == CPU_AVX2) return dt == DT_F32 ? &conv_f32_avx2 : &conv_f64_avx2;
#endif
  return dt == DT_F32 ? &conv_f32_baseline : &conv_f64_baseline;
}
