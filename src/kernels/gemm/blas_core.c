/*
 * blas_core.c - see blas_core.h.
 *
 * OpenBLAS reads OPENBLAS_CORETYPE when it is loaded, which is before main. The two functions that it calls then are
 * exported; where another build lacks them, nothing is changed.
 */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "kernels/gemm/blas_core.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__

#define VARIABLE "OPENBLAS_CORETYPE"

typedef void Action(void);
typedef char *Name(void);

static void *symbol(const char *name) { return dlsym(RTLD_DEFAULT, name); }

/* Kernels that use no vector of AVX. */
static bool is_old(const char *core) {
  static const char *const old[] = {"Prescott", "Core2", "Generic", "Banias", "Katmai", "Coppermine", "Northwood"};
  for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
    if (strcmp(core, old[i]) == 0) return true;
  }
  return false;
}

/* The core whose kernels use what the processor has; NULL: an old one. */
static const char *best(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw")) return "Cooperlake";
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) return "SkylakeX";
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "Haswell" : NULL;
}

const char *blas_core_name(void) {
  Name *name = (Name *)(intptr_t)symbol("openblas_get_corename");
  return name ? name() : NULL;
}

void blas_core_choose(void) {
  const char *name = blas_core_name();
  Action *quit = (Action *)(intptr_t)symbol("gotoblas_dynamic_quit");
  Action *init = (Action *)(intptr_t)symbol("gotoblas_dynamic_init");
  const char *core = best();
  if (!name || !quit || !init || !core || getenv(VARIABLE) || !is_old(name)) return;
  setenv(VARIABLE, core, 1);
  quit();
  init();
  unsetenv(VARIABLE);
}

#else

const char *blas_core_name(void) { return NULL; }
void blas_core_choose(void) {}

#endif
