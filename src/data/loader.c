/*
 * loader.c - shuffling and gathering rows.
 *
 * The permutation is Fisher and Yates's with bounded numbers by multiplication (Lemire, "Fast random integer generation
 * in an interval", 2019), four numbers a Philox block. Draws with replacement are as many such numbers.
 */
#include "data/loader.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/size.h"
#include "core/recorder.h"
#include "core/rng.h"

#define STREAM_EPOCHS \
  ((uint64_t)1 << 62) /* epoch e of a seed shuffles with stream STREAM_EPOCHS + e; drawn keys with e = 0 */

/* --- setting up ---------------------------------------------------------------------------------------------- */

static int check_transform(const Tensor *x, const ByteTransform *t) {
  if (x->dtype != DT_U8) return err_set("transform is for uint8 data, X is %s", dtype_name((DType)x->dtype));
  return byte_transform_check(t);
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
  if (rows < 1) return err_set("there are no rows: shape %s", tensor_shape_str(field[0]));
  if (opt.drop_last && rows < opt.batch_size) {
    return err_set("drop_last leaves no batch: %lld rows, batch_size %lld", (long long)rows, (long long)opt.batch_size);
  }
  return opt.has_transform ? check_transform(field[0], &opt.transform) : 0;
}

int loader_init(Loader *l, int nfields, Tensor *const *field, LoaderOptions opt) {
  memset(l, 0, sizeof *l);
  if (check(nfields, field, opt) < 0) return -1;
  l->rows = field[0]->shape[0];
  l->opt = opt;
  l->opt.shuffle |= opt.replacement;
  for (int i = 0; i < nfields; i++) {
    l->field[i] = tensor_contiguous(field[i]);
    if (!l->field[i]) {
      loader_free(l);
      return -1;
    }
    l->nfields++;
  }
  return 0;
}

void loader_free(Loader *l) {
  for (int i = 0; i < l->nfields; i++) tensor_release(l->field[i]);
  l->nfields = 0;
}

int64_t loader_length(const Loader *l) {
  int64_t b = l->opt.batch_size;
  return l->opt.drop_last ? l->rows / b : l->rows / b + (l->rows % b != 0);
}

/* --- the order of an epoch -------------------------------------------------------------------------------------- */

/* A source of 32-bit numbers: the blocks of one stream in order, each from its last word to its first. */
typedef struct Words {
  uint64_t seed, stream, counter;
  uint32_t word[4 * RNG_RUN];
  int at;
} Words;

static inline uint32_t next_word(Words *w) {
  if (w->at == 4 * RNG_RUN) {
    rng_blocks(w->seed, w->stream, w->counter, w->word);
    w->counter += RNG_RUN;
    w->at = 0;
  }
  return w->word[w->at++ ^ 3];
}

/* Uniform in 0..n-1 without bias, n > 0. */
static uint32_t below(Words *w, uint32_t n) {
  uint64_t m = (uint64_t)next_word(w) * n;
  if ((uint32_t)m < n) {
    uint32_t reject = -n % n;
    while ((uint32_t)m < reject) m = (uint64_t)next_word(w) * n;
  }
  return (uint32_t)(m >> 32);
}

static void shuffle(Words *w, int64_t *order, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    int64_t j = below(w, (uint32_t)i + 1);
    order[i] = order[j];
    order[j] = i;
  }
}

static void draw(Words *w, int64_t *order, int64_t n) {
  for (int64_t i = 0; i < n; i++) order[i] = below(w, (uint32_t)n);
}

/* The random order of an epoch, which its key and its number decide. */
static int set_order(const Loader *l, int64_t *order) {
  if (l->rows > UINT32_MAX) return err_set("more than 2^32 rows cannot be shuffled");
  uint64_t stream = STREAM_EPOCHS + (l->opt.has_seed ? (uint64_t)l->epoch : 0);
  Words w = {.seed = l->key, .stream = stream, .at = 4 * RNG_RUN};
  (l->opt.replacement ? draw : shuffle)(&w, order, l->rows);
  return 0;
}

