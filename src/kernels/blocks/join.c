/*
 * join.c - see join.h.
 */
#include "kernels/blocks/join.h"

#include <string.h>

#include "base/simd.h"

/* --- the kernels -------------------------------------------------------------------------------------------------- */

/* A change of sign, which the compiler must not take as part of the next operation: that would be another nan. */
INLINE float opposite_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits ^= 0x80000000;
  memcpy(&x, &bits, sizeof x);
  return x;
}
INLINE double opposite_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits ^= (uint64_t)1 << 63;
  memcpy(&x, &bits, sizeof x);
  return x;
}

#define LOOP(T, X, Y, Z, FIRST, SECOND) \
  INDEPENDENT                           \
  for (int64_t i = 0; i < n; i++) {     \
    const T x = (X), y = (Y), z = (Z);  \
    const T f = (FIRST);                \
    (void)y;                            \
    (void)z;                            \
    q[i] = (SECOND);                    \
  }

/* second(first(a, b), c); at least one of the three has a stride. */
#define THREE(name, T, FIRST, SECOND)                                                                      \
  static VECTORIZED(void, name,                                                                            \
                    (int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb, \
                     const void *c, int64_t sc),                                                           \
                    (n, o, so, a, sa, b, sb, c, sc)) {                                                     \
    T *q = o;                                                                                              \
    const T *p = a, *r = b, *s = c, x0 = *p, y0 = *r, z0 = *s;                                             \
    (void)so;                                                                                              \
    if (sa && sb && sc) {                                                                                  \
      LOOP(T, p[i], r[i], s[i], FIRST, SECOND)                                                             \
    } else if (sa && sb) {                                                                                 \
      LOOP(T, p[i], r[i], z0, FIRST, SECOND)                                                               \
    } else if (sa && sc) {                                                                                 \
      LOOP(T, p[i], y0, s[i], FIRST, SECOND)                                                               \
    } else if (sb && sc) {                                                                                 \
      LOOP(T, x0, r[i], s[i], FIRST, SECOND)                                                               \
    } else if (sa) {                                                                                       \
      LOOP(T, p[i], y0, z0, FIRST, SECOND)                                                                 \
    } else if (sb) {                                                                                       \
      LOOP(T, x0, r[i], z0, FIRST, SECOND)                                                                 \
    } else {                                                                                               \
      LOOP(T, x0, y0, s[i], FIRST, SECOND)                                                                 \
    }                                                                                                      \
  }

/* The same where one of the two operations has one operand: b stands for y and z. */
#define TWO(name, T, FIRST, SECOND)                                                                         \
  static VECTORIZED(void, name,                                                                             \
                    (int64_t n, void *o, int64_t so, const void *a, int64_t sa, const void *b, int64_t sb), \
                    (n, o, so, a, sa, b, sb)) {                                                             \
    T *q = o;                                                                                               \
    const T *p = a, *r = b, x0 = *p, y0 = *r;                                                               \
    (void)so;                                                                                               \
    if (sa && sb) {                                                                                         \
      LOOP(T, p[i], r[i], r[i], FIRST, SECOND)                                                              \
    } else if (sa) {                                                                                        \
      LOOP(T, p[i], y0, y0, FIRST, SECOND)                                                                  \
    } else {                                                                                                \
      LOOP(T, x0, r[i], r[i], FIRST, SECOND)                                                                \
    }                                                                                                       \
  }

