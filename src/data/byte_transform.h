/*
 * byte_transform.h - bytes to numbers, for images that lie in memory as uint8 and train as floats.
 *
 *   out = (byte * scale - mean) / std      mean and std of the byte's channel, or one of each for all
 *
 * rounded once: as if computed exactly, but for a rare last bit of a float32. With scale 1/255, mean 0 and std 1 every
 * byte gives the float32 that byte / 255 gives.
 */
#ifndef OPTLAB_DATA_BYTE_TRANSFORM_H
#define OPTLAB_DATA_BYTE_TRANSFORM_H

#include "core/tensor.h"

#define BYTE_CHANNELS_MAX 16

typedef struct ByteTransform {
  DType dtype; /* of the result: DT_F32 or DT_F64 */
  double scale;
  int channels; /* 1: the first mean and std count for all bytes */
  double mean[BYTE_CHANNELS_MAX], std[BYTE_CHANNELS_MAX];
} ByteTransform;

/* 0, or -1 with err_set if the numbers make no sense (not finite, std or scale 0, no float type). */
int byte_transform_check(const ByteTransform *t);

/* from[n] to the dtype's to[n]; with several channels, n is a multiple of channels * plane, and each run of `plane`
 * bytes is of the next channel. */
void byte_transform_run(const ByteTransform *t, const uint8_t *from, void *to, int64_t n, int64_t plane);

/* The same for n bytes of channel c. */
void byte_transform_channel(const ByteTransform *t, int64_t c, const uint8_t *from, void *to, int64_t n);

#endif
