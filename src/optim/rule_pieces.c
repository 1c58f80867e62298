/*
 * rule_pieces.c - a plain rule's step in pieces of the parameters' elements.
 *
 * Who makes the gradients piece by piece (plan/steps/chain.c) can have each piece updated while it is in the caches. The
 * parameters and gradients then come from memory once a step instead of twice.
 */
#include <string.h>

#include "base/interrupt.h"
#include "optim/rule_step.h"

static bool has_states(const Optim *o, const OptimGroup *group, const OptimParam *q) {
  for (int k = 0; k < o->nslots; k++) {
    const int when = o->def->slot[k].when;
    if ((when == 0 || group->h[when] != 0) && !q->state[k]) return false;
  }
  return !q->any_fresh;
}

static bool is_plain(const Optim *o, const OptimGroup *group, const OptimParam *q, const Tensor *g) {
  const Tensor *p = q->p;
  return optim_only_pass(o, (DType)p->dtype) && p->contiguous && g->contiguous && g->dtype == p->dtype &&
         tensor_same_shape(p, g) && q->state && has_states(o, group, q);
}

static void set_piece(const Optim *o, const OptimGroup *group, const OptimParam *q, Tensor *g, OptimPieces *all) {
  const OptimRule *r = o->def->rule;
  double *reg = all->reg[all->n];
  char **array = all->array[all->n];
  OptimPiece *piece = &all->piece[all->n++];
  optim_set_registers(r, o->reg, group, q->t + 1);
  optim_set_about(r, o->reg, q->p);
  for (int i = 0; i < r->nfresh; i++) o->reg[r->fresh[i].before] = 0;
  memcpy(reg, o->reg, (size_t)r->nregs * sizeof *reg);
  if (r->stage->numbers) r->stage->numbers(reg);
  array[0] = tensor_data(q->p);
  array[1] = tensor_data(g);
  for (int k = 0; k < o->nslots; k++) {
    const int when = o->def->slot[k].when;
    array[2 + k] = q->state[k] && (when == 0 || group->h[when] != 0) ? tensor_data(q->state[k]) : NULL;
  }
  const int64_t bytes = q->p->numel * (int64_t)dtype_size((DType)q->p->dtype);
  *piece = (OptimPiece){bytes, optim_only_pass(o, (DType)q->p->dtype), {array, reg}};
}

bool optim_pieces_begin(const Optim *o, Tensor *const *grads, OptimPieces *all) {
  const OptimRule *r = o->def->rule;
  all->n = 0;
  if (!r || r->nphases != 1 || r->nregs > OPTIM_PIECE_REGISTERS || 2 + o->nslots > OPTIM_PIECE_ARRAYS || o->at_mean) {
    return false;
  }
  for (int i = 0, k = 0; i < o->ngroups; i++) {
    const OptimGroup *group = &o->group[i];
    for (int j = 0; j < group->nparams; j++, k++) {
      if (!grads[k]) continue;
      if (all->n == OPTIM_PIECES || !is_plain(o, group, &group->param[j], grads[k])) return false;
      set_piece(o, group, &group->param[j], grads[k], all);
    }
  }
  return all->n > 0;
}

void optim_pieces_run(const OptimPieces *all, int64_t begin, int64_t end) {
  for (const OptimPiece *p = all->piece; p < all->piece + all->n; p++) p->pass((void *)&p->data, begin, end, NULL);
}

int optim_pieces_end(const Optim *o, Tensor *const *grads) {
  const int status = interrupt_check();
  for (int i = 0, k = 0; i < o->ngroups; i++) {
    for (int j = 0; j < o->group[i].nparams; j++, k++) {
      OptimParam *q = &o->group[i].param[j];
      if (!grads[k]) continue;
      tensor_touch(q->p);
      if (status == 0) optim_count(q);
    }
  }
  return status;
}
