/*
 * loader.c - the order of an epoch, and its batches.
 */
#include "data/loader.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "base/size.h"
#include "core/recorder.h"
#include "core/rng.h"
#include "data/loader_rows.h"
#include "data/sampling.h"

#define STREAM_EPOCHS \
  ((uint64_t)1 << 62) /* epoch e of a seed shuffles with stream STREAM_EPOCHS + e; drawn keys with e = 0 */
#define STREAM_IMAGES ((uint64_t)3 << 61) /* the images of epoch e are moved with stream STREAM_IMAGES + e */

/* --- setting up ---------------------------------------------------------------------------------------------- */

static int check_transform(const Tensor *x, const ByteTransform *t) {
  if (x->dtype != DT_U8) return err_set("transform is for uint8 data, X is %s", dtype_name((DType)x->dtype));
  if (t->channels > 1 && (x->ndim < 2 || x->shape[1] != t->channels)) {
    return err_set("transform: %d means and deviations are for images of %d channels, X is %s", t->channels,
                   t->channels, tensor_shape_str(x));
  }
  return byte_transform_check(t);
}

static int check_augment(const Tensor *x) {
  if (x->ndim != 4) return err_set("augment is for images (N, C, H, W), X is %s", tensor_shape_str(x));
  if (x->shape[3] <= LOADER_ROWS_WIDTH) return 0;
  return err_set("augment takes images of at most %d columns, X is %s", LOADER_ROWS_WIDTH, tensor_shape_str(x));
}

static int check_sampling(int64_t rows, const LoaderOptions *opt) {
  const Tensor *w = opt->weights;
  if (w && (w->ndim != 1 || w->shape[0] != rows)) {
    return err_set("weights must be a tensor of %lld numbers, one for each row, got one of shape %s", (long long)rows,
                   tensor_shape_str(w));
  }
  if (opt->samples == 0 || w || opt->replacement) return 0;
  if (!opt->shuffle) return err_set("samples needs shuffle, replacement or weights");
  if (opt->samples <= rows) return 0;
  return err_set("samples is %lld, but there are %lld rows; replacement=true draws more", (long long)opt->samples,
                 (long long)rows);
}

static int check(int nfields, Tensor *const *field, LoaderOptions opt) {
  if (nfields < 1 || nfields > LOADER_MAX_FIELDS) {
    return err_set("expected 1 to %d tensors, got %d", LOADER_MAX_FIELDS, nfields);
  }
  if (opt.batch_size < 1) return err_set("batch_size must be at least 1, got %lld", (long long)opt.batch_size);
  for (int i = 0; i < nfields; i++) {
    if (field[i]->ndim < 1) return err_set("tensor %d is a scalar; it needs a first dimension of rows", i + 1);
    if (field[i]->shape[0] != field[0]->shape[0]) {
      return err_set("the tensors differ in their number of rows: %s and %s", tensor_shape_str(field[0]),
                     tensor_shape_str(field[i]));
    }
  }
  int64_t rows = field[0]->shape[0];
  const int64_t draws = opt.samples ? opt.samples : rows;
  if (rows < 1) return err_set("there are no rows: shape %s", tensor_shape_str(field[0]));
  if (check_sampling(rows, &opt) < 0) return -1;
  if (opt.drop_last && draws < opt.batch_size) {
    return err_set("drop_last leaves no batch: %lld rows, batch_size %lld", (long long)draws,
                   (long long)opt.batch_size);
  }
  if (augment_is_on(opt.augment) && check_augment(field[0]) < 0) return -1;
  return opt.has_transform ? check_transform(field[0], &opt.transform) : 0;
}

static int take_weights(Loader *l, Tensor *weights) {
  recorder_refuse("a loader reads weights");
  l->sums = alloc_get(SIZE_BYTES(sizeof *l->sums, l->rows));
  if (l->sums && sampling_sums(weights, l->sums) == 0) return 0;
  loader_free(l);
  return -1;
}

