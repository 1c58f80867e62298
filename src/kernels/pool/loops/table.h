/*
 * table.h - the loops for the type T as one table, pool_<type>_<instruction set> (kernels.h).
 */
#include "kernels/conv/loops/vectors.h"
#include "kernels/pool/loops/kernels.h"

/* For the vectors of a pixel: v is where each begins. */
#define EACH_VECTOR(v, lanes) \
  for (int64_t next_ = 0, v; v = next_ + VL <= (lanes) ? next_ : (lanes)-VL, next_ < (lanes); next_ += VL)

INLINE Vec select_vec(IVec mask, Vec a, Vec b) { return (Vec)((mask & (IVec)a) | (~mask & (IVec)b)); }
INLINE IVec select_int(IVec mask, IVec a, IVec b) { return (mask & a) | (~mask & b); }

#include "kernels/pool/loops/max.h"
#include "kernels/pool/loops/squares.h"
#include "kernels/pool/loops/sum.h"

#define TABLE2(type, set) pool_##type##_##set
#define TABLE(type, set) TABLE2(type, set)
extern const PoolKernels TABLE(TYPE, POOL_KERNELS);
const PoolKernels TABLE(TYPE, POOL_KERNELS) = {
    .lanes = VL,
    .max = max_row,
    .unmax = unmax_row,
    .sum = sum_row,
    .into_lanes = into_lanes,
    .from_lanes = from_lanes,
};
