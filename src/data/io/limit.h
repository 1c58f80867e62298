/*
 * limit.h - how much a file from elsewhere may cost.
 *
 * A few kilobytes can unpack to gigabytes, and a server can send without an end. What takes memory or disk in
 * proportion to such a file stops at a limit that the environment may move.
 */
#ifndef OPTLAB_DATA_IO_LIMIT_H
#define OPTLAB_DATA_IO_LIMIT_H

#include <stdint.h>

#define LIMIT_UNPACKED "OPTLAB_MAX_UNPACKED" /* bytes that come out of one compressed file */
#define LIMIT_UNPACKED_DEFAULT ((int64_t)4 << 30)
#define LIMIT_DOWNLOAD "OPTLAB_MAX_DOWNLOAD" /* bytes of one download */
#define LIMIT_DOWNLOAD_DEFAULT ((int64_t)2 << 30)

/* The environment variable's value, "500M" or "16G" (K, M, G: 1024, ...), or the default. -1 with err_set where it is
 * none. */
int64_t limit_bytes(const char *variable, int64_t by_default);

#endif
