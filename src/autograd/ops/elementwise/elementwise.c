/*
 * elementwise.c - rows for functions of each element: one input, two inputs with broadcasting, where.
 *
 * In the backward comments d is the gradient of the output y, and da, db those of the inputs a, b. Where a function has
 * no derivative (relu, abs and clamp at their corners) the value is PyTorch's.
 */
#include <math.h>
#include <string.h>

#include "autograd/ops/elementwise/elementwise.h"
#include "base/err.h"

/* --- one input -------------------------------------------------------------------------------------------- */

BACKWARD1(neg, fm_neg(d))
BACKWARD1(exp, fm_mul(d, Y(n)))
BACKWARD1(log, fm_div(d, X(n)))
BACKWARD1(log1p, fm_div(d, fm_adds(X(n), 1)))
BACKWARD1(expm1, fm_mul(d, fm_adds(Y(n), 1)))
BACKWARD1(sqrt, fm_div(d, fm_muls(Y(n), 2)))
BACKWARD1(square, fm_mul(d, fm_muls(X(n), 2)))
BACKWARD1(abs, fm_mul(d, fm_op1(OP_SIGN, X(n))))
BACKWARD1(zero, fm_zeros_like(d)) /* sign, floor, ceil, round */
BACKWARD1(sin, fm_mul(d, fm_op1(OP_COS, X(n))))
BACKWARD1(cos, fm_neg(fm_mul(d, fm_op1(OP_SIN, X(n)))))
BACKWARD1(tan, fm_mul(d, fm_adds(fm_op1(OP_SQUARE, Y(n)), 1)))
BACKWARD1(sinh, fm_mul(d, fm_op1(OP_COSH, X(n))))
BACKWARD1(cosh, fm_mul(d, fm_op1(OP_SINH, X(n))))
BACKWARD1(erf, fm_mul(d, fm_muls(fm_op1(OP_EXP, fm_neg(fm_op1(OP_SQUARE, X(n)))), M_2_SQRTPI)))
BACKWARD1(softplus, fm_mul(d, fm_op1(OP_SIGMOID, X(n))))
BACKWARD1(reciprocal, fm_neg(fm_mul(d, fm_op1(OP_SQUARE, Y(n)))))
BACKWARD1(clone, d)

/* The functions of plain numbers that libm does not have. */
static double number_neg(double x) { return -x; }
static double number_square(double x) { return x * x; }
static double number_sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; } /* of nan 0, as PyTorch's */
static double number_softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
static double number_reciprocal(double x) { return 1 / x; }

UNARY(EXP, exp, exp, SAVE_OUT, bw_exp)
UNARY(LOG, log, log, SAVE_INPUT(0), bw_log)
UNARY(LOG1P, log1p, log1p, SAVE_INPUT(0), bw_log1p)
UNARY(EXPM1, expm1, expm1, SAVE_OUT, bw_expm1)
UNARY(SQRT, sqrt, sqrt, SAVE_OUT, bw_sqrt)
UNARY(SIN, sin, sin, SAVE_INPUT(0), bw_sin)
UNARY(COS, cos, cos, SAVE_INPUT(0), bw_cos)
UNARY(TAN, tan, tan, SAVE_OUT, bw_tan)
UNARY(SINH, sinh, sinh, SAVE_INPUT(0), bw_sinh)
UNARY(COSH, cosh, cosh, SAVE_INPUT(0), bw_cosh)
UNARY(ERF, erf, erf, SAVE_INPUT(0), bw_erf)
UNARY(SOFTPLUS, softplus, number_softplus, SAVE_INPUT(0), bw_softplus)
UNARY(RECIPROCAL, reciprocal, number_reciprocal, SAVE_OUT, bw_reciprocal)
UNARY_ANY(NEG, neg, number_neg, 0, bw_neg, neg_i64, neg_u8)
UNARY_ANY(ABS, abs, fabs, SAVE_INPUT(0), bw_abs, abs_i64, same_u8)
UNARY_ANY(SQUARE, square, number_square, SAVE_INPUT(0), bw_square, square_i64, square_u8)
UNARY_ANY(SIGN, sign, number_sign, 0, bw_zero, sign_i64, sign_u8)
UNARY_ANY(FLOOR, floor, floor, 0, bw_zero, same_i64, same_u8)
UNARY_ANY(CEIL, ceil, ceil, 0, bw_zero, same_i64, same_u8)
UNARY_ANY(ROUND, round, nearbyint, 0, bw_zero, same_i64, same_u8)

