/*
 * window.h - windows that slide over an image, as convolutions and poolings use them.
 */
#ifndef OPTLAB_KERNELS_CONV_WINDOW_H
#define OPTLAB_KERNELS_CONV_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* Output (i, j) looks at rows i sh - ph .. i sh - ph + kh - 1 of the image and the columns likewise; what lies outside
 * the image is padding. */
typedef struct Window2d {
  int64_t h, w;   /* the image */
  int64_t kh, kw; /* the window */
  int64_t sh, sw; /* its steps */
  int64_t ph, pw; /* the padding on each side */
  int64_t oh, ow; /* the output */
} Window2d;

/* Fills oh and ow; false if the window is larger than the padded image. */
static inline bool window2d_fit(Window2d *win) {
  const int64_t down = win->h + 2 * win->ph - win->kh, across = win->w + 2 * win->pw - win->kw;
  win->oh = down < 0 ? 0 : down / win->sh + 1;
  win->ow = across < 0 ? 0 : across / win->sw + 1;
  return down >= 0 && across >= 0;
}

#endif
