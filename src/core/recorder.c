/*
 * recorder.c - running and reporting a computation, and the key of the plans that are valid now.
 */
#include "core/recorder.h"

uint64_t recorder_plan_key;

int recorder_run(const Computation *c) {
  const Recorder *t = recorder_pause();
  const int rc = c->run(c, context);
  recorder_resume(t);
  if (t && rc == 0) t->call(c);
  return rc;
}

/* splitmix64's finish: neighbouring numbers become unrelated ones. */
static uint64_t scatter(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

void recorder_invalidate_plans(void) {
  static uint64_t count; /* the process's, as the key is */
  recorder_plan_key ^= scatter(++count << 1 | 1);
}

void recorder_toggle_plans(const void *toggled) { recorder_plan_key ^= scatter((uint64_t)(uintptr_t)toggled); }
