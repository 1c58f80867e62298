/*
 * lversions.c - the names of the program, its libraries and the machine.
 */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include "lua/system/lversions.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#if defined(__linux__)
#include <elf.h>
#include <link.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "lua/system/commit.h" /* written by the build (packaging/commit.cmake) */

const char *openblas_get_config(void); /* its header is not everywhere in the same place */

/* --- the build id: a checksum that the linker puts into the program --------------------------------------------- */

#define BUILD_ID_MAX 32 /* bytes */

#if defined(__linux__)
typedef struct Search {
  uintptr_t inside; /* an address of the object that is looked for */
  char hex[2 * BUILD_ID_MAX + 1];
} Search;

static size_t padded(size_t n) { return (n + 3) & ~(size_t)3; }

static void read_notes(const unsigned char *p, size_t size, Search *s) {
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) head;
    memcpy(&head, p, sizeof head);
    const size_t name = padded(head.n_namesz), all = sizeof head + name + padded(head.n_descsz);
    if (all > size) return;
    if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && memcmp(p + sizeof head, "GNU", 4) == 0) {
      const unsigned char *id = p + sizeof head + name;
      for (size_t i = 0; i < head.n_descsz && i < BUILD_ID_MAX; i++) snprintf(s->hex + 2 * i, 3, "%02x", id[i]);
      return;
    }
    p += all;
    size -= all;
  }
}

static int look_at(struct dl_phdr_info *info, size_t size, void *data) {
  Search *s = data;
  (void)size;
  bool is_ours = false;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    const uintptr_t start = info->dlpi_addr + part->p_vaddr;
    is_ours = is_ours || (part->p_type == PT_LOAD && s->inside >= start && s->inside < start + part->p_memsz);
  }
  for (int i = 0; is_ours && i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type == PT_NOTE) read_notes((const void *)(info->dlpi_addr + part->p_vaddr), part->p_memsz, s);
  }
  return is_ours;
}

static void push_build_id(lua_State *L) {
  Search s = {.inside = (uintptr_t)lversions};
  dl_iterate_phdr(look_at, &s);
  lua_pushstring(L, s.hex);
}
#else
static void push_build_id(lua_State *L) { lua_pushliteral(L, ""); }
#endif

/* --- the machine ------------------------------------------------------------------------------------------------ */

static void push_processor(lua_State *L, const char *machine) {
#if defined(__x86_64__)
  unsigned words[13] = {0};
  bool known = true;
  for (unsigned i = 0; i < 3; i++) {
    unsigned *w = words + 4 * i;
    known = known && __get_cpuid(0x80000002u + i, w, w + 1, w + 2, w + 3);
  }
  const char *name = (const char *)words;
  while (*name == ' ') name++;
  if (known && *name) {
    size_t n = strlen(name);
    while (name[n - 1] == ' ') n--;
    lua_pushlstring(L, name, n);
    return;
  }
#endif
  lua_pushstring(L, machine);
}

/* versions(): {optlab =, commit =, build =, compiler =, openblas =, processor =, lua =, system =, host =} */
int lversions(lua_State *L) {
  struct utsname system;
  if (uname(&system) < 0) memset(&system, 0, sizeof system);
  lua_newtable(L);
  lua_pushliteral(L, OPTLAB_VERSION);
  lua_setfield(L, -2, "optlab");
  if (sizeof OPTLAB_COMMIT > 1) { /* known */
    lua_pushliteral(L, OPTLAB_COMMIT);
    lua_setfield(L, -2, "commit");
  }
  push_build_id(L);
  lua_setfield(L, -2, "build");
#if defined(__clang__)
  lua_pushliteral(L, __VERSION__);
#else
  lua_pushliteral(L, "gcc " __VERSION__);
#endif
  lua_setfield(L, -2, "compiler");
  lua_pushstring(L, openblas_get_config());
  lua_setfield(L, -2, "openblas");
  push_processor(L, system.machine);
  lua_setfield(L, -2, "processor");
  lua_pushliteral(L, LUA_RELEASE);
  lua_setfield(L, -2, "lua");
  lua_pushfstring(L, "%s %s %s", system.sysname, system.release, system.machine);
  lua_setfield(L, -2, "system");
  lua_pushstring(L, system.nodename);
  lua_setfield(L, -2, "host");
  return 1;
}
