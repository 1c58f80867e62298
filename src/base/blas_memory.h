/*
 * blas_memory.h - OpenBLAS's buffers where address space is limited (ulimit -v).
 *
 * OpenBLAS takes a buffer for each thread that computes a product, at the first product, and one for each core when it
 * is loaded. Where mmap gives none, it asks again for ever. So the program looks whether there is room before OpenBLAS
 * asks: host/address_space.c before it is loaded, this file before products.
 */
#ifndef OPTLAB_BASE_BLAS_MEMORY_H
#define OPTLAB_BASE_BLAS_MEMORY_H

#include <stddef.h>

#define BLAS_BUFFER ((size_t)128 << 20) /* bytes; no build of OpenBLAS for 64 bits has larger ones */
#define BLAS_SLACK ((size_t)16 << 20)   /* for what else is needed meanwhile */

/* Whether n buffers fit into the address space that is left. Calls nothing but mmap. */
int blas_memory_fits(int n);

/* Gives OpenBLAS buffers for as many threads, once, if address space is limited. 0, or -1 with err_set. */
int blas_memory_reserve(int threads);

#endif
