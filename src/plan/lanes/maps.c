/*
 * maps.c - element-wise steps: the row's kernel over the elements of all lanes.
 *
 * A kernel gives an element the same bits wherever it stands. Only pow looks at how it is called: with one exponent for
 * all elements it goes other ways. Such an exponent stays one for all lanes, or the step is done by each run.
 */
#include "plan/steps/maps.h"
#include "plan/lanes/group.h"

static void run_each(const LaneStep *s) {
  const char *in[3];
  for (int k = 0; k < 3; k++) in[k] = s->u.map.in[k].at;
  char *o = s->u.map.o;
  int64_t stride[3];
  for (int k = 0; k < 3; k++) stride[k] = s->u.map.in[k].single ? 0 : 1;
  for (int64_t i = 0; i < s->u.map.n; i++, o += LANES * s->u.map.size) {
    if (s->u.map.one) {
      s->u.map.one(LANES, o, 1, in[0], stride[0]);
    } else if (s->u.map.two) {
      s->u.map.two(LANES, o, 1, in[0], stride[0], in[1], stride[1]);
    } else {
      s->u.map.three(LANES, o, 1, in[0], stride[0], in[1], stride[1], in[2], stride[2]);
    }
    for (int k = 0; k < 3; k++) {
      if (s->u.map.in[k].stride) in[k] += LANES * s->u.map.in_size[k];
    }
  }
}

static void run_map(const LaneStep *s, LaneGroup *g) {
  const LaneOperand *in = s->u.map.in;
  const int64_t n = s->u.map.n * LANES;
  (void)g;
  if (!s->u.map.flat) {
    run_each(s);
  } else if (s->u.map.one) {
    s->u.map.one(n, s->u.map.o, 1, in[0].at, in[0].stride);
  } else if (s->u.map.two) {
    s->u.map.two(n, s->u.map.o, 1, in[0].at, in[0].stride, in[1].at, in[1].stride);
  } else {
    s->u.map.three(n, s->u.map.o, 1, in[0].at, in[0].stride, in[1].at, in[1].stride, in[2].at, in[2].stride);
  }
}

static bool read_operand(LaneGroup *g, LaneOperand *in, const Window *w, int64_t n) {
  const Layout *l = group_layout(g, w);
  const LaneBuffer *b = &g->buffer[w->buffer];
  in->stride = layout_walk(l, n);
  if (in->stride < 0) return false;
  in->single = in->stride == 0 && b->constant;
  if (in->single) {
    in->at = (const char *)g->plan[0]->r->buffer[w->buffer].holder->storage->data + (size_t)l->offset * b->size;
    return true;
  }
  if (n == 1) in->stride = 1;
  return (in->at = group_window(g, w));
}

bool lanes_lower_map(LaneGroup *g, LaneStep *s, const Event *e) {
  const MapKernel kern = event_kernel(g->trace, e);
  const Layout *o = group_layout(g, &e->w[0]);
  if (kern.inputs == 0) return false;
  *s = (LaneStep){.run = run_map};
  s->u.map.one = kern.one;
  s->u.map.two = kern.two;
  s->u.map.three = kern.three;
  s->u.map.n = layout_numel(o);
  if (!o->contiguous || s->u.map.n == 0 || !(s->u.map.o = group_window(g, &e->w[0]))) return false;
  s->u.map.size = g->buffer[e->w[0].buffer].size;
  s->u.map.flat = true;
  for (int k = 0; k < kern.inputs; k++) {
    LaneOperand *in = &s->u.map.in[k];
    if (!read_operand(g, in, &e->w[k + 1], s->u.map.n)) return false;
    s->u.map.in_size[k] = g->buffer[e->w[k + 1].buffer].size;
    s->u.map.flat = s->u.map.flat && (in->single || in->stride == 1);
  }
  const LaneOperand *exponent = &s->u.map.in[1];
  const bool is_pow = s->u.map.two == kern_pow_f32 || s->u.map.two == kern_pow_f64;
  return !is_pow || exponent->single || (exponent->stride == 1 && s->u.map.n > 1);
}
