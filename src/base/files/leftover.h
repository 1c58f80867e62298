/*
 * leftover.h - temporary files, and those that a killed process left behind.
 *
 * A temporary file is called .optlab-, sixteen random digits, .part. Its writer holds a lock on it (flock), which the
 * kernel ends with the process. So a temporary file that can be locked has no writer any more and may be removed, also
 * where the writer ran on another machine.
 */
#ifndef OPTLAB_BASE_FILES_LEFTOVER_H
#define OPTLAB_BASE_FILES_LEFTOVER_H

#include <limits.h>

#define LEFTOVER_NAME 32 /* bytes of a temporary name, at most */

/* `folder` ends with a slash, or is "" for the current folder; it leaves room for LEFTOVER_NAME within PATH_MAX. */

/* Creates a temporary file, which only its user may read, and locks it. Its descriptor, its path in `path`; or -1 with
 * errno. */
int leftover_create(const char *folder, char path[PATH_MAX]);

/* Gives an open file without a name a temporary one; locks it before. 0 or -1 with errno. */
int leftover_link(int fd, const char *folder, char path[PATH_MAX]);

/* Removes the user's temporary files that have no writer. Looks at each folder once in the life of the process. */
void leftover_sweep(const char *folder);

#endif
