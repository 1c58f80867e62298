/*
 * prompt.c - libedit as four Lua functions.
 *
 * There is one terminal, so there is one editor, kept in static variables. Ctrl-C: while a line is being read our own
 * handler notes it and makes read(2) fail, so that libedit returns; the handler of the running program (signals.c) is
 * put back afterwards.
 *
 * Terminals announce pasted text (bracketed paste): it goes into the line as it is, line breaks and tabs too, and waits
 * there for Enter.
 */
#include "host/prompt.h"

#include <errno.h>
#include <histedit.h>
#include <lauxlib.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/interrupt.h"

#define HISTORY_LINES 2000

/* There is one terminal. */
static EditLine *editor;
static History *lines;
static char history_file[4096];
static char prompt_text[64];
static lua_State *completer; /* the state that holds the completion function, in the registry under &completer */
static volatile sig_atomic_t cancelled;

static void on_interrupt(int sig) {
  (void)sig;
  cancelled = 1;
}

static const char *show_prompt(EditLine *el) {
  (void)el;
  return prompt_text;
}

/* One byte from the terminal; 1, 0 at its end, -1 on failure or Ctrl-C. */
static int read_byte(char *c) {
  for (;;) {
    if (cancelled || interrupt_requested()) return -1;
    ssize_t n = read(STDIN_FILENO, c, 1);
    if (n >= 0) return (int)n;
    if (errno != EINTR) return -1;
  }
}

/* libedit's source of characters: one wide character, put together from its bytes. A Ctrl-D that was typed before the
 * line is read arrives as 0, which libedit would take for a prefix of the next key; it is dropped. */
static int read_wide(EditLine *el, wchar_t *out) {
  (void)el;
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (;;) {
    char c;
    int n = read_byte(&c);
    if (n <= 0) return n;
    size_t used = mbrtowc(out, &c, 1, &state);
    if (used == (size_t)-2) continue;
    if (used == (size_t)-1) {
      memset(&state, 0, sizeof state); /* not a character: drop the byte */
    } else if (*out != L'\0') {
      return 1;
    }
  }
}

/* Bound to Tab: asks the Lua function what to insert and what to show. */
static unsigned char complete_word(EditLine *el, int key) {
  (void)key;
  lua_State *L = completer;
  const LineInfo *info = el_line(el);
  int top = lua_gettop(L);
  unsigned char result = CC_ERROR;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &completer);
  lua_pushlstring(L, info->buffer, (size_t)(info->cursor - info->buffer));
  if (lua_pcall(L, 1, 2, 0) == LUA_OK) {
    const char *insert = lua_tostring(L, -2), *list = lua_tostring(L, -1);
    if (insert && *insert != '\0' && el_insertstr(el, insert) == 0) result = CC_REFRESH;
    if (list) {
      printf("\n%s\n", list);
      fflush(stdout);
      result = CC_REDISPLAY;
    }
  }
  lua_settop(L, top);
  return result;
}

/* --- pasted text ------------------------------------------------------------------------------------------------- */

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define PASTE_BEGIN "\033[200~"
#define PASTE_END "\033[201~"
#define PASTE_END_LENGTH (sizeof PASTE_END - 1)

typedef struct Bytes {
  char *at; /* malloc'ed */
  size_t length, room;
} Bytes;

static bool add_byte(Bytes *b, char c) {
  if (b->length + 1 >= b->room) {
    const size_t room = b->room ? 2 * b->room : 1024;
    char *at = realloc(b->at, room);
    if (!at) return false;
    b->at = at;
    b->room = room;
  }
  b->at[b->length++] = c;
  b->at[b->length] = '\0';
  return true;
}

static bool ends_with_mark(const Bytes *b) {
  return b->length >= PASTE_END_LENGTH &&
         memcmp(b->at + b->length - PASTE_END_LENGTH, PASTE_END, PASTE_END_LENGTH) == 0;
}

/* Reads up to the mark that ends a paste, which is left out; false if it does not come. */
static bool read_paste(Bytes *b) {
  char c;
  while (read_byte(&c) == 1) {
    if (!add_byte(b, c)) return false;
    if (ends_with_mark(b)) {
      b->length -= PASTE_END_LENGTH;
      b->at[b->length] = '\0';
      return true;
    }
  }
  return false;
}

/* Line breaks become \n, the last ones go, and so do control characters other than tabs. */
static void clean_paste(Bytes *b) {
  size_t n = 0;
  for (size_t i = 0; i < b->length; i++) {
    const char c = b->at[i];
    if (c == '\r') {
      if (b->at[i + 1] != '\n') b->at[n++] = '\n';
    } else if (c == '\n' || c == '\t' || (unsigned char)c >= 32) {
      b->at[n++] = c;
    }
  }
  while (n > 0 && b->at[n - 1] == '\n') n--;
  b->at[n] = '\0';
  b->length = n;
}

