/*
 * sums.c - buckets, the tree over a rank's own parts, and the tree over the ranks.
 *
 * The parts of a rank are added like the digits of a binary counter: level k holds the sum of 2^k parts, and a new part
 * carries over. Behind the arrays of a bucket stands, for each piece in it, how many parts had values.
 */
#include "dist/sums.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/size.h"
#include "dist/add.h"
#include "dist/link.h"
#include "dist/tree.h"

#define MAX_BUCKETS 1024
#define MAX_TAG 32000 /* MPI promises 32767 */
#define MAX_LEVELS 31

/* A run of an array in a bucket. */
typedef struct Piece {
  int array, bucket;
  int64_t from, n; /* of the array's elements */
  int64_t at;      /* where they stand in the bucket */
  int64_t count;   /* where it is said how many parts had values */
} Piece;

typedef struct Bucket {
  DType dtype;
  int pieces, missing;       /* of the pieces those not yet put */
  int64_t n;                 /* elements, those that count included */
  int part;                  /* this rank's part that is being put */
  char *sum, *other;         /* of n elements: the present sum; a peer's */
  char *level[MAX_LEVELS];   /* sums of 2^k parts; NULL where this rank needs none */
  int step, steps, tag;      /* in the tree over the ranks */
  bool sent;                 /* the tree has begun */
  void *sending, *receiving; /* the step's requests */
} Bucket;

struct Sums {
  int arrays, pieces, buckets, parts, levels;
  SumsArray *array;
  int *first; /* the first piece of each array; one more at the end */
  Piece *piece;
  Bucket *bucket;
  int steps;
  TreeStep step[TREE_MAX_STEPS];
};

static int last_tag; /* the process's, as the link is */

/* --- memory ------------------------------------------------------------------------------------------------------- */

static size_t bytes_of(const Bucket *b) { return SIZE_BYTES(dtype_size(b->dtype), b->n); }

static void *get_zeroed(size_t bytes) {
  void *p = alloc_get(bytes);
  if (p) memset(p, 0, bytes);
  return p;
}

static void free_bucket(Bucket *b) {
  alloc_put(b->sum, bytes_of(b));
  alloc_put(b->other, bytes_of(b));
  for (int k = 0; k < MAX_LEVELS; k++) alloc_put(b->level[k], bytes_of(b));
}

/* Whether messages may still arrive in its memory. */
static bool is_under_way(const Sums *s) {
  for (int i = 0; s->bucket && i < s->buckets; i++) {
    if (s->bucket[i].sent && s->bucket[i].step < s->steps) return true;
  }
  return false;
}

void sums_free(Sums *s) {
  if (!s) return;
  dist_link.broken = dist_link.broken || is_under_way(s);
  if (dist_link.broken) return;
  for (int i = 0; s->bucket && i < s->buckets; i++) free_bucket(&s->bucket[i]);
  alloc_put(s->bucket, SIZE_BYTES(sizeof *s->bucket, s->buckets));
  alloc_put(s->piece, SIZE_BYTES(sizeof *s->piece, s->pieces));
  alloc_put(s->first, SIZE_BYTES(sizeof *s->first, s->arrays + 1));
  alloc_put(s->array, SIZE_BYTES(sizeof *s->array, s->arrays));
  alloc_put(s, sizeof *s);
}

/* --- cutting into buckets ----------------------------------------------------------------------------------------- */

/* Where the cutting has come to. */
typedef struct Cut {
  int buckets, pieces;
  DType dtype;
  int64_t n; /* elements in the last bucket */
} Cut;

static void add_piece(const Sums *s, const Cut *c, int i, int64_t from, int64_t n) {
  Bucket *b = &s->bucket[c->buckets - 1];
  s->piece[c->pieces] = (Piece){.array = i, .bucket = c->buckets - 1, .from = from, .n = n, .at = c->n};
  b->dtype = c->dtype;
  b->n = c->n + n;
  b->pieces++;
}

