/*
 * ldeclare.h - declarations as Lua tables, from which the reference and `optlab help` are made.
 */
#ifndef OPTLAB_LUA_BASE_LDECLARE_H
#define OPTLAB_LUA_BASE_LDECLARE_H

#include "args/arg.h"
#include "lua/base/lbind.h"

/* Pushes the list of rows: {name =, kind =, what =, range =, default =, choices =, required =, doc =}. `what` is what
 * messages say a value must be; `range` an interval for numbers; what a row lacks is nil. */
void ldeclare_pushargs(lua_State *L, const Arg *args);

/* Pushes {space =, name =, doc =, equation =, paper =, args =}; the texts may be NULL. */
void ldeclare_push(lua_State *L, const char *space, const char *name, const char *doc, const char *equation,
                   const char *paper, const Arg *args);

/* In the declaration at the top: what the row `name`, which takes any value or none, accepts by the checks of its
 * reader. */
void ldeclare_setwhat(lua_State *L, const char *name, const char *kind, const char *what, bool required);

/* In the table at the top: name = text, unless that is NULL. */
void ldeclare_settext(lua_State *L, const char *name, const char *text);

/* Pops a value and adds it to the list below it. */
void ldeclare_append(lua_State *L);

#endif