/* Bound to the mark that begins a paste. */
static unsigned char insert_paste(EditLine *el, int key) {
  (void)key;
  Bytes b = {0};
  unsigned char result = CC_ERROR;
  if (read_paste(&b)) {
    clean_paste(&b);
    if (b.length == 0 || el_insertstr(el, b.at) == 0) result = CC_REFRESH;
  }
  free(b.at);
  return result;
}

static bool announces_paste(void) {
  const char *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

static void announce_paste(bool on) {
  if (!announces_paste()) return;
  fputs(on ? PASTE_ON : PASTE_OFF, stdout);
  fflush(stdout);
}

/* --- the editor -------------------------------------------------------------------------------------------------- */

static void open_history(const char *file) {
  HistEvent ev;
  lines = history_init();
  if (!lines) return;
  history(lines, &ev, H_SETSIZE, HISTORY_LINES);
  history(lines, &ev, H_SETUNIQUE, 1);
  if (file && strlen(file) < sizeof history_file) {
    strcpy(history_file, file);
    history(lines, &ev, H_LOAD, history_file);
  }
  el_set(editor, EL_HIST, history, lines);
}

static int prompt_open(lua_State *L) {
  const char *file = luaL_optstring(L, 1, NULL);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &completer);
  completer = L;
  if (!isatty(STDIN_FILENO) || editor) return 0;
  setlocale(LC_CTYPE, ""); /* characters of the user's encoding; numbers stay as in C */
  editor = el_init("optlab", stdin, stdout, stderr);
  if (!editor) return 0; /* a terminal that libedit cannot drive: plain lines then */
  el_set(editor, EL_PROMPT, show_prompt);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_GETCFN, read_wide);
  open_history(file);
  el_set(editor, EL_ADDFN, "optlab-complete", "Complete a name", complete_word);
  el_set(editor, EL_BIND, "^I", "optlab-complete", NULL);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_set(editor, EL_ADDFN, "optlab-paste", "Insert pasted text", insert_paste);
  el_set(editor, EL_BIND, PASTE_BEGIN, "optlab-paste", NULL);
  el_source(editor, NULL); /* the user's ~/.editrc */
  return 0;
}

/* Reads a line with the editor into *text (owned by libedit, its newline still on); its length, 0 at the end, -1 after
 * Ctrl-C. */
static int edit_line(const char **text) {
  struct sigaction old, mine = {.sa_handler = on_interrupt};
  int n = 0;
  cancelled = 0;
  sigaction(SIGINT, &mine, &old);
  el_resize(editor);
  announce_paste(true);
  *text = el_gets(editor, &n);
  announce_paste(false);
  sigaction(SIGINT, &old, NULL);
  if (cancelled) {
    el_reset(editor);
    fputs("^C\n", stdout);
    return -1;
  }
  if (!*text || n <= 0) fputc('\n', stdout);
  return !*text || n <= 0 ? 0 : n;
}

/* The same for input that is no terminal; any length. */
static int plain_line(lua_State *L) {
  luaL_Buffer b;
  int c;
  luaL_buffinit(L, &b);
  while ((c = getc(stdin)) != EOF && c != '\n') luaL_addchar(&b, (char)c);
  luaL_pushresult(&b);
  if (c == EOF && lua_rawlen(L, -1) == 0) lua_pushnil(L);
  return 1;
}

static int prompt_read(lua_State *L) {
  const char *text = NULL, *prompt = luaL_checkstring(L, 1);
  if (!editor) {
    if (isatty(STDIN_FILENO)) fputs(prompt, stdout);
    fflush(stdout);
    return plain_line(L);
  }
  snprintf(prompt_text, sizeof prompt_text, "%s", prompt);
  fflush(stdout);
  int n = edit_line(&text);
  if (n < 0) {
    lua_pushboolean(L, 0);
  } else if (n == 0) {
    lua_pushnil(L);
  } else {
    lua_pushlstring(L, text, (size_t)(text[n - 1] == '\n' ? n - 1 : n));
  }
  return 1;
}

static int prompt_remember(lua_State *L) {
  HistEvent ev;
  const char *line = luaL_checkstring(L, 1);
  if (!lines) return 0;
  history(lines, &ev, H_ENTER, line);
  if (history_file[0] != '\0') history(lines, &ev, H_SAVE, history_file);
  return 0;
}

static int prompt_close(lua_State *L) {
  (void)L;
  if (lines) history_end(lines);
  if (editor) el_end(editor);
  lines = NULL;
  editor = NULL;
  return 0;
}

static const luaL_Reg PROMPT_FUNCTIONS[] = {
    {"open", prompt_open}, {"read", prompt_read}, {"remember", prompt_remember}, {"close", prompt_close}, {NULL, NULL},
};

int luaopen_optlab_prompt(lua_State *L) {
  luaL_newlib(L, PROMPT_FUNCTIONS);
  return 1;
}
