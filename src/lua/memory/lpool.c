/*
 * lpool.c - see lpool.h.
 *
 * Memory that was never used lies behind `used`; the system gives it page by page.
 */
#include "lua/memory/lpool.h"

#include <string.h>

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
  return usual(data, ptr, old, size);
}

void lpool_install(lua_State *L) {
  void *data;
  lua_Alloc now = lua_getallocf(L, &data);
  if (now == allocate) return;
  if (usual && (now != usual || data != usual_data)) off = true;
  if (off) return;
  usual = now;
  usual_data = data;
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
