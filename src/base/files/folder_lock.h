/*
 * folder_lock.h - a folder of output belongs to one process at a time.
 *
 * The process that writes to the folder locks it (flock on the folder itself, so no file shows it). The kernel ends the
 * lock with the process, however that ends; programs that it starts do not inherit it. (A child of a killed process that
 * was about to start one keeps it for a moment more; a caller waits up to two seconds for such a child.)
 */
#ifndef OPTLAB_BASE_FILES_FOLDER_LOCK_H
#define OPTLAB_BASE_FILES_FOLDER_LOCK_H

#include <stdbool.h>

/* Locks the folder for this process until it ends; a folder that this process has already is no error. 0, also where
 * there is no such folder or its file system cannot lock folders (NFS); or -1 with err_set("FOLDER is being written by
 * process 123; ..."). */
int folder_lock(const char *folder);

/* Whether a process has the folder; unknown where its file system cannot lock folders. The caller's own folders are
 * taken, too. */
typedef enum FolderState { FOLDER_FREE, FOLDER_TAKEN, FOLDER_UNKNOWN } FolderState;
FolderState folder_state(const char *folder);

/* Whether the file would lie in the folder or below it, links followed. */
bool folder_holds(const char *folder, const char *file);

#endif
