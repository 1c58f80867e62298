/*
 * gemm.c - matrix products: which kernel, in which blocks.
 *
 * Small products go to gemm_small.c. The others go to OpenBLAS, which takes one stride of 1 in either order (a
 * transpose); an operand with neither is copied first. OpenBLAS starts no threads of its own (blas.c).
 *
 * C is cut into blocks, which threads share. Where bits do not depend on the block (cuts.h), there are as many as keep
 * the threads busy, with one thread a single one. Else their sizes follow from m and n alone, and C is cut from
 * SPLIT_WORK multiplications on, along its longer side, and along the other one if these blocks are few.
 */
#include "kernels/gemm/gemm.h"

#include <cblas.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parallel.h"
#include "base/size.h"
#include "kernels/gemm/blas.h"
#include "kernels/gemm/cuts.h"
#include "kernels/gemm/gemm_small.h"

#define SPLIT_WORK (1 << 19) /* multiplications; a product of 80 x 80 x 80 takes 10 us */
/* Each block packs its part of A and B anew: with these sizes that costs 1 to 5 % of one call for all. Columns are cut
 * before rows where there are as many: OpenBLAS then packs less again (1024 x 1024 in four: 0 % against 2 %). */
#define BLOCKS 4  /* as many as this are wanted: */
#define SHORT 128 /* length of a block along the longer side where that is no more than twice as long, */
#define LONG 256  /* else; */
#define OTHER 256 /* the other side is cut only if that gives fewer blocks, and not below this */
#define ALIGN 16  /* block borders are multiples of this */

#define SHARES 2             /* blocks of a thread, */
#define SHARE_WORK (1 << 24) /* if they have so many multiplications; else one */

/* How BLAS reads an operand of `rows` x `cols`: stored row by row (or, transposed, column by column) with a leading
 * dimension. */
typedef struct Layout {
  CBLAS_TRANSPOSE trans;
  int64_t ld; /* 0: BLAS cannot read it */
} Layout;

static Layout layout_of(int64_t rows, int64_t cols, int64_t rs, int64_t cs) {
  if ((cs == 1 || cols == 1) && (rs >= cols || rows == 1)) return (Layout){CblasNoTrans, rs > cols ? rs : cols};
  if ((rs == 1 || rows == 1) && (cs >= rows || cols == 1)) return (Layout){CblasTrans, cs > rows ? cs : rows};
  return (Layout){CblasNoTrans, 0};
}

bool gemm_reads(int64_t rows, int64_t cols, int64_t rs, int64_t cs) { return layout_of(rows, cols, rs, cs).ld > 0; }

typedef struct Product {
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  int64_t rsa, csa, rsb, csb, rsc;
  Layout la, lb;
  bool accumulate;
  int64_t mb, nb, across; /* rows and columns of a block, blocks side by side */
} Product;

/* --- blocks ----------------------------------------------------------------------------------------------- */

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* Equal parts of n as far as ALIGN allows. */
static int64_t part_of(int64_t n, int64_t parts) { return ceil_div(ceil_div(n, parts), ALIGN) * ALIGN; }

/* With `parts` blocks along the longer side; whether the shortest is long enough. */
static bool cut_in(Product *p, int64_t parts) {
  const int64_t longer = p->n >= p->m ? p->n : p->m, other = p->n >= p->m ? p->m : p->n;
  const int64_t size = part_of(longer, parts), last = longer - (ceil_div(longer, size) - 1) * size;
  p->mb = p->n >= p->m ? p->m : size;
  p->nb = p->n >= p->m ? size : p->n;
  return last >= CUT_SIDE && other >= CUT_SIDE && (double)last * (double)other * (double)p->k >= CUT_WORK;
}

static void cut_for_threads(Product *p) {
  const int64_t threads = parallel_inside() ? 1 : parallel_threads();
  const double work = (double)p->m * (double)p->n * (double)p->k;
  int64_t parts = threads;
  if (threads > 1 && work >= (double)(SHARES * threads) * SHARE_WORK) parts *= SHARES;
  p->mb = p->m;
  p->nb = p->n;
  while (parts > 1 && !cut_in(p, parts)) parts--;
  if (parts == 1) {
    p->mb = p->m;
    p->nb = p->n;
  }
}

static void cut_by_shape(Product *p) {
  p->mb = p->m;
  p->nb = p->n;
  if (p->m * p->n >= SPLIT_WORK / p->k) {
    const int64_t longer = p->n >= p->m ? p->n : p->m, other = p->n >= p->m ? p->m : p->n;
    const int64_t along = ceil_div(longer, longer <= 2 * SHORT ? SHORT : LONG);
    const int64_t wanted = ceil_div(BLOCKS, along), possible = ceil_div(other, OTHER);
    const int64_t along_size = part_of(longer, along),
                  other_size = part_of(other, wanted < possible ? wanted : possible);
    p->mb = p->n >= p->m ? other_size : along_size;
    p->nb = p->n >= p->m ? along_size : other_size;
  }
}

static void choose_blocks(Product *p, int64_t size) {
  if (size == sizeof(float) && gemm_f32_cuts_freely()) {
    cut_for_threads(p);
  } else {
    cut_by_shape(p);
  }
  p->across = ceil_div(p->n, p->nb);
}

typedef void Multiply(const Product *p, int64_t i, int64_t j, int64_t rows, int64_t cols);

