/*
 * signals.c - the handler, and the hook that breaks off a script.
 */
#define _GNU_SOURCE
#include "host/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"

#define SAME_REQUEST 0.5 /* seconds */
#define PATIENCE 30      /* seconds */

/* A signal handler finds nothing else than variables of the process. */
static lua_State *volatile watched, *volatile running; /* the main state; the coroutine that runs, or the main state */
static pthread_t main_thread;
static volatile sig_atomic_t asked; /* the first signal, or 0 */
static struct timespec asked_at;
static bool in_background; /* SIGINT was ignored at the start */

/* --- breaking off a script ---------------------------------------------------------------------------------------- */

/* Runs before each instruction. */
static void raise_interrupt(lua_State *L, lua_Debug *ar) {
  (void)ar;
  if (!interrupt_requested()) {
    lua_sethook(L, NULL, 0, 0);
  } else if (!interrupt_is_held()) {
    lua_pushliteral(L, "interrupted");
    lua_error(L);
  }
}

/* A signal handler may call nothing of Lua but lua_sethook. */
static void break_off(lua_State *L) {
  if (L) lua_sethook(L, raise_interrupt, LUA_MASKCOUNT, 1);
}

void signals_watch(lua_State *main_state) {
  running = main_state;
  watched = main_state;
  if (interrupt_requested()) break_off(main_state);
}

void signals_enter(lua_State *to) {
  running = to;
  if (interrupt_requested()) break_off(to);
}

void signals_leave(lua_State *from) {
  running = from;
  if (interrupt_requested()) break_off(from);
}

int signals_take(void) {
  if (watched) lua_sethook(watched, NULL, 0, 0);
  return interrupt_take();
}

void signals_rearm(void) {
  alarm(0);
  asked = 0;
}

/* --- the handler -------------------------------------------------------------------------------------------------- */

static double since_first(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)(now.tv_sec - asked_at.tv_sec) + 1e-9 * (double)(now.tv_nsec - asked_at.tv_nsec);
}

/* Ends the process when the handler returns, as if the signal had never been caught. */
static void die_of(int sig) {
  signal(sig, SIG_DFL);
  raise(sig);
}

static void on_signal(int sig, siginfo_t *info, void *context) {
  (void)context;
  if (!pthread_equal(pthread_self(), main_thread)) {
    pthread_kill(main_thread, sig); /* another library's thread: Lua runs on ours */
  } else if (sig == SIGINT && in_background && info->si_code > 0) {
    return; /* the terminal's Ctrl-C is meant for the job in the foreground */
  } else if (!asked) {
    asked = sig;
    clock_gettime(CLOCK_MONOTONIC, &asked_at);
    alarm(PATIENCE);
    interrupt_request(sig);
    break_off(watched);
    if (running != watched) break_off(running);
  } else if (since_first() > SAME_REQUEST) {
    die_of(sig);
  }
}

/* No SA_RESTART: what waits for input is to be broken off. */
static void catch_signal(int sig) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO}, old;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaddset(&action.sa_mask, SIGHUP);
  const bool ignored = sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
  if (sig == SIGINT) {
    in_background = ignored;
  } else if (ignored) {
    return;
  }
  sigaction(sig, &action, NULL);
}

/* Other code does not end. */
static void on_alarm(int sig) {
  (void)sig;
  die_of(asked);
}

static void do_nothing(int sig) { (void)sig; }

void signals_catch(void) {
  main_thread = pthread_self();
  catch_signal(SIGINT);
  catch_signal(SIGTERM);
  catch_signal(SIGHUP);
  /* A file that has reached the limit of ulimit -f is an error of write. SIG_IGN would be inherited by programs that a
   * script starts. */
  struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
  sigaction(SIGXFSZ, &action, NULL);
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, NULL);
}
