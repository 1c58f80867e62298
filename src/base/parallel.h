/*
 * parallel.h - the one place that knows threads.
 *
 * The thread count is the user's: lab.set_num_threads, --threads, OMP_NUM_THREADS; by default the number of cores.
 */
#ifndef OPTLAB_BASE_PARALLEL_H
#define OPTLAB_BASE_PARALLEL_H

#include <stdbool.h>
#include <stdint.h>

/* Where each element costs a few operations: from how many elements on a job is shared, for below that waking the
 * others costs more than it saves; and how many elements a chunk has, about. */
#define PARALLEL_FROM 32768
#define PARALLEL_GRAIN 8192

void parallel_set_threads(int n); /* n >= 1 */
int parallel_threads(void);

/* Which of the threads is asking: 0 .. parallel_threads() - 1. For scratch memory; results must not depend on it. */
int parallel_thread(void);

/* Whether the caller runs a chunk of a shared job, so that a job of its own would not be shared. */
bool parallel_inside(void);

/* Calls body(ctx, begin, end) for consecutive chunks of [0, n) of `grain` indices each (the last may be shorter), on
 * the worker threads if there are several chunks and several threads, else on the caller's. Chunk borders depend on n
 * and grain alone.
 *
 * After an interrupt_request the chunks that are left are not computed: who writes results with it asks
 * interrupt_check() afterwards, as the op table does for all of its rows. */
void parallel_for(int64_t n, int64_t grain, void (*body)(void *ctx, int64_t begin, int64_t end), void *ctx);

#endif