/* Cuts array i, of which a bucket takes at most `most` elements; an empty one is a piece too. */
static void cut_array(const Sums *s, Cut *c, int i, int64_t most) {
  const int64_t all = s->array[i].n;
  int64_t from = 0;
  do {
    if (c->buckets == 0 || c->dtype != s->array[i].dtype || c->n >= most) {
      c->dtype = s->array[i].dtype;
      c->buckets++;
      c->n = 0;
    }
    const int64_t n = all - from < most - c->n ? all - from : most - c->n;
    if (s->piece) add_piece(s, c, i, from, n);
    c->n += n;
    from += n;
    c->pieces++;
  } while (from < all);
}

/* Cuts all arrays in order; the pieces are written down where there are places for them. */
static Cut cut(const Sums *s, size_t bucket_bytes) {
  Cut c = {.dtype = DT_COUNT};
  for (int i = 0; i < s->arrays; i++) {
    if (s->first) s->first[i] = c.pieces;
    cut_array(s, &c, i, (int64_t)(bucket_bytes / dtype_size(s->array[i].dtype)));
  }
  if (s->first) s->first[s->arrays] = c.pieces;
  return c;
}

/* Buckets large enough that there are not too many. */
static size_t bucket_size(const Sums *s, size_t bucket_bytes) {
  size_t size = bucket_bytes < 64 ? 64 : bucket_bytes;
  while (cut(s, size).buckets > MAX_BUCKETS && size < TRANSPORT_MAX_BYTES / 4) size *= 2;
  return size;
}

static int fill_bucket(Sums *s, Bucket *b) {
  if (last_tag + 1 > MAX_TAG || last_tag < TAG_BUCKETS) last_tag = TAG_BUCKETS;
  b->tag = last_tag++;
  b->missing = b->pieces;
  b->sum = get_zeroed(bytes_of(b));
  b->other = get_zeroed(bytes_of(b));
  for (int k = 0; k < s->levels; k++) {
    b->level[k] = get_zeroed(bytes_of(b));
    if (!b->level[k]) return -1;
  }
  return b->sum && b->other ? 0 : -1;
}

static int build(Sums *s, size_t bucket_bytes) {
  const size_t size = bucket_size(s, bucket_bytes);
  const Cut c = cut(s, size);
  s->buckets = c.buckets;
  s->pieces = c.pieces;
  s->bucket = get_zeroed(SIZE_BYTES(sizeof *s->bucket, s->buckets));
  s->piece = get_zeroed(SIZE_BYTES(sizeof *s->piece, s->pieces));
  s->first = get_zeroed(SIZE_BYTES(sizeof *s->first, s->arrays + 1));
  if (!s->bucket || !s->piece || !s->first) return -1;
  cut(s, size);
  for (int i = 0; i < s->pieces; i++) s->piece[i].count = s->bucket[s->piece[i].bucket].n++;
  while (1LL << s->levels < s->parts) s->levels++;
  s->steps = tree_sum(dist_link.rank, dist_link.size, s->step);
  for (int i = 0; i < s->buckets; i++) {
    if (fill_bucket(s, &s->bucket[i]) < 0) return -1;
  }
  return 0;
}

Sums *sums_new(const SumsArray *array, int n, int parts, size_t bucket_bytes) {
  Sums *s = get_zeroed(sizeof *s);
  if (!s) return NULL;
  s->arrays = n;
  s->parts = parts;
  s->array = alloc_get(SIZE_BYTES(sizeof *array, n));
  if (s->array) memcpy(s->array, array, SIZE_BYTES(sizeof *array, n));
  if (s->array && build(s, bucket_bytes) == 0) return s;
  sums_free(s);
  return NULL;
}

/* --- the tree over the ranks -------------------------------------------------------------------------------------- */

static int begin_step(const Sums *s, Bucket *b) {
  const TreeStep *t = &s->step[b->step];
  char *in = t->kind == TREE_TAKE ? b->sum : b->other;
  if (t->kind != TREE_SEND && link_receive(in, bytes_of(b), t->peer, b->tag, &b->receiving) < 0) return -1;
  if (t->kind != TREE_SEND && t->kind != TREE_EXCHANGE) return 0;
  return link_send(b->sum, bytes_of(b), t->peer, b->tag, &b->sending);
}

