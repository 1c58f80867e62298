/*
 * lsystemlib.c - what scripts ask of the machine: time, memory, threads, the terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/text/number.h"
#include "lua/base/largs.h"

/***
Seconds on a clock that never goes back; only differences mean anything.
@function clock
@treturn number seconds
@usage local t0 = lab.clock(); work(); print(lab.clock() - t0)
*/
static int system_clock(lua_State *L) {
  lb_atmost(L, "lab.clock", 0);
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  lua_pushnumber(L, (double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
  return 1;
}

static void set_integer(lua_State *L, const char *name, int64_t value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

/* Bytes of this process in main memory, or -1 where the system does not say. */
static int64_t resident_bytes(void) {
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f) return -1;
  long total, resident;
  int n = fscanf(f, "%ld %ld", &total, &resident);
  fclose(f);
  return n == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : -1;
}

/***
Bytes and calls of the tensor allocator, and the process's size.
@function memory
@treturn table {live, peak, cached: bytes of tensors; mallocs: calls of malloc so far; resident: bytes of the process}
*/
static int system_memory(lua_State *L) {
  lb_atmost(L, "lab.memory", 0);
  AllocStats s = alloc_stats();
  int64_t resident = resident_bytes();
  lua_createtable(L, 0, 6);
  set_integer(L, "live", s.live);
  set_integer(L, "peak", s.peak);
  set_integer(L, "cached", s.cached);
  set_integer(L, "mallocs", s.mallocs);
  set_integer(L, "frees", s.frees);
  if (resident >= 0) set_integer(L, "resident", resident);
  return 1;
}

/***
Makes `lab.memory().peak` start again from what is live now.
@function reset_peak_memory
*/
static int system_reset_peak(lua_State *L) {
  lb_atmost(L, "lab.reset_peak_memory", 0);
  alloc_reset_peak();
  return 0;
}

/***
Gives the memory that waits for reuse back to the system.
@function empty_cache
*/
static int system_empty_cache(lua_State *L) {
  lb_atmost(L, "lab.empty_cache", 0);
  alloc_trim();
  return 0;
}

/***
For tests: the n-th allocation of tensor memory from now on fails, and only that one; 0 calls it off.
@function fail_allocation
@tparam integer n
*/
static int system_fail_allocation(lua_State *L) {
  static const Arg args[] = {{.name = "n", .kind = ARG_INTEGER, .required = true}, {0}};
  double n = 0;
  largs_read(L, 1, "lab.fail_allocation", &(ArgValues){.args = args, .x = &n});
  alloc_fail_after((int64_t)n);
  return 0;
}

/***
Sets how many threads share large operations. Results do not depend on it.
@function set_num_threads
@tparam integer n at least 1
*/
static int system_set_num_threads(lua_State *L) {
  static const Arg args[] = {{.name = "n", .kind = ARG_INTEGER, .range = RANGE_AT_LEAST_1, .required = true}, {0}};
  double n = 0;
  largs_read(L, 1, "lab.set_num_threads", &(ArgValues){.args = args, .x = &n});
  if (n > 1024) return lb_badvalue(L, "lab.set_num_threads", "n", 1, "an integer of at most 1024");
  parallel_set_threads((int)n);
  return 0;
}

/***
@function get_num_threads
@treturn integer the number of threads in use
*/
static int system_get_num_threads(lua_State *L) {
  lb_atmost(L, "lab.get_num_threads", 0);
  lua_pushinteger(L, parallel_threads());
  return 1;
}

/***
Whether a standard stream is a terminal.
@function isatty
@tparam string stream "stdin", "stdout" or "stderr"
@treturn boolean
*/
static int system_isatty(lua_State *L) {
  static const char *const streams[] = {"stdin", "stdout", "stderr", NULL}; /* in the order of their descriptors */
  static const Arg args[] = {{.name = "stream", .kind = ARG_CHOICE, .choices = streams, .required = true}, {0}};
  double fd = 0;
  largs_read(L, 1, "lab.isatty", &(ArgValues){.args = args, .x = &fd});
  lua_pushboolean(L, isatty((int)fd));
  return 1;
}

/***
Width of the terminal on standard error or standard output; $COLUMNS, or 80, where neither is one.
@function columns
@treturn integer
*/
static int system_columns(lua_State *L) {
  lb_atmost(L, "lab.columns", 0);
  struct winsize w;
  int columns = 0;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0) columns = w.ws_col;
  if (columns <= 0) {
    const char *env = getenv("COLUMNS");
    columns = env ? atoi(env) : 0;
  }
  lua_pushinteger(L, columns > 0 ? columns : 80);
  return 1;
}

/* shown(value): the value as error messages show it; lb_pushgot for the Lua half. */
static int system_shown(lua_State *L) {
  lua_settop(L, 1);
  lb_pushgot(L, 1);
  return 1;
}

/* visible(text): the same with control characters spelled out, line breaks and tabs as they are. */
static int system_visible(lua_State *L) {
  size_t n;
  const char *text = luaL_checklstring(L, 1, &n);
  lb_pushvisible(L, text, n, true);
  return 1;
}

/* format_number(x, digits): as "%.*g" in the "C" locale; optlab.base.number is its face. */
static int system_format_number(lua_State *L) {
  char text[64];
  const int digits = (int)luaL_checkinteger(L, 2);
  luaL_argcheck(L, digits >= 1 && digits <= 17, 2, "1 to 17 digits");
  number_print(text, sizeof text, "%.*g", digits, luaL_checknumber(L, 1));
  lua_pushstring(L, text);
  return 1;
}

/* parse_number(text): an integer, a float, or nil. */
static int system_parse_number(lua_State *L) {
  size_t n;
  int64_t whole;
  double x;
  const char *text = luaL_checklstring(L, 1, &n); /* ends with a NUL */
  if (strcspn(text, ".eE") == n && number_parse_int(text, n, &whole)) {
    lua_pushinteger(L, whole);
  } else if (number_parse(text, n, &x)) {
    lua_pushnumber(L, x);
  } else {
    lua_pushnil(L);
  }
  return 1;
}

/* string_less(a, b): by their bytes; optlab.base.order is its face. */
static int system_string_less(lua_State *L) {
  size_t na, nb;
  const char *a = luaL_checklstring(L, 1, &na), *b = luaL_checklstring(L, 2, &nb);
  const int order = memcmp(a, b, na < nb ? na : nb);
  lua_pushboolean(L, order < 0 || (order == 0 && na < nb));
  return 1;
}

/* set_library_dir(prefix): error positions skip functions whose source lies under it. optlab/init.lua calls it once. */
static int system_set_library_dir(lua_State *L) {
  lb_setlibdir(luaL_checkstring(L, 1));
  return 0;
}

/* nearest(word, names): the name that was probably meant, or nil; lb_nearest for the Lua half. */
static int system_nearest(lua_State *L) {
  const char *word = luaL_checkstring(L, 1);
  int n = lb_length(L, 2);
  const char **names = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *names, 0);
  for (int i = 0; i < n; i++) {
    lua_geti(L, 2, i + 1);
    luaL_checktype(L, -1, LUA_TSTRING);
    names[i] = lua_tostring(L, -1); /* alive: the table holds it */
    lua_pop(L, 1);
  }
  names[n] = NULL;
  lua_pushstring(L, lb_nearest(word, names));
  return 1;
}

static const luaL_Reg SYSTEM_FUNCTIONS[] = {
    {"clock", system_clock},
    {"memory", system_memory},
    {"reset_peak_memory", system_reset_peak},
    {"empty_cache", system_empty_cache},
    {"fail_allocation", system_fail_allocation},
    {"set_num_threads", system_set_num_threads},
    {"get_num_threads", system_get_num_threads},
    {"isatty", system_isatty},
    {"columns", system_columns},
    {"nearest", system_nearest},
    {"shown", system_shown},
    {"visible", system_visible},
    {"string_less", system_string_less},
    {"format_number", system_format_number},
    {"parse_number", system_parse_number},
    {"set_library_dir", system_set_library_dir},
    {NULL, NULL},
};

int luaopen_optlab_system(lua_State *L) {
  luaL_newlib(L, SYSTEM_FUNCTIONS);
  return 1;
}
