/*
 * prompt.h - the line editor behind `optlab -i`: libedit, its history, and tab completion done in Lua.
 */
#ifndef OPTLAB_HOST_PROMPT_H
#define OPTLAB_HOST_PROMPT_H

#include <lua.h>

/* Pushes a table of functions:
 *   open(history, complete)  starts the editor; history is a file name or nil; complete(text) takes the line up to the
 * cursor and returns the text to insert and, where there are several ways to go on, a string that shows them
 *   read(prompt)             a line without its newline; nil at the end of the input; false if Ctrl-C threw the line
 * away remember(line)           adds a line to the history and its file close() Without a terminal on standard input,
 * read just reads lines and shows no prompt. */
int luaopen_optlab_prompt(lua_State *L);

#endif
