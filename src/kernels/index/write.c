/*
 * write.c - writing to places in place: checked, and reported to a recorder of steps (index.h).
 */
#include <string.h>

#include "base/interrupt.h"
#include "core/recorder.h"
#include "kernels/index/index.h"

typedef struct Write {
  int64_t way;
  IndexPlace place;
} Write;

static int run_write(const Computation *c, Context *own) {
  Write w;
  Tensor *x = c->t[0], *value = c->t[2], *index = c->t[3];
  (void)own;
  memcpy(&w, c->args, sizeof w);
  const int dim = (int)w.place.dim;
  const int64_t size = w.place.dims ? index_size(x, w.place) : x->ndim ? x->shape[dim] : 1;
  if (index_check("index_put_", index, size) < 0) return -1;
  Tensor *apart = value->storage == x->storage ? tensor_clone(value) : tensor_retain(value);
  if (!apart) return -1;
  int rc = w.place.dims ? index_rows((IndexWay)w.way, x, apart, index, w.place)
                        : index_picks((IndexWay)w.way, x, apart, index, dim);
  tensor_release(apart);
  tensor_touch(x);
  return rc < 0 ? -1 : interrupt_check();
}

int index_write(IndexWay way, Tensor *x, Tensor *value, Tensor *index, IndexPlace p) {
  Write w = {way, p};
  return recorder_run(&(Computation){.name = way == INDEX_ADD ? "index_add_" : "index_put_",
                                     .run = run_write,
                                     .pure = true,
                                     .nout = 1,
                                     .n = 4,
                                     .t = (Tensor *[]){x, x, value, index},
                                     .args = &w,
                                     .size = sizeof w});
}
