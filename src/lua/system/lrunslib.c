/*
 * lrunslib.c - what keeping runs needs of the system (optlab.runs is its face).
 *
 *   largest(folder)     the largest number n of a name "n-..." in the folder, 0 if there is none
 *   scan(folder)        {name = stamp} of all names "n-..." in the folder: the stamp changes with what the directory
 *                       holds and with its run.json; nil and a message if the folder cannot be read
 *   state(folder)       "free", "taken" or "unknown": whether a process has locked it (base/files/folder_lock.h)
 *   is_remote(folder)   whether the folder lies on a disk of another machine, where SQLite's locks cannot be trusted
 *   watch_files()       from here on, files that are read and written are noted (base/files/ledger.h)
 *   files_read(i), files_written(i)   the list of their names from the i-th on
 *   versions()          lversions.h
 */
#define _GNU_SOURCE /* st_mtim */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/vfs.h>
#endif

#include "base/files/folder_lock.h"
#include "base/files/ledger.h"
#include "lua/base/lbind.h"
#include "lua/system/lversions.h"

#if defined(__APPLE__)
#define MTIME(st) ((st).st_mtimespec)
#else
#define MTIME(st) ((st).st_mtim)
#endif

/* --- folders of runs -------------------------------------------------------------------------------------------- */

/* The n of "n-...", or 0. The largest integer is none: nothing comes after it. */
static long long number_of(const char *name) {
  char *end;
  if (*name < '1' || *name > '9') return 0;
  errno = 0;
  const long long n = strtoll(name, &end, 10);
  return *end == '-' && errno == 0 && n < LLONG_MAX ? n : 0;
}

static int largest(lua_State *L) {
  long long most = 0;
  DIR *dir = opendir(lb_checkpath(L, 1));
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    const long long n = number_of(entry->d_name);
    if (n > most) most = n;
  }
  if (dir) closedir(dir);
  lua_pushinteger(L, most);
  return 1;
}

static int stamp(char *out, size_t room, const struct stat *st) {
  return snprintf(out, room, "%" PRId64 ".%09ld.%" PRId64 " ", (int64_t)MTIME(*st).tv_sec, (long)MTIME(*st).tv_nsec,
                  (int64_t)st->st_size);
}

/* The stamp of a run's directory; false if it is none. */
static bool read_stamp(int folder, const char *name, char *out, size_t room) {
  struct stat st;
  char record[PATH_MAX];
  if (fstatat(folder, name, &st, 0) < 0 || !S_ISDIR(st.st_mode)) return false;
  int n = stamp(out, room, &st);
  if (snprintf(record, sizeof record, "%s/run.json", name) < (int)sizeof record &&
      fstatat(folder, record, &st, 0) == 0) {
    stamp(out + n, room - (size_t)n, &st);
  }
  return true;
}

typedef struct Folder {
  DIR *dir;
} Folder;

static int close_folder(lua_State *L) {
  Folder *f = lua_touserdata(L, 1);
  if (f->dir) closedir(f->dir);
  f->dir = NULL;
  return 0;
}

/* Pushes a place for an open folder, which is closed with it. */
static Folder *push_folder(lua_State *L) {
  Folder *f = lua_newuserdatauv(L, sizeof *f, 0);
  f->dir = NULL;
  if (luaL_newmetatable(L, "optlab.Folder")) {
    lua_pushcfunction(L, close_folder);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return f;
}

static int scan(lua_State *L) {
  const char *path = lb_checkpath(L, 1);
  char text[128];
  Folder *f = push_folder(L);
  f->dir = opendir(path);
  if (!f->dir) {
    lua_pushnil(L);
    lua_pushfstring(L, "cannot read %s: %s", path, strerror(errno));
    return 2;
  }
  lua_newtable(L);
  for (struct dirent *entry; (entry = readdir(f->dir)) != NULL;) {
    if (number_of(entry->d_name) == 0 || !read_stamp(dirfd(f->dir), entry->d_name, text, sizeof text)) continue;
    lua_pushstring(L, text);
    lua_setfield(L, -2, entry->d_name);
  }
  return 1;
}

static int state(lua_State *L) {
  static const char *const names[] = {"free", "taken", "unknown"}; /* by FolderState */
  lua_pushstring(L, names[folder_state(lb_checkpath(L, 1))]);
  return 1;
}

static int is_remote(lua_State *L) {
  const char *path = lb_checkpath(L, 1);
  bool remote = false;
#if defined(__linux__)
  static const unsigned types[] = {0x6969,     0xff534d42, 0xfe534d42, 0x517b,
                                   0x01021997, 0x0bd00bd0, 0x00c36400, 0x5346414f};
  struct statfs fs; /* NFS, CIFS, SMB2, SMB, 9p, Lustre, Ceph, AFS: statfs(2) */
  for (size_t i = 0; statfs(path, &fs) == 0 && i < sizeof types / sizeof *types; i++) {
    remote = remote || (unsigned)fs.f_type == types[i];
  }
#else
  (void)path;
#endif
  lua_pushboolean(L, remote);
  return 1;
}

/* --- files ------------------------------------------------------------------------------------------------------ */

static int watch_files(lua_State *L) {
  (void)L;
  ledger_start();
  return 0;
}

static int push_names(lua_State *L, LedgerList list) {
  const lua_Integer first = luaL_checkinteger(L, 1);
  const int count = ledger_count(list);
  lua_newtable(L);
  for (int i = first < 1 ? 0 : (int)first - 1; i < count; i++) {
    lua_pushstring(L, ledger_name(list, i));
    lua_rawseti(L, -2, i + 2 - (first < 1 ? 1 : first));
  }
  return 1;
}

static int files_read(lua_State *L) { return push_names(L, LEDGER_READ); }
static int files_written(lua_State *L) { return push_names(L, LEDGER_WRITTEN); }

int luaopen_optlab_runs(lua_State *L) {
  static const luaL_Reg library[] = {{"largest", largest},
                                     {"scan", scan},
                                     {"state", state},
                                     {"is_remote", is_remote},
                                     {"watch_files", watch_files},
                                     {"files_read", files_read},
                                     {"files_written", files_written},
                                     {"versions", lversions},
                                     {NULL, NULL}};
  luaL_newlib(L, library);
  return 1;
}
