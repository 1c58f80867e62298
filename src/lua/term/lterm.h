/*
 * lterm.h - the files of core.terminal.
 */
#ifndef OPTLAB_LUA_TERM_LTERM_H
#define OPTLAB_LUA_TERM_LTERM_H

#include "base/err.h"
#include "lua/base/lbind.h"

/* lrasterlib.c: raster(width, height) */
int lterm_raster(lua_State *L);

#endif
