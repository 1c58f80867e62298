/*
 * shape.c - arithmetic with sizes and strides.
 */
#include "core/shape.h"

#include <stddef.h>
#include <stdio.h>

int shape_broadcast(int na, const int64_t *a, int nb, const int64_t *b, int64_t *out) {
  int n = na > nb ? na : nb;
  for (int d = 0; d < n; d++) {
    int64_t sa = d < n - na ? 1 : a[d - (n - na)];
    int64_t sb = d < n - nb ? 1 : b[d - (n - nb)];
    if (sa != sb && sa != 1 && sb != 1) return -1;
    out[d] = sa == 1 ? sb : sa;
  }
  return n;
}

const char *shape_str(int ndim, const int64_t *shape) {
  static _Thread_local char text[4][24 * TENSOR_MAX_DIM];
  static _Thread_local unsigned turn;
  char *s = text[turn++ % 4];
  size_t len = 0, room = sizeof text[0];
  len += (size_t)snprintf(s, room, "(");
  for (int d = 0; d < ndim; d++) {
    len += (size_t)snprintf(s + len, room - len, d ? ", %lld" : "%lld", (long long)shape[d]);
  }
  snprintf(s + len, room - len, ")");
  return s;
}

bool shape_is_contiguous(int ndim, const int64_t *shape, const int64_t *stride) {
  int64_t expect = 1;
  for (int d = ndim - 1; d >= 0; d--) {
    if (shape[d] == 0) return true;
    if (shape[d] != 1 && stride[d] != expect) return false;
    expect *= shape[d];
  }
  return true;
}

int64_t shape_offset(int ndim, const int64_t *shape, const int64_t *stride, int64_t i) {
  int64_t at = 0;
  for (int d = ndim - 1; d >= 0; d--) {
    at += i % shape[d] * stride[d];
    i /= shape[d];
  }
  return at;
}

void shape_order_by_stride(int ndim, const int64_t *stride, int *order) {
  for (int d = 0; d < ndim; d++) {
    int at = d;
    for (; at > 0 && stride[order[at - 1]] < stride[d]; at--) order[at] = order[at - 1];
    order[at] = d;
  }
}