int loader_init(Loader *l, int nfields, Tensor *const *field, LoaderOptions opt) {
  memset(l, 0, sizeof *l);
  if (check(nfields, field, opt) < 0) return -1;
  l->rows = field[0]->shape[0];
  l->draws = opt.samples ? opt.samples : l->rows;
  l->opt = opt;
  l->opt.weights = NULL;
  l->opt.shuffle |= opt.replacement || opt.weights;
  if (opt.weights && take_weights(l, opt.weights) < 0) return -1;
  for (int i = 0; i < nfields; i++) {
    l->field[i] = tensor_contiguous(field[i]);
    if (!l->field[i]) {
      loader_free(l);
      return -1;
    }
    l->nfields++;
    const bool changes = i == 0 && (opt.has_transform || augment_is_on(opt.augment));
    const Tensor *t = l->field[i];
    l->copied[i] = changes ? 0 : (size_t)(t->numel / l->rows) * dtype_size((DType)t->dtype);
  }
  return 0;
}

int loader_copy(Loader *l, const Loader *from) {
  const size_t bytes = SIZE_BYTES(sizeof *l->sums, from->rows);
  double *sums = from->sums ? alloc_get(bytes) : NULL;
  if (from->sums && !sums) return -1;
  if (sums) memcpy(sums, from->sums, bytes);
  *l = *from;
  l->sums = sums;
  l->resume = false;
  for (int i = 0; i < l->nfields; i++) tensor_retain(l->field[i]);
  return 0;
}

void loader_free(Loader *l) {
  for (int i = 0; i < l->nfields; i++) tensor_release(l->field[i]);
  l->nfields = 0;
  if (l->sums) alloc_put(l->sums, SIZE_BYTES(sizeof *l->sums, l->rows));
  l->sums = NULL;
}

int64_t loader_length(const Loader *l) {
  int64_t b = l->opt.batch_size;
  return l->opt.drop_last ? l->draws / b : l->draws / b + (l->draws % b != 0);
}

/* --- the order of an epoch -------------------------------------------------------------------------------------- */

/* The random order of an epoch, which its key and its number decide. */
static int set_order(const Loader *l, int64_t *order) {
  if (l->rows > UINT32_MAX) return err_set("more than 2^32 rows cannot be shuffled");
  uint64_t stream = STREAM_EPOCHS + (l->opt.has_seed ? (uint64_t)l->epoch : 0);
  if (l->sums) {
    sampling_weighted(l->key, stream, order, l->draws, l->sums, l->rows);
  } else if (l->opt.replacement) {
    sampling_draw(l->key, stream, order, l->draws, l->rows);
  } else {
    sampling_shuffle(l->key, stream, order, l->rows);
  }
  return 0;
}

/* The key of a new epoch: the seed, or 64 bits of the global stream. */
static uint64_t new_key(const Loader *l, Rng *r) {
  uint32_t w[4];
  if (l->opt.has_seed || !(l->opt.shuffle || augment_is_on(l->opt.augment))) return l->opt.seed;
  rng_block(r->seed, r->stream, r->counter++, w);
  return (uint64_t)w[0] << 32 | w[1];
}

int loader_start(Loader *l, Batches *b) { return loader_start_from(l, b, rng_for(RNG_DATA)); }

int loader_start_from(Loader *l, Batches *b, Rng *r) {
  recorder_refuse("a loader starts an epoch");
  *b = (Batches){0};
  bool resume = l->resume;
  if (l->opt.shuffle) {
    b->rows = l->draws > l->rows ? l->draws : l->rows;
    b->order = alloc_get(SIZE_BYTES(sizeof *b->order, b->rows));
    if (!b->order) return -1;
  }
  if (!resume) {
    l->epoch += l->epoch < LOADER_MAX_EPOCH;
    l->key = new_key(l, r);
    l->position = 0;
  }
  l->resume = false;
  b->epoch = l->epoch;
  b->taken = l->position;
  b->row = l->position * l->opt.batch_size;
  b->end = l->opt.drop_last ? l->draws - l->draws % l->opt.batch_size : l->draws;
  b->key = l->key;
  return b->order ? set_order(l, b->order) : 0;
}

void batches_free(Batches *b) {
  if (b->order) alloc_put(b->order, SIZE_BYTES(sizeof *b->order, b->rows));
  b->order = NULL;
  b->row = b->end = 0;
}

