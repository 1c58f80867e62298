/*
 * chain.c - consecutive element-wise events over the same elements, done block by block.
 *
 * Done one after the other, each of them goes through all of its operands' memory. In blocks (kernels/blocks), what one
 * writes and the next reads is still in the first-level cache, and a temporary that no other event uses exists in the
 * blocks only. Whole sums of such elements take part, in their fixed order. The kernels are those of the events, and a
 * kernel gives an element the same bits wherever it stands, so nothing changes but the order in which memory is used.
 *
 * An optimizer's step that comes next updates each piece of its parameters as soon as the gradients there are made.
 *
 * That order matters where two events of a chain name the same memory and one of them writes to it. They may do so only
 * at the same elements; the first event that does otherwise begins the next chain.
 */
#include <string.h>

#include "autograd/op.h"
#include "base/alloc.h"
#include "kernels/blocks/blocks.h"
#include "kernels/blocks/join.h"
#include "optim/rule_step.h"
#include "plan/plan.h"
#include "plan/steps/maps.h"

#define SHORTEST 2048 /* elements; fewer lie in the first-level cache anyway */

/* --- finding them ------------------------------------------------------------------------------------------------- */

/* How the events of the chain under way use a buffer. */
typedef struct Use {
  int chain;      /* the first event of the chain that uses it; -1: none yet */
  int64_t offset; /* where the window lies that walks beside the elements, */
  DType dtype;    /* and what it holds */
  bool walks;     /* there is one */
  bool otherwise; /* some event reads one value of it, or sums to it */
  bool written;
} Use;

typedef struct Finder {
  const Recording *r;
  const bool *kept;
  Use *use;          /* [buffers] */
  int *first, *last; /* [buffers] events that mention it */
} Finder;

static const Layout *layout_of(const Finder *f, const Window *w) { return f->r->trace.layout[w->layout]; }

/* Whether e sums all elements of a flat operand. */
static bool is_whole_sum(const Finder *f, const Event *e) {
  OpCall call;
  if (e->run != op_rerun) return false;
  event_args(e, &call);
  if (call.op != OP_SUM || e->n != 2) return false;
  const Layout *a = layout_of(f, &e->w[1]);
  return a->contiguous && dtype_is_float((DType)a->dtype) && layout_numel(layout_of(f, &e->w[0])) == 1;
}

/* How many elements e works on, if it can be part of a chain; else 0. */
static int64_t elements(const Finder *f, const Event *e) {
  if (is_whole_sum(f, e)) return layout_numel(layout_of(f, &e->w[1]));
  const MapKernel kern = event_kernel(&f->r->trace, e);
  if (kern.inputs == 0 || e->nout != 1) return 0;
  const Layout *o = layout_of(f, &e->w[0]);
  const int64_t n = layout_numel(o);
  for (int i = 0; i < kern.inputs; i++) {
    if (layout_walk(layout_of(f, &e->w[1 + i]), n) < 0) return 0;
  }
  return o->contiguous ? n : 0;
}

/* Whether window k of e may be used as part of the chain that begins with event `chain`; if so, notes that it is. */
static bool joins(const Finder *f, int chain, const Event *e, int k, int64_t n) {
  const Layout *l = layout_of(f, &e->w[k]);
  const bool walks = layout_walk(l, n) == 1, writes = k < e->nout;
  Use *u = &f->use[e->w[k].buffer], now = {chain, l->offset, (DType)l->dtype, walks, !walks, writes};
  if (u->chain == chain) {
    const bool same = walks && u->walks && !u->otherwise && u->offset == l->offset && u->dtype == (DType)l->dtype;
    if ((u->written || writes) && !same) return false;
    if (u->walks) now.offset = u->offset, now.dtype = u->dtype;
    /* Two windows that are read lie where they like, but then nothing may be written. */
    now.otherwise = u->otherwise || !walks || (u->walks && !same);
    now.walks = u->walks || walks;
    now.written = u->written || writes;
  }
  *u = now;
  return true;
}

static bool event_joins(const Finder *f, int chain, int i, int64_t n) {
  const Event *e = f->r->trace.event[i];
  if (elements(f, e) != n) return false;
  for (int k = e->n - 1; k >= 0; k--) {
    if (!joins(f, chain, e, k, n)) return false;
  }
  return true;
}

