/*
 * alloc.c - size classes with free lists.
 *
 * Classes: multiples of 64 bytes up to 1 KiB, then four classes per doubling, so that at most a fifth of a block is
 * slack. A block carries no header: the caller knows its size (see alloc_put), the list link lies in the
 * free block itself. Blocks up to SLAB_MAX come from the system many at a time, and stay.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* madvise */
#endif
#include "base/alloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/err.h"

#define ALIGN 64
#define SMALL_MAX 1024
#define SMALL_CLASSES (SMALL_MAX / ALIGN)
#define SLAB_MAX 512
#define SLAB_CLASSES (SLAB_MAX / ALIGN)
#define SLAB ((size_t)16 << 10)
#define HUGE_PAGE ((size_t)2 << 20)
#define HUGE_FROM (2 * HUGE_PAGE)
#define NUM_CLASSES (SMALL_CLASSES + 4 * 42)

/* In a build with AddressSanitizer the rest of a block behind the bytes that were asked for, and blocks in the lists,
 * are poisoned: reading or writing them is an error like any other, though they are memory of ours. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON_BLOCKS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POISON_BLOCKS
#endif
#if defined(POISON_BLOCKS)
static const bool has_slabs = false;
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region(p, n)
#define UNPOISON(p, n) __asan_unpoison_memory_region(p, n)
#else
static const bool has_slabs = true;
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

typedef struct FreeBlock {
  struct FreeBlock *next;
} FreeBlock;

/* The process's cache and its statistics; see alloc_share about threads. */
static FreeBlock *free_list[NUM_CLASSES];
static AllocStats stats;  /* without `cached`, which alloc_stats works out */
static int64_t held;      /* bytes from the system: live or cached */
static int64_t countdown; /* alloc_fail_after */
static bool shared;
static bool plain = true; /* neither: requests may go the short way */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* While threads share the memory `plain` stays false, and is not written: they read it without the lock. */
static void choose_way(void) {
  const bool way = !shared && countdown == 0;
  if (plain != way) plain = way;
}

/* Index of the smallest class that holds `bytes`, its block size in *size; -1 if no class is that large. */
static int size_class(size_t bytes, size_t *size) {
  if (bytes <= SMALL_MAX) {
    int c = bytes ? (int)((bytes - 1) / ALIGN) : 0;
    *size = (size_t)(c + 1) * ALIGN;
    return c;
  }
  int shift = 63 - __builtin_clzll((unsigned long long)(bytes - 1)); /* 2^shift <= bytes-1 */
  size_t quarter = (size_t)1 << (shift - 2);
  size_t step = (bytes - 1 - ((size_t)1 << shift)) / quarter; /* 0..3 */
  *size = ((size_t)1 << shift) + (step + 1) * quarter;
  int c = SMALL_CLASSES + 4 * (shift - 10) + (int)step;
  return c < NUM_CLASSES ? c : -1;
}

/* Bytes in the free blocks of slabs. */
static int64_t in_slabs(void) {
  int64_t bytes = 0;
  for (int c = 0; c < SLAB_CLASSES; c++) {
    for (const FreeBlock *block = free_list[c]; has_slabs && block; block = block->next) bytes += (c + 1) * ALIGN;
  }
  return bytes;
}

void alloc_trim(void) {
  for (int c = has_slabs ? SLAB_CLASSES : 0; c < NUM_CLASSES; c++) {
    while (free_list[c]) {
      FreeBlock *block = free_list[c];
      free_list[c] = block->next;
      free(block); /* which needs no unpoisoning: the sanitizer does that */
      stats.frees++;
    }
  }
  held = stats.live + in_slabs();
}

/* Large blocks ask the system for large pages: fewer faults, and fewer misses of the table of pages where a loop walks
 * over many parts of a tensor. */
static void *memory_of(size_t size) {
  void *block = NULL;
  if (size < HUGE_FROM) return aligned_alloc(ALIGN, size);
  if (posix_memalign(&block, HUGE_PAGE, size) != 0) return NULL;
#ifdef MADV_HUGEPAGE
  madvise(block, size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE); /* no matter if the system has none */
#endif
  return block;
}

