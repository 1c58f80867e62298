/*
 * upsample.c - Upsample, which is nn.functional.interpolate: images and signals in another size.
 *
 * Signals (N, C, L) are images of one row, (N, C, 1, L).
 */
#include <stdio.h>

#include "autograd/formula.h"
#include "autograd/ops/image/pool_rows.h"
#include "base/err.h"
#include "nn/layers/image/pool_layer.h"
#include "nn/layers/layers.h"

enum { SIZE, SCALE_FACTOR = SIZE + 2, MODE, ALIGN_CORNERS };

typedef struct Mode {
  ResizeMode resize;
  int dims;    /* of images; 0: any */
  bool aligns; /* may be asked to align corners */
  bool parts;  /* means of parts instead */
} Mode;

static const char *const mode_names[] = {"nearest", "nearest-exact", "linear", "bilinear", "bicubic", "area", NULL};
static const Mode modes[] = {{RESIZE_NEAREST, 0, false, false}, {RESIZE_NEAREST_EXACT, 0, false, false},
                             {RESIZE_LINEAR, 1, true, false},   {RESIZE_LINEAR, 2, true, false},
                             {RESIZE_CUBIC, 2, true, false},    {RESIZE_NEAREST, 0, false, true}};

static int build(Module *m) {
  const double *x = m->args.x;
  const int mode = (int)x[MODE];
  if (isnan(x[SIZE]) == isnan(x[SCALE_FACTOR])) return err_set("one of size and scale_factor must be given");
  if (x[ALIGN_CORNERS] == 0 || modes[mode].aligns) return 0;
  return err_set("align_corners goes with mode 'linear', 'bilinear' or 'bicubic', mode is '%s'", mode_names[mode]);
}

static int check_input(const Tensor *x, const char *name, const Mode *mode) {
  const char *in = tensor_shape_str(x);
  const int dims = x->ndim - 2;
  if (dims != 1 && dims != 2) return err_set("input is %s, must be (N, C, L) or (N, C, H, W)", in);
  if (mode->dims && mode->dims != dims) {
    return err_set("input is %s, mode '%s' is for %s", in, name, mode->dims == 1 ? "(N, C, L)" : "(N, C, H, W)");
  }
  for (int d = 2; d < x->ndim; d++) {
    if (x->shape[d] < 1 || x->shape[d] > INT32_MAX) {
      return err_set("input is %s: the sizes of an image are 1 to %d", in, INT32_MAX);
    }
  }
  return 0;
}

/* x (N, C, H, W) */
static int fill_args(ResizeArgs *a, const Module *m, const Tensor *x, int dims) {
  const double *given = m->args.x, scale = given[SCALE_FACTOR];
  if (dims == 1 && !isnan(given[SIZE]) && given[SIZE] != given[SIZE + 1]) {
    return err_set("size is {%.0f, %.0f}, must be one number for signals (N, C, L)", given[SIZE], given[SIZE + 1]);
  }
  for (int d = 0; d < 2; d++) {
    const bool fixed = d == 0 && dims == 1; /* the row of a signal */
    const double size = fixed ? 1 : isnan(scale) ? given[SIZE + d] : floor((double)x->shape[2 + d] * scale);
    if (size < 1 || size > INT32_MAX) {
      return err_set("the output would have %.0f places in one dimension, it can have 1 to %d", size, INT32_MAX);
    }
    a->image[d] = (int32_t)x->shape[2 + d];
    a->output[d] = (int32_t)size;
    a->scale[d] = fixed || isnan(scale) ? 0 : scale;
  }
  return 0;
}

static Tensor *resized(const Module *m, Tensor *x, int dims) {
  const Mode *mode = &modes[(int)m->args.x[MODE]];
  OpArgs a = {.resize = {.mode = (int32_t)mode->resize, .align_corners = m->args.x[ALIGN_CORNERS] != 0}};
  if (fill_args(&a.resize, m, x, dims) < 0) return NULL;
  if (!mode->parts) return fm_op(OP_RESIZE2D, &x, 1, &a);
  const Pair output = {a.resize.output[0], a.resize.output[1]};
  return fm_own(pool_apply(x, &(PoolOptions){.dims = 2, .adaptive = true, .output = output}));
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  const int mode = (int)m->args.x[MODE], dims = in[0]->ndim - 2;
  if (check_input(in[0], mode_names[mode], &modes[mode]) < 0) return -1;
  FormulaMark mark = fm_begin();
  Tensor *x = module_as_float(in[0]);
  if (x && dims == 1) x = fm_unsqueeze(x, 2);
  Tensor *y = x ? resized(m, x, dims) : NULL;
  if (y && dims == 1) y = fm_reshape(y, 3, (int64_t[]){y->shape[0], y->shape[1], y->shape[3]});
  return module_one_output(out, fm_end(mark, y));
}

static void describe(const Module *m, char *text, size_t size) {
  const double *x = m->args.x;
  char scale[32];
  int n;
  if (!isnan(x[SCALE_FACTOR])) {
    n = snprintf(text, size, "scale_factor=%s", module_python_float(x[SCALE_FACTOR], scale, sizeof scale));
  } else if (x[SIZE] == x[SIZE + 1]) {
    n = snprintf(text, size, "size=%.0f", x[SIZE]);
  } else {
    n = snprintf(text, size, "size=(%.0f, %.0f)", x[SIZE], x[SIZE + 1]);
  }
  snprintf(text + n, size - (size_t)n, ", mode=%s", mode_names[(int)x[MODE]]);
}

static const Arg args[] = {
    {.name = "size",
     .kind = ARG_SIZES,
     .width = 2,
     .range = RANGE_AT_LEAST_1,
     .def = ARG_UNSET,
     .doc = "Size of the output: {height, width}, or one number for both."},
    {.name = "scale_factor",
     .range = RANGE_POSITIVE,
     .def = ARG_UNSET,
     .doc = "Factor of the input's sizes, instead of size; the product is rounded down."},
    {.name = "mode",
     .kind = ARG_CHOICE,
     .choices = mode_names,
     .doc =
         "'nearest': the pixel at floor(i scale), counted from 0; 'nearest-exact': the pixel nearest to the centre; "
         "'linear' (signals), 'bilinear' (images), 'bicubic' (images): between pixels; 'area': the mean of each part."},
    {.name = "align_corners",
     .kind = ARG_FLAG,
     .doc = "Whether the centres of the corner pixels of input and output coincide; otherwise their outer corners do."},
    {0},
};

const LayerDef layer_upsample = {
    .name = "Upsample",
    .functional = "interpolate",
    .doc = "Images (N, C, H, W) or signals (N, C, L) in another size, larger or smaller.",
    .inputs = layer_input,
    .args = args,
    .build = build,
    .forward = forward,
    .describe = describe,
};
