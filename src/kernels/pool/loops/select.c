/*
 * select.c - the loops for the processor at hand.
 */
#include "base/cpu.h"
#include "kernels/pool/loops/kernels.h"

extern const PoolKernels pool_f32_baseline, pool_f32_avx2, pool_f32_avx512;
extern const PoolKernels pool_f64_baseline, pool_f64_avx2, pool_f64_avx512;

const PoolKernels *pool_kernels(DType dt) {
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return dt == DT_F32 ? &pool_f32_avx512 : &pool_f64_avx512;
  if (cpu_level() == CPU_AVX2) return dt == DT_F32 ? &pool_f32_avx2 : &pool_f64_avx2;
#endif
  return dt == DT_F32 ? &pool_f32_baseline : &pool_f64_baseline;
}
