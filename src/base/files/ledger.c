/*
 * ledger.c - two lists of names, which belong to the process.
 */
#define _GNU_SOURCE /* strdup */
#include "base/files/ledger.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct Names {
  char **name;
  int count, room;
} Names;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool started;
static Names names[2]; /* by LedgerList */

void ledger_start(void) { started = true; }

static bool is_there(const Names *list, const char *path) {
  for (int i = list->count; i-- > 0;) { /* the same file is often the last one */
    if (strcmp(list->name[i], path) == 0) return true;
  }
  return false;
}

static bool make_room(Names *list) {
  if (list->count < list->room) return true;
  const int room = list->room ? 2 * list->room : 16;
  void *more = realloc(list->name, (size_t)room * sizeof *list->name);
  if (!more) return false;
  list->name = more;
  list->room = room;
  return true;
}

void ledger_note(LedgerList which, const char *path) {
  if (!started) return;
  Names *list = &names[which];
  pthread_mutex_lock(&lock);
  if (!is_there(list, path) && make_room(list)) {
    char *copy = strdup(path);
    if (copy) list->name[list->count++] = copy;
  }
  pthread_mutex_unlock(&lock);
}

int ledger_count(LedgerList which) {
  pthread_mutex_lock(&lock);
  const int count = names[which].count;
  pthread_mutex_unlock(&lock);
  return count;
}

const char *ledger_name(LedgerList which, int i) {
  pthread_mutex_lock(&lock);
  const char *name = names[which].name[i];
  pthread_mutex_unlock(&lock);
  return name;
}
