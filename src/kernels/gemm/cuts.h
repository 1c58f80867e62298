/*
 * cuts.h - whether a product may be cut into blocks at will.
 */
#ifndef OPTLAB_KERNELS_GEMM_CUTS_H
#define OPTLAB_KERNELS_GEMM_CUTS_H

#include <stdbool.h>

/* Blocks of a product that is cut at will have both sides at least as long as CUT_SIDE and at least CUT_WORK
 * multiplications: OpenBLAS does shorter and smaller ones in other ways, with other bits. */
#define CUT_SIDE 32
#define CUT_WORK (1 << 20)

/* Whether the bits of a float32 element do not depend on the block that it is computed in. To be called after
 * blas_prepare, by any thread. */
bool gemm_f32_cuts_freely(void);

#endif
