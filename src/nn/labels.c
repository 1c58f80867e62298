/*
 * labels.c - class labels and one-hot vectors.
 */
#include "nn/labels.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "core/recorder.h"
#include "nn/functional.h"

static int not_a_label(const char *what, int64_t row, double value, int64_t classes) {
  const char *hint = value == 0 ? " (labels count from 1: add 1 to labels that start at 0)" : "";
  return err_set("%s: row %" PRId64 " is %.9g, class labels are whole numbers from 1 to %" PRId64 "%s", what, row + 1,
                 value, classes, hint);
}

/* cast would cut fractions off silently. */
static int check_whole(const Tensor *labels, int64_t classes, const char *what) {
  for (int64_t i = 0; i < labels->numel; i++) {
    double v = tensor_get(labels, i);
    if (v != floor(v) || isinf(v)) return not_a_label(what, i, v, classes);
  }
  return 0;
}

typedef struct IndexArgs {
  int64_t classes;
  const char *what;
  double ignored; /* compared as a number; NAN equals none */
} IndexArgs;

/* t: the positions, the labels */
static int run_index(const Computation *c, Context *own) {
  IndexArgs a;
  (void)own;
  memcpy(&a, c->args, sizeof a);
  Tensor *index = c->t[0], *labels = c->t[1];
  if (dtype_is_float((DType)labels->dtype) && check_whole(labels, a.classes, a.what) < 0) return -1;
  if (tensor_copy_(index, labels) < 0) return -1;
  int64_t *at = tensor_i64(index);
  for (int64_t i = 0; i < index->numel; i++) {
    if ((double)at[i] == a.ignored) {
      at[i] = -1;
      continue;
    }
    if (at[i] < 1 || at[i] > a.classes) return not_a_label(a.what, i, (double)at[i], a.classes);
    at[i]--;
  }
  return 0;
}

Tensor *labels_index(const Tensor *labels, int64_t classes, const char *what, double ignored) {
  Tensor *index = tensor_new(DT_I64, labels->ndim, labels->shape);
  if (!index) return NULL;
  IndexArgs args = {classes, what, ignored};
  Tensor *t[] = {index, (Tensor *)labels};
  if (recorder_run(&(Computation){.name = "labels",
                                  .run = run_index,
                                  .each = true,
                                  .nout = 1,
                                  .n = 2,
                                  .t = t,
                                  .args = &args,
                                  .size = sizeof args}) == 0) {
    return index;
  }
  tensor_release(index);
  return NULL;
}

int labels_check_shape(const Tensor *scores, const Tensor *labels) {
  int64_t want[TENSOR_MAX_DIM];
  int n = 0, skip = labels_class_dim(scores);
  for (int d = 0; d < scores->ndim; d++) {
    if (d != skip) want[n++] = scores->shape[d];
  }
  if (shape_equal(n, want, labels->ndim, labels->shape)) return 0;
  return err_set(
      "input is %s, target is %s: the target must be class labels of shape %s, or class probabilities of the input's "
      "shape where the loss allows them",
      tensor_shape_str(scores), tensor_shape_str(labels), shape_str(n, want));
}

static int64_t largest(const Tensor *labels) {
  double most = 0;
  for (int64_t i = 0; i < labels->numel; i++) most = fmax(most, tensor_get(labels, i));
  return (int64_t)most;
}

/* t: (..., classes), the positions (...) */
static int run_one_hot(const Computation *c, Context *own) {
  (void)own;
  Tensor *out = c->t[0], *index = c->t[1];
  int64_t classes = out->shape[out->ndim - 1];
  tensor_fill_(out, 0);
  for (int64_t i = 0; i < index->numel; i++) tensor_i64(out)[i * classes + tensor_i64(index)[i]] = 1;
  return 0;
}

Tensor *nn_one_hot(Tensor *labels, int64_t classes) {
  if (labels->ndim == TENSOR_MAX_DIM) {
    return err_null("labels of shape %s leave no dimension for the classes", tensor_shape_str(labels));
  }
  if (classes < 1) classes = largest(labels);
  if (classes < 1) return err_null("num_classes is needed where no label is greater than 0");
  Tensor *index = labels_index(labels, classes, "labels", (double)NAN);
  if (!index) return NULL;
  int64_t shape[TENSOR_MAX_DIM];
  memcpy(shape, labels->shape, sizeof shape);
  shape[labels->ndim] = classes;
  Tensor *out = tensor_new(DT_I64, labels->ndim + 1, shape);
  if (out) {
    recorder_run(&(Computation){
        .name = "one_hot", .run = run_one_hot, .pure = true, .nout = 1, .n = 2, .t = (Tensor *[]){out, index}});
  }
  tensor_release(index);
  return out;
}
