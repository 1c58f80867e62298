/*
 * main.c - the program: a Lua interpreter that knows where its modules are.
 *
 * All that needs C is here: the state, the search path, Ctrl-C, the exit status. Options, scripts, error reports and
 * the prompt are Lua (lua/optlab/cli), called in protected mode with the functions of this file and the command
 * line.
 *
 * Ctrl-C: the first sets a hook that raises "interrupted" at the next Lua instruction; the second kills, in case that
 * instruction is far away. Exit status: 0, 1 after an error, 130 after Ctrl-C, or what the script gave to os.exit.
 */
#include <errno.h>
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

#include "host/prompt.h"
#include "lua/base/home.h"
#include "lua/base/lbind.h"

/* A signal handler finds nothing else than variables of the process. */
static lua_State *main_state;
static volatile sig_atomic_t interrupted;

/* --- Ctrl-C ---------------------------------------------------------------------------------------------------- */

static void raise_interrupt(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  lua_pushliteral(L, "interrupted");
  lua_error(L);
}

/* A signal handler may call nothing of Lua but lua_sethook. SA_RESETHAND has put the default back, so the next Ctrl-C
 * kills. */
static void on_interrupt(int sig) {
  (void)sig;
  interrupted = 1;
  lua_sethook(main_state, raise_interrupt, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void catch_interrupt(void) {
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
  interrupted = 0;
  sigaction(SIGINT, &action, NULL);
}

/* --- what cli.lua gets as `host` ------------------------------------------------------------------------------- */

/* host.was_interrupted(): whether Ctrl-C was pressed since the start or the last host.rearm() */
static int host_was_interrupted(lua_State *L) {
  lua_pushboolean(L, interrupted);
  return 1;
}

/* host.rearm(): the prompt goes on after Ctrl-C */
static int host_rearm(lua_State *L) {
  lua_sethook(L, NULL, 0, 0);
  catch_interrupt();
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

static const luaL_Reg HOST_FUNCTIONS[] = {
    {"was_interrupted", host_was_interrupted},       {"rearm", host_rearm}, {"input_waits", host_input_waits},
    {"ignore_closed_pipe", host_ignore_closed_pipe}, {NULL, NULL},
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
  lua_pushinteger(L, EXIT_FAILURE);
  if (!find_home(L, argv[0])) return 1;
  lua_getglobal(L, "require");
  lua_pushliteral(L, "optlab.cli");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  luaL_newlib(L, HOST_FUNCTIONS);
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
  fprintf(stderr, "optlab: cannot write to standard output: %s\n", strerror(errno));
  return false;
}

int main(int argc, char **argv) {
  lua_State *L = main_state = luaL_newstate();
  if (!L) {
    fputs("optlab: not enough memory\n", stderr);
    return EXIT_FAILURE;
  }
  catch_interrupt();
  lua_pushcfunction(L, message_handler);
  lua_pushcfunction(L, pmain);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  int status = EXIT_FAILURE;
  if (lua_pcall(L, 2, 1, 1) == LUA_OK) {
    status = (int)lua_tointeger(L, -1);
  } else {
    fprintf(stderr, "optlab: %s\n", lua_tostring(L, -1));
  }
  signal(SIGINT, SIG_DFL);
  lua_close(L);
  if (!flush_output() && status == EXIT_SUCCESS) status = EXIT_FAILURE;
  return status;
}
