/*
 * cpu.h - which vector instructions to use.
 *
 * Most kernels leave the choice to the loader (simd.h). This is for code whose shape depends on it.
 */
#ifndef OPTLAB_BASE_CPU_H
#define OPTLAB_BASE_CPU_H

typedef enum CpuLevel { CPU_BASELINE, CPU_AVX2, CPU_AVX512 } CpuLevel;

/* What the processor can do, or less where the environment says so: OPTLAB_CPU=baseline, avx2 or avx512. Other values
 * are ignored. */
CpuLevel cpu_level(void);

#endif
