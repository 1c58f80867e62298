/*
 * table.h - the loops for the type T as one table, conv_<type>_<instruction set> (kernels.h).
 */
#include "kernels/conv/loops/vectors.h"

#include "kernels/conv/loops/gather.h"
#include "kernels/conv/loops/pack.h"
#include "kernels/conv/loops/pool.h"
#include "kernels/conv/loops/tile.h"
#include "kernels/conv/loops/weight.h"

#define TABLE2(type, set) conv_##type##_##set
#define TABLE(type, set) TABLE2(type, set)
extern const ConvKernels TABLE(TYPE, CONV_KERNELS);
const ConvKernels TABLE(TYPE, CONV_KERNELS) = {
    .lanes = VL,
    .outputs = TILE_OUTPUTS,
    .channels = GRAD_MOST_CHANNELS,
    .tile = {tiles_1, tiles_2, tiles_4, tiles_8},
    .grad = {grads_1, grads_2, grads_3, grads_4},
    .lanes_grad = lanes_grads,
    .pack = pack,
    .spread = spread,
    .spread_columns = spread_columns,
    .gather = gather,
    .pack_weight = pack_weight,
    .relu_pool = relu_pool,
    .unpool = unpool,
    .sum_won = sum_won,
    .add = add,
    .unpack_weight = unpack_weight,
};