/* clamp: d where lo <= a <= hi. */
static int fw_clamp(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin;
  FormulaMark m = fm_begin();
  Tensor *lo = fm_scalar(in[0], a->clamp.lo), *hi = fm_scalar(in[0], a->clamp.hi);
  static Kern3 *const kern[DT_COUNT] = {kern_clamp_f32, kern_clamp_f64, kern_clamp_i64, kern_clamp_u8};
  if (lo && hi) map3(out, in[0], lo, hi, kern[out->dtype]);
  fm_end(m, NULL);
  return lo && hi ? 0 : -1;
}
static int bw_clamp(Node *n, Tensor *d, Tensor **din) {
  Tensor *x = X(n);
  const OpArgs *a = node_args(n);
  Tensor *inside = fm_mul(fm_op2(OP_GE, x, fm_scalar(x, a->clamp.lo)), fm_op2(OP_LE, x, fm_scalar(x, a->clamp.hi)));
  return (din[0] = fm_op3(OP_WHERE, inside, d, fm_const(d, 0))) ? 0 : -1;
}
const Op row_CLAMP = {.name = "clamp",
                      .nin = 1,
                      .args = OP_ARGS(clamp),
                      .save = SAVE_INPUT(0),
                      .keeps_order = true,
                      .infer = infer_same,
                      .forward = fw_clamp,
                      .backward = bw_clamp};

static int infer_cast(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  infer_same(s, in, nin, a);
  s->dtype = (DType)a->cast.dtype;
  return 0;
}
static int fw_copy(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return tensor_copy_(out, in[0]);
}
const Op row_CAST = {.name = "to",
                     .nin = 1,
                     .args = OP_ARGS(cast),
                     .keeps_order = true,
                     .infer = infer_cast,
                     .forward = fw_copy,
                     .backward = bw_clone};
/* a row-major copy: what contiguous() makes */
const Op row_CLONE = {.name = "clone", .nin = 1, .infer = infer_same, .forward = fw_copy, .backward = bw_clone};

/* --- two inputs ------------------------------------------------------------------------------------------- */

int infer_broadcast(const char *name, OpShape *s, Tensor *const *in) {
  s->dtype = (DType)in[0]->dtype;
  s->ndim = shape_broadcast(in[0]->ndim, in[0]->shape, in[1]->ndim, in[1]->shape, s->shape);
  if (s->ndim >= 0) return 0;
  return err_set("%s: shapes %s and %s do not broadcast", name, tensor_shape_str(in[0]), tensor_shape_str(in[1]));
}

BACKWARD2(add, d, d)
BACKWARD2(sub, d, fm_neg(d))
BACKWARD2(mul, fm_mul(d, B(n)), fm_mul(d, A(n)))
BACKWARD2(div, fm_div(d, B(n)), fm_neg(fm_div(fm_mul(d, fm_div(A(n), B(n))), B(n))))

/* 0 (a loses), d/2 (tie), d: as PyTorch shares a tie, and gives d to both where one is nan. */
static Tensor *winner_share(OpId loses, Tensor *a, Tensor *b, Tensor *d) {
  Tensor *share = fm_op3(OP_WHERE, fm_op2(OP_EQ, a, b), fm_muls(d, 0.5), d);
  return fm_op3(OP_WHERE, fm_op2(loses, a, b), fm_const(d, 0), share);
}
BACKWARD2(maximum, winner_share(OP_LT, A(n), B(n), d), winner_share(OP_LT, B(n), A(n), d))
BACKWARD2(minimum, winner_share(OP_GT, A(n), B(n), d), winner_share(OP_GT, B(n), A(n), d))

/* da = d b a^(b-1), 0 where b = 0 (also for a = 0). */
static Tensor *pow_da(Tensor *a, Tensor *b, Tensor *d, bool fixed) {
  if (!a || !b) return NULL;
  if (fixed && b->numel == 1) {
    double e = tensor_get(b, 0);
    if (e == 0) return fm_zeros_like(d);
    return fm_mul(d, e == 2 ? fm_muls(a, 2) : fm_muls(fm_pows(a, e - 1), e));
  }
  Tensor *da = fm_mul(d, fm_mul(b, fm_op2(OP_POW, a, fm_adds(b, -1))));
  return fm_op3(OP_WHERE, fm_op2(OP_EQ, b, fm_const(b, 0)), fm_const(d, 0), da);
}
/* db = d a^b log a, 0 where a = 0 and b >= 0. */
static Tensor *pow_db(Tensor *a, Tensor *b, Tensor *y, Tensor *d) {
  Tensor *flat = fm_mul(fm_op2(OP_EQ, a, fm_const(a, 0)), fm_op2(OP_GE, b, fm_const(b, 0)));
  return fm_op3(OP_WHERE, flat, fm_const(d, 0), fm_mul(d, fm_mul(y, fm_op1(OP_LOG, a))));
}
BACKWARD2(pow, pow_da(A(n), B(n), d, !node_depends(n, 1)), pow_db(A(n), B(n), Y(n), d))

static double number_add(double a, double b) { return a + b; }
static double number_sub(double a, double b) { return a - b; }
static double number_mul(double a, double b) { return a * b; }
static double number_div(double a, double b) { return a / b; }
/* a^b; the root, as the kernels' short forms have it: also of -inf and -0 */
static double number_pow(double a, double b) { return b == 0.5 ? sqrt(a) : b == -0.5 ? 1 / sqrt(a) : pow(a, b); }
static double number_maximum(double a, double b) { return a > b || isnan(a) ? a : b; }
static double number_minimum(double a, double b) { return a < b || isnan(a) ? a : b; }