/* The key of a new epoch: the seed, or 64 bits of the global stream. */
static uint64_t new_key(const Loader *l, Rng *r) {
  uint32_t w[4];
  if (l->opt.has_seed || !l->opt.shuffle) return l->opt.seed;
  rng_block(r->seed, r->stream, r->counter++, w);
  return (uint64_t)w[0] << 32 | w[1];
}

int loader_start(Loader *l, Batches *b) { return loader_start_from(l, b, rng_for(RNG_DATA)); }

int loader_start_from(Loader *l, Batches *b, Rng *r) {
  recorder_refuse("a loader starts an epoch");
  *b = (Batches){0};
  bool resume = l->resume;
  if (l->opt.shuffle) {
    b->rows = l->rows;
    b->order = alloc_get(SIZE_BYTES(sizeof *b->order, l->rows));
    if (!b->order) return -1;
  }
  if (!resume) {
    l->epoch += l->epoch < LOADER_MAX_EPOCH;
    l->key = new_key(l, r);
    l->position = 0;
  }
  l->resume = false;
  b->epoch = l->epoch;
  b->row = l->position * l->opt.batch_size;
  b->end = l->opt.drop_last ? l->rows - l->rows % l->opt.batch_size : l->rows;
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

/* to[i] = from[order[i]] for rows of `bytes` bytes; n rows. The usual short rows have a copy of constant size. */
static void gather(char *to, const char *from, const int64_t *order, int64_t n, size_t bytes) {
#define ROWS_OF(size)                                                                    \
  case size:                                                                             \
    for (int64_t i = 0; i < n; i++) memcpy(to + i * size, from + order[i] * size, size); \
    return;
  switch (bytes) {
    ROWS_OF(4)
    ROWS_OF(8)
    ROWS_OF(12)
    ROWS_OF(16)
    ROWS_OF(20)
    ROWS_OF(24)
    ROWS_OF(28)
    ROWS_OF(32)
    ROWS_OF(40)
    ROWS_OF(48)
    ROWS_OF(64)
    default:
      for (int64_t i = 0; i < n; i++) memcpy(to + (size_t)i * bytes, from + (size_t)order[i] * bytes, bytes);
  }
#undef ROWS_OF
}

/* The same for rows of `bytes` uint8 elements, converted on the way. */
static void gather_bytes(const ByteTransform *t, char *to, const uint8_t *from, const int64_t *order, int64_t n,
                         size_t bytes) {
  size_t out = bytes * dtype_size(t->dtype);
  for (int64_t i = 0; i < n; i++) {
    byte_transform_run(t, from + (size_t)order[i] * bytes, to + (size_t)i * out, (int64_t)bytes);
  }
}

/* Rows row, row + 1, ... of t, or those that `order` names from that position on, into the row-major `out`. */
static void fill_rows(Tensor *out, const Tensor *t, const int64_t *order, int64_t row, const ByteTransform *transform) {
  int64_t n = out->shape[0];
  size_t bytes = (size_t)(t->numel / t->shape[0]) * dtype_size((DType)t->dtype);
  const char *from = tensor_data(t);
  char *to = tensor_data(out);
  if (!order) from += (size_t)row * bytes;
  if (transform && order) {
    gather_bytes(transform, to, (const uint8_t *)from, order + row, n, bytes);
  } else if (transform) {
    byte_transform_run(transform, (const uint8_t *)from, to, n * (int64_t)bytes);
  } else if (order) {
    gather(to, from, order + row, n, bytes);
  } else {
    memcpy(to, from, (size_t)n * bytes);
  }
}

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

void loader_take(Loader *l, Batches *b, Tensor *const *out) {
  const int64_t n = loader_ready(l, b), from = b->row + share_start(b, n);
  for (int i = 0; i < l->nfields; i++) fill_rows(out[i], l->field[i], b->order, from, transform_of(l, i));
  b->row += n;
  if (b->epoch == l->epoch) l->position = (b->row + l->opt.batch_size - 1) / l->opt.batch_size;
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
  return 1;
}
