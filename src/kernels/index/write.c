/*
 * write.c - writing to places in place: checked, and reported to a recorder of steps (index.h).
 */
#include <string.h>

#include "base/interrupt.h"
#include "core/recorder.h"
#include "kernels/index/index.h"

typedef struct Write {
  int64_t way, rows;
  IndexPlace place;
} Write;

/* t, or a copy where it lies in x's memory, which is about to change. NULL without memory. */
static Tensor *apart_from(const Tensor *x, Tensor *t) {
  return t->storage == x->storage ? tensor_clone(t) : tensor_retain(t);
}

static int run_write(const Computation *c, Context *own) {
  Write w;
  Tensor *x = c->t[0], *value = c->t[2], *index = c->t[3];
  (void)own;
  memcpy(&w, c->args, sizeof w);
  if (index_check("index_put_", index, index_size(x, w.place), (IndexCount)w.place.count) < 0) return -1;
  value = apart_from(x, value);
  index = apart_from(x, index);
  int rc = value && index ? (w.rows ? index_rows : index_picks)((IndexWay)w.way, x, value, index, w.place) : -1;
  tensor_release(value);
  tensor_release(index);
  tensor_touch(x);
  return rc < 0 ? -1 : interrupt_check();
}

static int report(Write w, Tensor *x, Tensor *value, Tensor *index) {
  return recorder_run(&(Computation){.name = w.way == INDEX_ADD ? "index_add_" : "index_put_",
                                     .run = run_write,
                                     .pure = true,
                                     .nout = 1,
                                     .n = 4,
                                     .t = (Tensor *[]){x, x, value, index},
                                     .args = &w,
                                     .size = sizeof w});
}

int index_write_rows(IndexWay way, Tensor *x, Tensor *value, Tensor *index, IndexPlace p) {
  return report((Write){way, 1, p}, x, value, index);
}

int index_write_picks(IndexWay way, Tensor *x, Tensor *value, Tensor *index, IndexPlace p) {
  return report((Write){way, 0, p}, x, value, index);
}
