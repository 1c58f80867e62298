/*
 * lcollect.c - a collection when the memory in use has grown, or after a number of tensors.
 *
 * To Lua a tensor is a userdata of some bytes. What lies behind it is seen here instead: the bytes that the allocator
 * has handed out, whoever holds them. Memory then stays flat without collectgarbage() calls in scripts, and a block is
 * used again while it is in the processor's cache.
 *
 * In the generational mode a collection looks only at what is new: it takes 0.4 us and 0.07 us a tensor, whatever else
 * is alive, where a whole cycle takes 60 us for optlab's own modules alone and 10 ms beside 100,000 tensors. So there can
 * be one for every four megabytes: relu forward and backward on 512 x 512 is 1.3 to 1.8 times as fast as with sixteen.
 * Tensors that have lived through two collections are old, and die in whole cycles only. There is one when the memory
 * in use has grown by sixteen megabytes, or an eighth, since the last; Lua adds its own when its heap has doubled.
 *
 * A large table that changes all the time is looked at in each collection, and a script may choose the incremental mode.
 * So collections are also limited to a thirty-second of the time, as long as the growth stays under sixteen megabytes
 * and 4096 tensors.
 */
#include "lua/memory/lcollect.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/alloc.h"

#define SOME_BYTES (4 << 20) /* grown by so many bytes or so many tensors: a collection, if there is time for it */
#define SOME_TENSORS 512
#define MANY_BYTES (16 << 20) /* a collection in any case */
#define MANY_TENSORS 4096
#define TIME_SHARE 32
#define OLD_SHARE 8
#define ALL_KB (1 << 20) /* more debt than a cycle takes, so that also the incremental mode ends it */

/* The process's, like the memory: several states, which only tests have, may collect too early. */
static int64_t low;         /* least number of bytes in use since the last collection */
static int64_t after_whole; /* and since the last whole cycle: a script may let go of much, and collect by itself */
static int pushed;          /* tensors since the last collection */
static int64_t not_before;

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void lcollect_open(lua_State *L) {
#if LUA_VERSION_RELEASE_NUM >= 50404 /* the mode's known faults are mended there */
  lua_gc(L, LUA_GCGEN, 0, 0);
#else
  (void)L;
#endif
}

static void collect(lua_State *L, int64_t live) {
  const int64_t limit = after_whole / OLD_SHARE;
  const bool whole = live - after_whole > (limit > MANY_BYTES ? limit : MANY_BYTES);
  if (whole) {
    lua_gc(L, LUA_GCCOLLECT);
  } else {
    lua_gc(L, LUA_GCSTEP, ALL_KB);
  }
  low = alloc_live();
  if (whole) after_whole = low;
}

static void consider(lua_State *L, int64_t live) {
  const int64_t start = nanoseconds();
  const bool many = live - low >= MANY_BYTES || pushed >= MANY_TENSORS;
  if (!many && start < not_before) return;
  pushed = 0;
  collect(L, live);
  const int64_t end = nanoseconds();
  not_before = end + (end - start) * TIME_SHARE;
}

void lcollect_pushed(lua_State *L) {
  const int64_t live = alloc_live();
  if (live < low) low = live;
  if (live < after_whole) after_whole = live;
  if (live - low >= SOME_BYTES || ++pushed >= SOME_TENSORS) consider(L, live);
}
