/*
 * lanes.c - which copy of the kernels.
 */
#include "kernels/lanes/lanes.h"

#include "base/cpu.h"

const LanesKernels *lanes_kernels(DType dtype) {
  const bool wide = dtype == DT_F64;
#ifdef __x86_64__
  if (cpu_level() == CPU_AVX512) return &lanes_kernels_avx512[wide];
  if (cpu_level() == CPU_AVX2) return &lanes_kernels_avx2[wide];
#endif
  return &lanes_kernels_baseline[wide];
}
