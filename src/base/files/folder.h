/*
 * folder.h - making folders.
 */
#ifndef OPTLAB_BASE_FILES_FOLDER_H
#define OPTLAB_BASE_FILES_FOLDER_H

/* Makes a folder and those above it, like mkdir -p. 0 (also if it is there already), or -1 with err_set("cannot make
 * the folder ..."). */
int folder_make(const char *path);

/* The same for the folder in which a file of that name lies. */
int folder_make_above(const char *file);

#endif
