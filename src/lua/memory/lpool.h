/*
 * lpool.h - the userdata of tensors lie in memory of their own.
 *
 * A tensor is released when Lua frees the memory of its userdata, so it needs no finalizer. Finalizers are dear: the
 * collector keeps them in a list of their own, calls each in protected mode, and frees the object a cycle later.
 *
 * The allocator of the state is wrapped. Blocks of the pool hold tensors alone, so that a userdata within the pool is
 * known as a tensor by its address. Where the pool is full or the state has an allocator that cannot be wrapped, the
 * userdata lies in the state's usual memory and has a finalizer.
 */
#ifndef OPTLAB_LUA_MEMORY_LPOOL_H
#define OPTLAB_LUA_MEMORY_LPOOL_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/tensor.h"

typedef struct TensorUD {
  Tensor *t; /* owned; NULL once closed */
} TensorUD;

#if defined(__SANITIZE_ADDRESS__)
#define LPOOL_BLOCKS 512 /* so that specs run with finalizers too */
#else
#define LPOOL_BLOCKS (1 << 20)
#endif
typedef struct PoolBlock { /* a line of the cache: Lua's header and a TensorUD */
  _Alignas(64) char bytes[64];
} PoolBlock;

extern PoolBlock lpool_blocks[LPOOL_BLOCKS];

/* Whether the userdata at this address is a tensor's in the pool. */
static inline bool lpool_holds(const void *ud) { return (uintptr_t)ud - (uintptr_t)lpool_blocks < sizeof lpool_blocks; }

/* Makes new tensors of L lie in the pool, if they can. */
void lpool_install(lua_State *L);

/* Pushes a userdata without metatable; ud->t is NULL. */
TensorUD *lpool_push(lua_State *L);

/* Whether the memory of a userdata is being freed: Lua must not be called. */
bool lpool_is_freeing(void);

#endif
