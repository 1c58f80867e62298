/*
 * kernels_f64.c - the loops of kernels.h for double. CMake compiles this file once for each instruction set and names
 * the table by CONV_KERNELS.
 */
#define TYPE f64
#define T double
#define I int64_t
#define T_BYTES 8
#include "kernels/conv/loops/table.h"
