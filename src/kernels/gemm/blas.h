/*
 * blas.h - what has to be true before OpenBLAS is called.
 */
#ifndef OPTLAB_KERNELS_GEMM_BLAS_H
#define OPTLAB_KERNELS_GEMM_BLAS_H

/* OpenBLAS starts no threads of its own, and there is memory for its buffers. -1 with err_set if there is none. */
int blas_prepare(void);

#endif
