/*
 * op_table_test.c - what every row of the op table must keep to, and rows that no op needs yet: five inputs, of which
 * the last is saved, and any number of inputs, all saved.
 *
 * Prints what is wrong; the exit status is 0 when nothing is. Run by op_table_spec.lua.
 */
#include <stdio.h>
#include <string.h>

/* The program's own table: the library's, with two rows replaced. */
#define op_row library_row
#include "autograd/ops/table.c" /* NOLINT */
#undef op_row

#include "autograd/backward.h"
#include "base/err.h"

const Op *op_row(OpId id);

enum { OP_LAST_OF_FIVE = OP_BMM, OP_PRODUCT_OF_ALL = OP_CAT };

/* --- rows for this test ------------------------------------------------------------------------------------------- */

/* y = x1 x4 of x0 .. x4 */
static int fw_last_of_five(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  tensor_f64(out)[0] = tensor_f64(in[1])[0] * tensor_f64(in[4])[0];
  return 0;
}

static int bw_last_of_five(Node *n, Tensor *d, Tensor **din) {
  if (node_saved(n, 0) || node_saved(n, 2) || node_saved(n, 3)) return err_set("saved what the row does not read");
  for (int i = 0; i < 5; i++) din[i] = fm_muls(d, 0);
  din[1] = fm_mul(d, node_saved(n, 4));
  din[4] = fm_mul(d, node_saved(n, 1));
  return din[1] && din[4] ? 0 : -1;
}

static const Op last_of_five = {.name = "last of five",
                                .nin = 5,
                                .save = SAVE_INPUT(1) | SAVE_INPUT(4),
                                .infer = infer_same,
                                .forward = fw_last_of_five,
                                .backward = bw_last_of_five};

static int fw_product(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)a;
  double y = 1;
  for (int i = 0; i < nin; i++) y *= tensor_f64(in[i])[0];
  tensor_f64(out)[0] = y;
  return 0;
}

static int bw_product(Node *n, Tensor *d, Tensor **din) {
  for (int i = 0; i < node_nin(n); i++) {
    din[i] = d;
    for (int k = 0; k < node_nin(n); k++) {
      if (k != i) din[i] = fm_mul(din[i], node_saved(n, k));
    }
    if (!din[i]) return -1;
  }
  return 0;
}

static const Op product_of_all = {.name = "product of all",
                                  .nin = -1,
                                  .args = OP_ARGS(along),
                                  .save = SAVE_ALL_INPUTS,
                                  .infer = infer_same,
                                  .forward = fw_product,
                                  .backward = bw_product};

const Op *op_row(OpId id) {
  if ((int)id == OP_LAST_OF_FIVE) return &last_of_five;
  if ((int)id == OP_PRODUCT_OF_ALL) return &product_of_all;
  return library_row(id);
}

/* --- the tests ---------------------------------------------------------------------------------------------------- */

static int failures;

static void check(int ok, const char *what, const char *name) {
  if (ok) return;
  failures++;
  printf("%s: %s\n", name, what);
}

static void rows_are_whole(void) {
  for (int id = 0; id < OP_COUNT; id++) {
    const Op *op = library_row((OpId)id);
    const unsigned inputs = op->nin < 0 ? ~0u : (1u << op->nin) - 1;
    check(op->name && op->infer && !op->forward != !op->view, "needs a name, infer, and forward or view", op->name);
    check((op->save & SAVE_ALL_INPUTS & ~inputs) == 0, "saves an input that it does not have", op->name);
    check((op->promotes & ~inputs) == 0, "promotes an input that it does not have", op->name);
    check(op->args <= sizeof(OpArgs), "reads more arguments than there are", op->name);
    check(!op->number1 || op->kern1[DT_F32], "has a function of numbers and no kernel", op->name);
    check(!op->number2 || op->kern2[DT_F32], "has a function of numbers and no kernel", op->name);
    check(!op->metamethod || op->number2, "has an operator and no function of numbers", op->name);
  }
}

/* Few rows do not run beside others as they are: attention in no case, convolutions and pools only where plans fill all
 * threads. */
static void few_are_serial(void) {
  for (int id = 0; id < OP_COUNT; id++) {
    const Op *op = library_row((OpId)id);
    const int serial = id == OP_ATTENTION || id == OP_ATTENTION_GRAD, shares = id >= OP_CONV2D;
    check(op->serial == serial, serial ? "must be serial" : "must not be serial", op->name);
    check(op->shares == shares, shares ? "must share" : "must not share", op->name);
  }
}

static void make_leaves(Tensor **x, int n) {
  for (int i = 0; i < n; i++) {
    x[i] = tensor_full(DT_F64, 1, (int64_t[]){1}, i % 4 + 2);
    x[i]->requires_grad = true;
  }
}

static void release(Tensor **x, int n) {
  for (int i = 0; i < n; i++) tensor_release(x[i]);
}

static double grad(const Tensor *x) { return x->grad ? tensor_get(x->grad, 0) : -1; }

static void saves_the_fifth_input(void) {
  Tensor *x[5];
  make_leaves(x, 5);
  Tensor *y = op_apply((OpId)OP_LAST_OF_FIVE, x, 5, NULL);
  check(autograd_backward(y, NULL, (BackwardOptions){.retain_graph = true}) == 0, err_message(), "five inputs");
  check(grad(x[1]) == 2 && grad(x[4]) == 3 && grad(x[2]) == 0, "wrong gradients", "five inputs");
  tensor_fill_(x[4], 1);
  check(autograd_backward(y, NULL, (BackwardOptions){0}) < 0, "did not notice a change in place", "five inputs");
  check(strstr(err_message(), "input 5 of 'last of five'") != NULL, err_message(), "five inputs");
  tensor_release(y);
  release(x, 5);
}

static void saves_any_number_of_inputs(void) {
  enum { N = 40 };
  Tensor *x[N];
  double all = 1;
  make_leaves(x, N);
  for (int i = 0; i < N; i++) all *= tensor_get(x[i], 0);
  Tensor *y = op_apply((OpId)OP_PRODUCT_OF_ALL, x, N, &(OpArgs){.along = {0}});
  check(autograd_backward(y, NULL, (BackwardOptions){0}) == 0, err_message(), "forty inputs");
  for (int i = 0; i < N; i++) {
    const double want = all / tensor_get(x[i], 0), error = grad(x[i]) / want - 1;
    check(error < 1e-12 && error > -1e-12, "wrong gradient", "forty inputs");
  }
  tensor_release(y);
  release(x, N);
}

int main(void) {
  autograd_init();
  rows_are_whole();
  few_are_serial();
  saves_the_fifth_input();
  saves_any_number_of_inputs();
  return failures == 0 ? 0 : 1;
}
