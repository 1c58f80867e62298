/*
 * squares.h - numbers of planes that lie apart into lanes, and back (kernels.h). T is the type of the elements.
 */

INLINE void into_square(char *const *plane, int64_t at, T *to) {
  Vec v[VL];
  for (int l = 0; l < VL; l++) v[l] = load_anywhere((const T *)plane[l] + at);
  transpose(v);
  for (int i = 0; i < VL; i++) store_anywhere(to + i * VL, v[i]);
}

INLINE void from_square(const T *from, char *const *plane, int64_t at) {
  Vec v[VL];
  for (int i = 0; i < VL; i++) v[i] = load_anywhere(from + i * VL);
  transpose(v);
  for (int l = 0; l < VL; l++) store_anywhere((T *)plane[l] + at, v[l]);
}

/* The last square overlaps the one before it. */
static void into_squares(char *const *plane, int64_t n, T *to) {
  for (int64_t i = 0; i + VL <= n; i += VL) into_square(plane, i, to + i * VL);
  if (n % VL != 0) into_square(plane, n - VL, to + (n - VL) * VL);
}

static void from_squares(const T *from, int64_t n, char *const *plane) {
  for (int64_t i = 0; i + VL <= n; i += VL) from_square(from + i * VL, plane, i);
  if (n % VL != 0) from_square(from + (n - VL) * VL, plane, n - VL);
}

static void into_lanes(const Squares *s) {
  T *to = s->numbers;
  if (s->planes == VL && s->step == 1 && s->n >= VL) return into_squares(s->plane, s->n, to);
  for (int64_t i = 0; i < s->n; i++, to += VL) {
    for (int64_t l = 0; l < s->planes; l++) to[l] = ((const T *)s->plane[l])[i * s->step];
    for (int64_t l = s->planes; l < VL; l++) to[l] = 0;
  }
}

static void from_lanes(const Squares *s) {
  const T *from = s->numbers;
  if (s->planes == VL && s->step == 1 && s->n >= VL) return from_squares(from, s->n, s->plane);
  for (int64_t i = 0; i < s->n; i++, from += VL) {
    for (int64_t l = 0; l < s->planes; l++) ((T *)s->plane[l])[i * s->step] = from[l];
  }
}
