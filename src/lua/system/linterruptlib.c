/*
 * linterruptlib.c - the request that the program ends (base/interrupt.h), for Lua code that waits.
 *
 *   requested()   whether there is one
 *   fd()          a file descriptor of the caller's own that is readable while there is one
 *   hold(on)      while held, Lua code runs on after a request: for callbacks of a library that takes no errors; gives
 *                 whether it was held before
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/interrupt.h"
#include "lua/base/lbind.h"

static int requested(lua_State *L) {
  lua_pushboolean(L, interrupt_requested());
  return 1;
}

static int descriptor(lua_State *L) {
  const int fd = fcntl(interrupt_fd(), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return lb_error(L, "cannot make a pipe: %s", strerror(errno));
  lua_pushinteger(L, fd);
  return 1;
}

static int hold(lua_State *L) {
  lua_pushboolean(L, interrupt_is_held());
  interrupt_hold(lua_toboolean(L, 1));
  return 1;
}

int luaopen_optlab_interrupt(lua_State *L) {
  static const luaL_Reg library[] = {{"requested", requested}, {"fd", descriptor}, {"hold", hold}, {NULL, NULL}};
  luaL_newlib(L, library);
  return 1;
}