static void multiply_f32(const Product *p, int64_t i, int64_t j, int64_t rows, int64_t cols) {
  cblas_sgemm(CblasRowMajor, p->la.trans, p->lb.trans, (int)rows, (int)cols, (int)p->k, 1.0f,
              (const float *)p->a + i * p->rsa, (int)p->la.ld, (const float *)p->b + j * p->csb, (int)p->lb.ld,
              p->accumulate ? 1.0f : 0.0f, (float *)p->c + i * p->rsc + j, (int)p->rsc);
}

static void multiply_f64(const Product *p, int64_t i, int64_t j, int64_t rows, int64_t cols) {
  cblas_dgemm(CblasRowMajor, p->la.trans, p->lb.trans, (int)rows, (int)cols, (int)p->k, 1.0,
              (const double *)p->a + i * p->rsa, (int)p->la.ld, (const double *)p->b + j * p->csb, (int)p->lb.ld,
              p->accumulate ? 1.0 : 0.0, (double *)p->c + i * p->rsc + j, (int)p->rsc);
}

static void run_blocks(const Product *p, int64_t begin, int64_t end, Multiply *multiply) {
  for (int64_t block = begin; block < end; block++) {
    const int64_t i = block / p->across * p->mb, j = block % p->across * p->nb;
    multiply(p, i, j, p->m - i < p->mb ? p->m - i : p->mb, p->n - j < p->nb ? p->n - j : p->nb);
  }
}

static void run_blocks_f32(void *p, int64_t begin, int64_t end) { run_blocks(p, begin, end, multiply_f32); }
static void run_blocks_f64(void *p, int64_t begin, int64_t end) { run_blocks(p, begin, end, multiply_f64); }

/* --- operands --------------------------------------------------------------------------------------------- */

static void copy_matrix(int64_t rows, int64_t cols, const char *x, int64_t rs, int64_t cs, int64_t size, char *to) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < cols; j++, to += size) memcpy(to, x + (i * rs + j * cs) * size, (size_t)size);
  }
}

/* Makes *x readable for BLAS. Returns the layout; *copy is a block of rows * cols elements to be put back, or NULL. */
static Layout prepare(int64_t rows, int64_t cols, const void **x, int64_t *rs, int64_t *cs, int64_t size, void **copy) {
  const Layout l = layout_of(rows, cols, *rs, *cs);
  *copy = NULL;
  if (l.ld > 0) return l;
  *copy = alloc_get(SIZE_BYTES((size_t)size, rows, cols));
  if (!*copy) return l;
  copy_matrix(rows, cols, *x, *rs, *cs, size, *copy);
  *x = *copy;
  *rs = cols;
  *cs = 1;
  return (Layout){CblasNoTrans, cols};
}

static int too_large(const Product *p) {
  if (p->m <= INT_MAX && p->n <= INT_MAX && p->k <= INT_MAX && p->la.ld <= INT_MAX && p->lb.ld <= INT_MAX &&
      p->rsc <= INT_MAX) {
    return 0;
  }
  return err_set("matrix product (%lld x %lld) (%lld x %lld): BLAS takes dimensions and strides up to %d",
                 (long long)p->m, (long long)p->k, (long long)p->k, (long long)p->n, INT_MAX);
}

static int run_product(Product *p, int64_t size, void (*blocks)(void *, int64_t, int64_t)) {
  void *copy_a = NULL, *copy_b = NULL;
  int status = -1;
  p->la = prepare(p->m, p->k, &p->a, &p->rsa, &p->csa, size, &copy_a);
  if (p->la.ld > 0) p->lb = prepare(p->k, p->n, &p->b, &p->rsb, &p->csb, size, &copy_b);
  if (p->la.ld > 0 && p->lb.ld > 0 && too_large(p) == 0) {
    status = blas_prepare();
    if (status == 0) {
      choose_blocks(p, size);
      parallel_for(p->across * ceil_div(p->m, p->mb), 1, blocks, p);
    }
  }
  alloc_put(copy_a, SIZE_BYTES((size_t)size, p->m, p->k));
  alloc_put(copy_b, SIZE_BYTES((size_t)size, p->k, p->n));
  return status;
}

/* --- public ----------------------------------------------------------------------------------------------- */

#define GEMM(name, T, BLOCKS_OF)                                                                                  \
  int name(int64_t m, int64_t n, int64_t k, const T *a, int64_t rsa, int64_t csa, const T *b, int64_t rsb,        \
           int64_t csb, T *c, int64_t rsc, bool accumulate) {                                                     \
    if (m == 0 || n == 0) return 0;                                                                               \
    SmallProduct small = {NULL, m, n, k, a, b, c, accumulate ? c : NULL, rsa, csa, rsb, csb, rsc, 1, rsc, 1};     \
    if (gemm_small(&small, sizeof(T) == sizeof(double))) {                                                        \
      small.run(&small);                                                                                          \
      return 0;                                                                                                   \
    }                                                                                                             \
    if (k == 0) {                                                                                                 \
      for (int64_t i = 0; i < m && !accumulate; i++) memset(c + i * rsc, 0, (size_t)n * sizeof(T));               \
      return 0;                                                                                                   \
    }                                                                                                             \
    Product p = {.m = m, .n = n, .k = k, .a = a, .b = b, .c = c, .rsa = rsa, .csa = csa, .rsb = rsb, .csb = csb}; \
    p.rsc = m == 1 ? n : rsc;                                                                                     \
    p.accumulate = accumulate;                                                                                    \
    return run_product(&p, sizeof(T), BLOCKS_OF);                                                                 \
  }
GEMM(gemm_f32, float, run_blocks_f32)
GEMM(gemm_f64, double, run_blocks_f64)
