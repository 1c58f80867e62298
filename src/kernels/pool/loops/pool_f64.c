/*
 * pool_f64.c - the loops of kernels.h for double. CMake compiles this file once for each instruction set and names
 * the table by POOL_KERNELS.
 */
#define TYPE f64
#define T double
#define I int64_t
#define T_BYTES 8
#include "kernels/pool/loops/table.h"