static void *from_system(size_t size) {
  stats.mallocs++;
  void *block = memory_of(size);
  if (!block && held > stats.live) {
    alloc_trim();
    block = memory_of(size);
  }
  if (block) held += (int64_t)size;
  return block;
}

/* A block of class c; the rest of its slab goes into the list. */
static void *from_slab(int c, size_t size) {
  char *slab = from_system(SLAB);
  for (size_t at = size; slab && at + size <= SLAB; at += size) {
    FreeBlock *block = (FreeBlock *)(void *)(slab + at);
    block->next = free_list[c];
    free_list[c] = block;
  }
  return slab;
}

/* The block, of that size, becomes the caller's. */
static inline void *hand_out(void *block, size_t size, size_t bytes) {
  stats.live += (int64_t)size;
  if (stats.live > stats.peak) stats.peak = stats.live;
  UNPOISON(block, size);
  POISON((char *)block + bytes, size - bytes);
  return block;
}

/* Puts the block, of that size, in front of the list of its class. */
static inline void take_back(void *p, size_t c, size_t size) {
  FreeBlock *block = p;
  UNPOISON(block, sizeof *block); /* also where 0 bytes were asked for */
  block->next = free_list[c];
  free_list[c] = block;
  POISON(block + 1, size - sizeof *block);
  stats.live -= (int64_t)size;
}

static void *get(size_t bytes) {
  size_t size = 0;
  int c = size_class(bytes, &size);
  if (bytes == SIZE_MAX) return err_null("out of memory: more bytes are needed than a number can count");
  if ((countdown > 0 && --countdown == 0) || c < 0) return err_null("out of memory: %zu bytes requested", bytes);
  FreeBlock *block = free_list[c];
  if (block) {
    free_list[c] = block->next;
  } else if (!(block = has_slabs && c < SLAB_CLASSES ? from_slab(c, size) : from_system(size))) {
    return err_null("out of memory: %zu bytes requested", bytes);
  }
  return hand_out(block, size, bytes);
}

static __attribute__((noinline)) void *get_carefully(size_t bytes) {
  const bool locks = shared;
  if (locks) pthread_mutex_lock(&mutex);
  void *p = get(bytes);
  choose_way();
  if (locks) pthread_mutex_unlock(&mutex);
  return p;
}

static __attribute__((noinline)) void put_carefully(void *p, size_t bytes) {
  if (!p) return;
  size_t size = 0;
  int c = size_class(bytes, &size);
  const bool locks = shared;
  if (locks) pthread_mutex_lock(&mutex);
  take_back(p, (size_t)c, size);
  if (locks) pthread_mutex_unlock(&mutex);
}

/* Nearly every request is small and finds a block: a few instructions. */
void *alloc_get(size_t bytes) {
  const size_t c = (bytes - 1) / ALIGN; /* of 0 bytes: none that is small */
  FreeBlock *block = c < SMALL_CLASSES && plain ? free_list[c] : NULL;
  if (!block) return get_carefully(bytes);
  free_list[c] = block->next;
  return hand_out(block, (c + 1) * ALIGN, bytes);
}

void alloc_put(void *p, size_t bytes) {
  const size_t c = (bytes - 1) / ALIGN;
  if (p && c < SMALL_CLASSES && plain) {
    take_back(p, c, (c + 1) * ALIGN);
  } else {
    put_carefully(p, bytes);
  }
}

void alloc_share(bool on) {
  shared = on;
  choose_way();
}

AllocStats alloc_stats(void) {
  AllocStats s = stats;
  s.cached = held - s.live;
  return s;
}

int64_t alloc_live(void) { return stats.live; }

void alloc_reset_peak(void) { stats.peak = stats.live; }

void alloc_fail_after(int64_t n) {
  countdown = n > 0 ? n : 0;
  choose_way();
}
