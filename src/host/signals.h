/*
 * signals.h - Ctrl-C and its like (SIGINT, SIGTERM, SIGHUP): the first asks for an end, a later one kills.
 *
 * The first sets the flag of base/interrupt.h and a hook that raises "interrupted" at the next Lua instruction, in the
 * main state and in the coroutine that runs. The hook stays: neither pcall nor a coroutine's end keeps the error from
 * reaching the program, which takes the request (signals_take), closes what is open, and ends with status 128 + the
 * signal's number. Finalizers and functions in C are not broken off.
 *
 * A program that has not ended thirty seconds after the first signal is killed as by a second one.
 *
 * A signal that comes within half a second of the first is the same request: timeout and others send two. A SIGHUP or
 * SIGTERM that was ignored when the program started stays so (nohup); where SIGINT was ignored, as the shell does for
 * jobs in the background, only a SIGINT that was sent with kill counts, not the terminal's.
 */
#ifndef OPTLAB_HOST_SIGNALS_H
#define OPTLAB_HOST_SIGNALS_H

#include <lua.h>

/* Catches the signals from now on. */
void signals_catch(void);

/* The state whose scripts are to be broken off; NULL before lua_close. */
void signals_watch(lua_State *main_state);

/* Around whatever runs code in another coroutine: `from` is the coroutine that resumes `to`. */
void signals_enter(lua_State *to);
void signals_leave(lua_State *from);

/* Ends the request: scripts run again. Its signal, or 0 if there was none. The next signal kills. */
int signals_take(void);

/* The next signal is a first one again. */
void signals_rearm(void);

#endif
