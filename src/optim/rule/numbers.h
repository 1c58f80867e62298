/*
 * numbers.h - the operations on numbers of update rules: doubles; true is 1 and false is 0. Unused operands are ignored.
 */
#ifndef OPTLAB_OPTIM_RULE_NUMBERS_H
#define OPTLAB_OPTIM_RULE_NUMBERS_H

#include <math.h>

#define NUMBER_OP(name, EXPR)                                        \
  static inline double number_##name(double x, double y, double z) { \
    (void)x;                                                         \
    (void)y;                                                         \
    (void)z;                                                         \
    return EXPR;                                                     \
  }
NUMBER_OP(copy, x)
NUMBER_OP(neg, -x)
NUMBER_OP(not, x == 0)
NUMBER_OP(sqrt, sqrt(x))
NUMBER_OP(exp, exp(x))
NUMBER_OP(log, log(x))
NUMBER_OP(abs, fabs(x))
NUMBER_OP(sign, (x > 0) - (x < 0))
NUMBER_OP(tanh, tanh(x))
NUMBER_OP(sigmoid, 1 / (1 + exp(-x)))
NUMBER_OP(floor, floor(x))
NUMBER_OP(ceil, ceil(x))
NUMBER_OP(round, rint(x))
NUMBER_OP(log1p, log1p(x))
NUMBER_OP(expm1, expm1(x))
NUMBER_OP(sin, sin(x))
NUMBER_OP(cos, cos(x))
NUMBER_OP(erf, erf(x))
NUMBER_OP(add, x + y)
NUMBER_OP(sub, x - y)
NUMBER_OP(mul, x *y)
NUMBER_OP(div, x / y)
NUMBER_OP(pow, pow(x, y))
/* 1 - x^y, where z is unpow_end(x): beyond it the power changes nothing and is not computed. */
NUMBER_OP(unpow_end, x > 0 && x < 1 ? -55 * 0.69314718055994531 / log(x) : (double)INFINITY)
NUMBER_OP(unpow, y > z ? 1 : 1 - pow(x, y))
NUMBER_OP(maximum, (x > y || x != x) ? x : y)
NUMBER_OP(minimum, (x < y || x != x) ? x : y)
NUMBER_OP(and, x != 0 && y != 0)
NUMBER_OP(or, x != 0 || y != 0)
NUMBER_OP(eq, x == y)
NUMBER_OP(ne, x != y)
NUMBER_OP(lt, x < y)
NUMBER_OP(le, x <= y)
NUMBER_OP(gt, x > y)
NUMBER_OP(ge, x >= y)
NUMBER_OP(where, x != 0 ? y : z)
#undef NUMBER_OP

#endif
