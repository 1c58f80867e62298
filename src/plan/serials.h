/*
 * serials.h - a table from storages to small numbers.
 *
 * A storage that is younger than the table is known by its serial number: it may be gone when another one lies at its
 * address. An older one is known by its address: the owner of the table keeps it alive, and storages made by several
 * threads at once may share a serial number.
 */
#ifndef OPTLAB_PLAN_SERIALS_H
#define OPTLAB_PLAN_SERIALS_H

#include "core/tensor.h"

typedef struct SerialEntry {
  uint64_t key; /* 0: free */
  int number;
} SerialEntry;

typedef struct Serials {
  SerialEntry *entry; /* [size] */
  int size, used;     /* size: 0 or a power of 2 */
  uint64_t start;     /* storages with larger serials are younger */
} Serials;

int serials_find(const Serials *s, const Storage *storage);           /* -1: not there */
int serials_add(Serials *s, const Storage *storage, int number); /* -1 without memory */
void serials_free(Serials *s);                                        /* accepts a zeroed one */

#endif
