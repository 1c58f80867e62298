/*
 * taps.c - see taps.h.
 */
#include "kernels/conv/taps.h"

#include "base/alloc.h"
#include "base/size.h"

/* The place that tap `tap` of output place i sees; -1: none. */
typedef int64_t Sees(const Axis *a, int64_t i, int64_t tap);

static int64_t sees_forward(const Axis *a, int64_t i, int64_t tap) {
  const int64_t place = i * a->step - a->padding + tap * a->distance;
  return place >= 0 && place < a->image ? place : -1;
}

static int64_t sees_backward(const Axis *a, int64_t i, int64_t tap) {
  const int64_t ahead = i + a->padding - (a->window - 1 - tap) * a->distance;
  return ahead >= 0 && ahead % a->step == 0 && ahead / a->step < a->output ? ahead / a->step : -1;
}

static size_t run_bytes(const Taps *t) { return SIZE_BYTES(sizeof(Run), t->runs + 1); }
static size_t first_bytes(const Taps *t) { return SIZE_BYTES(sizeof(int64_t), t->places + 1); }

/* The runs of place i, written to `run` unless it is NULL; how many there are. */
static int64_t list(Run *run, const Axis *a, int64_t i, Sees *sees, bool merge) {
  Run last = {0};
  int64_t n = 0;
  for (int64_t tap = 0; tap < a->window; tap++) {
    const int64_t at = sees(a, i, tap);
    if (at < 0) continue;
    if (merge && n > 0 && last.at + last.length == at && last.tap + last.length == tap) {
      last.length++;
    } else {
      last = (Run){at, tap, 1};
      n++;
    }
    if (run) run[n - 1] = last;
  }
  return n;
}

static int fill(Taps *t, const Axis *a, int64_t places, Sees *sees, bool merge) {
  *t = (Taps){.places = places};
  for (int64_t i = 0; i < places; i++) t->runs += list(NULL, a, i, sees, merge);
  t->run = alloc_get(run_bytes(t));
  t->first = alloc_get(first_bytes(t));
  if (!t->run || !t->first) {
    taps_free(t);
    return -1;
  }
  t->first[0] = 0;
  for (int64_t i = 0; i < places; i++) t->first[i + 1] = t->first[i] + list(t->run + t->first[i], a, i, sees, merge);
  return 0;
}

int taps_forward(Taps *t, const Axis *a, bool merge) { return fill(t, a, a->output, sees_forward, merge); }
int taps_backward(Taps *t, const Axis *a, bool merge) { return fill(t, a, a->image, sees_backward, merge); }

void taps_free(Taps *t) {
  if (t->run) alloc_put(t->run, run_bytes(t));
  if (t->first) alloc_put(t->first, first_bytes(t));
  t->run = NULL;
  t->first = NULL;
}

void taps_seen(const Taps *t, int64_t begin, int64_t end, int64_t *from, int64_t *to) {
  *from = INT64_MAX;
  *to = 0;
  for (int64_t k = t->first[begin]; k < t->first[end]; k++) {
    const Run *r = &t->run[k];
    if (r->at < *from) *from = r->at;
    if (r->at + r->length > *to) *to = r->at + r->length;
  }
  if (*from > *to) *from = *to;
}