/* From event `first` on. */
static int chain_length(const Finder *f, int first, int64_t n) {
  int sums = 0, i = first;
  if (n < SHORTEST) return 1;
  while (i < f->r->trace.events && sums <= BLOCKS_MAX_SUMS && event_joins(f, first, i, n)) {
    sums += is_whole_sum(f, f->r->trace.event[i++]);
  }
  return sums > BLOCKS_MAX_SUMS ? i - first - 1 : i - first;
}

/* --- their temporaries -------------------------------------------------------------------------------------------- */

/* Whether buffer b is made, used and done with by events first..last. */
static bool is_inside(const Finder *f, int b, int first, int last) {
  const Buffer *buffer = &f->r->buffer[b];
  return buffer->kind == BUFFER_MADE && !buffer->constant && !f->kept[b] && f->first[b] >= first && f->last[b] <= last;
}

/* Numbers the temporaries of a chain: one that is done with leaves its number to the next. Sums are made at the end of
 * a block, so what is summed stays. */
static void place_in_blocks(const Finder *f, const Chain *c) {
  const int end = c->first + c->events;
  bool taken[BLOCKS_MAX_TEMPS] = {false}, summed[BLOCKS_MAX_TEMPS] = {false};
  for (int i = c->first; i < end; i++) {
    const Event *e = f->r->trace.event[i];
    const bool is_sum = is_whole_sum(f, e);
    if (!is_sum && f->first[e->w[0].buffer] == i && is_inside(f, e->w[0].buffer, c->first, end - 1)) {
      int t = 0;
      while (t < BLOCKS_MAX_TEMPS && taken[t]) t++;
      if (t < BLOCKS_MAX_TEMPS) {
        taken[t] = true;
        f->r->buffer[e->w[0].buffer].block = (uint8_t)(t + 1);
      }
    }
    for (int k = 0; k < e->n; k++) {
      const int b = e->w[k].buffer, t = f->r->buffer[b].block - 1;
      if (t < 0) continue;
      summed[t] = summed[t] || is_sum;
      if (f->last[b] == i && !summed[t]) taken[t] = false;
    }
  }
}

static void list_uses(Finder *f) {
  for (int b = 0; b < f->r->buffers; b++) {
    f->use[b].chain = f->first[b] = f->last[b] = -1;
  }
  for (int i = 0; i < f->r->trace.events; i++) {
    const Event *e = f->r->trace.event[i];
    for (int k = 0; k < e->n; k++) {
      const int b = e->w[k].buffer;
      if (b < 0) continue;
      if (f->first[b] < 0) f->first[b] = i;
      f->last[b] = i;
    }
  }
}

/* Whether event i is an optimizer's step whose parameters have the elements of the chain, so that it may follow in each
 * piece: what it changes, no event of the chain reads at other elements. */
static bool follows(const Finder *f, int chain, int i, int64_t n) {
  const Event *e = i < f->r->trace.events ? f->r->trace.event[i] : NULL;
  if (!e || e->run != optim_rerun_step) return false;
  for (int k = 0; k < e->n; k++) {
    if (e->w[k].buffer < 0) continue;
    if (layout_walk(layout_of(f, &e->w[k]), n) != 1 || !joins(f, chain, e, k, n)) return false;
  }
  return true;
}

static int find_chains(const Finder *f, Chains *chains) {
  for (int i = 0, length; i < f->r->trace.events; i += length) {
    const int64_t n = elements(f, f->r->trace.event[i]);
    length = chain_length(f, i, n);
    if (length < 2) {
      length = 1;
      continue;
    }
    if (GROW(chains, chain, n, cap) < 0) return -1;
    chains->chain[chains->n] = (Chain){i, length, n, follows(f, i, i + length, n)};
    place_in_blocks(f, &chains->chain[chains->n++]);
  }
  return 0;
}

int plan_find_chains(Recording *r, const bool *kept, Chains *chains) {
  Arena memory = {0};
  const size_t n = (size_t)r->buffers + 1;
  Finder f = {.r = r, .kept = kept};
  f.use = arena_get(&memory, n * sizeof *f.use);
  f.first = arena_get(&memory, n * sizeof *f.first);
  f.last = arena_get(&memory, n * sizeof *f.last);
  int rc = f.use && f.first && f.last ? 0 : -1;
  if (rc == 0) {
    list_uses(&f);
    rc = find_chains(&f, chains);
  }
  arena_free(&memory);
  return rc;
}