BINARY(ADD, add, number_add, "__add", 0, bw_add, false, kern_add_i64, kern_add_u8)
BINARY(SUB, sub, number_sub, "__sub", 0, bw_sub, false, kern_sub_i64, kern_sub_u8)
BINARY(MUL, mul, number_mul, "__mul", BOTH, bw_mul, false, kern_mul_i64, kern_mul_u8)
BINARY(DIV, div, number_div, "__div", BOTH, bw_div, true, NULL)
BINARY(POW, pow, number_pow, "__pow", BOTH | SAVE_OUT, bw_pow, false, kern_pow_i64, kern_pow_u8)
BINARY(MAXIMUM, maximum, number_maximum, NULL, BOTH, bw_maximum, false, kern_maximum_i64, kern_maximum_u8)
BINARY(MINIMUM, minimum, number_minimum, NULL, BOTH, bw_minimum, false, kern_minimum_i64, kern_minimum_u8)

/* Comparisons and logic: uint8 0 or 1, no gradient. condition: of two numbers a and b. */
#define COMPARE(id, fn, condition)                                                                   \
  static double number_##fn(double a, double b) { return condition; }                                \
  static int infer_##fn(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {                   \
    (void)nin, (void)a;                                                                              \
    int rc = infer_broadcast(#fn, s, in);                                                            \
    s->dtype = DT_U8;                                                                                \
    return rc;                                                                                       \
  }                                                                                                  \
  static int fw_##fn(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {                     \
    (void)nin, (void)a;                                                                              \
    map2(out, in[0], in[1], row_##id.kern2[in[0]->dtype]);                                           \
    return 0;                                                                                        \
  }                                                                                                  \
  const Op row_##id = {.name = #fn,                                                                  \
                       .nin = 2,                                                                     \
                       .promotes = 3,                                                                \
                       .keeps_order = true,                                                          \
                       .infer = infer_##fn,                                                          \
                       .forward = fw_##fn,                                                           \
                       .kern2 = {kern_##fn##_f32, kern_##fn##_f64, kern_##fn##_i64, kern_##fn##_u8}, \
                       .number2 = number_##fn};
COMPARE(EQ, eq, a == b)
COMPARE(NE, ne, a != b)
COMPARE(LT, lt, a < b)
COMPARE(LE, le, a <= b)
COMPARE(GT, gt, a > b)
COMPARE(GE, ge, a >= b)
COMPARE(LOGICAL_AND, logical_and, a != 0 && b != 0)
COMPARE(LOGICAL_OR, logical_or, a != 0 || b != 0)
COMPARE(LOGICAL_XOR, logical_xor, (a != 0) != (b != 0))

static double number_logical_not(double x) { return x == 0; }
static int infer_logical_not(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  int rc = infer_same(s, in, nin, a);
  s->dtype = DT_U8;
  return rc;
}
static int fw_logical_not(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  map1(out, in[0], row_LOGICAL_NOT.kern1[in[0]->dtype]);
  return 0;
}
const Op row_LOGICAL_NOT = {
    .name = "logical_not",
    .nin = 1,
    .keeps_order = true,
    .infer = infer_logical_not,
    .forward = fw_logical_not,
    .kern1 = {kern_logical_not_f32, kern_logical_not_f64, kern_logical_not_i64, kern_logical_not_u8},
    .number1 = number_logical_not};

/* --- where(condition, a, b) --------------------------------------------------------------------------------- */

static int infer_where(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  int64_t ab[TENSOR_MAX_DIM];
  int n = shape_broadcast(in[1]->ndim, in[1]->shape, in[2]->ndim, in[2]->shape, ab);
  s->dtype = (DType)in[1]->dtype;
  s->ndim = n < 0 ? -1 : shape_broadcast(in[0]->ndim, in[0]->shape, n, ab, s->shape);
  if (s->ndim >= 0) return 0;
  return err_set("where: shapes %s, %s and %s do not broadcast", tensor_shape_str(in[0]), tensor_shape_str(in[1]),
                 tensor_shape_str(in[2]));
}

static int fw_where(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  Tensor *mask = NULL;
  if (in[0]->dtype != DT_U8) { /* anything but 0 is true */
    FormulaMark m = fm_begin();
    mask = fm_end(m, fm_op2(OP_NE, in[0], fm_const(in[0], 0)));
    if (!mask) return -1;
  }
  map3(out, mask ? mask : in[0], in[1], in[2], row_WHERE.kern3[out->dtype]);
  tensor_release(mask);
  return 0;
}

static int bw_where(Node *n, Tensor *d, Tensor **din) {
  Tensor *mask = node_saved(n, 0), *zero = fm_const(d, 0);
  if (node_wants(n, 1) && !(din[1] = fm_op3(OP_WHERE, mask, d, zero))) return -1;
  if (node_wants(n, 2) && !(din[2] = fm_op3(OP_WHERE, mask, zero, d))) return -1;
  return 0;
}
const Op row_WHERE = {.name = "where",
                      .nin = 3,
                      .promotes = 6,
                      .save = SAVE_INPUT(0),
                      .keeps_order = true,
                      .infer = infer_where,
                      .forward = fw_where,
                      .backward = bw_where,
                      .kern3 = {kern_where_f32, kern_where_f64, kern_where_i64, kern_where_u8}};
