/*
 * parallel.c - sharing chunks of work among threads.
 *
 * A team of workers of our own, not OpenMP's parallel regions: there the caller waits at the end of each region for
 * every thread, also for one that has nothing to do but is kept from the processor by another program, for
 * milliseconds. Here the caller waits only for chunks that a worker has begun, and does the others itself.
 * Two trainings that share two cores run ten times faster that way, and a single one as fast.
 *
 * There is one job at a time. `ticket` holds its number (upper half) and the next chunk to be taken (lower half); a
 * chunk belongs to the thread that advances the ticket from it. Before a new job is written down the ticket is closed,
 * so a worker that comes late and has read half of the old job and half of the new one cannot take a chunk of either.
 *
 * Workers wait for a job in a short loop, then asleep.
 *
 * OpenBLAS must not start threads of its own. Its OpenMP build asks its OpenMP library, at every call, how many threads
 * the calling thread may start; so each of ours sets that to 1. Which library it is, gcc's or clang's, and whether
 * there is one at all, is known when the program is loaded. optlab itself uses no OpenMP.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_DEFAULT, sched_getaffinity */
#endif
#include "base/parallel.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/interrupt.h"

#define MAX_TEAM 256
#define CLOSED UINT32_MAX
#define WORKER_SPINS 2000 /* looks for a job before a worker goes to sleep: 50 us on a Zen 5 */

typedef void Body(void *ctx, int64_t begin, int64_t end);

/* The team and its job belong to the process, and so does the number of threads: results do not depend on it. */
static struct {
  _Atomic uint64_t ticket;
  _Atomic int64_t left; /* chunks that are not done */
  _Atomic(Body *) body;
  _Atomic(void *) ctx;
  _Atomic int64_t n, grain, chunks;
  _Atomic int team; /* threads that may take part, the caller among them */
} job;

static struct {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  _Atomic int asleep;
  int count;
  atomic_flag busy; /* a job is under way */
} workers = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .busy = ATOMIC_FLAG_INIT};

static int threads;               /* 0 until the first question */
static _Thread_local int me;      /* 0: no worker */
static _Thread_local bool inside; /* of a chunk */

/* --- how many ----------------------------------------------------------------------------------------------------- */

static int (*openmp_threads)(void); /* NULL: OpenBLAS was built without OpenMP */
static void (*openmp_set_threads)(int n);

static __attribute__((constructor)) void find_openmp(void) {
  openmp_threads = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
  openmp_set_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
}

static void blas_stays_serial(void) {
  if (openmp_threads && openmp_set_threads && openmp_threads() != 1) openmp_set_threads(1);
}

/* The cores that this process may use. */
static long cores(void) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return sysconf(_SC_NPROCESSORS_ONLN);
}

/* OMP_NUM_THREADS may be a list, for regions within regions; there are none here. */
static int default_threads(void) {
  const char *text = getenv("OMP_NUM_THREADS");
  long n = text ? strtol(text, NULL, 10) : 0;
  if (n < 1) n = cores();
  return n < 1 ? 1 : n < MAX_TEAM ? (int)n : MAX_TEAM;
}

int parallel_threads(void) {
  if (threads == 0) threads = default_threads();
  blas_stays_serial();
  return threads;
}

void parallel_set_threads(int n) {
  parallel_threads();
  threads = n < MAX_TEAM ? n : MAX_TEAM;
}

int parallel_thread(void) { return me; }
bool parallel_inside(void) { return inside; }

/* --- chunks ------------------------------------------------------------------------------------------------------- */

static void run_chunk(Body *body, void *ctx, int64_t n, int64_t grain, int64_t chunk) {
  if (interrupt_requested()) return; /* the caller of parallel_for reports it */
  const int64_t begin = chunk * grain, left = n - begin;
  body(ctx, begin, begin + (left < grain ? left : grain));
}

