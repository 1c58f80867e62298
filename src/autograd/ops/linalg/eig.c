/*
 * eig.c - rows for A V = V diag(w), any square A: (b, n, n) -> (b, 2 n + 2 n n), the real and the imaginary parts of w, and
 * those of V; and for w alone, which has no gradient.
 *
 * Complex matrices are pairs of real ones in backward. Of a complex number z the gradient is that of its real part plus i
 * times that of its imaginary part.
 */
#include "autograd/ops/linalg/matrix.h"
#include "kernels/linalg/decompositions.h"

static int infer_eig(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check_square("eig", in[0]) < 0) return -1;
  shape_rows(s, in[0], 2 * in[0]->shape[1] + 2 * in[0]->shape[1] * in[0]->shape[1]);
  return 0;
}
static int fw_eig(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_eig(out, in[0], true);
}

typedef struct Complex {
  Tensor *re, *im;
} Complex;

static Complex adjoint(Complex a) { return (Complex){fm_t(a.re), fm_neg(fm_t(a.im))}; }

static Complex product(Complex a, Complex b) {
  return (Complex){fm_sub(fm_bmm(a.re, b.re), fm_bmm(a.im, b.im)), fm_add(fm_bmm(a.re, b.im), fm_bmm(a.im, b.re))};
}

static Complex sum(Complex a, Complex b) { return (Complex){fm_add(a.re, b.re), fm_add(a.im, b.im)}; }

/* a / conj(e) element by element, 0 where e is */
static Complex quotient(Complex a, Complex e) {
  Tensor *size = fm_add(fm_op1(OP_SQUARE, e.re), fm_op1(OP_SQUARE, e.im));
  Tensor *re = fm_sub(fm_mul(a.re, e.re), fm_mul(a.im, e.im)), *im = fm_add(fm_mul(a.re, e.im), fm_mul(a.im, e.re));
  return (Complex){fm_div_or_0(re, size), fm_div_or_0(im, size)};
}

static Tensor *differences(Tensor *w) { return fm_sub(fm_unsqueeze(w, 1), fm_unsqueeze(w, 2)); }

/* The real part of h^-1 b, from the real matrix of twice the size. */
static Tensor *solve_real(Complex h, Complex b, int64_t n) {
  Tensor *both = fm_join(fm_join(h.re, fm_neg(h.im), 2), fm_join(h.im, h.re, 2), 1);
  Tensor *x = fm_op(OP_LU_SOLVE, (Tensor *[]){both, fm_op1(OP_LU_FACTOR, both), fm_join(b.re, b.im, 1)}, 3,
                    &(OpArgs){.matrix = {0, 0, 0, 0}});
  return fm_slice(x, 1, 0, n, 1);
}

/* a diag(v), v real, for the diagonal of another: its columns are scaled */
static Complex scaled(Complex a, Tensor *v) { return (Complex){fm_scale_columns(a.re, v), fm_scale_columns(a.im, v)}; }

/* The diagonal of (b, n, n) as vectors. */
static Tensor *diagonal_of(Tensor *a) {
  if (!a) return NULL;
  const int64_t n = a->shape[1];
  Tensor *line = fm_reshape(a, 2, (int64_t[]){a->shape[0], n * n});
  return n ? fm_slice(line, 1, 0, n, n + 1) : fm_reshape(line, 2, (int64_t[]){a->shape[0], 0});
}

/* V^-H ((V^H dV - V^H V diag(Re(V^H dV))) / conj(E) + diag(dw)) V^H, E_ij = w_j - w_i */
static int bw_eig(Node *node, Tensor *d, Tensor **din) {
  int64_t shape[TENSOR_MAX_DIM];
  node_in_shape(node, 0, shape);
  const int64_t n = shape[1];
  Tensor *out = node_out(node);
  const Complex w = {fm_part(out, 0, -1, n), fm_part(out, n, -1, n)};
  const Complex v = {fm_part(out, 2 * n, n, n), fm_part(out, 2 * n + n * n, n, n)}, vh = adjoint(v);
  const Complex dv = {fm_part(d, 2 * n, n, n), fm_part(d, 2 * n + n * n, n, n)};
  const Complex dw = {fm_diagonal(fm_part(d, 0, -1, n)), fm_diagonal(fm_part(d, n, -1, n))};
  const Complex vhdv = product(vh, dv), norm = scaled(product(vh, v), fm_neg(diagonal_of(vhdv.re)));
  const Complex turn = quotient(sum(vhdv, norm), (Complex){differences(w.re), differences(w.im)});
  return (din[0] = solve_real(vh, product(sum(turn, dw), vh), n)) ? 0 : -1;
}

const Op row_EIG = {.name = "eig",
                    .nin = 1,
                    .promotes = 1,
                    .floats = true,
                    .save = SAVE_OUT,
                    .infer = infer_eig,
                    .forward = fw_eig,
                    .backward = bw_eig};

static int infer_eigvals(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  if (matrix_check_square("eigvals", in[0]) < 0) return -1;
  shape_rows(s, in[0], 2 * in[0]->shape[1]);
  return 0;
}
static int fw_eigvals(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {
  (void)nin, (void)a;
  return linalg_eig(out, in[0], false);
}
const Op row_EIGVALS = {
    .name = "eigvals", .nin = 1, .promotes = 1, .floats = true, .infer = infer_eigvals, .forward = fw_eigvals};
