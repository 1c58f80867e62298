/*
 * layers.c - the table of all leaf layers and losses.
 */
#include "nn/layers/layers.h"

#define ENTRY(name) &layer_##name,
const LayerDef *const layer_defs[] = {
#include "nn/layers/list.h"
#include "nn/losses/list.h"
    NULL};
