/*
 * recorder.c - the recorder's address, and the number that stands for the state of the world.
 */
#include "core/recorder.h"

const Trace *trace;
uint64_t trace_world;

int trace_do(const TraceCall *c) {
  const Trace *t = trace_pause();
  const int rc = c->run(c, rng_for((RngPurpose)0));
  trace_resume(t);
  if (t && rc == 0) t->call(c);
  return rc;
}

/* splitmix64's finish: neighbouring numbers become unrelated ones. */
static uint64_t scatter(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

void trace_world_changed(void) {
  static uint64_t count;
  trace_world ^= scatter(++count << 1 | 1);
}

void trace_world_toggled(const void *what) { trace_world ^= scatter((uint64_t)(uintptr_t)what); }
