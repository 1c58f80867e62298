/*
 * table.c - the built-in optimizers, one of each file in this folder.
 *
 * list.h is written by CMake from the list of files in CMakeLists.txt: a line ENTRY(adam) for adam.c, which defines
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
