/*
 * ldata.h - the parts of the data library, each in a file of its own.
 *
 *   ldatalib.c    tables: csv, idx, npy, standardize, gaussian, garments
 *   lloaderlib.c  minibatches: loader
 *   lbatches.c    their passes
 *   lcsvwritelib.c  tables of text: write_csv
 *   lfetchlib.c   files: download, digest
 *   limageslib.c  mat, tar, transforms of images, stand-ins
 */
#ifndef OPTLAB_LUA_DATA_LDATA_H
#define OPTLAB_LUA_DATA_LDATA_H

#include "data/loader.h"
#include "lua/base/largs.h"

/* Each adds its functions to the table on top of the stack. */
void ldata_add_loader(lua_State *L);
void ldata_add_fetch(lua_State *L);
void ldata_add_images(lua_State *L);
void ldata_add_write(lua_State *L);

/* Each adds the declarations of its functions to the list on top of the stack. */
void ldata_declare_loader(lua_State *L);
void ldata_declare_fetch(lua_State *L);
void ldata_declare_images(lua_State *L);
void ldata_declare_write(lua_State *L);

/* The loader at idx, or NULL; the one at 1, whose method or function fn is. */
Loader *ldata_testloader(lua_State *L, int idx);
Loader *ldata_checkloader(lua_State *L, const char *fn);

/* lbatches.c: a method of loaders, a function of the library. */
int ldata_batches(lua_State *L);
int ldata_share(lua_State *L);

/* Starts an epoch; pushes the userdata that owns it. */
Batches *ldata_start(lua_State *L, Loader *l);

#endif
