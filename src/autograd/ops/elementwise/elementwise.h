/*
 * elementwise.h - what the files of element-wise rows share: macros that define a row and its backward.
 */
#ifndef OPTLAB_AUTOGRAD_OPS_ELEMENTWISE_ELEMENTWISE_H
#define OPTLAB_AUTOGRAD_OPS_ELEMENTWISE_ELEMENTWISE_H

#include "autograd/ops/rows.h"
#include "kernels/elementwise/map.h"

/* The shape to which both inputs broadcast, and the dtype of the first; -1 with err_set in the op's name. */
int infer_broadcast(const char *name, OpShape *s, Tensor *const *in);

/* --- one input -------------------------------------------------------------------------------------------- */

#define X(n) node_saved(n, 0)
#define Y(n) node_out(n)

/* Defines bw_NAME: din[0] = formula in n and d. */
#define BACKWARD1(name, formula)                           \
  static int bw_##name(Node *n, Tensor *d, Tensor **din) { \
    (void)n;                                               \
    return (din[0] = (formula)) ? 0 : -1;                  \
  }

/* Defines fw_NAME and row_NAME. only_floats: integers become floats first; else there are kernels for them too. number:
 * the same function of a plain number. */
#define UNARY_ROW(id, fn, number, what_to_save, bw, only_floats, ...)            \
  static int fw_##fn(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) { \
    (void)nin, (void)a;                                                          \
    map1(out, in[0], row_##id.kern1[out->dtype]);                                \
    return 0;                                                                    \
  }                                                                              \
  const Op row_##id = {.name = #fn,                                              \
                       .nin = 1,                                                 \
                       .promotes = 1,                                            \
                       .floats = only_floats,                                    \
                       .save = what_to_save,                                     \
                       .keeps_order = true,                                      \
                       .infer = infer_same,                                      \
                       .forward = fw_##fn,                                       \
                       .backward = bw,                                           \
                       .kern1 = {kern_##fn##_f32, kern_##fn##_f64, __VA_ARGS__}, \
                       .number1 = number};
#define UNARY(id, fn, number, what_to_save, bw) UNARY_ROW(id, fn, number, what_to_save, bw, true, NULL)
/* what keeps whole numbers whole; its kernels for int64 and uint8 are kern_INT and kern_BYTE */
#define UNARY_ANY(id, fn, number, what_to_save, bw, int, byte) \
  UNARY_ROW(id, fn, number, what_to_save, bw, false, kern_##int, kern_##byte)

/* --- two inputs ------------------------------------------------------------------------------------------- */

#define A(n) node_saved(n, 0)
#define B(n) node_saved(n, 1)

/* Defines bw_NAME: each gradient computed only where it is wanted. */
#define BACKWARD2(name, da, db)                            \
  static int bw_##name(Node *n, Tensor *d, Tensor **din) { \
    if (node_wants(n, 0) && !(din[0] = (da))) return -1;   \
    if (node_wants(n, 1) && !(din[1] = (db))) return -1;   \
    return 0;                                              \
  }

/* Defines the row of a binary function; meta: the metamethod of the operator in Lua, or NULL; only_floats and the
 * kernels for integers as above. */
#define BINARY(id, fn, number, meta, what_to_save, bw, only_floats, ...)           \
  static int infer_##fn(OpShape *s, Tensor *const *in, int nin, const OpArgs *a) { \
    (void)nin, (void)a;                                                            \
    return infer_broadcast(#fn, s, in);                                            \
  }                                                                                \
  static int fw_##fn(Tensor *out, Tensor *const *in, int nin, const OpArgs *a) {   \
    (void)nin, (void)a;                                                            \
    map2(out, in[0], in[1], row_##id.kern2[out->dtype]);                           \
    return 0;                                                                      \
  }                                                                                \
  const Op row_##id = {.name = #fn,                                                \
                       .nin = 2,                                                   \
                       .promotes = 3,                                              \
                       .floats = only_floats,                                      \
                       .save = what_to_save,                                       \
                       .keeps_order = true,                                        \
                       .infer = infer_##fn,                                        \
                       .forward = fw_##fn,                                         \
                       .backward = bw,                                             \
                       .kern2 = {kern_##fn##_f32, kern_##fn##_f64, __VA_ARGS__},   \
                       .number2 = number,                                          \
                       .metamethod = meta};
#define BOTH (SAVE_INPUT(0) | SAVE_INPUT(1))

#endif
