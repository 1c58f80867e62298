/*
 * garments.h - ten classes of garment-like images, drawn by the program: what stands in for Fashion-MNIST where the
 * real files are out of reach.
 *
 * 28 x 28 grey levels on black, classes in Fashion-MNIST's order:
 *   T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot
 * Every run of ten images from a multiple of ten on holds each class once. Shape, size, place, slant, brightness,
 * cloth, details, noise and a stain that hides a part are drawn for each image by itself. Classes overlap in shape as
 * the real ones do (upper garments; shoes), so that a linear classifier stays well behind a convolutional network.
 *
 * Image i of a seed is a pure function of (seed, i): the same in every call, with any number of threads.
 */
#ifndef OPTLAB_DATA_STANDINS_GARMENTS_H
#define OPTLAB_DATA_STANDINS_GARMENTS_H

#include <stdint.h>

#include "core/tensor.h"

#define GARMENT_CLASSES 10

/* Images first..first+n-1 of a seed: uint8 (n, 28, 28), and their classes 0..9, uint8 (n). 0, or -1 with err_set. */
int garments_draw(uint64_t seed, int64_t first, int64_t n, Tensor **images, Tensor **labels);

#endif