/* Takes chunks of job `number` until there are none. */
static void run_chunks(uint32_t number) {
  uint64_t ticket = atomic_load(&job.ticket);
  if (ticket >> 32 != number) return;
  Body *body = atomic_load(&job.body);
  void *ctx = atomic_load(&job.ctx);
  const int64_t n = atomic_load(&job.n), grain = atomic_load(&job.grain), chunks = atomic_load(&job.chunks);
  inside = true;
  while (ticket >> 32 == number && (int64_t)(uint32_t)ticket < chunks) {
    if (!atomic_compare_exchange_weak(&job.ticket, &ticket, ticket + 1)) continue;
    run_chunk(body, ctx, n, grain, (int64_t)(uint32_t)ticket);
    atomic_fetch_sub(&job.left, 1);
    ticket = atomic_load(&job.ticket);
  }
  inside = false;
}

static inline void breathe(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* --- workers ------------------------------------------------------------------------------------------------------ */

static bool is_new(uint32_t seen) { return atomic_load(&job.ticket) >> 32 != seen; }

static void sleep_until_new(uint32_t seen) {
  pthread_mutex_lock(&workers.lock);
  atomic_fetch_add(&workers.asleep, 1);
  while (!is_new(seen)) pthread_cond_wait(&workers.wake, &workers.lock);
  atomic_fetch_sub(&workers.asleep, 1);
  pthread_mutex_unlock(&workers.lock);
}

static void *work(void *id) {
  uint32_t seen = 0;
  me = (int)(intptr_t)id;
  blas_stays_serial();
  for (;;) {
    for (int i = 0; i < WORKER_SPINS && !is_new(seen); i++) breathe();
    if (!is_new(seen)) sleep_until_new(seen);
    seen = (uint32_t)(atomic_load(&job.ticket) >> 32);
    if (me < atomic_load(&job.team)) run_chunks(seen);
  }
  return NULL;
}

/* Makes workers until there are enough for a team, or as many as the system gives: fewer will do. Signals are for the
 * thread that runs Lua. */
static void hire(int team) {
  if (workers.count >= team - 1) return;
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &old);
  pthread_t thread;
  while (workers.count < team - 1 && pthread_create(&thread, NULL, work, (void *)(intptr_t)(workers.count + 1)) == 0) {
    pthread_detach(thread);
    workers.count++;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* --- a job -------------------------------------------------------------------------------------------------------- */

static void publish(uint32_t number, int64_t n, int64_t grain, int64_t chunks, int team, Body *body, void *ctx) {
  atomic_fetch_or(&job.ticket, CLOSED);
  atomic_store(&job.body, body);
  atomic_store(&job.ctx, ctx);
  atomic_store(&job.n, n);
  atomic_store(&job.grain, grain);
  atomic_store(&job.chunks, chunks);
  atomic_store(&job.team, team);
  atomic_store(&job.left, chunks);
  atomic_store(&job.ticket, (uint64_t)number << 32);
  if (atomic_load(&workers.asleep) == 0) return;
  pthread_mutex_lock(&workers.lock);
  pthread_cond_broadcast(&workers.wake);
  pthread_mutex_unlock(&workers.lock);
}

void parallel_for(int64_t n, int64_t grain, void (*body)(void *ctx, int64_t begin, int64_t end), void *ctx) {
  const int64_t chunks = (n + grain - 1) / grain;
  const int team = parallel_threads();
  const bool alone = chunks <= 1 || chunks >= CLOSED || team == 1 || inside;
  if (alone || atomic_flag_test_and_set(&workers.busy)) {
    for (int64_t c = 0; c < chunks; c++) run_chunk(body, ctx, n, grain, c);
    return;
  }
  hire(team);
  const uint32_t number = (uint32_t)(atomic_load(&job.ticket) >> 32) + 1;
  publish(number, n, grain, chunks, team, body, ctx);
  run_chunks(number);
  while (atomic_load(&job.left) > 0) breathe();
  atomic_flag_clear(&workers.busy);
}
