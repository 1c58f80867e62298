/*
 * context.c - the program's context, and the current one.
 */
#include "core/context.h"

static Context program = {
    .random = {.of = {{0, RNG_USER, 0}, {0, RNG_INIT, 0}, {0, RNG_DATA, 0}, {0, RNG_DROPOUT, 0}}},
    .grad_mode = true,
    .default_dtype = DT_F32,
};

Context *context = &program;

Context *context_switch(Context *to) {
  Context *before = context;
  context = to;
  return before;
}
