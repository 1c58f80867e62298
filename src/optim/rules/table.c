/*
 * table.c - the built-in optimizers: lua/optlab/optim/rules has a file of each.
 *
 * list.h is written by CMake from the lists in CMakeLists.txt: a line ENTRY(adam) for the generated adam.c, which defines
 * `const OptimDef optim_adam`.
 */
#include "optim/optimizer.h"

#define ENTRY(name) extern const OptimDef optim_##name;
#include "optim/rules/list.h"
#undef ENTRY

#define ENTRY(name) &optim_##name,
const OptimDef *const optim_defs[] = {
#include "optim/rules/list.h"
    NULL};
