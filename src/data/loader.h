/*
 * loader.h - minibatches: the rows of one or more tensors, in order, shuffled or drawn, so many at a time.
 *
 * A Loader holds the tensors and the settings; a Batches is one pass over them (an epoch). With a seed, the order of a
 * shuffled epoch is a pure function of (seed, epoch number); without one, of a key that is drawn from the global stream
 * of RNG_DATA when the epoch starts, so lab.manual_seed governs it. {epoch, key, position} is the whole state: a loader
 * set to it goes on with the very batches that an unbroken run would have given. How image i of an epoch is moved and
 * mirrored is a function of the same key and of i.
 *
 * Batches are fresh row-major tensors: who writes into one does not write into the data. A transform converts the bytes
 * of the first tensor while they are gathered. For a batch of 256 x 784 that took 40 us in order and 55 us shuffled
 * (one core of a Zen 4), less than gathering it from floats (120 us): it reads a quarter of the memory. A LeNet step on
 * such a batch took 30 ms, so there is no thread that prepares the next batch meanwhile.
 */
#ifndef OPTLAB_DATA_LOADER_H
#define OPTLAB_DATA_LOADER_H

#include "core/rng.h"
#include "core/tensor.h"
#include "data/augment.h"
#include "data/byte_transform.h"

#define LOADER_MAX_FIELDS 8
#define LOADER_MAX_EPOCH ((int64_t)1 << 53) /* the count goes no further */

typedef struct LoaderOptions {
  int64_t batch_size; /* >= 1 */
  bool shuffle;
  bool replacement; /* each row of an epoch is drawn among all rows; a loader then shuffles too */
  Tensor *weights;  /* (n), borrowed by loader_init: rows are drawn by these chances, with replacement; NULL: equal */
  int64_t samples;  /* rows of an epoch, in random order; 0: as many as there are */
  bool drop_last;   /* leave out a last batch of fewer than batch_size rows */
  bool has_seed;
  uint64_t seed;
  bool has_transform; /* the first tensor is uint8 and comes as floats */
  ByteTransform transform;
  Augment augment; /* of the first tensor, images (n, channels, height, width), before the transform */
} LoaderOptions;

typedef struct Loader {
  int nfields;
  Tensor *field[LOADER_MAX_FIELDS]; /* (n, ...) row-major; owned */
  int64_t rows;
  int64_t draws;                    /* rows of an epoch */
  size_t copied[LOADER_MAX_FIELDS]; /* bytes of a row that is only copied; 0: more is done with it */
  double *sums;                     /* of the weights, rows of them; NULL without weights; owned */
  LoaderOptions opt;
  int64_t epoch;    /* epochs started so far; the current one counts from 1 */
  uint64_t key;     /* of the current epoch */
  int64_t position; /* batches handed out in the current epoch */
  bool resume;      /* the next pass continues the current epoch behind `position` */
} Loader;

/* A part of each batch: with n rows in the batch, those from n first / parts to n (first + mine) / parts, rounded down.
 * Several processes that share the batches have one each. */
typedef struct LoaderShare {
  int64_t first, mine, parts; /* parts 0: the whole batch */
} LoaderShare;

typedef struct Batches {
  int64_t *order; /* row numbers; NULL if unshuffled */
  int64_t row;    /* first row of the next batch */
  int64_t taken;  /* batches before it */
  int64_t end;    /* rows of the epoch (less those dropped) */
  int64_t rows;   /* length of `order` */
  uint64_t key;   /* of this pass */
  int64_t epoch;  /* which pass this is */
  LoaderShare share;
} Batches;

/* Fills *l; retains the tensors (one that is not row-major is copied). The tensors must have the same first dimension,
 * at least 1. 0, or -1 with err_set and nothing to free. */
int loader_init(Loader *l, int nfields, Tensor *const *field, LoaderOptions opt);
/* Fills *l with a loader of the same batches whose next pass is the one that would come next from the beginning; neither
 * sees the other's passes. 0, or -1 with err_set and nothing to free. */
int loader_copy(Loader *l, const Loader *from);
void loader_free(Loader *l); /* accepts a zeroed one */

int64_t loader_length(const Loader *l); /* batches an epoch */

/* Starts an epoch (or continues one, see `resume`). 0, or -1 without memory. */
int loader_start(Loader *l, Batches *b);
int loader_start_from(Loader *l, Batches *b, Rng *r); /* the same with a key from r instead of the global stream */

/* From now on batches are shares of those that there would be; to be set before the first one. */
void loader_share(Batches *b, LoaderShare share);

/* The next batch: one new reference for each field in out[]. 1, 0 at the end, -1 with err_set. `l` must be the loader
 * that b was started on. */
int loader_next(Loader *l, Batches *b, Tensor **out);

/* The same for tensors that are there already: how many rows the next batch has, 0 at the end; whether t is fit for n
 * rows of field i; fills out[] with the next batch, whose number of rows they must have. */
int64_t loader_ready(const Loader *l, const Batches *b);
bool loader_fits(const Loader *l, int i, const Tensor *t, int64_t n);
void loader_take(Loader *l, Batches *b, Tensor *const *out);
void loader_pass(Loader *l, Batches *b, int64_t batches); /* goes on behind so many, which somebody else has taken */

void batches_free(Batches *b); /* accepts a zeroed one */

/* The next pass continues epoch `epoch` behind its first `position` batches; position 0 starts it. */
int loader_seek(Loader *l, int64_t epoch, int64_t position, uint64_t key);

#endif
