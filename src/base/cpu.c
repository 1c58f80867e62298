/*
 * cpu.c - asked once, when the program is loaded.
 */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

CpuLevel cpu_level_of_process = CPU_BASELINE;
bool cpu_slow_roots_of_process = false;

#ifdef __x86_64__
#include <cpuid.h>

/* Parts of x86-64-v3 that compilers' __builtin_cpu_supports does not know everywhere: MOVBE, F16C and LZCNT. */
static bool has_small_parts_of_v3(void) {
  unsigned a, b, c = 0, d, extended = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !__get_cpuid(0x80000001, &a, &b, &extended, &d)) return false;
  return (c >> 22 & 1) && (c >> 29 & 1) && (extended >> 5 & 1);
}

/* The levels are x86-64-v3 and x86-64-v4 of the processor supplement to the System V ABI. */
static CpuLevel supported(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi") ||
      !__builtin_cpu_supports("bmi2") || !has_small_parts_of_v3()) {
    return CPU_BASELINE;
  }
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                 __builtin_cpu_supports("avx512cd")
             ? CPU_AVX512
             : CPU_AVX2;
}
static bool is_intel(void) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0, &a, &b, &c, &d) && b == signature_INTEL_ebx && c == signature_INTEL_ecx;
}
#else
static CpuLevel supported(void) { return CPU_BASELINE; }
static bool is_intel(void) { return false; }
#endif

static CpuLevel allowed(CpuLevel level) {
  static const char *const names[] = {"baseline", "avx2", "avx512"};
  const char *wanted = getenv("OPTLAB_CPU");
  for (int i = 0; wanted && i < (int)level; i++) {
    if (strcmp(wanted, names[i]) == 0) return (CpuLevel)i;
  }
  return level;
}

static __attribute__((constructor)) void ask(void) {
  cpu_level_of_process = allowed(supported());
  cpu_slow_roots_of_process = cpu_level_of_process == CPU_AVX512 && is_intel();
}
