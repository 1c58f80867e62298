/*
 * table.c - the schedules of all files in families/.
 *
 * list.h is written by CMake from the list of files in families/CMakeLists.txt: a line ENTRY(step) for step.c, which
 * defines `const SchedDef sched_step[]`.
 */
#include "sched/schedule.h"

#define ENTRY(name) extern const SchedDef sched_##name[];
#include "sched/families/list.h"
#undef ENTRY

#define ENTRY(name) sched_##name,
const SchedDef *const sched_families[] = {
#include "sched/families/list.h"
    NULL};