/* --- running one -------------------------------------------------------------------------------------------------- */

/* Where an array of a chain lies. */
typedef struct ChainArray {
  int buffer;
  int64_t offset; /* bytes */
} ChainArray;

struct ChainRun {
  BlocksProgram program;
  int64_t n; /* elements */
  int arrays;
  ChainArray *where; /* [arrays] */
  char **array;      /* [arrays] */
  int *sum_to;       /* [sums] among the arrays */
  bool followed;     /* by an optimizer's step: Chain.followed */
};
typedef struct ChainRun ChainRun;

/* A run of a chain, and the optimizer's step that follows in each piece, or NULL. */
typedef struct Running {
  const ChainRun *c;
  const OptimPieces *pieces;
} Running;

static void run_piece(void *ctx, int64_t begin, int64_t end, Partial *sum) {
  const Running *r = ctx;
  const BlocksData d = {.array = r->c->array};
  blocks_run_piece(&r->c->program, &d, begin, end, sum);
  if (r->pieces) optim_pieces_run(r->pieces, begin, end);
}

static void run_blocks(const ChainRun *c, const OptimPieces *pieces) {
  const ReduceOp *op[BLOCKS_MAX_SUMS];
  Partial sum[BLOCKS_MAX_SUMS];
  Running running = {c, pieces};
  for (int k = 0; k < c->program.nsums; k++) op[k] = c->program.sum[k].op;
  blocks_turn();
  blocks_run(c->n, c->program.nsums, op, run_piece, &running, sum);
  for (int k = 0; k < c->program.nsums; k++) op[k]->store(1, &sum[k], c->array[c->sum_to[k]], 1);
}

/* Whether the chain uses the optimizer's states, which the recording does not know. */
static bool uses_states(const ChainRun *c, const Optim *o, const OptimPieces *all) {
  for (int i = 0; i < all->n; i++) {
    for (int k = 2; k < 2 + o->nslots; k++) {
      const char *state = all->array[i][k];
      for (int a = 0; state && a < c->arrays; a++) {
        if (c->array[a] >= state && c->array[a] < state + all->piece[i].bytes) return true;
      }
    }
  }
  return false;
}

static int run_chain(const PlanStep *s, Context *own) {
  const ChainRun *c = s->u.chain;
  (void)own;
  if (c->followed) {
    const Computation *call = &s[1].u.call;
    Tensor *const *grads = call->t + call->nout;
    OptimPieces pieces;
    Optim *o;
    memcpy(&o, call->args, sizeof o);
    if (optim_pieces_begin(o, grads, &pieces) && !uses_states(c, o, &pieces)) {
      run_blocks(c, &pieces);
      return optim_pieces_end(o, grads) < 0 ? -1 : PLAN_BOTH;
    }
  }
  run_blocks(c, NULL);
  return 0;
}

/* --- making one --------------------------------------------------------------------------------------------------- */

static char *address(const Plan *p, const ChainArray *a) {
  return p->r->buffer[a->buffer].holder->storage->data + a->offset;
}

void plan_move_chain(const Plan *p, const PlanStep *s, int buffer) {
  const ChainRun *c = s->u.chain;
  for (int i = 0; i < c->arrays; i++) {
    if (c->where[i].buffer == buffer) c->array[i] = address(p, &c->where[i]);
  }
}

/* Whether all elements of a constant are the same bytes. */
static bool is_uniform(const Plan *p, const Window *w, const char *data, int64_t n, size_t size) {
  return p->r->buffer[w->buffer].constant && memcmp(data, data + size, (size_t)(n - 1) * size) == 0;
}

/* The place of a window: in the blocks, in memory, or one value there. */
static BlocksPlace place_of(Plan *p, ChainRun *c, const Window *w, bool is_pow) {
  const Layout *l = p->r->trace.layout[w->layout];
  const size_t size = dtype_size((DType)l->dtype);
  const Buffer *b = &p->r->buffer[w->buffer];
  if (b->block) return (BlocksPlace){BLOCKS_TEMP, (uint8_t)size, (uint16_t)(b->block - 1)};
  c->where[c->arrays] = (ChainArray){w->buffer, l->offset * (int64_t)size};
  c->array[c->arrays] = address(p, &c->where[c->arrays]);
  const int64_t walk = layout_walk(l, c->n);
  const bool one = walk == 0 || (!is_pow && is_uniform(p, w, c->array[c->arrays], c->n, size));
  return (BlocksPlace){one ? BLOCKS_ONE : BLOCKS_ARRAY, (uint8_t)size, (uint16_t)c->arrays++};
}

