/*
 * activation.c - rows for activation functions whose gradient is one pass: a row of two inputs, FN_grad(x, d) =
 * d FN'(x), for relu, tanh and sigmoid by the output y = FN(x) instead of x. Its own gradient is a formula.
 */
#include <math.h>

#include "autograd/ops/elementwise/elementwise.h"

/* --- the functions ----------------------------------------------------------------------------------------------- */

/* The slope is the same around y: a gradient of the gradient does not go there. */
static Tensor *constant(Tensor *y) { return y ? fm_own(tensor_alias(y)) : NULL; }

/* By y, which is at most 0 where x is: so x need not be kept. */
BACKWARD1(relu, fm_op2(OP_RELU_GRAD, constant(Y(n)), d))
BACKWARD1(tanh, fm_op2(OP_TANH_GRAD, Y(n), d))
BACKWARD1(sigmoid, fm_op2(OP_SIGMOID_GRAD, Y(n), d))
BACKWARD1(silu, fm_op2(OP_SILU_GRAD, X(n), d))
BACKWARD1(gelu, fm_op2(OP_GELU_GRAD, X(n), d))
BACKWARD1(gelu_tanh, fm_op2(OP_GELU_TANH_GRAD, X(n), d))

static double number_relu(double x) { return x <= 0 ? 0 : x; }
static double number_sigmoid(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

UNARY_ANY(RELU, relu, number_relu, SAVE_OUT, bw_relu, relu_i64, same_u8)
UNARY(TANH, tanh, tanh, SAVE_OUT, bw_tanh)
UNARY(SIGMOID, sigmoid, number_sigmoid, SAVE_OUT, bw_sigmoid)
UNARY(SILU, silu, NULL, SAVE_INPUT(0), bw_silu)
UNARY(GELU, gelu, NULL, SAVE_INPUT(0), bw_gelu)
UNARY(GELU_TANH, gelu_tanh, NULL, SAVE_INPUT(0), bw_gelu_tanh)

/* --- second derivatives: what d is multiplied by ------------------------------------------------------------------ */

static Tensor *tanh_again(Tensor *y) { return fm_muls(y, -2); }
static Tensor *sigmoid_again(Tensor *y) { return fm_rsubs(1, fm_muls(y, 2)); }

/* s (1 - s) (2 + x (1 - 2 s)) */
static Tensor *silu_again(Tensor *x) {
  Tensor *s = fm_op1(OP_SIGMOID, x), *slope = fm_mul(s, fm_rsubs(1, s));
  return fm_mul(slope, fm_adds(fm_mul(x, fm_rsubs(1, fm_muls(s, 2))), 2));
}

/* e^(-x^2 / 2) (2 - x^2) / sqrt(2 pi) */
static Tensor *gelu_again(Tensor *x) {
  Tensor *square = fm_op1(OP_SQUARE, x);
  return fm_mul(fm_muls(fm_op1(OP_EXP, fm_muls(square, -0.5)), M_SQRT1_2 * M_2_SQRTPI / 2), fm_rsubs(2, square));
}

/* (1 - t^2) (u' + x (u'' / 2 - t u'^2)), t = tanh(u), u = c (x + a x^3) */
static Tensor *gelu_tanh_again(Tensor *x) {
  const double a = 0.044715, c = M_SQRT1_2 * M_2_SQRTPI;
  Tensor *t = fm_op1(OP_TANH, fm_muls(fm_add(x, fm_muls(fm_pows(x, 3), a)), c));
  Tensor *u1 = fm_muls(fm_adds(fm_muls(fm_op1(OP_SQUARE, x), 3 * a), 1), c), *u2 = fm_muls(x, 6 * a * c);
  Tensor *inner = fm_sub(fm_muls(u2, 0.5), fm_mul(t, fm_op1(OP_SQUARE, u1)));
  return fm_mul(fm_rsubs(1, fm_op1(OP_SQUARE, t)), fm_add(u1, fm_mul(x, inner)));
}

/* --- the gradients ------------------------------------------------------------------------------------------------ */

/* dx = g (d factor(x)), dd = fn_grad(x, g) */
static int bw_gradient(OpId id, Tensor *(*factor)(Tensor *), Node *n, Tensor *g, Tensor **din) {
  Tensor *x = A(n);
  if (node_wants(n, 0) && !(din[0] = factor ? fm_mul(g, fm_mul(B(n), factor(x))) : fm_zeros_like(g))) return -1;
  if (node_wants(n, 1) && !(din[1] = fm_op2(id, x, g))) return -1;
  return 0;
}

#define GRADIENT(id, fn, factor)                                                                           \
  static int bw_##fn(Node *n, Tensor *g, Tensor **din) { return bw_gradient(OP_##id, factor, n, g, din); } \
  BINARY(id, fn, NULL, NULL, BOTH, bw_##fn, true, NULL)
GRADIENT(RELU_GRAD, relu_grad, NULL)
GRADIENT(TANH_GRAD, tanh_grad, tanh_again)
GRADIENT(SIGMOID_GRAD, sigmoid_grad, sigmoid_again)
GRADIENT(SILU_GRAD, silu_grad, silu_again)
GRADIENT(GELU_GRAD, gelu_grad, gelu_again)
GRADIENT(GELU_TANH_GRAD, gelu_tanh_grad, gelu_tanh_again)
