/*
 * blas_core.h - the kernels of OpenBLAS on processors that are newer than it is.
 */
#ifndef OPTLAB_KERNELS_GEMM_BLAS_CORE_H
#define OPTLAB_KERNELS_GEMM_BLAS_CORE_H

/* An OpenBLAS that does not know the processor's model falls back to kernels of 2004, which are several times slower. Where
 * that has happened, and OPENBLAS_CORETYPE does not ask for it, this makes it choose by the instructions that the
 * processor has. To be called when the library is opened, before any product. */
void blas_core_choose(void);

/* OpenBLAS's name for its kernels in use; NULL: unknown. */
const char *blas_core_name(void);

#endif