/* Whether an exponent is always 2; the power is a square then. */
static bool is_two(const Plan *p, const ChainRun *c, const Window *w, BlocksPlace place) {
  if (!p->r->buffer[w->buffer].constant || place.kind != BLOCKS_ONE) return false;
  const void *at = c->array[place.index];
  return place.size == sizeof(float) ? *(const float *)at == 2 : *(const double *)at == 2;
}

static void add_map(Plan *p, ChainRun *c, BlocksStep *s, const Event *e, MapKernel kern) {
  const bool is_pow =
      kern.two && (kern.two == kern_pow_f32 || kern.two == kern_pow_f64); /* one exponent has ways of its own */
  s->arity = (BlocksArity)kern.inputs;
  if (kern.inputs == 1) s->kern.k1 = kern.one;
  if (kern.inputs == 2) s->kern.k2 = kern.two;
  if (kern.inputs == 3) s->kern.k3 = kern.three;
  s->out = place_of(p, c, &e->w[0], true);
  for (int i = 0; i < kern.inputs; i++) s->in[i] = place_of(p, c, &e->w[1 + i], is_pow);
  if (is_pow && is_two(p, c, &e->w[2], s->in[1])) {
    s->arity = BLOCKS_K1;
    s->kern.k1 = kern.two == kern_pow_f32 ? kern_square_f32 : kern_square_f64;
  }
}

static int add_sum(Plan *p, ChainRun *c, BlocksSum *s, const Event *e) {
  const DType dt = (DType)p->r->trace.layout[e->w[1].layout]->dtype;
  *s = (BlocksSum){.of = place_of(p, c, &e->w[1], true), .op = &reduce_sum_ops[dt]};
  return place_of(p, c, &e->w[0], true).index;
}

static ChainRun *new_run(Plan *p, const Chain *chain, int windows) {
  ChainRun *c = arena_get(&p->memory, sizeof *c);
  if (!c) return NULL;
  *c = (ChainRun){0};
  c->program.step = arena_get(&p->memory, (size_t)chain->events * sizeof *c->program.step);
  c->program.sum = arena_get(&p->memory, BLOCKS_MAX_SUMS * sizeof *c->program.sum);
  c->sum_to = arena_get(&p->memory, BLOCKS_MAX_SUMS * sizeof *c->sum_to);
  c->where = arena_get(&p->memory, (size_t)windows * sizeof *c->where);
  c->array = arena_get(&p->memory, (size_t)windows * sizeof *c->array);
  return c->program.step && c->program.sum && c->sum_to && c->where && c->array ? c : NULL;
}

int plan_lower_chain(Plan *p, PlanStep *s, const Chain *chain) {
  const Trace *t = &p->r->trace;
  int windows = 0;
  for (int i = 0; i < chain->events; i++) windows += t->event[chain->first + i]->n;
  ChainRun *c = new_run(p, chain, windows);
  if (!c) return -1;
  BlocksStep *step = (BlocksStep *)c->program.step;
  BlocksSum *sum = (BlocksSum *)c->program.sum;
  c->n = chain->n;
  for (int i = 0; i < chain->events; i++) {
    const Event *e = t->event[chain->first + i];
    const MapKernel kern = event_kernel(t, e);
    if (kern.inputs == 0) {
      c->sum_to[c->program.nsums] = add_sum(p, c, &sum[c->program.nsums], e);
      c->program.nsums++;
    } else {
      add_map(p, c, &step[c->program.nsteps++], e, kern);
    }
    for (int k = 0; k < e->n; k++) {
      const int block = p->r->buffer[e->w[k].buffer].block;
      const int size = (int)dtype_size((DType)t->layout[e->w[k].layout]->dtype);
      if (block > c->program.ntemps) c->program.ntemps = block;
      if (block && size > c->program.temp_size) c->program.temp_size = size;
    }
  }
  c->program.nsteps = blocks_join(&c->program, step, c->array);
  c->followed = chain->followed;
  *s = (PlanStep){.run = run_chain, .u.chain = c};
  return 0;
}
