/*
 * glyphs.h - images drawn by the program that stand in for handwritten digits and signs, house numbers and photographs
 * of objects, where the real files are out of reach.
 *
 *   GLYPH_DIGITS   grey, 28 x 28, ten classes 0..9: the digits, written with one pen
 *   GLYPH_SIGNS    grey, 28 x 28, ten classes: signs of three strokes each, two ways of writing for each class
 *   GLYPH_NUMBERS  colour, 32 x 32, ten classes 0..9: digits in a colour on a coloured wall, with parts of neighbours
 *   GLYPH_OBJECTS  colour, 32 x 32, any number of classes: a shape, a colour and a cloth that lean to the class
 *
 * Image i of a seed has class i % classes in an order shuffled block by block, so every class is as frequent as the
 * others. It is a pure function of (seed, i): the same in every call, with any number of threads.
 */
#ifndef OPTLAB_DATA_STANDINS_GLYPHS_H
#define OPTLAB_DATA_STANDINS_GLYPHS_H

#include "core/tensor.h"

typedef enum GlyphKind { GLYPH_DIGITS, GLYPH_SIGNS, GLYPH_NUMBERS, GLYPH_OBJECTS, GLYPH_KINDS } GlyphKind;

#define GLYPH_CLASSES_MAX 256

/* Images first .. first + n - 1: uint8 (n, channels, side, side), and their classes 0.., uint8 (n). `classes` counts
 * for GLYPH_OBJECTS alone. 0, or -1 with err_set. */
int glyphs_draw(GlyphKind kind, int classes, uint64_t seed, int64_t first, int64_t n, Tensor **images, Tensor **labels);

#endif
