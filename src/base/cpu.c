/*
 * cpu.c - asked once.
 */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

static CpuLevel supported(void) {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd")) {
    return CPU_AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    return CPU_AVX2;
  }
#endif
  return CPU_BASELINE;
}

static CpuLevel allowed(CpuLevel level) {
  static const char *const names[] = {"baseline", "avx2", "avx512"};
  const char *wanted = getenv("OPTLAB_CPU");
  for (int i = 0; wanted && i < (int)level; i++) {
    if (strcmp(wanted, names[i]) == 0) return (CpuLevel)i;
  }
  return level;
}

CpuLevel cpu_level(void) {
  static int known = -1; /* of the process; never changes */
  if (known < 0) known = (int)allowed(supported());
  return (CpuLevel)known;
}