int loader_seek(Loader *l, int64_t epoch, int64_t position, uint64_t key) {
  if (epoch < 0 || epoch > LOADER_MAX_EPOCH || position < 0 || position > loader_length(l)) {
    return err_set("no such place: epoch %lld, batch %lld of %lld", (long long)epoch, (long long)position,
                   (long long)loader_length(l));
  }
  l->epoch = epoch;
  l->position = position;
  l->key = key;
  l->resume = position > 0 && position < loader_length(l);
  return 0;
}

/* --- batches ------------------------------------------------------------------------------------------------------ */

static const ByteTransform *transform_of(const Loader *l, int i) {
  return i == 0 && l->opt.has_transform ? &l->opt.transform : NULL;
}

/* A new tensor for n rows of field i. */
static Tensor *new_rows(const Loader *l, int i, int64_t n) {
  const Tensor *t = l->field[i];
  const ByteTransform *transform = transform_of(l, i);
  int64_t shape[TENSOR_MAX_DIM];
  memcpy(shape, t->shape, sizeof shape);
  shape[0] = n;
  return tensor_new(transform ? transform->dtype : (DType)t->dtype, t->ndim, shape);
}

int64_t loader_ready(const Loader *l, const Batches *b) {
  const int64_t left = b->end - b->row;
  return left < l->opt.batch_size ? left : l->opt.batch_size;
}

bool loader_fits(const Loader *l, int i, const Tensor *t, int64_t n) {
  const Tensor *field = l->field[i];
  const ByteTransform *transform = transform_of(l, i);
  return t->contiguous && t->dtype == (transform ? transform->dtype : field->dtype) && t->ndim == field->ndim &&
         t->shape[0] == n && shape_equal(t->ndim - 1, t->shape + 1, field->ndim - 1, field->shape + 1);
}

void loader_share(Batches *b, LoaderShare share) { b->share = share; }

/* How many rows of a batch of n stand before part `part`. */
static int64_t rows_before(const Batches *b, int64_t part, int64_t n) {
  return b->share.parts == 0 ? (part == 0 ? 0 : n) : n * part / b->share.parts;
}

static int64_t share_start(const Batches *b, int64_t n) { return rows_before(b, b->share.first, n); }

static int64_t share_rows(const Batches *b, int64_t n) {
  const int64_t mine = b->share.parts == 0 ? 1 : b->share.mine;
  return rows_before(b, b->share.first + mine, n) - share_start(b, n);
}

void loader_pass(Loader *l, Batches *b, int64_t batches) {
  const int64_t rows = batches * l->opt.batch_size, left = b->end - b->row;
  b->row += rows < left ? rows : left;
  b->taken += batches;
  if (b->epoch == l->epoch) l->position = b->taken;
}

void loader_take(Loader *l, Batches *b, Tensor *const *out) {
  const int64_t n = loader_ready(l, b), from = b->row + share_start(b, n);
  for (int i = 0; i < l->nfields; i++) {
    if (l->copied[i] > 0 && b->order) {
      loader_gather(tensor_data(out[i]), tensor_data(l->field[i]), b->order + from, out[i]->shape[0], l->copied[i]);
      continue;
    }
    const RowSource source = {.field = l->field[i],
                              .order = b->order,
                              .first = from,
                              .transform = transform_of(l, i),
                              .augment = i == 0 ? l->opt.augment : (Augment){0},
                              .key = b->key,
                              .stream = STREAM_IMAGES + (uint64_t)b->epoch};
    loader_rows(out[i], &source);
  }
  loader_pass(l, b, 1);
}

int loader_next(Loader *l, Batches *b, Tensor **out) {
  if (b->row >= b->end) return 0;
  recorder_refuse("a loader gives a batch");
  for (int i = 0; i < l->nfields; i++) {
    out[i] = new_rows(l, i, share_rows(b, loader_ready(l, b)));
    if (!out[i]) {
      while (i-- > 0) tensor_release(out[i]);
      return -1;
    }
  }
  loader_take(l, b, out);
  if (interrupt_check() == 0) return 1;
  for (int i = 0; i < l->nfields; i++) tensor_release(out[i]);
  return -1;
}
