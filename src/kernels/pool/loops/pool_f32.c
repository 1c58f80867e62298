/*
 * pool_f32.c - the loops of kernels.h for float. CMake compiles this file once for each instruction set and names
 * the table by POOL_KERNELS.
 */
#define TYPE f32
#define T float
#define I int32_t
#define T_BYTES 4
#include "kernels/pool/loops/table.h"
