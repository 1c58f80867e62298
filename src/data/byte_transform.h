/*
 * byte_transform.h - bytes to numbers, for images that lie in memory as uint8 and train as floats.
 *
 *   out = (byte * scale - mean) / std
 *
 * rounded once: as if computed exactly, but for a rare last bit of a float32. With scale 1/255, mean 0 and std 1 every
 * byte gives the float32 that byte / 255 gives.
 */
#ifndef OPTLAB_DATA_BYTE_TRANSFORM_H
#define OPTLAB_DATA_BYTE_TRANSFORM_H

#include "core/tensor.h"

typedef struct ByteTransform {
  DType dtype; /* of the result: DT_F32 or DT_F64 */
  double scale, mean, std;
} ByteTransform;

/* 0, or -1 with err_set if the numbers make no sense (not finite, std or scale 0, no float type). */
int byte_transform_check(const ByteTransform *t);

/* from[n] to the dtype's to[n]. */
void byte_transform_run(const ByteTransform *t, const uint8_t *from, void *to, int64_t n);

#endif
