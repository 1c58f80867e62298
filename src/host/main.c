/*
 * main.c - the program: a Lua interpreter that knows where its modules are.
 *
 * All that needs C is here: the state, the search path, the exit status. Options, scripts, error reports and the prompt
 * are Lua (lua/optlab/cli), called in protected mode with the functions of this file and the command line. Signals:
 * signals.h.
 *
 * Exit status: 0, 1 after an error, 128 + its number after a signal (130 after Ctrl-C), or what the script gave to
 * os.exit.
 */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "host/coroutines.h"
#include "host/output.h"
#include "host/prompt.h"
#include "host/signals.h"
#include "lua/base/home.h"
#include "lua/base/lbind.h"

/* --- what cli.lua gets as `host` ------------------------------------------------------------------------------- */

/* host.attempt(f, handler): xpcall that also takes a Ctrl-C: the error "interrupted" ends here, and scripts run again.
 * After another signal the program ends. */
static int host_attempt(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_insert(L, 1);
  const bool ok = lua_pcall(L, 0, LUA_MULTRET, 1) == LUA_OK;
  if (atomic_load(&interrupt_signal) == SIGINT) {
    signals_take();
    signals_rearm();
  }
  lua_pushboolean(L, ok);
  lua_replace(L, 1);
  return lua_gettop(L);
}

/* host.interrupt(): as if Ctrl-C had been pressed */
static int host_interrupt(lua_State *L) {
  (void)L;
  raise(SIGINT);
  return 0;
}

/* host.let_go(): a signal does not look at the state any more, which os.exit is about to close */
static int host_let_go(lua_State *L) {
  (void)L;
  signals_watch(NULL);
  return 0;
}

/* host.input_waits(seconds): whether standard input is a file or a pipe that has something to read within that time */
static int host_input_waits(lua_State *L) {
  struct stat st;
  int ms = (int)(1000 * luaL_checknumber(L, 1));
  bool waits = false;
  if (fstat(STDIN_FILENO, &st) == 0 && !S_ISCHR(st.st_mode)) {
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    waits = poll(&p, 1, ms) == 1 && (p.revents & POLLIN) != 0;
  }
  lua_pushboolean(L, waits);
  return 1;
}

static void on_closed_pipe(int sig) { (void)sig; }

/* host.ignore_closed_pipe(): goes on when the reader of standard output has left, as head does. A handler that does
 * nothing, because SIG_IGN would be inherited by the programs that a script starts. */
static int host_ignore_closed_pipe(lua_State *L) {
  (void)L;
  struct sigaction action = {.sa_handler = on_closed_pipe, .sa_flags = SA_RESTART};
  sigaction(SIGPIPE, &action, NULL);
  return 0;
}

/* host.silence(): what is written to standard output from now on is lost */
static int host_silence(lua_State *L) {
  (void)L;
  fflush(stdout);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
  if (nowhere > STDOUT_FILENO) close(nowhere);
  return 0;
}

static const luaL_Reg HOST_FUNCTIONS[] = {
    {"attempt", host_attempt},
    {"interrupt", host_interrupt},
    {"let_go", host_let_go},
    {"input_waits", host_input_waits},
    {"ignore_closed_pipe", host_ignore_closed_pipe},
    {"silence", host_silence},
    {NULL, NULL},
};

/* --- start and end --------------------------------------------------------------------------------------------- */

/* For errors of the command line module itself; a script's errors are caught and reported in Lua. */
static int message_handler(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

static bool find_home(lua_State *L, const char *program) {
  char home[HOME_MAX];
  if (!home_find("/proc/self/exe", home) && !home_find(program, home)) {
    fputs("optlab: cannot find its Lua modules (looked for share/optlab/lua beside and above the program)\n", stderr);
    return false;
  }
  home_use(L, home);
  return true;
}

/* Whether -E stands among the interpreter's options: LUA_PATH and LUA_CPATH are ignored then, as by lua. */
static bool ignores_environment(int argc, char **argv) {
  for (int i = 1; i < argc && argv[i][0] == '-' && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "-E") == 0) return true;
    if (strcmp(argv[i], "-e") == 0 || strcmp(argv[i], "-l") == 0) i++;
  }
  return false;
}

static void push_arguments(lua_State *L, int argc, char **argv) {
  lua_createtable(L, argc, 1);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
}

/* require("optlab.cli").main(host, argv); its result is the exit status. */
static int pmain(lua_State *L) {
  int argc = (int)lua_tointeger(L, 1);
  char **argv = lua_touserdata(L, 2);
  luaL_checkversion(L);
  if (ignores_environment(argc, argv)) {
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  luaL_openlibs(L);
  coroutines_install(L);
  lua_pushinteger(L, EXIT_FAILURE);
  if (!find_home(L, argv[0])) return 1;
  lua_getglobal(L, "require");
  lua_pushliteral(L, "optlab.cli");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  luaL_newlib(L, HOST_FUNCTIONS);
  output_push_library(L);
  lua_setfield(L, -2, "output");
  luaL_requiref(L, "optlab.prompt", luaopen_optlab_prompt, 0);
  lua_setfield(L, -2, "prompt");
  push_arguments(L, argc, argv);
  lua_call(L, 2, 1);
  return 1;
}

/* Whether standard output is a pipe that is no longer read. */
static bool reader_has_left(void) {
  struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

/* Output that did not reach its file is an error too, unless its reader had enough. */
static bool flush_output(void) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return true;
  if (reader_has_left()) return true;
  const int why = output_errno() ? output_errno() : errno;
  fprintf(stderr, "optlab: cannot write to standard output: %s\n", strerror(why));
  return false;
}

/* require("optlab.cli").abandon(signal), after the script has been broken off: closes what is open. */
static int pabandon(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, "optlab.cli") != LUA_TTABLE) {
    fputs("optlab: interrupted\n", stderr); /* at the start */
    return 0;
  }
  lua_getfield(L, -1, "abandon");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 0);
  return 0;
}

/* Calls f with the arguments above it in protected mode; writes the message of an error. */
static bool call(lua_State *L, int arguments, int results) {
  lua_pushcfunction(L, message_handler);
  const int at = lua_gettop(L) - arguments - 1;
  lua_insert(L, at);
  const bool ok = lua_pcall(L, arguments, results, at) == LUA_OK;
  if (!ok && !interrupt_requested()) fprintf(stderr, "optlab: %s\n", lua_tostring(L, -1));
  return ok;
}

/* The exit status of the command line. */
static int run(lua_State *L, int argc, char **argv) {
  lua_pushcfunction(L, pmain);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  int status = call(L, 2, 1) ? (int)lua_tointeger(L, -1) : EXIT_FAILURE;
  const int signal = signals_take();
  if (signal == 0) return status;
  lua_settop(L, 0);
  lua_pushcfunction(L, pabandon);
  lua_pushinteger(L, signal);
  call(L, 1, 0);
  return 128 + signal;
}

/* Where the caller has closed a standard stream (`>&-`), the next file that is opened would take its place, and what is
 * printed would go into it. Writing to what stands there instead fails, as it would have. */
static void fill_standard_streams(void) {
  for (int fd = 0; fd <= 2; fd++) {
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

int main(int argc, char **argv) {
  fill_standard_streams();
  signals_catch();
  lua_State *L = luaL_newstate();
  if (!L) {
    fputs("optlab: not enough memory\n", stderr);
    return EXIT_FAILURE;
  }
  signals_watch(L);
  int status = run(L, argc, argv);
  signals_watch(NULL);
  lua_close(L);
  if (!flush_output() && status == EXIT_SUCCESS) status = EXIT_FAILURE;
  return status;
}
