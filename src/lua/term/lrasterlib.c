/*
 * lrasterlib.c - pictures of curves for Lua (term/raster.h).
 *
 *   r = raster(width, height)
 *   r:colour(0xRRGGBB)                         the number of a colour
 *   r:line(x0, y0, x1, y1, width, colour)      pixels from the top left, the first one's middle at 0
 *   r:pixel(x, y)                              the number of a pixel's colour, 0 for none
 *   r:sixel(), r:png()                         the picture as text for a terminal and as a file
 */
#include "lua/term/lterm.h"
#include "term/raster.h"

#define RASTER_MT "optlab.Raster"

typedef struct Picture {
  Raster raster;
  Bytes out; /* kept here so that a Lua error leaks nothing */
} Picture;

static Picture *check(lua_State *L) { return luaL_checkudata(L, 1, RASTER_MT); }

static int picture_gc(lua_State *L) {
  Picture *p = check(L);
  raster_free(&p->raster);
  bytes_free(&p->out);
  return 0;
}

static int colour(lua_State *L) {
  Picture *p = check(L);
  const lua_Integer rgb = luaL_checkinteger(L, 2);
  lua_pushinteger(L, raster_colour(&p->raster, (uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb));
  return 1;
}

static int line(lua_State *L) {
  Picture *p = check(L);
  double at[4];
  for (int i = 0; i < 4; i++) {
    at[i] = luaL_checknumber(L, i + 2);
    luaL_argcheck(L, at[i] >= -1e6 && at[i] <= 1e6, i + 2, "too far outside");
  }
  const lua_Integer width = luaL_checkinteger(L, 6), number = luaL_checkinteger(L, 7);
  luaL_argcheck(L, width >= 1 && width <= 100, 6, "1 to 100");
  luaL_argcheck(L, number >= 0 && number <= p->raster.n_colours, 7, "no such colour");
  raster_line(&p->raster, at[0], at[1], at[2], at[3], (int)width, (int)number);
  return 0;
}

static int pixel(lua_State *L) {
  const Raster *r = &check(L)->raster;
  const lua_Integer x = luaL_checkinteger(L, 2), y = luaL_checkinteger(L, 3);
  const bool inside = x >= 0 && x < r->width && y >= 0 && y < r->height;
  lua_pushinteger(L, inside ? r->pixels[y * r->width + x] : 0);
  return 1;
}

static int push_out(lua_State *L, Picture *p, int status) {
  if (status < 0 || bytes_check(&p->out) < 0) return luaL_error(L, "%s", err_message());
  lua_pushlstring(L, p->out.data, p->out.n);
  return 1;
}

static int sixel(lua_State *L) {
  Picture *p = check(L);
  bytes_clear(&p->out);
  raster_sixel(&p->raster, &p->out);
  return push_out(L, p, 0);
}

static int png(lua_State *L) {
  Picture *p = check(L);
  bytes_clear(&p->out);
  return push_out(L, p, raster_png(&p->raster, &p->out));
}

static void push_metatable(lua_State *L) {
  static const luaL_Reg methods[] = {{"colour", colour}, {"line", line}, {"pixel", pixel},
                                     {"sixel", sixel},   {"png", png},   {NULL, NULL}};
  if (!luaL_newmetatable(L, RASTER_MT)) return;
  lua_pushcfunction(L, picture_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
}

int lterm_raster(lua_State *L) {
  const lua_Integer width = luaL_checkinteger(L, 1), height = luaL_checkinteger(L, 2);
  luaL_argcheck(L, width >= 1 && width <= RASTER_MOST_PIXELS, 1, "1 to 4096");
  luaL_argcheck(L, height >= 1 && height <= RASTER_MOST_PIXELS, 2, "1 to 4096");
  Picture *p = lua_newuserdatauv(L, sizeof *p, 0);
  *p = (Picture){0};
  push_metatable(L);
  lua_setmetatable(L, -2);
  if (raster_init(&p->raster, (int)width, (int)height) < 0) return luaL_error(L, "%s", err_message());
  return 1;
}
