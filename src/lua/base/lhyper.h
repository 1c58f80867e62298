/*
 * lhyper.h - tables of named numbers (args/hyper.h) read from Lua's option tables and shown to Lua.
 */
#ifndef OPTLAB_LUA_BASE_LHYPER_H
#define OPTLAB_LUA_BASE_LHYPER_H

#include "args/hyper.h"
#include "lua/base/lbind.h"

/* Raises for a key of the table at idx that is neither a row's name nor among `more` (NULL-terminated; at most 4). */
void lhyper_checkkeys(lua_State *L, int idx, const char *fn, const Hyper *table, const char *const more[]);

/* Reads the value on top of the stack as row x into value[0..width-1] and pops it; raises if it has another type. The
 * range is for hyper_check. */
void lhyper_value(lua_State *L, const char *fn, const Hyper *x, double *value);

/* Reads what the table at idx holds over what is in h; rows it does not mention stay. idx may be none or nil. */
void lhyper_read(lua_State *L, int idx, const char *fn, const Hyper *table, double *h);

/* Pushes a row's value: a number, a boolean, a list, a string; nil for one that is optional and not given. */
void lhyper_push(lua_State *L, const Hyper *x, const double *value);

/* Adds the same as text, as an error or a printed object shows it. */
void lhyper_addtext(luaL_Buffer *b, const Hyper *x, const double *value);

/* Sets t[name] = value for every row in the table on top of the stack. */
void lhyper_setfields(lua_State *L, const Hyper *table, const double *h);

#endif
