/*
 * cpu.h - which vector instructions to use.
 */
#ifndef OPTLAB_BASE_CPU_H
#define OPTLAB_BASE_CPU_H

#include <stdbool.h>

typedef enum CpuLevel { CPU_BASELINE, CPU_AVX2, CPU_AVX512 } CpuLevel;

/* Set before main and never changed. */
extern __attribute__((visibility("hidden"))) CpuLevel cpu_level_of_process;

/* What the processor can do, or less where the environment says so: OPTLAB_CPU=baseline, avx2 or avx512. Other values
 * are ignored. */
static inline CpuLevel cpu_level(void) { return cpu_level_of_process; }

/* Whether a root of a vector takes several times as long as a fused multiply-add: Intel's AVX-512. */
extern __attribute__((visibility("hidden"))) bool cpu_slow_roots_of_process;
static inline bool cpu_has_slow_roots(void) { return cpu_slow_roots_of_process; }

#endif
