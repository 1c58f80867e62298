/*
 * largs.h - calls from Lua read by a declaration (args/arg.h), and values shown to Lua.
 *
 * A call gives its arguments by position, by name in one table of options, or both: nn.Linear(4, 2, {bias = false}).
 *
 *   A table of options is a table with names (string keys), and it is the last argument. An empty table is one too
 *   where no list is expected. If the argument at its position takes a list, the same table may hold that list:
 *   lab.tensor{1, 2, dtype = "float64"}. Objects of a class (a metatable with __name) are never options.
 *
 * Nothing that was given is dropped: unknown names, arguments given twice, and too many of them raise an error.
 */
#ifndef OPTLAB_LUA_BASE_LARGS_H
#define OPTLAB_LUA_BASE_LARGS_H

#include "args/arg.h"
#include "lua/base/lbind.h"

/* Reads the call's values from index `first` to the top into v, whose args are set; starts from the defaults. Strings,
 * functions, tables, tensors and 64-bit integers are kept as their index on the stack (0: not given), where values that
 * were given by name are pushed. Members of lists that v does not own live in userdata on the stack. */
void largs_read(lua_State *L, int first, const char *callee, ArgValues *v);

/* The number at idx, to the last bit; of an ARG_SCALAR that was given, idx is its place. */
Scalar largs_scalar(lua_State *L, int idx);

/* Whether the value at idx is a table of options. */
bool largs_is_options(lua_State *L, int idx);

/* --- a table of options alone ------------------------------------------------------------------------------------- */

/* Raises for a key of the table at idx that is neither a row's name nor among `more` (NULL-terminated; NULL: none).
 * `list`: the table may hold a list as well. idx may be none or nil; anything but a table raises. */
void largs_checknames(lua_State *L, int idx, const char *callee, const Arg *args, const char *const more[], bool list);

/* Raises if the list at idx, the argument `name`, has names: options that would be dropped. Lists that are given by
 * name or within another value have to be checked; one that is given by position may be the table of options too. */
void largs_refusenames(lua_State *L, int idx, const char *callee, const char *name);

/* Reads what the table at idx holds over what is in v; rows it does not mention stay. idx may be none or nil. */
void largs_named(lua_State *L, int idx, const char *callee, ArgValues *v);

/* Both, from the defaults; raises if a required row is missing. */
void largs_options(lua_State *L, int idx, const char *callee, ArgValues *v);

/* Reads the value at idx as row a into x; raises. The row is no list. */
void largs_value(lua_State *L, int idx, const char *callee, const Arg *a, double *x);

/* --- to Lua ------------------------------------------------------------------------------------------------------- */

/* Pushes a row's value: a number, a boolean, a list, a string; nil for one that is not given. `list`: ArgValues.list;
 * may be NULL for rows that are no lists. */
void largs_push(lua_State *L, const Arg *a, const double *x, const ArgList *list);

/* Adds the same as text, as a printed object shows it. */
void largs_addtext(luaL_Buffer *b, const Arg *a, const double *x, const ArgList *list);

/* Sets t[name] = value for every row in the table on top of the stack. */
void largs_setfields(lua_State *L, const Arg *args, const double *x, const ArgList *list);

#endif
