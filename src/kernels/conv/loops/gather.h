/*
 * gather.h - output places of few images side by side (kernels.h). T is the type of the elements.
 */

/* The places of a block: their row and column in the image under a tap at (0, 0), and the elements from the first
 * image's first one to there. */
typedef struct Places {
  int64_t y[2 * VL], x[2 * VL], at[2 * VL];
  bool together[2]; /* the lanes of a half are next to each other in memory */
} Places;

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
  for (int half = 0; half < 2; half++) {
    p->together[half] = true;
    for (int64_t l = half * VL; l < (half + 1) * VL; l++) {
      p->together[half] = p->together[half] && p->at[l] == p->at[half * VL] + l - half * VL;
    }
  }
}

/* inside[l] = all bits set, or none; returns how many are set. */
static int64_t find_inside(const Gather *g, const Places *p, const GatherTap *tap, int64_t half, I *inside) {
  int64_t n = 0;
  for (int64_t l = 0; l < VL; l++) {
    const uint64_t y = (uint64_t)(p->y[half * VL + l] + tap->y), x = (uint64_t)(p->x[half * VL + l] + tap->x);
    const bool in = y < (uint64_t)g->h && x < (uint64_t)g->w;
    inside[l] = in ? -1 : 0;
    n += in;
  }
  return n;
}

static void gather_half(const Gather *g, const Places *p, const GatherTap *tap, int64_t half, T *to) {
  I inside[VL];
  const int64_t n = find_inside(g, p, tap, half, inside), *at = p->at + half * VL;
  const T *from = (const T *)g->from + tap->y * g->sy + tap->x * g->sx;
  for (int64_t c = 0; c < g->channels; c++, from += g->sc, to += 2 * VL) {
    if (n == 0) {
      store(to, (Vec){0});
    } else if (n == VL && p->together[half]) {
      store(to, load_anywhere(from + at[0]));
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
