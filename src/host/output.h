/*
 * output.h - what a run prints also goes to a file.
 *
 * Standard output and standard error become streams that write to their descriptors as before and to the record, too.
 * Whatever prints through them is caught: print, io.write, io.stdout:write, notices of C. What is written to the
 * descriptors goes past it: the terminal's bars and curves, programs that the script starts. Whether a stream is a
 * terminal, how it is buffered, its errors and its closed pipe stay as they are.
 */
#ifndef OPTLAB_HOST_OUTPUT_H
#define OPTLAB_HOST_OUTPUT_H

#include <lua.h>

/* Pushes {keep =, open =, drop =, problem =}:
 *
 *   keep(stdout, stderr)   from here on, what is printed to these files is kept in memory; false where the C library's
 *                          own stdout cannot be replaced, so that print must be another function
 *   open(path)             writes what was kept to a new file, and from here on everything; true, or nil and a message
 *   drop()                 keeps nothing any more; the two files are as they were
 *   problem()              why the record is not complete, or nil
 */
int output_push_library(lua_State *L);

/* Why standard output could not be written, an errno; 0 if it could. */
int output_errno(void);

#endif
