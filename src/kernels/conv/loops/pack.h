/*
 * pack.h - into the order that the tiles read, and back (kernels.h). T is the type of the elements.
 */

/* Whole blocks of images that are next to each other in memory. */
static void pack_batch(const PackRow *p) {
  for (int64_t c = 0; c < p->channels; c++) {
    const T *from = (const T *)p->from + c * p->sc;
    T *to = (T *)p->to + c * p->px;
    for (int64_t x = 0; x < p->columns; x++, from += p->sx, to += p->to_column) {
      for (int64_t v = 0; v < p->px; v += VL) store(to + v, load_anywhere(from + v));
    }
  }
}

/* Rows of `length` numbers for VL images, sn apart, become columns of VL numbers, step apart. */
static void pack_squares(const T *from, int64_t sn, int64_t length, T *to, int64_t step) {
  const int64_t back = length - VL;
  for (int64_t x = 0; x + VL <= length; x += VL) transpose_square(from + x, sn, to + x * step, step);
  if (length % VL == 0) return;
  if (back >= 0) transpose_square(from + back, sn, to + back * step, step);
  for (int64_t l = 0; back < 0 && l < VL; l++) {
    for (int64_t x = 0; x < length; x++) to[x * step + l] = from[l * sn + x];
  }
}

/* Whole blocks of images whose columns, or channels, are next to each other. */
static void pack_across(const PackRow *p) {
  for (int64_t l = 0; l < p->px; l += VL) {
    const T *from = (const T *)p->from + l * p->sn;
    T *to = (T *)p->to + l;
    for (int64_t c = 0; p->sx == 1 && c < p->channels; c++) {
      pack_squares(from + c * p->sc, p->sn, p->columns, to + c * p->px, p->to_column);
    }
    for (int64_t x = 0; p->sx != 1 && x < p->columns; x++) {
      pack_squares(from + x * p->sx, p->sn, p->channels, to + x * p->to_column, p->px);
    }
  }
}

static void pack_any(const PackRow *p) {
  for (int64_t x = 0; x < p->columns; x++) {
    for (int64_t c = 0; c < p->channels; c++) {
      const T *from = (const T *)p->from + c * p->sc + x * p->sx;
      T *to = (T *)p->to + x * p->to_column + c * p->px;
      for (int64_t l = 0; l < p->images; l++) to[l] = from[l * p->sn];
      for (int64_t l = p->images; l < p->px; l++) to[l] = 0;
    }
  }
}

static void pack(const PackRow *p) {
  if (p->images == p->px && p->sn == 1) return pack_batch(p);
  if (p->images == p->px && (p->sx == 1 || p->sc == 1)) return pack_across(p);
  pack_any(p);
}

/* A square whose channels end after `channels`; a function of its own, because everything else that lives in the loop
 * makes the compiler spill all vectors. */
static __attribute__((noinline)) void spread_square(const T *from, int64_t channel, T *to, int64_t step,
                                                    int64_t columns, int64_t from_column, int64_t to_column) {
  for (int64_t x = 0; x < columns; x++, from += from_column, to += to_column) {
    Vec v[VL];
    for (int l = 0; l < VL; l++) v[l] = load_anywhere(from + l * channel);
    transpose(v);
    for (int i = 0; i < VL; i++) store(to + i * step, v[i]);
  }
}

static void spread_rest(const Spread *p, int64_t o, T *to) {
  for (int64_t x = 0; x < p->columns; x++) {
    for (int64_t i = 0; i < p->images; i++) {
      for (int64_t l = 0; l < VL; l++) {
        const bool inside = o + l < p->channels;
        to[x * p->to_column + i * p->to_image + l] =
            inside ? ((const T *)p->from)[(o + l) * p->channel + x * p->column + i * p->image] : 0;
      }
    }
  }
}

static void spread(const Spread *p) {
  for (int64_t o = 0; o < p->to_image; o += VL) {
    T *to = (T *)p->to + o;
    if (o + VL > p->channels) {
      spread_rest(p, o, to);
      continue;
    }
    for (int64_t i = 0; i < p->images; i += VL) {
      spread_square((const T *)p->from + o * p->channel + i, p->channel, to + i * p->to_image, p->to_image, p->columns,
                    p->column, p->to_column);
    }
  }
}

/* Columns first .. first + columns - 1 of a square, whose other ones go nowhere. */
static __attribute__((noinline)) void spread_part(const T *from, int64_t channel, T *to, int64_t step, int64_t first,
                                                  int64_t columns) {
  Vec nowhere, v[VL];
  for (int l = 0; l < VL; l++) v[l] = load_anywhere(from + l * channel);
  transpose(v);
  for (int64_t x = 0; x < VL; x++)
    store(x >= first && x < first + columns ? to + (x - first) * step : (T *)&nowhere, v[x]);
}

static void spread_columns(const Spread *p) {
  for (int64_t o = 0; o < p->to_image; o += VL) {
    if (o + VL > p->channels) {
      Spread rest = *p;
      rest.from = (const T *)p->from + p->first;
      spread_rest(&rest, o, (T *)p->to + o);
      continue;
    }
    for (int64_t i = 0; i < p->images; i++) {
      const T *from = (const T *)p->from + o * p->channel + i * p->image;
      T *to = (T *)p->to + o + i * p->to_image;
      for (int64_t x = 0; x < p->columns; x += VL, to += VL * p->to_column) {
        const int64_t columns = p->columns - x < VL ? p->columns - x : VL, at = p->first + x;
        const int64_t begin = at + VL <= p->plane ? at : p->plane - VL;
        spread_part(from + begin, p->channel, to, p->to_column, at - begin, columns);
      }
    }
  }
}

static void pack_weight(const void *from, int64_t so, int64_t sc, int64_t outputs, int64_t channels, int64_t window,
                        int turned, void *to) {
  for (int64_t k = 0; k < outputs * channels; k++) {
    /* in the order of memory */
    const int64_t o = so > sc ? k / channels : k % outputs, c = so > sc ? k % channels : k / outputs;
    const T *w = (const T *)from + o * so + c * sc;
    T *put = (T *)to + c * outputs + o;
    for (int64_t t = 0; t < window; t++) put[(turned ? window - 1 - t : t) * channels * outputs] = w[t];
  }
}

static void unpack_weight(const void *from, int64_t lanes, int64_t outputs, int64_t channels, int64_t window,
                          void *to) {
  T *put = to;
  for (int64_t o = 0; o < outputs; o++) {
    const T *sum = (const T *)from + o / lanes * lanes * channels * window + o % lanes;
    for (int64_t c = 0; c < channels; c++) {
      for (int64_t t = 0; t < window; t++) *put++ = sum[(t * channels + c) * lanes];
    }
  }
}

static void add(int64_t n, void *to, const void *from) {
  T *restrict sum = to;
  const T *restrict part = from;
  for (int64_t i = 0; i < n; i++) sum[i] += part[i];
}
