/*
 * inverse.c - rows for inverse functions, logarithms and powers of other bases, erfc, rsqrt; atan2 and hypot.
 *
 * d is the gradient of the output y; x, or a and b, are the inputs.
 */
#include <math.h>

#include "autograd/ops/elementwise/elementwise.h"
#include "base/err.h"

static Tensor *square(Tensor *x) { return fm_op1(OP_SQUARE, x); }
static Tensor *rsqrt(Tensor *x) { return fm_op1(OP_RSQRT, x); }

BACKWARD1(asin, fm_mul(d, rsqrt(fm_rsubs(1, square(X(n))))))
BACKWARD1(acos, fm_neg(fm_mul(d, rsqrt(fm_rsubs(1, square(X(n)))))))
BACKWARD1(atan, fm_div(d, fm_adds(square(X(n)), 1)))
BACKWARD1(asinh, fm_mul(d, rsqrt(fm_adds(square(X(n)), 1))))
BACKWARD1(acosh, fm_mul(d, rsqrt(fm_adds(square(X(n)), -1))))
BACKWARD1(atanh, fm_div(d, fm_rsubs(1, square(X(n)))))
BACKWARD1(log2, fm_div(d, fm_muls(X(n), M_LN2)))
BACKWARD1(log10, fm_div(d, fm_muls(X(n), M_LN10)))
BACKWARD1(exp2, fm_muls(fm_mul(d, Y(n)), M_LN2))
BACKWARD1(erfc, fm_mul(d, fm_muls(fm_op1(OP_EXP, fm_neg(square(X(n)))), -M_2_SQRTPI)))

/* -y^3 d / 2 */
static int bw_rsqrt(Node *n, Tensor *d, Tensor **din) {
  return (din[0] = fm_mul(d, fm_muls(fm_pows(Y(n), 3), -0.5))) ? 0 : -1;
}

static double number_rsqrt(double x) { return 1 / sqrt(x); }

UNARY(ASIN, asin, asin, SAVE_INPUT(0), bw_asin)
UNARY(ACOS, acos, acos, SAVE_INPUT(0), bw_acos)
UNARY(ATAN, atan, atan, SAVE_INPUT(0), bw_atan)
UNARY(ASINH, asinh, asinh, SAVE_INPUT(0), bw_asinh)
UNARY(ACOSH, acosh, acosh, SAVE_INPUT(0), bw_acosh)
UNARY(ATANH, atanh, atanh, SAVE_INPUT(0), bw_atanh)
UNARY(LOG2, log2, log2, SAVE_INPUT(0), bw_log2)
UNARY(LOG10, log10, log10, SAVE_INPUT(0), bw_log10)
UNARY(EXP2, exp2, exp2, SAVE_OUT, bw_exp2)
UNARY(ERFC, erfc, erfc, SAVE_INPUT(0), bw_erfc)
UNARY(RSQRT, rsqrt, number_rsqrt, SAVE_OUT, bw_rsqrt)

/* atan2(a, b): da = d b / (a^2 + b^2), db = -d a / (a^2 + b^2); 0 at the origin, as PyTorch has it. */
static Tensor *by_square(Node *n, Tensor *d) { return fm_div_or_0(d, fm_add(square(A(n)), square(B(n)))); }
BACKWARD2(atan2, fm_mul(by_square(n, d), B(n)), fm_neg(fm_mul(by_square(n, d), A(n))))
BINARY(ATAN2, atan2, atan2, NULL, BOTH, bw_atan2, true, NULL)

/* hypot(a, b): da = d a / y */
BACKWARD2(hypot, fm_mul(d, fm_div(A(n), Y(n))), fm_mul(d, fm_div(B(n), Y(n))))
BINARY(HYPOT, hypot, hypot, NULL, BOTH | SAVE_OUT, bw_hypot, true, NULL)
