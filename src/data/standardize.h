/*
 * standardize.h - columns with mean 0 and standard deviation 1.
 */
#ifndef OPTLAB_DATA_STANDARDIZE_H
#define OPTLAB_DATA_STANDARDIZE_H

#include "core/tensor.h"

/*
 * z[i][j] = (x[i][j] - mean[j]) / std[j],  mean[j] = sum_i x[i][j] / n,  std[j] = sqrt(sum_i (x[i][j] - mean[j])^2 / n)
 *
 * The population's deviation (divided by n), as NumPy's and the book's. x is (n, d) of a float dtype; sums are in
 * double. The three results have x's dtype: z (n, d), mean (d), std (d). A constant column is an error: it has no
 * deviation to divide by. 0, or -1 with err_set and nothing stored.
 */
int standardize(Tensor *x, Tensor **z, Tensor **mean, Tensor **std);

#endif
