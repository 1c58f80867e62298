/*
 * arena.h - memory that is asked for in small pieces and given back as a whole.
 */
#ifndef OPTLAB_PLAN_ARENA_H
#define OPTLAB_PLAN_ARENA_H

#include <stddef.h>

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
  ArenaChunk *last; /* the chunk that pieces come from; those before it are full */
} Arena;

/* `bytes` bytes, aligned to 8; valid until the arena is freed or cut. NULL with err_set. */
void *arena_get(Arena *a, size_t bytes);

void arena_cut(Arena *a, const void *piece); /* gives back this piece and all that were asked for later */
void arena_free(Arena *a);                   /* accepts a zeroed one */

#endif
