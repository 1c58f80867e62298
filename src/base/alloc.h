/*
 * alloc.h - the caching allocator behind every tensor, graph node and optimizer state.
 *
 * Blocks are 64-byte aligned and come in size classes; a freed block waits in its class's list for the next
 * request of that class, so a training loop makes no malloc call once it has run a few steps. Not thread-safe
 * on purpose: only the thread that runs Lua allocates, worker threads get memory handed to them; but see alloc_share.
 */
#ifndef OPTLAB_BASE_ALLOC_H
#define OPTLAB_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct AllocStats {
  int64_t live;    /* bytes handed out and not yet returned (rounded up to the size class) */
  int64_t peak;    /* largest `live` since the start or alloc_reset_peak */
  int64_t cached;  /* bytes waiting in the free lists */
  int64_t mallocs; /* calls of the system's allocator so far */
  int64_t frees;   /* blocks given back to the system so far */
} AllocStats;

/* A block of at least `bytes` bytes (0 counts as 1), contents undefined. NULL with err_set when the system has
 * none left even after the cache was emptied, or when the failure countdown hit zero. Products of sizes come from
 * size_bytes (base/size.h). */
void *alloc_get(size_t bytes);

/* Returns a block; `bytes` must be what alloc_get was asked for. Accepts NULL. */
void alloc_put(void *block, size_t bytes);

AllocStats alloc_stats(void);
int64_t alloc_live(void); /* its `live` alone */
void alloc_reset_peak(void);

/* Gives every cached block back to the system. */
void alloc_trim(void);

/* While shared, any thread may call the two functions above. To be switched by the only thread there is. */
void alloc_share(bool on);

/* For tests: the n-th alloc_get from now fails, and only that one; n <= 0 disarms. */
void alloc_fail_after(int64_t n);

#endif
