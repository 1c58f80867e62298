/*
 * layers.c - the table of all leaf layers.
 */
#include "nn/layers/layers.h"

#define LAYER_ADDRESS(name) &layer_##name,
const LayerDef *const all_layers[] = {LAYER_LIST(LAYER_ADDRESS) NULL};
