/*
 * right_answers.c - see right_answers.h.
 */
#include "nn/losses/right_answers.h"

#include <math.h>

#include "base/err.h"
#include "core/recorder.h"
#include "nn/labels.h"

/* Whether fewer than k classes stand before the label at position `at`, and all scores are numbers. */
#define IS_RIGHT(T, NAME)                                                                     \
  static bool NAME(const void *scores, int64_t row, int64_t classes, int64_t at, int64_t k) { \
    const T *x = (const T *)scores + row * classes, score = x[at];                            \
    int64_t before = 0, numbers = 0;                                                          \
    for (int64_t j = 0; j < at; j++) before += x[j] >= score;                                 \
    for (int64_t j = at + 1; j < classes; j++) before += x[j] > score;                        \
    for (int64_t j = 0; j < classes; j++) numbers += x[j] == x[j];                            \
    return before < k && numbers == classes;                                                  \
  }
IS_RIGHT(float, is_right_f32)
IS_RIGHT(double, is_right_f64)
IS_RIGHT(int64_t, is_right_i64)
IS_RIGHT(uint8_t, is_right_u8)

typedef bool IsRight(const void *scores, int64_t row, int64_t classes, int64_t at, int64_t k);
static IsRight *const is_right[DT_COUNT] = {
    [DT_F32] = is_right_f32, [DT_F64] = is_right_f64, [DT_I64] = is_right_i64, [DT_U8] = is_right_u8};

/* t: the number, the scores, the labels; args: k */
static int run_right(const Computation *c, Context *own) {
  (void)own;
  const int64_t k = *(const int64_t *)c->args, classes = c->t[1]->shape[1];
  Tensor *index = labels_index(c->t[2], classes, "labels", (double)NAN);
  Tensor *scores = index ? tensor_contiguous(c->t[1]) : NULL;
  int64_t right = 0;
  for (int64_t i = 0; scores && i < scores->shape[0]; i++) {
    right += is_right[scores->dtype](tensor_data(scores), i, classes, tensor_i64(index)[i], k);
  }
  const int rc = scores ? 0 : -1;
  tensor_release(scores);
  tensor_release(index);
  tensor_fill_(c->t[0], (double)right);
  return rc;
}

/* t: the number, the scores, the labels */
static int run_signs(const Computation *c, Context *own) {
  (void)own;
  int64_t right = 0;
  for (int64_t i = 0; i < c->t[1]->numel; i++) {
    const double score = tensor_get(c->t[1], i), label = tensor_get(c->t[2], i);
    if (label != 0 && label != 1) return err_set("the labels of the binary accuracy must be 0 or 1");
    right += score > 0 ? label == 1 : score <= 0 && label == 0;
  }
  tensor_fill_(c->t[0], (double)right);
  return 0;
}

static Tensor *count(const char *name, Recompute *run, Tensor *scores, Tensor *labels, int64_t k) {
  Tensor *out = tensor_new(DT_I64, 0, NULL);
  Tensor *t[] = {out, scores, labels};
  const Computation call = {.name = name, .run = run, .nout = 1, .n = 3, .t = t, .args = &k, .size = sizeof k};
  if (!out || recorder_run(&call) == 0) return out;
  tensor_release(out);
  return NULL;
}

Tensor *nn_count_right(Tensor *scores, Tensor *labels, int64_t k) {
  return count("right answers", run_right, scores, labels, k);
}

Tensor *nn_count_signs(Tensor *scores, Tensor *labels) { return count("right answers", run_signs, scores, labels, 0); }
