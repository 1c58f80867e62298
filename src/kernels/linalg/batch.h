/*
 * batch.h - one function of LAPACK for every matrix of a batch, on several threads.
 *
 * A thread computes a whole matrix at a time and OpenBLAS starts no threads of its own, so the bits of a result depend
 * on its matrix alone. Matrices are copied column by column into scratch memory, from windows of any strides.
 */
#ifndef OPTLAB_KERNELS_LINALG_BATCH_H
#define OPTLAB_KERNELS_LINALG_BATCH_H

#include "core/tensor.h"

#define BATCH_MAX_ORDER 20000 /* of the smaller side of a matrix: LAPACK counts its work in ints */

typedef struct Batch Batch;
struct Batch {
  const char *name; /* of the operation, for messages */
  DType dtype;
  int64_t count; /* matrices */
  int m, n, k;   /* rows and columns of a matrix; columns of a right-hand side */
  int option;    /* the function's own */
  int lwork, liwork;
  double limit, other; /* the function's own */
  Tensor *out;
  const Tensor *in[3];
  /* Cuts the scratch of a thread into parts, a struct of the function; returns the bytes. Both may be NULL. */
  size_t (*carve)(const Batch *b, char *memory, void *parts);
  /* Computes matrix i. Returns LAPACK's info, or BATCH_NOT_FINITE. */
  int (*one)(const Batch *b, int64_t i, char *memory);
  double multiplications; /* about, for one matrix */
};

#define BATCH_NOT_FINITE (-1000)

typedef struct BatchFailure {
  int64_t at; /* the first matrix that failed; -1: none */
  int info;
} BatchFailure;

/* Whether LAPACK can take matrices of this size; -1 with err_set. */
int batch_check_size(const char *name, int64_t m, int64_t n);

/* Computes all matrices. -1 with err_set without memory; a matrix that failed is no error here. */
int batch_run(const Batch *b, BatchFailure *failure);

/* "the matrix", or "matrix 3 of the batch". Valid until the next call on this thread. */
const char *batch_which(const Batch *b, const BatchFailure *failure);

/* err_set for BATCH_NOT_FINITE and for a method that did not converge, what every function has; returns -1. */
int batch_error(const Batch *b, const BatchFailure *failure);

/* The next `bytes` of the memory behind the *used ones, in steps of cache lines; NULL, only counted, without memory. */
static inline void *batch_carve(char *memory, size_t *used, size_t bytes) {
  void *part = memory ? memory + *used : NULL;
  *used += (bytes + 63) / 64 * 64;
  return part;
}

/* --- matrices --------------------------------------------------------------------------------------------------- */

/* Element (0, 0) of matrix i. */
static inline char *batch_matrix(const Tensor *t, int64_t i) {
  return (char *)tensor_data(t) + i * t->stride[0] * (int64_t)dtype_size((DType)t->dtype);
}

/* to[i + j ld] = matrix i's element (i, j) for rows x columns. */
void batch_load(const Tensor *t, int64_t i, int64_t rows, int64_t columns, void *to, int64_t ld);

/* The other way, to `rows` lines of `columns` elements one behind the other. */
void batch_store(DType dt, const void *from, int64_t ld, int64_t rows, int64_t columns, void *to);

/* Whether none of the elements is nan or infinite. */
bool batch_is_finite(DType dt, const void *x, int64_t n);

#endif
