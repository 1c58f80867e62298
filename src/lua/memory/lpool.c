/*
 * lpool.c - see lpool.h.
 *
 * Memory that was never used lies behind `used`; the system gives it page by page.
 *
 * Lua's other small objects come from lists of free blocks too, one for each size: it always says how large the block is
 * that it gives back. The system's allocator takes several times as long.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#endif
#include "lua/memory/lpool.h"

#include <string.h>
#include <sys/mman.h>

typedef struct FreeBlock {
  struct FreeBlock *next;
} FreeBlock;

PoolBlock lpool_blocks[LPOOL_BLOCKS];

static size_t used;
static FreeBlock *free_blocks;
static bool wanted;       /* the next userdata is a tensor's */
static bool off;          /* some state has an allocator of its own */
static bool freeing;      /* only the thread that runs Lua comes here */
static ptrdiff_t payload; /* of a block: where Lua puts the bytes of a userdata */
static lua_Alloc usual;   /* the allocator that was wrapped; all states have the same one */
static void *usual_data;

bool lpool_is_freeing(void) { return freeing; }

/* --- small objects -------------------------------------------------------------------------------------------------- */

#define STEP 16        /* sizes are multiples of this */
#define SMALL_MAX 1024 /* bytes */
#if defined(__SANITIZE_ADDRESS__)
#define SMALL_BYTES 0 /* each object is watched */
#else
#define SMALL_BYTES ((size_t)32 << 20) /* what does not fit lies where it did without this */
#endif

static char *small; /* address space, which becomes memory page by page; NULL: none */
static size_t small_size, small_used;
static FreeBlock *small_free[SMALL_MAX / STEP + 1];

static void small_open(void) {
  if (small || SMALL_BYTES == 0) return;
  void *p = mmap(NULL, SMALL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return;
  small = p;
  small_size = SMALL_BYTES;
}

static inline bool is_small(const void *ptr) { return (uintptr_t)ptr - (uintptr_t)small < small_size; }

static inline size_t steps_of(size_t size) { return (size + STEP - 1) / STEP; }

/* size > 0; NULL: not from here. */
static inline void *small_get(size_t size) {
  if (size > SMALL_MAX) return NULL;
  const size_t n = steps_of(size);
  FreeBlock *block = small_free[n];
  if (block) {
    small_free[n] = block->next;
    return block;
  }
  if (small_used + n * STEP > small_size) return NULL;
  small_used += n * STEP;
  return small + small_used - n * STEP;
}

static inline void small_put(void *ptr, size_t size) {
  FreeBlock *block = ptr;
  block->next = small_free[steps_of(size)];
  small_free[steps_of(size)] = block;
}

/* Another size for a small object, which may become a large one. */
static void *small_resize(void *ptr, size_t old, size_t size) {
  if (steps_of(old) == steps_of(size)) return ptr;
  void *block = small_get(size);
  if (!block) block = usual(usual_data, NULL, 0, size);
  if (!block) return size < old ? ptr : NULL; /* Lua counts on it that this does not fail */
  memcpy(block, ptr, old < size ? old : size);
  small_put(ptr, old);
  return block;
}

/* --- tensors -------------------------------------------------------------------------------------------------------- */

static void *take(void) {
  FreeBlock *block = free_blocks;
  if (block) {
    free_blocks = block->next;
  } else if (used < LPOOL_BLOCKS) {
    block = (FreeBlock *)(void *)&lpool_blocks[used++];
  }
  return block ? memset(block, 0, sizeof(PoolBlock)) : NULL;
}

static void give_back(void *block) {
  Tensor *t = ((TensorUD *)(void *)((char *)block + payload))->t;
  FreeBlock *b = block;
  b->next = free_blocks;
  free_blocks = b;
  const bool outer = freeing;
  freeing = true;
  tensor_release(t);
  freeing = outer;
}

static void *allocate(void *data, void *ptr, size_t old, size_t size) {
  if (ptr && lpool_holds(ptr)) { /* a userdata never changes its size */
    give_back(ptr);
    return NULL;
  }
  if (wanted && !ptr && old == LUA_TUSERDATA && size <= sizeof(PoolBlock)) {
    void *block = take();
    wanted = false;
    if (block) return block;
  }
  if (!ptr) {
    void *block = size > 0 ? small_get(size) : NULL;
    return block ? block : usual(data, ptr, old, size);
  }
  if (!is_small(ptr)) return usual(data, ptr, old, size);
  if (size > 0) return small_resize(ptr, old, size);
  small_put(ptr, old);
  return NULL;
}

void lpool_install(lua_State *L) {
  void *data;
  lua_Alloc now = lua_getallocf(L, &data);
  if (now == allocate) return;
  if (usual && (now != usual || data != usual_data)) off = true;
  if (off) return;
  usual = now;
  usual_data = data;
  small_open();
  lua_setallocf(L, allocate, data);
}

TensorUD *lpool_push(lua_State *L) {
  wanted = !off;
  TensorUD *ud = lua_newuserdatauv(L, sizeof *ud, 0); /* raises only when Lua itself is out of memory */
  wanted = false;
  if (!payload && lpool_holds(ud)) payload = ((char *)ud - (char *)lpool_blocks) % (ptrdiff_t)sizeof(PoolBlock);
  ud->t = NULL;
  return ud;
}
