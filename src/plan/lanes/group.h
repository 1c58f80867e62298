/*
 * group.h - what the files of plan/lanes share.
 *
 *   lanes.c    a group over the batches of its runs
 *   alike.c    whether plans do the same
 *   group.c    memory: into lanes and back
 *   steps.c    an event of the plans as a step of the group: products, sums, losses, anything else
 *   maps.c     element-wise ones
 *   entropy.c  the cross entropy
 *   wide.c     operations that take the lanes for one more dimension
 *   optim.c    the update: its kernels
 *   numbers.c  its numbers
 */
#ifndef OPTLAB_PLAN_LANES_GROUP_H
#define OPTLAB_PLAN_LANES_GROUP_H

#include "optim/optimizer.h"
#include "plan/lanes/lanes.h"

typedef struct LaneGroup LaneGroup;
typedef struct LaneStep LaneStep;
typedef struct LaneOptim LaneOptim;
typedef struct LaneWide LaneWide;
typedef struct LaneEntropy LaneEntropy;

typedef struct LaneBuffer {
  char *at;      /* [count][LANES] elements, or NULL: none yet */
  size_t size;   /* of an element; 0: unknown */
  int64_t count; /* elements of a run */
  bool constant; /* the same in each run at each step */
} LaneBuffer;

/* One operand of an element-wise step. */
typedef struct LaneOperand {
  const char *at;
  int64_t stride; /* elements of a run: 1, or 0 for one value for all elements */
  bool single;    /* and for all lanes */
} LaneOperand;

struct LaneStep {
  void (*run)(const LaneStep *s, LaneGroup *g);
  const LanesKernels *kernels; /* of the dtype of its elements */
  union {
    struct {
      Kern1 *one; /* one of the three */
      Kern2 *two;
      Kern3 *three;
      int64_t n;
      char *o;
      size_t size; /* of an element of o */
      LaneOperand in[3];
      size_t in_size[3];
      bool flat; /* one call for all elements */
    } map;
    struct {
      void *o;
      const void *a;
      size_t bytes;
    } copy;
    struct {
      void (*kernel)(const LanesProduct *p);
      LanesProduct operands;
    } product;
    LanesSum sum;
    LanesMse mse;
    LaneOptim *optim;
    LaneWide *wide;
    LaneEntropy *entropy;
    int alone; /* number of the event */
  } u;
};

struct LaneGroup {
  int count;
  SweepRun *run[LANES];
  Plan *plan[LANES];
  const Trace *trace; /* of the steps of all */
  LaneBuffer *buffer; /* [buffers] */
  LaneStep *step;
  int steps;
  LaneOptim *optim;  /* a list */
  int64_t *in_order; /* 0, 1, 2, ...; NULL: not needed */
  int64_t rows;      /* of a batch */
  LanesTable table;  /* of the fields that are floats, or doubles: */
  DType table_dtype;
  const LanesKernels *table_kernels, *loss_kernels;
  bool in_table[LOADER_MAX_FIELDS];
  int loss, weight; /* buffers; weight -1: the rows */
  int64_t loss_at, weight_at;
  DType loss_dtype, weight_dtype;
  bool failed;  /* a run has */
  bool watched; /* the plans' conditions may change from step to step */
  size_t bytes; /* of lanes */
  int64_t alone_elements;
  int alone_steps;
  Arena memory;
};

/* --- group.c: false or NULL without memory, or where it is not possible -------------------------------------------- */

void *group_get(LaneGroup *g, size_t bytes);       /* aligned to a vector, zeroed */
char *group_lanes(LaneGroup *g, int buffer);       /* lanes of a buffer */
char *group_window(LaneGroup *g, const Window *w); /* the first element of a window there */
const Layout *group_layout(const LaneGroup *g, const Window *w);
bool group_set_buffers(LaneGroup *g);
void lanes_in(char *lanes, int l, int64_t count, size_t size, const char *from);
void lanes_out(const char *lanes, int l, int64_t count, size_t size, char *to);
void group_in(LaneGroup *g, int buffer);            /* from the runs' memory */
void group_out(LaneGroup *g, int buffer, int from); /* back, of the lanes from `from` on */
void group_fail(LaneGroup *g, int l);               /* with err_message */

/* --- alike.c -------------------------------------------------------------------------------------------------------- */

bool plans_alike(const Plan *a, const Plan *b);

/* --- steps.c, maps.c, optim.c: event i as a step; false: not in this way -------------------------------------------- */

bool lanes_lower(LaneGroup *g, LaneStep *s, int i);
bool lanes_lower_map(LaneGroup *g, LaneStep *s, const Event *e);
bool lanes_lower_optim(LaneGroup *g, LaneStep *s, int i);
bool lanes_lower_wide(LaneGroup *g, LaneStep *s, int i);
bool lanes_lower_entropy(LaneGroup *g, LaneStep *s, int i);
/* Gives the parameters of an optimizer's event, and their gradients, memory one behind the other. */
bool lanes_place_params(LaneGroup *g, const Event *e);
void lanes_run_alone(LaneGroup *g, int i); /* by each run's own plan */

void lane_optims_in(LaneGroup *g);            /* the states, into lanes */
void lane_optims_out(LaneGroup *g, int from); /* and back, of the lanes from `from` on */

#endif
