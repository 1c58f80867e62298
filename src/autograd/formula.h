/*
 * formula.h - writing formulas over tensors in C.
 *
 * Each fm_ function applies one differentiable op and leaves the result in a pool that is emptied at the end of the
 * formula, so that calls nest like mathematics and need not release temporaries. NULL in gives NULL out: one check at
 * the end is enough.
 *
 *   FormulaMark m = fm_begin();
 *   Tensor *y = fm_mul(fm_sub(a, b), fm_exp(c));     // borrowed from the pool
 *   return fm_end(m, y);                             // the caller's own reference, or NULL; everything else is freed
 *
 * Backward functions run inside a formula that the engine opens and closes for them.
 */
#ifndef OPTLAB_AUTOGRAD_FORMULA_H
#define OPTLAB_AUTOGRAD_FORMULA_H

#include "autograd/op.h"

/* Whether operations are neither recorded for a plan nor differentiated, so that a formula may take a shorter way to the
 * same bits. */
bool fm_is_unseen(void);

typedef int FormulaMark;
FormulaMark fm_begin(void);
Tensor *fm_end(FormulaMark mark, Tensor *result);

/* Frees the calling thread's stack of temporaries, unless a formula is open; for threads that may end. */
void fm_free_temporaries(void);

Tensor *fm_own(Tensor *owned); /* gives a reference to the open formula; returns it, borrowed */
Tensor *fm_op1(OpId op, Tensor *a);
Tensor *fm_op2(OpId op, Tensor *a, Tensor *b);
Tensor *fm_op3(OpId op, Tensor *a, Tensor *b, Tensor *c);
Tensor *fm_op(OpId op, Tensor *const *in, int nin, const OpArgs *args);

static inline Tensor *fm_add(Tensor *a, Tensor *b) { return fm_op2(OP_ADD, a, b); }
static inline Tensor *fm_sub(Tensor *a, Tensor *b) { return fm_op2(OP_SUB, a, b); }
static inline Tensor *fm_mul(Tensor *a, Tensor *b) { return fm_op2(OP_MUL, a, b); }
static inline Tensor *fm_div(Tensor *a, Tensor *b) { return fm_op2(OP_DIV, a, b); }
static inline Tensor *fm_neg(Tensor *a) { return fm_op1(OP_NEG, a); }

/* A number as a 0-dimensional tensor of a's dtype (the default float type where integers cannot hold it), the nearest
 * element of a's dtype, and the ops with a number on one side. */
Tensor *fm_const(const Tensor *a, double c);
Tensor *fm_scalar(const Tensor *a, Scalar c);
Tensor *fm_adds(Tensor *a, double c);  /* a + c */
Tensor *fm_muls(Tensor *a, double c);  /* a c */
Tensor *fm_divs(Tensor *a, double c);  /* a / c */
Tensor *fm_pows(Tensor *a, double c);  /* a ^ c */
Tensor *fm_rsubs(double c, Tensor *a); /* c - a */
Tensor *fm_zeros_like(const Tensor *a);
Tensor *fm_div_or_0(Tensor *a, Tensor *b); /* a / b, and 0 where b = 0; so are the derivatives */

Tensor *fm_reshape(Tensor *a, int ndim, const int64_t *shape);
Tensor *fm_expand(Tensor *a, int ndim, const int64_t *shape);
Tensor *fm_transpose(Tensor *a, int d0, int d1); /* 0-based dimensions */
Tensor *fm_unsqueeze(Tensor *a, int dim);        /* a size-1 dimension before `dim` */
Tensor *fm_slice(Tensor *a, int dim, int64_t start, int64_t len, int64_t step);
Tensor *fm_sum(Tensor *a, unsigned dims, bool keepdim); /* dims: bit mask, ~0u for all */
Tensor *fm_mean(Tensor *a, unsigned dims, bool keepdim);
Tensor *fm_sum_to(Tensor *a, int ndim, const int64_t *shape); /* undoes a broadcast from `shape` to a's */
Tensor *fm_mm(Tensor *a, Tensor *b);                          /* (m, k) (k, n) */

/* The row OP_MM or OP_BMM; ta, tb: of a or b with its last two dimensions exchanged. */
Tensor *fm_product(OpId op, Tensor *a, bool ta, Tensor *b, bool tb);
Tensor *fm_clamp(Tensor *a, double lo, double hi);
Tensor *fm_cast(Tensor *a, DType dt); /* a itself if it has that dtype */

#endif
