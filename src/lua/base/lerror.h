/*
 * lerror.h - errors with the script's line, in one dialect:
 *
 *   CALLEE: NAME must be WHAT, got VALUE        nn.Linear: in_features must be an integer of at least 1, got 0
 *   CALLEE: NAME is missing; it must be WHAT
 *   CALLEE: unknown option 'x'; did you mean 'y'?
 *   CALLEE: too many arguments (4, at most 3 and a table of options)
 *
 * CALLEE is what the user wrote, with its namespace: lab.zeros, Tensor:add, nn.Linear, optim.SGD.
 */
#ifndef OPTLAB_LUA_BASE_LERROR_H
#define OPTLAB_LUA_BASE_LERROR_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "base/err.h"

/* Raises "file:line: message" with the position of the innermost Lua function that is not part of optlab's own
 * Lua modules (the user's script, a spec). Never returns; `return lb_error(...)` reads well. */
int lb_error(lua_State *L, const char *fmt, ...);
int lb_coreerror(lua_State *L);                       /* the same with err_message() */
int lb_nilerror(lua_State *L);                        /* raises nothing: returns nil and err_message() */
int lb_status(lua_State *L, int status);              /* returns true; as lb_nilerror where status is negative */
int lb_calleeerror(lua_State *L, const char *callee); /* with "callee: err_message()" */
int lb_operror(lua_State *L, const char *callee);     /* the same; the callee replaces an operation's name, "slice: " */

/* Raises about the value at idx: "callee: name must be what, got VALUE", or "callee: name is missing; it must be what"
 * if there is none. */
int lb_badvalue(lua_State *L, const char *callee, const char *name, int idx, const char *what);

/* Pushes n bytes of text with control characters spelled out (base/text/visible.h); `lines`: line breaks, tabs stay. */
const char *lb_pushvisible(lua_State *L, const char *text, size_t n, bool lines);

/* Pushes the VALUE at idx: 'x', 3, true, nothing, a table, a tensor of shape (2, 3), an optlab.Optimizer. */
const char *lb_pushgot(lua_State *L, int idx);

/* Pushes the words as 'a', 'b', 'c'. `names` is NULL-terminated. */
const char *lb_pushwords(lua_State *L, const char *const names[]);

/* Raises "callee: unknown option 'key'; did you mean 'x'?", or with the list of names if none is near. */
int lb_unknown(lua_State *L, const char *callee, const char *key, const char *const names[]);

/* Raises "too many arguments" if the call has more than n, nils at the end aside. The first one of a method
 * ("Tensor:t") counts in n but not in the message. */
void lb_atmost(lua_State *L, const char *callee, int n);

/* The nearest of `names` to `word` by edit distance if it is near enough to be meant, else NULL. */
const char *lb_nearest(const char *word, const char *const names[]);

/* The directory of optlab's own Lua modules, whose functions lb_error passes over; copied. */
void lb_setlibdir(const char *dir);

/* Finds the position of the script: its source (an address that stands for it) and line, and as text "file:line" unless
 * text is NULL. False where no function on the stack is one of a script. */
bool lb_position(lua_State *L, const void **source, int *line, char *text, size_t size);

#endif
