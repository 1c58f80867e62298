/*
 * ledger.h - which files the process has read and written, for the record of a run.
 *
 * Nothing is noted until ledger_start. Each name stands there once, as the caller gave it.
 */
#ifndef OPTLAB_BASE_FILES_LEDGER_H
#define OPTLAB_BASE_FILES_LEDGER_H

#include <stdbool.h>

typedef enum LedgerList { LEDGER_READ, LEDGER_WRITTEN } LedgerList;

/* From here on, files are noted. */
void ledger_start(void);

/* Called where files are opened (infile.c) and get their names (outfile.c), by any thread. A name for which there is no
 * memory is left out. */
void ledger_note(LedgerList list, const char *path);

/* How many names a list has, and the name at 0, 1, ...; it stays where it is until the process ends. */
int ledger_count(LedgerList list);
const char *ledger_name(LedgerList list, int i);

#endif
