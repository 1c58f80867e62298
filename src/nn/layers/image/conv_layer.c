/*
 * conv_layer.c - see conv_layer.h.
 *
 * Weight and bias start as U(-k, k) with k = 1 / sqrt(fan in), as in PyTorch (which writes it as kaiming_uniform_ with
 * a = sqrt(5)).
 */
#include "nn/layers/image/conv_layer.h"

#include <stdio.h>

#include "base/err.h"
#include "nn/init.h"

enum { IN_CHANNELS, OUT_CHANNELS };

const char *const conv_padding_words[] = {"same", "valid", NULL};

static Pair sizes_at(const ConvPlaces *at, const double *x, int place, int other) {
  return (Pair){(int)x[place], at->dims == 2 ? (int)x[place + 1] : other};
}

ConvOptions conv_layer_options(const ConvPlaces *at, const double *x) {
  ConvOptions o = {.dims = at->dims, .groups = (int64_t)x[at->groups]};
  o.stride = sizes_at(at, x, at->stride, 1);
  o.dilation = sizes_at(at, x, at->dilation, 1);
  o.same = x[at->padding] == arg_word_place(0);
  if (x[at->padding] >= 0) o.padding = sizes_at(at, x, at->padding, 0);
  if (at->more >= 0) o.output_padding = sizes_at(at, x, at->more, 0);
  return o;
}

/* --- parameters --------------------------------------------------------------------------------------------------- */

int conv_layer_build(Module *m, const ConvPlaces *at, bool transposed) {
  const double *x = m->args.x;
  const int64_t in = (int64_t)x[IN_CHANNELS], out = (int64_t)x[OUT_CHANNELS], groups = (int64_t)x[at->groups];
  const ConvOptions o = conv_layer_options(at, x);
  if (in % groups != 0 || out % groups != 0) {
    return err_set("in_channels is %lld, out_channels is %lld, groups is %lld: both must be multiples of groups",
                   (long long)in, (long long)out, (long long)groups);
  }
  if (o.same && (o.stride.h != 1 || o.stride.w != 1)) {
    return err_set("padding = 'same' needs stride = 1, for the output is as large as the input");
  }
  const Pair k = sizes_at(at, x, at->kernel_size, 1);
  const DType dt = arg_dtype(x[at->dtype]);
  const int64_t first = transposed ? in : out, second = (transposed ? out : in) / groups;
  m->param[CONV_WEIGHT] = module_param_new(dt, at->dims + 2, (int64_t[]){first, second, k.h, k.w});
  if (!m->param[CONV_WEIGHT]) return -1;
  if (x[at->bias] == 0) return 0;
  m->param[CONV_BIAS] = module_param_new(dt, 1, &out);
  return m->param[CONV_BIAS] ? 0 : -1;
}

void conv_layer_reset(Module *m) {
  double fan_in = 1, fan_out;
  init_fans(m->param[CONV_WEIGHT], &fan_in, &fan_out);
  double k = 1 / sqrt(fan_in);
  init_uniform(m->param[CONV_WEIGHT], -k, k);
  if (m->param[CONV_BIAS]) init_uniform(m->param[CONV_BIAS], -k, k);
}

/* --- text --------------------------------------------------------------------------------------------------------- */

typedef struct Text {
  char *at;
  size_t left;
} Text;

/* "name=(1, 2)" or "name=(1,)" */
static void add_sizes(Text *t, const ConvPlaces *at, const char *name, const double *x) {
  const int n = at->dims == 2 ? snprintf(t->at, t->left, ", %s=(%.0f, %.0f)", name, x[0], x[1])
                              : snprintf(t->at, t->left, ", %s=(%.0f,)", name, x[0]);
  t->at += n;
  t->left -= (size_t)n;
}

static void add_sizes_unless(Text *t, const ConvPlaces *at, const char *name, const double *x, double usual) {
  if (x[0] != usual || x[at->dims - 1] != usual) add_sizes(t, at, name, x);
}

void conv_layer_describe(const Module *m, const ConvPlaces *at, char *text, size_t size) {
  const double *x = m->args.x;
  const int n = snprintf(text, size, "%.0f, %.0f", x[IN_CHANNELS], x[OUT_CHANNELS]);
  Text t = {text + n, size - (size_t)n};
  add_sizes(&t, at, "kernel_size", x + at->kernel_size);
  add_sizes(&t, at, "stride", x + at->stride);
  if (x[at->padding] >= 0) {
    add_sizes_unless(&t, at, "padding", x + at->padding, 0);
  } else {
    const int k = snprintf(t.at, t.left, ", padding=%s", conv_padding_words[(int)(-1 - x[at->padding])]);
    t.at += k;
    t.left -= (size_t)k;
  }
  add_sizes_unless(&t, at, "dilation", x + at->dilation, 1);
  if (at->more >= 0) add_sizes_unless(&t, at, "output_padding", x + at->more, 0);
  int k = 0;
  if (x[at->groups] != 1) k = snprintf(t.at, t.left, ", groups=%.0f", x[at->groups]);
  if (x[at->bias] == 0) snprintf(t.at + k, t.left - (size_t)k, ", bias=False");
}
