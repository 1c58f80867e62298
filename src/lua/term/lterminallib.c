/*
 * lterminallib.c - the terminal for Lua (optlab.base.terminal and optlab.term are its faces).
 *
 *   use(fd)                  draws on another descriptor than standard error's
 *   size()                   columns, rows, width and height in pixels (0: unknown); nil if it is no terminal
 *   is_ours()                whether no other job is in the terminal's foreground
 *   was_stopped()            whether the process was stopped and went on since the last call
 *   write(text)              true, or nil and a message
 *   paint(text, rows)        the same, and notes how many rows of the screen are taken from then on. One call, so that
 *                            Ctrl-C cannot come between the two
 *   painted()                that number; 0 at first
 *   ask(question, seconds)   the terminal's answers (term/ask.h), "" without; whether it has answered
 *   raster(width, height)    a picture: lrasterlib.c
 */
#include "lua/base/lerror.h"
#include "lua/term/lterm.h"
#include "term/ask.h"
#include "term/terminal.h"

static lua_Integer rows_painted; /* of the terminal, of which the process has one */

static int use(lua_State *L) {
  terminal_use((int)luaL_checkinteger(L, 1));
  return 0;
}

static int size(lua_State *L) {
  TerminalSize s;
  if (!terminal_size(&s)) return 0;
  lua_pushinteger(L, s.columns);
  lua_pushinteger(L, s.rows);
  lua_pushinteger(L, s.width);
  lua_pushinteger(L, s.height);
  return 4;
}

static int is_ours(lua_State *L) {
  lua_pushboolean(L, terminal_is_ours());
  return 1;
}

static int was_stopped(lua_State *L) {
  lua_pushboolean(L, terminal_was_stopped());
  return 1;
}

static int write_text(lua_State *L) {
  size_t n;
  const char *text = luaL_checklstring(L, 1, &n);
  return lb_status(L, terminal_write(text, n));
}

static int paint(lua_State *L) {
  size_t n;
  const char *text = luaL_checklstring(L, 1, &n);
  rows_painted = luaL_checkinteger(L, 2);
  return lb_status(L, terminal_write(text, n));
}

static int painted(lua_State *L) {
  lua_pushinteger(L, rows_painted);
  return 1;
}

static int free_answer(lua_State *L) {
  bytes_free(lua_touserdata(L, 1));
  return 0;
}

static int ask(lua_State *L) {
  size_t n;
  const char *question = luaL_checklstring(L, 1, &n);
  const double seconds = luaL_checknumber(L, 2);
  Bytes *answer = lua_newuserdatauv(L, sizeof *answer, 0);
  *answer = (Bytes){0};
  if (luaL_newmetatable(L, "optlab.TerminalAnswer")) {
    lua_pushcfunction(L, free_answer);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  if (terminal_ask(question, n, seconds, answer) < 0) return lb_nilerror(L);
  lua_pushlstring(L, answer->n > 0 ? answer->data : "", answer->n);
  lua_pushboolean(L, terminal_has_answered(answer->data, answer->n));
  return 2;
}

int luaopen_optlab_terminal(lua_State *L) {
  static const luaL_Reg library[] = {
      {"use", use},     {"size", size},       {"is_ours", is_ours}, {"was_stopped", was_stopped}, {"write", write_text},
      {"paint", paint}, {"painted", painted}, {"ask", ask},         {"raster", lterm_raster},     {NULL, NULL},
  };
  luaL_newlib(L, library);
  return 1;
}