static void end_step(const Sums *s, Bucket *b) {
  const TreeStep *t = &s->step[b->step++];
  if (t->kind != TREE_ADD && t->kind != TREE_EXCHANGE) return;
  const bool lower = dist_link.rank < t->peer;
  combine(COMBINE_SUM, b->dtype, b->sum, lower ? b->sum : b->other, lower ? b->other : b->sum, b->n);
}

/* Goes on as far as messages have arrived; 1: as far as it can, 0: to the end, -1. */
static int advance(const Sums *s, Bucket *b) {
  bool sent, received;
  while (b->sent && b->step < s->steps) {
    if (link_test(&b->receiving, &received) < 0 || link_test(&b->sending, &sent) < 0) return -1;
    if (!received || !sent) return 1;
    end_step(s, b);
    if (b->step < s->steps && begin_step(s, b) < 0) return -1;
  }
  return 0;
}

int sums_poll(Sums *s) {
  for (int i = 0; i < s->buckets; i++) {
    if (advance(s, &s->bucket[i]) < 0) return -1;
  }
  return 0;
}

int sums_wait(Sums *s, const char *what) {
  for (int i = 0; i < s->buckets; i++) {
    Bucket *b = &s->bucket[i];
    if (!b->sent) return err_set("%s: a sum was not complete on rank %d", what, dist_link.rank);
    Wait w = {.what = what, .sums = true};
    for (int more; (more = advance(s, b)) != 0;) {
      if (more < 0) return err_prefix("%s: ", what);
      w.peer = s->step[b->step].peer;
      if (sums_poll(s) < 0 || link_pause(&w) < 0) return -1;
    }
  }
  for (int i = 0; i < s->buckets; i++) s->bucket[i].sent = false;
  return 0;
}

/* --- the parts of this rank --------------------------------------------------------------------------------------- */

static void add_level(Bucket *b, int k) { combine(COMBINE_SUM, b->dtype, b->sum, b->level[k], b->sum, b->n); }

/* The last part is there: what the levels from k on hold comes before it. */
static int send_off(const Sums *s, Bucket *b, int k) {
  for (; k < s->levels; k++) {
    if (b->part >> k & 1) add_level(b, k);
  }
  b->part = 0;
  b->step = 0;
  b->sent = true;
  return s->steps > 0 ? begin_step(s, b) : 0;
}

static int end_part(const Sums *s, Bucket *b) {
  int k = 0;
  for (; b->part >> k & 1; k++) add_level(b, k);
  b->missing = b->pieces;
  if (b->part == s->parts - 1) return send_off(s, b, k);
  char *full = b->sum;
  b->sum = b->level[k];
  b->level[k] = full;
  b->part++;
  return 0;
}

int sums_put(Sums *s, int i, const void *values) {
  for (int p = s->first[i]; p < s->first[i + 1]; p++) {
    const Piece *piece = &s->piece[p];
    Bucket *b = &s->bucket[piece->bucket];
    const size_t size = dtype_size(b->dtype), bytes = (size_t)piece->n * size;
    if (b->sent) return err_set("an array was put twice");
    if (values) {
      memcpy(b->sum + (size_t)piece->at * size, (const char *)values + (size_t)piece->from * size, bytes);
    } else {
      memset(b->sum + (size_t)piece->at * size, 0, bytes);
    }
    dtype_store(b->dtype, b->sum + (size_t)piece->count * size, values != NULL);
    if (--b->missing == 0 && end_part(s, b) < 0) return -1;
  }
  return sums_poll(s);
}

int64_t sums_take(const Sums *s, int i, void *out) {
  int64_t parts = 0;
  for (int p = s->first[i]; p < s->first[i + 1]; p++) {
    const Piece *piece = &s->piece[p];
    const Bucket *b = &s->bucket[piece->bucket];
    const size_t size = dtype_size(b->dtype);
    memcpy((char *)out + (size_t)piece->from * size, b->sum + (size_t)piece->at * size, (size_t)piece->n * size);
    parts = (int64_t)dtype_load(b->dtype, b->sum + (size_t)piece->count * size);
  }
  return parts;
}