/* clang-format off */
#define FOURTH(KIND, first, t, T, FIRST)    \
  KIND(first##_add_##t, T, FIRST, f + z)    \
  KIND(first##_sub_##t, T, FIRST, f - z)    \
  KIND(first##_from_##t, T, FIRST, z - f)   \
  KIND(first##_mul_##t, T, FIRST, f * z)
#define BOTH(first, t, T, FIRST)                          \
  TWO(first##_square_##t, T, FIRST, f * f)                \
  TWO(first##_neg_##t, T, FIRST, opposite_##t(f))
#define ALL(t, T)                                         \
  FOURTH(THREE, add, t, T, x + y)                         \
  FOURTH(THREE, sub, t, T, x - y)                         \
  FOURTH(THREE, mul, t, T, x * y)                         \
  FOURTH(TWO, square, t, T, x * x)                        \
  FOURTH(TWO, neg, t, T, opposite_##t(x))                 \
  BOTH(add, t, T, x + y)                                  \
  BOTH(sub, t, T, x - y)                                  \
  BOTH(mul, t, T, x * y)
ALL(f32, float)
ALL(f64, double)
/* clang-format on */

/* --- which one ---------------------------------------------------------------------------------------------------- */

enum { ADD, SUB, MUL, SQUARE, NEG, FROM, NONE }; /* FROM: z - f */

#define ROW(first, t) \
  { first##_add_##t, first##_sub_##t, first##_mul_##t, NULL, NULL, first##_from_##t }
static Kern3 *const three[2][3][6] = {{ROW(add, f32), ROW(sub, f32), ROW(mul, f32)},
                                      {ROW(add, f64), ROW(sub, f64), ROW(mul, f64)}};
#define ROW_LAST(first, t) \
  { NULL, NULL, NULL, first##_square_##t, first##_neg_##t, NULL }
static Kern2 *const two[2][5][6] = {
    {ROW_LAST(add, f32), ROW_LAST(sub, f32), ROW_LAST(mul, f32), ROW(square, f32), ROW(neg, f32)},
    {ROW_LAST(add, f64), ROW_LAST(sub, f64), ROW_LAST(mul, f64), ROW(square, f64), ROW(neg, f64)}};

typedef struct Operation {
  int what;  /* one of the above */
  int dtype; /* 0: float32, 1: float64 */
} Operation;

static Operation operation(const BlocksStep *s) {
  static Kern2 *const k2[2][3] = {{kern_add_f32, kern_sub_f32, kern_mul_f32},
                                  {kern_add_f64, kern_sub_f64, kern_mul_f64}};
  static Kern1 *const k1[2][2] = {{kern_square_f32, kern_neg_f32}, {kern_square_f64, kern_neg_f64}};
  for (int t = 0; t < 2; t++) {
    for (int i = 0; s->arity == BLOCKS_K2 && i < 3; i++) {
      if (s->kern.k2 == k2[t][i]) return (Operation){ADD + i, t};
    }
    for (int i = 0; s->arity == BLOCKS_K1 && i < 2; i++) {
      if (s->kern.k1 == k1[t][i]) return (Operation){SQUARE + i, t};
    }
  }
  return (Operation){NONE, 0};
}

/* --- joining ------------------------------------------------------------------------------------------------------ */

typedef struct Joiner {
  const BlocksProgram *b;
  BlocksStep *step; /* those that became part of another one have arity 0 */
  char *const *array;
} Joiner;

static bool is_temp(BlocksPlace p, int temp) { return p.kind == BLOCKS_TEMP && p.index == temp; }

/* Whether both are the same memory; arrays of several numbers may be. */
static bool is_same(const Joiner *j, BlocksPlace a, BlocksPlace b) {
  if (a.kind == BLOCKS_NUMBER || b.kind == BLOCKS_NUMBER) return false;
  if (a.kind == BLOCKS_TEMP || b.kind == BLOCKS_TEMP) return a.kind == b.kind && a.index == b.index;
  return j->array[a.index] == j->array[b.index];
}

/* The step before `at` that makes this temporary, -1: none. */
static int maker(const Joiner *j, int temp, int at) {
  while (--at >= 0) {
    if (j->step[at].arity && is_temp(j->step[at].out, temp)) return at;
  }
  return -1;
}

/* How often it is read after step `from` has made it. */
static int reads(const Joiner *j, int temp, int from) {
  int count = 0;
  for (int k = 0; k < j->b->nsums; k++) count += 2 * is_temp(j->b->sum[k].of, temp);
  for (int i = from + 1; i < j->b->nsteps; i++) {
    const BlocksStep *s = &j->step[i];
    for (int k = 0; k < (int)s->arity; k++) count += is_temp(s->in[k], temp);
    if (s->arity && is_temp(s->out, temp)) break;
  }
  return count;
}

/* Whether what step `from` reads is still there when step `to` reads. */
static bool stays(const Joiner *j, int from, int to) {
  for (int i = from + 1; i < to; i++) {
    const BlocksStep *s = &j->step[i];
    for (int k = 0; s->arity && k < (int)j->step[from].arity; k++) {
      if (is_same(j, s->out, j->step[from].in[k])) return false;
    }
  }
  return true;
}

/* Operand k of step `to` is made by a step that becomes part of it. */
static bool join(const Joiner *j, int to, int k) {
  BlocksStep *second = &j->step[to];
  if (second->in[k].kind != BLOCKS_TEMP) return false;
  const int temp = second->in[k].index, from = maker(j, temp, to);
  if (from < 0 || reads(j, temp, from) != 1 || !stays(j, from, to)) return false;
  BlocksStep *first = &j->step[from], s = {.out = second->out};
  const Operation f = operation(first), g = operation(second);
  if (f.what == NONE || g.what == NONE || f.dtype != g.dtype) return false;
  const int how = g.what == SUB && k == 1 ? FROM : g.what;
  int n = 0;
  for (int i = 0; i < (int)first->arity; i++) s.in[n++] = first->in[i];
  if (second->arity == BLOCKS_K2) s.in[n++] = second->in[1 - k];
  bool walks = false;
  for (int i = 0; i < n; i++) walks = walks || s.in[i].kind == BLOCKS_ARRAY || s.in[i].kind == BLOCKS_TEMP;
  if (n == 3) s.kern.k3 = three[f.dtype][f.what][how];
  if (n == 2) s.kern.k2 = two[f.dtype][f.what][how];
  if (!walks || n < 2 || (n == 2 && !s.kern.k2)) return false;
  s.arity = n == 3 ? BLOCKS_K3 : BLOCKS_K2;
  first->arity = 0;
  *second = s;
  return true;
}

int blocks_join(const BlocksProgram *b, BlocksStep *step, char *const *array) {
  const Joiner j = {b, step, array};
  int left = 0;
  for (int i = 0; i < b->nsteps; i++) {
    if (step[i].arity == BLOCKS_COMBINE || operation(&step[i]).what == NONE) continue;
    if (!join(&j, i, 0) && step[i].arity == BLOCKS_K2) join(&j, i, 1);
  }
  for (int i = 0; i < b->nsteps; i++) {
    if (step[i].arity) step[left++] = step[i];
  }
  return left;
}
