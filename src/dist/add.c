/*
 * add.c - the loops; they vectorise without a change of bits.
 */
#include "dist/add.h"

#include "base/simd.h"

/* Whether the lower ranks' value is the least (or greatest) of the two. */
#define WINS(low, high, least) ((low) != (low) || ((high) == (high) && ((least) ? (low) <= (high) : (low) >= (high))))

/* `wide` is the type that is added in: integers wrap around. */
#define LOOPS(suffix, type, wide)                                                                     \
  static VECTORIZED(void, sum_##suffix, (type * out, const type *low, const type *high, int64_t n),   \
                    (out, low, high, n)) {                                                            \
    INDEPENDENT for (int64_t i = 0; i < n; i++) out[i] = (type)((wide)low[i] + (wide)high[i]);        \
  }                                                                                                   \
  static void extreme_##suffix(bool least, type *out, const type *low, const type *high, int64_t n) { \
    for (int64_t i = 0; i < n; i++) out[i] = WINS(low[i], high[i], least) ? low[i] : high[i];         \
  }                                                                                                   \
  static void combine_##suffix(Combine op, void *out, const void *low, const void *high, int64_t n) { \
    if (op == COMBINE_SUM) {                                                                          \
      sum_##suffix(out, low, high, n);                                                                \
    } else {                                                                                          \
      extreme_##suffix(op == COMBINE_MIN, out, low, high, n);                                         \
    }                                                                                                 \
  }

LOOPS(f32, float, float)
LOOPS(f64, double, double)
LOOPS(i64, int64_t, uint64_t)

bool combine_knows(DType dt) { return dt == DT_F32 || dt == DT_F64 || dt == DT_I64; }

void combine(Combine op, DType dt, void *out, const void *low, const void *high, int64_t n) {
  if (dt == DT_F32) combine_f32(op, out, low, high, n);
  if (dt == DT_F64) combine_f64(op, out, low, high, n);
  if (dt == DT_I64) combine_i64(op, out, low, high, n);
}
