/*
 * gather.h - output places of few images side by side (kernels.h). T is the type of the elements.
 */

/* The places of a block: their row and column in the image under a tap at (0, 0), and the elements from the first
 * image's first one to there. Of each half also the smallest and the largest row and column. */
typedef struct Places {
  int64_t y[2 * VL], x[2 * VL], at[2 * VL];
  int64_t top[2], bottom[2], left[2], right[2];
  bool together[2]; /* the lanes of a half are next to each other in memory */
} Places;

static void find_bounds(Places *p, int64_t half) {
  const int64_t *y = p->y + half * VL, *x = p->x + half * VL, *at = p->at + half * VL;
  int64_t top = y[0], bottom = y[0], left = x[0], right = x[0];
  bool together = true;
  for (int64_t l = 1; l < VL; l++) {
    top = y[l] < top ? y[l] : top;
    bottom = y[l] > bottom ? y[l] : bottom;
    left = x[l] < left ? x[l] : left;
    right = x[l] > right ? x[l] : right;
    together = together && at[l] == at[0] + l;
  }
  p->top[half] = top, p->bottom[half] = bottom, p->left[half] = left, p->right[half] = right;
  p->together[half] = together;
}

static void find_places(const Gather *g, Places *p) {
  int64_t n = g->first % g->images, v = g->first / g->images % g->columns, u = g->first / g->images / g->columns;
  for (int64_t l = 0; l < 2 * VL; l++) {
    p->y[l] = l < g->count ? u * g->down : INT64_MIN / 2; /* outside, whatever the tap */
    p->x[l] = v * g->right;
    p->at[l] = n * g->sn + u * g->down * g->sy + v * g->right * g->sx;
    if (++n < g->images) continue;
    n = 0;
    if (++v < g->columns) continue;
    v = 0;
    u++;
  }
  find_bounds(p, 0);
  find_bounds(p, 1);
}

typedef enum Inside { NONE, SOME, ALL } Inside;

/* Whether the tap sees places inside of the image; which, where it is some: inside[l] = all bits set, or none. */
static Inside find_inside(const Gather *g, const Places *p, const GatherTap *tap, int64_t half, I *inside) {
  if (p->top[half] + tap->y >= 0 && p->bottom[half] + tap->y < g->h && p->left[half] + tap->x >= 0 &&
      p->right[half] + tap->x < g->w) {
    return ALL;
  }
  int64_t n = 0;
  for (int64_t l = 0; l < VL; l++) {
    const uint64_t y = (uint64_t)(p->y[half * VL + l] + tap->y), x = (uint64_t)(p->x[half * VL + l] + tap->x);
    const bool in = y < (uint64_t)g->h && x < (uint64_t)g->w;
    inside[l] = in ? -1 : 0;
    n += in;
  }
  return n == 0 ? NONE : n == VL ? ALL : SOME;
}

static void gather_half(const Gather *g, const Places *p, const GatherTap *tap, int64_t half, T *to) {
  I inside[VL] = {0};
  const Inside which = find_inside(g, p, tap, half, inside);
  const int64_t *at = p->at + half * VL;
  const bool together = p->together[half];
  const T *from = (const T *)g->from + tap->y * g->sy + tap->x * g->sx;
  for (int64_t c = 0; c < g->channels; c++, from += g->sc, to += 2 * VL) {
    if (which == NONE) {
      store(to, (Vec){0});
    } else if (which == ALL && together) {
      store(to, load_anywhere(from + at[0]));
    } else if (which == ALL) {
      for (int64_t l = 0; l < VL; l++) to[l] = from[at[l]];
    } else {
      for (int64_t l = 0; l < VL; l++) to[l] = inside[l] ? from[at[l]] : 0;
    }
  }
}

static void gather(const Gather *g) {
  Places places;
  find_places(g, &places);
  for (int64_t k = 0; k < g->taps; k++) {
    T *to = (T *)g->to + k * g->channels * 2 * VL;
    for (int64_t half = 0; half < 2; half++) gather_half(g, &places, &g->tap[k], half, to + half * VL);
  }
}
